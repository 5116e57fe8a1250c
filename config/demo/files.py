"""The three files somebody brought: the causes, a list that was stored, one that waits for a decision."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import Q, QuerySet

from config.demo import texts
from crm.models import ImportBatch, User
from crm.services import importing

CAUSES, STORED, WAITING = "causes-rivages-vivants.csv", "carnet-des-antennes.csv", "salon-du-littoral.csv"
_MAX_BYTES = 10**6


def batches() -> QuerySet[ImportBatch]:
    """Those of the demo: these very files, brought by its staff or by nobody. A name alone may be anybody's."""
    is_one = Q()
    for name in (CAUSES, STORED, WAITING):
        is_one |= Q(filename=name, sha256=sha256(texts.file(name)).hexdigest())
    return ImportBatch.objects.filter(is_one, Q(uploaded_by=None) | Q(uploaded_by__is_demo=True))


def bring_causes(*, at: datetime, by: User) -> ImportBatch:
    return _commit(_bring(CAUSES, ImportBatch.Subject.CAUSES, at=at, by=by), at=at)


def bring_people(*, at: datetime, by: User) -> tuple[ImportBatch, ImportBatch]:
    """One file stored ten weeks ago, one brought two days ago with rows that were rejected."""
    some = ImportBatch.Subject.INFLUENCERS
    stored = _commit(_bring(STORED, some, at=at - timedelta(days=73), by=by), at=at - timedelta(days=73))
    return stored, _bring(WAITING, some, at=at - timedelta(days=2), by=by)


def _bring(name: str, subject: str, *, at: datetime, by: User) -> ImportBatch:
    batch = importing.upload(
        subject=subject, filename=name, stream=io.BytesIO(texts.file(name)), at=at, max_bytes=_MAX_BYTES, by=by
    )
    importing.analyse(batch=batch, at=at + timedelta(seconds=9))
    return batch


def _commit(batch: ImportBatch, *, at: datetime) -> ImportBatch:
    importing.accept(batch=batch)
    importing.commit(batch=batch, at=at + timedelta(minutes=3))
    return batch
