"""Sequences: a first message and what follows while nobody answers; written, put under way, paused.

What is under way is changed in enrolments.py, and goes on by rounds.py; whoever needs them finds them here.
"""

from collections.abc import Iterable
from collections.abc import Sequence as Several
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from crm.errors import DomainError
from crm.models import Platform, User
from matching.services.quotations import Listener
from outreach.models import Enrolment, MessageTemplate, Outreach, Sequence, Step
from outreach.services import drafts, enrolments, followups, limits, locks
from outreach.services.enrolments import holds, pause, pause_person, resume, stop
from outreach.services.rounds import advance

DAYS: Final = (1, 60)  # between two steps; the database holds to the same
__all__ = [
    "Part",
    "advance",
    "enrol",
    "enrol_each",
    "holds",
    "pause",
    "pause_person",
    "resume",
    "save",
    "set_paused",
    "stop",
]


@dataclass(frozen=True)
class Part:
    """One step as somebody says it: so many working days after the one before, by which way, from which text."""

    template_name: str
    days: int = 0
    channel: str = Step.Channel.EMAIL.value
    platform: str = ""


@transaction.atomic
def save(*, name: str, steps: Several[Part], sequence: Sequence | None = None) -> Sequence:
    """Store a sequence. What is under way goes on by it as it is now; what was planned already stays as it is.

    Raises DomainError: sequence_without_name, sequence_taken (name), sequence_without_steps, sequence_too_long (limit),
    step_text_unknown (place, name), step_days_out_of_range (place, least, most), step_channel_unknown (place),
    step_platform_unknown (place), step_platform_by_mail (place).
    """
    name = name.strip()
    if not name:
        raise DomainError("sequence_without_name")
    if Sequence.objects.filter(name=name).exclude(pk=sequence.pk if sequence and sequence.pk else 0).exists():
        raise DomainError("sequence_taken", name=name)
    _check(steps)
    if sequence is None:
        stored = Sequence.objects.create(name=name)
    else:
        stored = Sequence.objects.select_for_update(no_key=True).get(pk=sequence.pk)
        stored.name = name
        stored.save(update_fields=["name", "updated_at"])
    stored.steps.all().delete()
    Step.objects.bulk_create(_row(stored, place, part) for place, part in enumerate(steps, 1))
    return stored


@transaction.atomic
def set_paused(*, sequence: Sequence, is_paused: bool) -> Sequence:
    """Keep every follow-up of it from going, or let them go on; what waited meanwhile gets a time anew."""
    locked = Sequence.objects.select_for_update(no_key=True).get(pk=sequence.pk)
    locked.is_paused = is_paused
    locked.save(update_fields=["is_paused", "updated_at"])
    return locked


@transaction.atomic
def enrol(
    *, outreach: Outreach, sequence: Sequence, by: User, at: datetime, listener: Listener | None = None
) -> Enrolment:
    """Put a sequence under way in a conversation: its first message is drafted for a person to read and approve. What
    was written there already is its first message. Asked twice, it is one.

    Where the text cannot be filled in the enrolment is paused, and the conversation says why (`unwritten`).
    Raises DomainError: message_without_person, sequence_conversation_over (stage), enrolled_already (name).
    """
    held = locks.conversation(outreach.pk, with_addresses=True)
    if held.influencer is None:
        raise DomainError("message_without_person")
    if known := Enrolment.objects.select_related("sequence").filter(outreach=held).first():
        if known.sequence_id == sequence.pk and known.state in {"running", "paused"}:
            return known
        raise DomainError("enrolled_already", name=known.sequence.name)
    if held.stage not in enrolments.OPEN:
        raise DomainError("sequence_conversation_over", stage=held.stage)
    made = Enrolment.objects.create(outreach=held, sequence=sequence, started_by=by, since_at=at)
    enrolments.note(made, "sequence_started", at=at, by=by)
    followups.begin(made, by=by, at=at, listener=listener)
    return made


def enrol_each(*, outreaches: Iterable[Outreach], sequence: Sequence, by: User, at: datetime) -> list[drafts.Unwritten]:
    """The same for many; nobody stops the others. For whom no first message could be written, and why."""
    listeners: dict[int, Listener] = {}
    unwritten = []
    for outreach in outreaches:
        cause = outreach.campaign.cause
        listener = listeners.get(cause.pk) or listeners.setdefault(cause.pk, Listener(cause))
        try:
            made = enrol(outreach=outreach, sequence=sequence, by=by, at=at, listener=listener)
        except DomainError as error:
            unwritten.append(drafts.Unwritten(outreach, error))
            continue
        outreach.unwritten = made.outreach.unwritten
        if said := outreach.unwritten:
            unwritten.append(drafts.Unwritten(outreach, DomainError(said["code"], **said["params"])))
    return unwritten


def _check(steps: Several[Part]) -> None:
    if not steps:
        raise DomainError("sequence_without_steps")
    limit = limits.current().steps
    if len(steps) > limit:
        raise DomainError("sequence_too_long", limit=limit)
    names = set(MessageTemplate.objects.values_list("name", flat=True))
    least, most = DAYS
    for place, part in enumerate(steps, 1):
        if part.template_name not in names:
            raise DomainError("step_text_unknown", place=place, name=part.template_name)
        if place > 1 and not least <= part.days <= most:
            raise DomainError("step_days_out_of_range", place=place, least=least, most=most)
        if part.channel not in Step.Channel.values:
            raise DomainError("step_channel_unknown", place=place)
        if part.platform and part.platform not in Platform.values:
            raise DomainError("step_platform_unknown", place=place)
        if part.platform and part.channel != Step.Channel.MANUAL:
            raise DomainError("step_platform_by_mail", place=place)


def _row(sequence: Sequence, place: int, part: Part) -> Step:
    return Step(
        sequence=sequence,
        position=place,
        days=part.days if place > 1 else 0,
        channel=part.channel,
        platform=part.platform,
        template_name=part.template_name,
    )
