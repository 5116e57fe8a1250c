"""From an approved row to the wire, at most once: claim, gate, hand over, write down what came back.

A crash before the gate's commit leaves the row to be claimed again; one after it leaves `uncertain`, which is shown to
staff and never resent by itself.
"""

import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Max, Q

from crm.errors import DomainError
from crm.failpoints import reach
from crm.models import Address, Influencer, User, VettingCheck
from crm.services import activity, addresses, instance, persons
from matching.services import exclusions
from outreach.channels.base import Outcome, Receipt, Session, says_nobody_there
from outreach.models import Message, Outreach
from outreach.services import handover, locks, merging, notices, pipeline, reply_holds

LEASE = timedelta(minutes=5)
PERSON_CAP = timedelta(hours=24)
SENDER_WINDOW = timedelta(hours=24)  # in which no more than settings.SENDER_CAP leave
MAX_ATTEMPTS = 5
_BATCH = 50
_ROUND = timedelta(minutes=1)  # after which others who wait for this worker have their turn
_AWAY = timedelta(minutes=5)  # how soon to try a mail server again that cannot be reached
_PATIENCE = (0.1, 0.4, 2, 8, 20)  # seconds between tries to write down what only this process knows
_FROZEN = timedelta(minutes=10)  # how soon to ask again whether the keyring is back
_SENDER_LOCK = 0x5E4DE2  # any number that no other advisory lock of ours has
_ANSWERED = frozenset({"in_conversation", "agreed", "live"})  # a first message has come too late
_CLOSED = frozenset({"declined", "conflict", "merged", "completed", "paused"})


Clock = Callable[[], datetime]


def deliver_due(*, at: datetime, clock: Clock | None = None) -> int:
    """Send what is due, one message after the other, for a minute; how many left the gate. Several processes may do so
    at once.

    clock: tells each message its own moment, where a round may last longer than what it asks can stay true.
    """
    now = clock or (lambda: at)
    persons.erase_again(at=at)  # where a backup was put back, before anything of it is sent
    settle_stranded(at=at)
    sent = 0
    with handover.session() as session:
        while now() - at < _ROUND and (claimed := _claim(at=now())):
            reach("send.claimed")
            for place, pk in enumerate(claimed):
                if closed := session.open():
                    _put_off(claimed[place:], closed, at=now())
                    return sent
                sent += deliver(pk=pk, at=now(), session=session, clock=now)
    return sent


def settle_stranded(*, at: datetime) -> int:
    """Messages whose sender died on the wire: nobody knows, so a person decides."""
    return Message.objects.stranded(at=at).update(
        state=Message.State.UNCERTAIN, reason="sender_died", finished_at=at, lease_until=None
    )


def deliver(*, pk: int, at: datetime, session: Session | None = None, clock: Clock | None = None) -> bool:
    """Take one claimed message through the gate and onto the wire. True when it was handed over."""
    message = gate(pk=pk, at=at, clock=clock)
    if message is None:
        return False
    reach("send.gated")
    at = message.dispatched_at or at
    receipt = handover.hand_over(message, at=at, session=session)
    reach("send.answered")
    _keep(message, receipt, at=at)
    return True


@transaction.atomic
def confirm_by_hand(*, message: Message, by: User, at: datetime) -> Message:
    """A person sent the text as a direct message, under the same rules as a mail.

    Raises DomainError: message_not_by_hand, message_not_planned, message_held (reason).
    """
    locked = locks.message(message.pk)
    if locked.channel != Message.Channel.MANUAL:
        raise DomainError("message_not_by_hand")
    if locked.state != Message.State.PLANNED:
        raise DomainError("message_not_planned", state=locked.state)
    if verdict := _refusal(locked, at=at):
        raise DomainError("message_held", reason=verdict[0])
    locked.state, locked.dispatched_at, locked.finished_at = Message.State.SENT, at, at
    locked.save()
    note_contact(locked, at=at)
    return locked


def objection(*, message: Message, at: datetime) -> str:
    """What would hold this message back for good if it were approved now, as a code; blank when nothing would.

    For the page that asks for approval: the gate decides anew, under its locks.
    """
    outreach = message.outreach
    if outreach is None or outreach.influencer is None:
        return "person_erased"
    if message.channel == Message.Channel.EMAIL and message.address_id is None:
        return "address_not_usable"
    return _no(message, outreach, outreach.influencer)


@transaction.atomic
def _claim(*, at: datetime) -> list[int]:
    ids = list(Message.objects.due(at=at).select_for_update(skip_locked=True).values_list("pk", flat=True)[:_BATCH])
    if ids:
        Message.objects.filter(pk__in=ids).update(state=Message.State.CLAIMED, lease_until=at + LEASE)
    return ids


def _put_off(ids: list[int], closed: Receipt, *, at: datetime) -> None:
    """The mail server is away, or will not have us: that says nothing of any message, and counts as no attempt."""
    Message.objects.filter(pk__in=ids, state=Message.State.CLAIMED).update(
        state=Message.State.PLANNED, reason=closed.detail_code, lease_until=None, due_at=at + _AWAY
    )


def gate(*, pk: int, at: datetime, clock: Clock | None = None) -> Message | None:
    """The one place that decides whether a message goes out, under the lock that every "no" takes too.

    Everything is read again here: what was true at planning may not be true now. A message that passed is
    `dispatching` and committed before a word of it is said. The clock is read once all is held: what somebody said
    while this waited for them was said before.
    """
    reach("gate.before")
    with transaction.atomic():
        message = locks.message(pk)
        if message.state != Message.State.CLAIMED:
            return None
        at = clock() if clock else at
        verdict = _refusal(message, at=at)
        reach("gate.decided")
        if verdict:
            _hold(message, *verdict, at=at)
            return None
        message.state = Message.State.DISPATCHING
        message.attempt_id = uuid.uuid4()
        message.attempts += 1
        message.dispatched_at, message.lease_until = at, at + LEASE
        message.save(update_fields=["state", "attempt_id", "attempts", "dispatched_at", "lease_until", "updated_at"])
    reach("gate.passed")
    return message


def _refusal(message: Message, *, at: datetime) -> tuple[str, datetime | None] | None:
    """Why this message, held, may not go now: (code, when to ask again or None for never)."""
    if message.expires_at and at > message.expires_at:
        return "expired", None
    if message.purpose == Message.Purpose.STAFF:
        return notices.held_from_staff(message)
    if not instance.has_its_keys():
        return "keyring_foreign", at + _FROZEN
    outreach = message.outreach
    has_no_address = message.channel == Message.Channel.EMAIL and message.address_id is None
    if has_no_address or outreach is None or outreach.influencer is None:
        return "person_erased", None
    if message.purpose == Message.Purpose.TRANSACTIONAL:
        return notices.held_from_person(message, outreach.influencer)
    if reason := _no(message, outreach, outreach.influencer):
        return reason, None
    if waits := reply_holds.held(message, outreach.influencer, at=at):
        return waits
    return _cap(message, outreach.influencer, at=at)


def _no(message: Message, outreach: Outreach, person: Influencer) -> str:
    """What speaks against writing to this person in this conversation, for good; blank when nothing does."""
    if addresses.has_said_no(person):  # whenever: `at` was read before this message came to wait
        return "said_no"
    if message.channel == Message.Channel.EMAIL:
        assert message.address is not None
        if reason := notices.refused_at(message.address):
            return reason
        if not Address.objects.usable().reaching(person).filter(pk=message.address.pk).exists():
            return "address_not_usable"
    if reason := _barred(message, outreach, person):
        return reason
    newest = person.vettings.filter(cause=outreach.campaign.cause).order_by("-at", "-pk").first()
    if newest is None or newest.verdict != VettingCheck.Verdict.CLEARED:
        return "not_vetted"
    if outreach.stage in _ANSWERED:
        return "they_answered"
    if merging.was_written_to(outreach, address=message.address_id):
        return "written_already"
    return "conversation_closed" if outreach.stage in _CLOSED else ""


def _barred(message: Message, outreach: Outreach, person: Influencer) -> str:
    """Whether staff decided never to ask them, or the agent who would get it for them."""
    reader = message.address.influencer_id if message.address else person.pk
    found = exclusions.barred(cause=outreach.campaign.cause, people=[person.pk, reader])
    return found.get(person.pk) or found.get(reader, "")


def _cap(message: Message, person: Influencer, *, at: datetime) -> tuple[str, datetime | None] | None:
    last = _last_contact(message, person, at=at)
    if last and at - last < PERSON_CAP:
        return "cap_person", last + PERSON_CAP
    return _sender_cap(message, at=at)


def _sender_cap(message: Message, *, at: datetime) -> tuple[str, datetime | None] | None:
    """Whoever counts holds the count, until what it decided is committed: of two senders one passes at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SENDER_LOCK])
    gone = Message.objects.filter(purpose=message.purpose, dispatched_at__gt=at - SENDER_WINDOW)
    newest = gone.order_by("-dispatched_at").values_list("dispatched_at", flat=True)
    if first := newest[settings.SENDER_CAP - 1 : settings.SENDER_CAP].first():
        return "cap_sender", first + SENDER_WINDOW
    return None


def _last_contact(message: Message, person: Influencer, *, at: datetime) -> datetime | None:
    """When this person, or anybody at this address, was last written to, what is on the wire at this moment and what
    was perhaps sent included: an agent reads for many.
    """
    out = [Message.State.DISPATCHING, Message.State.SENT, Message.State.UNCERTAIN]
    # By columns of the message alone: across tables, "or" is no question that an index answers.
    whose = Q(outreach__in=list(person.outreaches.values_list("pk", flat=True)))
    if message.address_id:
        whose |= Q(address=message.address_id)
    others = Message.objects.asking().filter(whose, state__in=out)
    newest = others.exclude(pk=message.pk).aggregate(at=Max("dispatched_at"))["at"]
    return max(filter(None, [person.last_contacted_at, newest]), default=None)


def _hold(message: Message, reason: str, again_at: datetime | None, *, at: datetime) -> None:
    message.reason, message.lease_until = reason, None
    if again_at and message.expires_at and again_at <= message.expires_at:
        message.state, message.due_at = Message.State.PLANNED, again_at
    else:
        is_late = reason == "expired" or again_at is not None
        message.state = Message.State.EXPIRED if is_late else Message.State.REFUSED
        message.finished_at = at
    message.save()


def _keep(message: Message, receipt: Receipt, *, at: datetime) -> None:
    """What came back is known to this process alone: a database that is away is waited for, a while."""
    for pause in _PATIENCE:
        try:
            return _write_down(message, receipt, at=at)
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(pause)
    return _write_down(message, receipt, at=at)


@transaction.atomic
def _write_down(message: Message, receipt: Receipt, *, at: datetime) -> None:
    """Keep what came back, unless somebody settled this attempt in the meantime."""
    state, reason = _state_after(message, receipt)
    is_final = state != Message.State.PLANNED
    held = locks.message(message.pk)
    # A server that answered after the lease had run out: nobody has settled it yet, and now we know.
    is_open = Q(state=Message.State.DISPATCHING) | Q(state=Message.State.UNCERTAIN, reason="sender_died")
    written = Message.objects.filter(is_open, pk=message.pk, attempt_id=message.attempt_id).update(
        state=state,
        reason=reason,
        lease_until=None,
        due_at=message.due_at if is_final else at + timedelta(minutes=5 * 2**message.attempts),
        finished_at=at if is_final else None,
        is_captured=receipt.captured is not None,
        raw=receipt.captured if held.recipient else None,  # else they were erased meanwhile: the text stays gone
    )
    if written and says_nobody_there(receipt.detail_code) and held.recipient:
        addresses.bounced(email=held.recipient, at=at)
    if written and state in {Message.State.SENT, Message.State.UNCERTAIN}:
        note_contact(held, at=at, was_captured=receipt.captured is not None)


def _state_after(message: Message, receipt: Receipt) -> tuple[str, str]:
    if receipt.outcome == Outcome.SENT:
        return Message.State.SENT, ""
    if receipt.outcome == Outcome.UNCERTAIN:
        return Message.State.UNCERTAIN, "no_answer_from_server"
    if receipt.outcome == Outcome.FAILED and message.attempts < MAX_ATTEMPTS:
        return Message.State.PLANNED, receipt.detail_code
    return Message.State.REFUSED, receipt.detail_code


def note_contact(message: Message, *, at: datetime, was_captured: bool = False) -> None:
    """What the rest of the house must know: the person was written to, and told where we have their address from.

    What was captured goes on like what was sent, so that a trial shows the whole way; the timeline tells them apart.
    """
    outreach = message.outreach
    if outreach is None or outreach.influencer is None:
        return
    if message.purpose != Message.Purpose.PARTNERSHIP:  # nobody was asked for anything
        notices.note(message, outreach, at=at, was_captured=was_captured)
        return
    Influencer.objects.filter(pk=outreach.influencer.pk).update(last_contacted_at=at)
    if message.address and message.address.noticed_at is None:
        Address.objects.filter(pk=message.address.pk).update(noticed_at=at)
    activity.record(
        influencer=outreach.influencer,
        cause=outreach.campaign.cause,
        kind="message_captured" if was_captured else "message_sent",
        at=at,
        by=message.approved_by,
        campaign=outreach.campaign.name,
    )
    if outreach.stage in {Outreach.Stage.PROSPECT, Outreach.Stage.SHORTLISTED, Outreach.Stage.APPROVED}:
        pipeline.move_held(held=outreach, stage=Outreach.Stage.CONTACTED, at=at, by=message.approved_by)
