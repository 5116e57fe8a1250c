"""What became of asking, told to the ranker in the transaction in which it becomes known. matching owns the labels."""

from datetime import datetime
from typing import Final

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from crm.models import User
from matching.models import RelevanceLabel
from matching.services import labels
from outreach import stages
from outreach.models import Outreach
from outreach.services import limits

ABOUT: Final = Concat(Value("outreach:"), Cast("public_id", CharField()))  # `about`, in a question about many


def note(*, outreach: Outreach, stage: str, at: datetime, by: User | None = None) -> None:
    """The conversation, held and as it still stands, is about to reach this stage.

    Yes, no and silence are facts; being open again takes back what was known before. Silence is one only once it is
    ripe, and only of somebody who was reached: before, nothing is written.
    """
    if outreach.influencer is None:
        return
    known = RelevanceLabel.objects.outcomes().filter(about=about(outreach))
    holds = known.known(at=at).first()
    kind, grade = stages.outcome(stage), stages.grade(stage)
    if holds and not kind and stages.is_open(stage):
        labels.withdraw_about(label=holds, at=at, by=by)
    if not kind or (holds and (holds.kind, holds.grade) == (kind, grade)):
        return
    if kind == RelevanceLabel.Kind.NO_ANSWER and not is_silent(outreach, at=at):
        return
    before = known.filter(kind=kind).count()
    labels.record(
        cause=outreach.campaign.cause,
        influencer=outreach.influencer,
        kind=kind,
        about=about(outreach),
        origin=f"{about(outreach)}:{kind}" + (f":{before + 1}" if before else ""),
        grade=grade,
        match=outreach.match,
        at=at,
        by=by,
    )


def withdraw(*, outreach: Outreach, at: datetime, by: User | None = None) -> list[int]:
    """Nothing that came of this conversation counts by itself any more; the rows that say so."""
    known = RelevanceLabel.objects.filter(about=about(outreach)).known(at=at).order_by("pk")
    return [labels.withdraw_about(label=label, at=at, by=by).pk for label in known]


def is_silent(outreach: Outreach, *, at: datetime) -> bool:
    return Outreach.objects.filter(pk=outreach.pk).silent(at=at, after=limits.current().silence).exists()


def about(outreach: Outreach) -> str:
    """What a label calls this conversation."""
    return f"outreach:{outreach.public_id}"
