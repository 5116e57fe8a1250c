"""Doorbells of outreach: safe to lose and safe to run twice."""

from celery import shared_task
from django.utils import timezone

from crm.tasks import instant
from outreach.models import Comparison
from outreach.services import (
    attributions,
    click_networks,
    click_spool,
    clicks,
    comparisons,
    conversions,
    delivery,
    harvest,
    mailboxes,
    pacing,
    publications,
    replies,
    sequences,
    silence,
    weekly,
)


@shared_task
def advance_sequences(at: str = "") -> None:
    sequences.advance(at=instant(at))


@shared_task
def sweep_outbox(at: str = "") -> None:
    pacing.pace(at=instant(at))
    delivery.deliver_due(at=instant(at), clock=None if at else timezone.now)


@shared_task
def read_replies(at: str = "") -> None:
    replies.read_waiting(at=instant(at))
    replies.wake_snoozed(instant(at))


@shared_task
def poll_mailboxes(at: str = "") -> None:
    mailboxes.poll_due(at=instant(at), receive=replies.receive)


@shared_task
def drain_clicks(at: str = "") -> None:
    click_networks.forget(at=instant(at))
    click_spool.drain()
    click_spool.forget_gone(at=instant(at))


@shared_task
def classify_clicks(at: str = "") -> None:
    clicks.classify_due(at=instant(at))


@shared_task
def sweep_credits(at: str = "") -> None:
    click_spool.drain()  # an action names a click that may lie there still
    conversions.attribute_due()


@shared_task
def compare_models(at: str = "") -> None:
    attributions.run_due(at=instant(at))


@shared_task
def compare_asked(pk: int, at: str = "") -> None:
    for asked in Comparison.objects.filter(pk=pk).select_related("campaign"):
        comparisons.build(asked=asked, at=instant(at))


@shared_task
def sweep_comparisons(at: str = "") -> None:
    for asked in Comparison.objects.due(at=instant(at)).select_related("campaign"):
        comparisons.build(asked=asked, at=instant(at))


@shared_task
def forget_comparisons(at: str = "") -> None:
    attributions.forget(at=instant(at))


@shared_task
def close_silent(at: str = "") -> None:
    silence.close(at=instant(at))


@shared_task
def ripen_silence(at: str = "") -> None:
    silence.ripen(at=instant(at))


@shared_task
def ripen_actions(at: str = "") -> None:
    harvest.ripen(at=instant(at))


@shared_task
def write_weekly(at: str = "") -> None:
    weekly.write_due(at=instant(at))


@shared_task
def match_publications(at: str = "") -> None:
    publications.match(at=instant(at))
