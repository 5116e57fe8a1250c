"""Doorbells of crm: ids in, one service. Safe to lose and safe to run twice."""

from __future__ import annotations

from datetime import datetime

from celery import Task, shared_task
from django.db import transaction
from django.utils import timezone

from crm.models import ImportBatch
from crm.services import duplicates, erasure_ledger, importing, merging, tokens


def ring(task: Task[..., None], *ids: int) -> None:
    """Ring a task once the transaction is committed. With the broker away nothing is lost: the sweep finds the row."""
    transaction.on_commit(lambda: task.delay(*ids), robust=True)


def instant(at: str) -> datetime:
    """The instant a sweep works for: now, or the one that `tick --at` names (ISO, with its offset)."""
    return datetime.fromisoformat(at) if at else timezone.now()


@shared_task
def work_on_import(pk: int) -> None:
    batch = ImportBatch.objects.get(pk=pk)
    importing.work(batch=batch, at=timezone.now())
    batch.refresh_from_db(fields=["state"])
    if batch.state == ImportBatch.State.COMMITTED:
        duplicates.find(at=timezone.now())


@shared_task
def sweep_imports(at: str = "") -> None:
    for batch in ImportBatch.objects.due(at=instant(at)):
        importing.work(batch=batch, at=instant(at))


@shared_task
def forget_idempotency_keys(at: str = "") -> None:
    tokens.forget_idempotency_keys(at=instant(at))


@shared_task
def find_duplicates(at: str = "") -> None:
    duplicates.find(at=instant(at))


@shared_task
def complete_erasures(at: str = "") -> None:
    erasure_ledger.complete()


@shared_task
def forget_merges(at: str = "") -> None:
    merging.forget(at=instant(at))
