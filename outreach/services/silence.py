"""Conversations in which nobody answers: closed after some weeks, and known as silence from then on."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from matching.models import RelevanceLabel
from outreach.models import Outreach
from outreach.services import limits, locks, outcomes, pipeline

_AT_ONCE = 500  # the others wait for the next sweep: sending goes first


def close(*, at: datetime) -> int:
    """Those who were written to so long ago and never answered: their conversation closes without an answer; how many.

    Whoever answers later is heard all the same.
    """
    after = limits.current().silence
    waiting = Outreach.objects.filter(stage=Outreach.Stage.CONTACTED, stage_at__lte=at - after)
    return sum(_close(pk, at=at) for pk in _some(waiting.silent(at=at, after=after)))


def ripen(*, at: datetime) -> int:
    """Silence that staff noted before it was any, and that has lasted since; how many."""
    noted = RelevanceLabel.objects.outcomes().filter(about=OuterRef("label_about")).known(at=at)
    closed = Outreach.objects.filter(stage=Outreach.Stage.NO_ANSWER).annotate(label_about=outcomes.ABOUT)
    silent = closed.filter(~Exists(noted)).silent(at=at, after=limits.current().silence)
    return sum(_ripen(pk, at=at) for pk in _some(silent))


def _some(outreaches: QuerySet[Outreach]) -> list[int]:
    known = outreaches.filter(influencer__isnull=False).order_by("stage_at", "pk")
    return list(known.values_list("pk", flat=True)[:_AT_ONCE])


@transaction.atomic
def _close(pk: int, *, at: datetime) -> bool:
    held = locks.conversation(pk)
    is_still = held.stage == Outreach.Stage.CONTACTED and outcomes.is_silent(held, at=at)  # an answer may have come
    if is_still:
        pipeline.move(outreach=held, stage=Outreach.Stage.NO_ANSWER, at=at)
    return is_still


@transaction.atomic
def _ripen(pk: int, *, at: datetime) -> bool:
    held = locks.conversation(pk)
    is_still = held.stage == Outreach.Stage.NO_ANSWER
    if is_still:
        outcomes.note(outreach=held, stage=held.stage, at=at)
    return is_still
