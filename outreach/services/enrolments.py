"""What becomes of a sequence under way: paused, taken up again, stopped. What it sends is planned by followups.py.

Whoever changes an enrolment holds its conversation, as outreach.services.locks has it, and then the enrolment.
"""

from collections.abc import Container, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from crm.errors import DomainError
from crm.models import Influencer, User
from crm.services import activity
from outreach.models import Enrolment, Message, Outreach, Sequence
from outreach.services import locks

FOLLOW_UP: Final = ":step:"  # in the reference of every message but the first
HELD: Final = "sequence_paused"  # also of a message whose time has to be worked out anew
BY_A_PAUSE: Final = "paused"  # how reasons end by which a pause held something, of whatever
OPEN: Final = frozenset({"prospect", "shortlisted", "approved", "contacted"})  # in which nobody has answered
_UNDER_WAY = (Enrolment.State.RUNNING, Enrolment.State.PAUSED)
_WAITING = (Message.State.DRAFT, Message.State.PLANNED, Message.State.CLAIMED)
_KINDS: Final = {
    Enrolment.State.RUNNING.value: "sequence_resumed",
    Enrolment.State.PAUSED.value: "sequence_paused",
    Enrolment.State.STOPPED.value: "sequence_stopped",
    Enrolment.State.FINISHED.value: "sequence_finished",
}
# What a stage says of it; any other: they answered.
_MEANS: Final = {"declined": "they_declined", "no_answer": "no_answer", "conflict": "conflict", "merged": "merged"}


def is_follow_up(message: Message) -> bool:
    return message.purpose == Message.Purpose.PARTNERSHIP and FOLLOW_UP in message.reference


def holds(message: Message) -> str:
    """Why a follow-up, held with its conversation, may not go now: `sequence_paused`, `sequence_stopped`,
    `they_answered`; blank where it may, and of every other message.

    What was held by a pause waits on until its time was worked out anew: nothing goes out late, and all at once.
    """
    if not is_follow_up(message):
        return ""
    enrolment = Enrolment.objects.filter(outreach=message.outreach_id).first()
    if enrolment is None or enrolment.state not in _UNDER_WAY:
        is_answered = enrolment is not None and enrolment.reason == "they_answered"
        return "they_answered" if is_answered else "sequence_stopped"
    # Held, so that nothing passes any more once somebody was told that it is paused.
    sequence = Sequence.objects.select_for_update(no_key=True).get(pk=enrolment.sequence_id)
    is_paused = enrolment.state == Enrolment.State.PAUSED or sequence.is_paused
    return HELD if is_paused or message.reason.endswith(BY_A_PAUSE) else ""


@transaction.atomic
def pause(
    *, enrolment: Enrolment, reason: str, at: datetime, by: User | None = None, until: date | None = None
) -> Enrolment:
    """Nothing more of it goes out until a person takes it up again, or until the day `until` is over where they live.

    Raises DomainError: sequence_not_under_way.
    """
    held = hold(enrolment)
    if held.state != Enrolment.State.RUNNING:
        raise DomainError("sequence_not_under_way")
    return turn(held, Enrolment.State.PAUSED, reason, at=at, by=by, until=until)


def pause_person(
    *, influencer: Influencer, reason: str, at: datetime, until: date | None = None, by: User | None = None
) -> int:
    """The same of all that is under way with somebody, and of what goes through them as an agent; how many."""
    through = Message.objects.asking().filter(outreach=OuterRef("outreach"), address__influencer=influencer)
    whose = Q(outreach__influencer=influencer) | Q(Exists(through.exclude(state__in=Message.NEVER_SENT)))
    found = Enrolment.objects.running().filter(whose).order_by("outreach")
    return sum(_paused(enrolment, reason, at=at, until=until, by=by) for enrolment in found)


@transaction.atomic
def _paused(enrolment: Enrolment, reason: str, *, at: datetime, until: date | None, by: User | None) -> bool:
    held = hold(enrolment)
    if held.state != Enrolment.State.RUNNING:
        return False
    turn(held, Enrolment.State.PAUSED, reason, at=at, by=by, until=until)
    return True


@transaction.atomic
def resume(*, enrolment: Enrolment, at: datetime, by: User | None = None) -> Enrolment:
    """Go on where it was. What waited gets a time anew, what was not sent is written anew: both by the next round.

    Raises DomainError: sequence_not_paused, sequence_conversation_over (stage).
    """
    held = hold(enrolment)
    if held.state != Enrolment.State.PAUSED:
        raise DomainError("sequence_not_paused")
    if held.outreach.stage not in OPEN or held.outreach.influencer is None:
        raise DomainError("sequence_conversation_over", stage=held.outreach.stage)
    return take_up(held, at=at, by=by)


@transaction.atomic
def stop(*, enrolment: Enrolment, at: datetime, by: User | None = None, reason: str = "stopped_by_staff") -> Enrolment:
    """End it, and take back what was planned. Raises DomainError: sequence_over."""
    held = hold(enrolment)
    if held.state not in _UNDER_WAY:
        raise DomainError("sequence_over")
    return end(held, reason, at=at, by=by)


# For whoever holds the conversation -----------------------------------------------------------------------------------


def hold(enrolment: Enrolment, *, with_addresses: bool = False) -> Enrolment:
    outreach = locks.conversation(enrolment.outreach_id, with_addresses=with_addresses)
    return _in(outreach, Enrolment.objects.get(pk=enrolment.pk))


def stage_moved(*, outreach: Outreach, stage: str, at: datetime, by: User | None = None) -> None:
    """The conversation, held, is in this stage from now on: whoever answered, in whatever way, gets no follow-up."""
    under_way = Enrolment.objects.filter(outreach=outreach, state__in=_UNDER_WAY).first()
    if under_way is None or stage in OPEN:
        return
    held = _in(outreach, under_way)
    if stage != Outreach.Stage.PAUSED:
        end(held, _MEANS.get(stage, "they_answered"), at=at, by=by)
    elif held.state == Enrolment.State.RUNNING:
        turn(held, Enrolment.State.PAUSED, "conversation_paused", at=at, by=by)


def goes_on(*, outreach: Outreach, reasons: Container[str], at: datetime, by: User | None = None) -> None:
    """What ended the sequence of a conversation, held, was no answer: it goes on where it was."""
    ended = Enrolment.objects.filter(outreach=outreach, state=Enrolment.State.STOPPED).first()
    if ended is not None and ended.reason in reasons and outreach.stage in OPEN:
        take_up(_in(outreach, ended), at=at, by=by)


def merged(*, outreach: Outreach, at: datetime) -> dict[str, Any]:
    """The conversation, held, is closed: it goes on in another one. What to keep, should they be taken apart again."""
    under_way = Enrolment.objects.select_for_update().filter(outreach=outreach, state__in=_UNDER_WAY).first()
    if under_way is None:
        return {}
    kept = {"id": under_way.pk, "state": under_way.state, "reason": under_way.reason}
    under_way.state, under_way.reason = Enrolment.State.STOPPED, "merged"
    under_way.resumes_date, under_way.since_at = None, at
    under_way.save(update_fields=["state", "reason", "resumes_date", "since_at", "updated_at"])
    return kept


def parted(*, record: Mapping[str, Any], at: datetime) -> None:
    """It is two conversations again, and each sequence as it was, unless something became of it meanwhile."""
    if record:
        ended = Enrolment.objects.filter(pk=record["id"], state=Enrolment.State.STOPPED, reason="merged")
        ended.update(state=record["state"], reason=record["reason"], since_at=at)


def take_up(held: Enrolment, *, at: datetime, by: User | None = None) -> Enrolment:
    if held.outreach.unwritten:
        held.outreach.unwritten = {}
        held.outreach.save(update_fields=["unwritten", "updated_at"])
    newest = last_message(held)
    if newest and newest.state in Message.NEVER_SENT:
        held.position = max(held.position - 1, 0)  # so that this step is planned again
    elif newest and newest.state == Message.State.PLANNED and is_follow_up(newest):
        Message.objects.filter(pk=newest.pk, state=Message.State.PLANNED).update(reason=HELD)
    held.started_by = held.started_by or by
    return turn(held, Enrolment.State.RUNNING, "", at=at, by=by)


def end(held: Enrolment, reason: str, *, at: datetime, by: User | None = None) -> Enrolment:
    planned = Message.objects.asking().filter(outreach=held.outreach_id, reference__contains=FOLLOW_UP)
    planned.filter(state__in=_WAITING).update(
        state=Message.State.CANCELLED, reason=_told_of(reason), finished_at=at, lease_until=None
    )
    return turn(held, Enrolment.State.STOPPED, reason, at=at, by=by)


def turn(
    held: Enrolment, state: str, reason: str, *, at: datetime, by: User | None = None, until: date | None = None
) -> Enrolment:
    """Into another state, and onto the timeline."""
    held.state, held.reason, held.resumes_date, held.since_at = state, reason, until, at
    held.save(update_fields=["state", "reason", "resumes_date", "since_at", "position", "started_by", "updated_at"])
    note(held, _KINDS[state], at=at, by=by)
    return held


def note(held: Enrolment, kind: str, *, at: datetime, by: User | None = None) -> None:
    outreach = held.outreach
    if outreach.influencer is None:
        return
    activity.record(
        influencer=outreach.influencer,
        cause=outreach.campaign.cause,
        kind=kind,
        at=at,
        by=by,
        campaign=outreach.campaign.name,
        sequence=held.sequence.name,
    )


def last_message(enrolment: Enrolment) -> Message | None:
    """The newest of the step that was planned last."""
    kept = Message.objects.asking().filter(outreach=enrolment.outreach_id, reference=reference(enrolment))
    return kept.order_by("-pk").first()


def reference(enrolment: Enrolment) -> str:
    """What the message of a step is called."""
    start = f"outreach:{enrolment.outreach_id}"
    return f"{start}{FOLLOW_UP}{enrolment.position}" if enrolment.position > 1 else f"{start}:first"


def _in(outreach: Outreach, enrolment: Enrolment) -> Enrolment:
    locked = Enrolment.objects.select_for_update(of=("self",)).select_related("sequence", "started_by")
    held = locked.get(pk=enrolment.pk)
    held.outreach = outreach
    return held


def _told_of(reason: str) -> str:
    """Why its message was taken back, as a code of messages."""
    return reason if reason in {"they_answered", "merged", "said_no"} else "sequence_stopped"
