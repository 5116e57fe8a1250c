"""Doorbells of outreach: safe to lose and safe to run twice."""

from datetime import datetime
from importlib import import_module

from celery import shared_task
from django.utils import timezone

from crm.tasks import instant
from outreach.services import conversions, delivery, harvest, mailboxes, pacing, silence


@shared_task
def sweep_outbox(at: str = "") -> None:
    pacing.pace(at=instant(at))
    delivery.deliver_due(at=instant(at), clock=None if at else timezone.now)


@shared_task
def poll_mailboxes(at: str = "") -> None:
    mailboxes.poll_due(at=instant(at), receive=_receive)


def _receive(*, raw: bytes, door: str, at: datetime) -> tuple[object, bool]:
    """The one place where mailboxes meet replies, which are being built beside them."""
    return import_module("outreach.services.replies").receive(raw=raw, door=door, at=at)  # type: ignore[no-any-return]


@shared_task
def sweep_credits(at: str = "") -> None:
    conversions.attribute_due()


@shared_task
def close_silent(at: str = "") -> None:
    silence.close(at=instant(at))


@shared_task
def ripen_silence(at: str = "") -> None:
    silence.ripen(at=instant(at))


@shared_task
def ripen_actions(at: str = "") -> None:
    harvest.ripen(at=instant(at))
