"""The sequence of the demo: under way with some, begun with others, paused, and stopped."""

from __future__ import annotations

from datetime import datetime, timedelta

from crm.models import User
from outreach.models import Message, Outreach, Sequence
from outreach.services import sequences
from outreach.services.sequences import Part

NAME = "En douceur"
_STEPS = (Part("Contact"), Part("Relance", days=5), Part("Question", days=8))
_WRITTEN_TO, _DRAFTED = 5, 3  # conversations that it is begun in
_AWAY = timedelta(days=4)


def begin(*, at: datetime, by: User) -> None:
    """Of those who were written to and have not answered, most are followed; of those to be written to, some."""
    sequence = sequences.save(name=NAME, steps=_STEPS)
    asked = Message.objects.asking()
    sent = asked.filter(state=Message.State.SENT, outreach__stage=Outreach.Stage.CONTACTED)
    drafted = asked.filter(state=Message.State.DRAFT, reference__endswith=":first")
    followed = list(sent.order_by("-dispatched_at", "-pk").values_list("outreach", flat=True)[:_WRITTEN_TO])
    fresh = list(drafted.order_by("pk").values_list("outreach", flat=True)[:_DRAFTED])
    known = Outreach.objects.select_related("campaign__cause", "influencer", "owner").in_bulk([*followed, *fresh])
    begun = [
        sequences.enrol(outreach=known[pk], sequence=sequence, by=known[pk].owner or by, at=at)
        for pk in [*followed, *fresh]
    ]
    sequences.advance(at=at)
    away, paused, stopped = (*begun[: len(followed)][:3], None, None, None)[:3]
    if away:
        sequences.pause(enrolment=away, reason="out_of_office", until=(at + _AWAY).date(), at=at)
    if paused:
        sequences.pause(enrolment=paused, reason="paused_by_staff", by=by, at=at)
    if stopped:
        sequences.stop(enrolment=stopped, by=by, at=at)


def remove() -> None:
    """What somebody's own conversations go by is theirs."""
    Sequence.objects.filter(name=NAME, enrolments=None).delete()
