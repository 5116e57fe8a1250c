"""From an approved row to the wire, at most once: claim, gate, hand over, write down what came back.

A crash before the gate's commit leaves the row to be claimed again; one after it leaves `uncertain`, which is shown to
staff and never resent by itself.
"""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

from crm import failpoints
from crm.errors import DomainError
from crm.models import Address, Influencer, User, VettingCheck
from crm.services import activity, addresses, instance, persons
from matching.services import exclusions
from outreach.channels.base import Channel, Envelope, Outcome, Receipt, says_nobody_there
from outreach.channels.email import SmtpChannel
from outreach.channels.mime import compose
from outreach.models import Message, Outreach
from outreach.services import locks, merging, notices, pipeline

LEASE = timedelta(minutes=5)
PERSON_CAP = timedelta(hours=24)
SENDER_CAP = 50  # messages a day
MAX_ATTEMPTS = 5
_BATCH = 50
_FROZEN = timedelta(minutes=10)  # how soon to ask again whether the keyring is back
_ANSWERED = frozenset({"in_conversation", "agreed", "live"})  # a first message has come too late
_CLOSED = frozenset({"declined", "conflict", "merged", "completed", "paused"})


def deliver_due(*, at: datetime) -> int:
    """Send what is due, one message after the other; how many left the gate."""
    persons.erase_again(at=at)  # where a backup was put back, before anything of it is sent
    settle_stranded(at=at)
    sent = 0
    for pk in _claim(at=at):
        sent += deliver(pk=pk, at=at)
    return sent


def settle_stranded(*, at: datetime) -> int:
    """Messages whose sender died on the wire: nobody knows, so a person decides."""
    return Message.objects.stranded(at=at).update(
        state=Message.State.UNCERTAIN, reason="sender_died", finished_at=at, lease_until=None
    )


def deliver(*, pk: int, at: datetime) -> bool:
    """Take one claimed message through the gate and onto the wire. True when it was handed over."""
    message = gate(pk=pk, at=at)
    if message is None:
        return False
    _write_down(message, _hand_over(message, at=at), at=at)
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
    _note_contact(locked, at=at)
    return locked


@transaction.atomic
def settle(*, message: Message, has_arrived: bool, by: User, at: datetime) -> Message:
    """A person found out whether a message that was perhaps sent arrived. Nothing is sent again by this.

    One that did not arrive is settled as never sent, so that another may be written. Raises DomainError:
    message_not_uncertain (state).
    """
    locked = locks.message(message.pk)
    if locked.state != Message.State.UNCERTAIN:
        raise DomainError("message_not_uncertain", state=locked.state)
    is_noted = locked.reason != "sender_died"  # else nobody was left to note that the person was written to
    locked.state = Message.State.SENT if has_arrived else Message.State.REFUSED
    locked.reason = "" if has_arrived else "did_not_arrive"
    locked.save(update_fields=["state", "reason", "updated_at"])
    outreach = locked.outreach
    if outreach and outreach.influencer:
        person, cause, name = outreach.influencer, outreach.campaign.cause, outreach.campaign.name
        happened = {"campaign": name, "has_arrived": has_arrived}
        activity.record(influencer=person, cause=cause, kind="message_settled", at=at, by=by, **happened)
        if has_arrived and not is_noted:
            _note_contact(locked, at=max(filter(None, [locked.dispatched_at or at, person.last_contacted_at])))
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


def _claim(*, at: datetime) -> list[int]:
    with transaction.atomic():
        ids = list(Message.objects.due(at=at).select_for_update(skip_locked=True).values_list("pk", flat=True)[:_BATCH])
        Message.objects.filter(pk__in=ids).update(state=Message.State.CLAIMED, lease_until=at + LEASE)
    return ids


def gate(*, pk: int, at: datetime) -> Message | None:
    """The one place that decides whether a message goes out, under the lock that every "no" takes too.

    Everything is read again here: what was true at planning may not be true now. A message that passed is
    `dispatching` and committed before anything is opened.
    """
    claimed = Message.objects.filter(pk=pk, state=Message.State.CLAIMED)
    if not claimed.exists():
        return None
    failpoints.reach("gate.before")
    with transaction.atomic():
        message = locks.message(pk)
        if message.state != Message.State.CLAIMED:
            return None
        verdict = _refusal(message, at=at)
        failpoints.reach("gate.decided")
        if verdict:
            _hold(message, *verdict, at=at)
            return None
        message.state = Message.State.DISPATCHING
        message.attempt_id = uuid.uuid4()
        message.attempts += 1
        message.dispatched_at, message.lease_until = at, at + LEASE
        message.save()
    failpoints.reach("gate.passed")
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
    today = Message.objects.filter(
        purpose=message.purpose, dispatched_at__gt=at - timedelta(days=1), dispatched_at__lte=at
    )
    if today.count() >= SENDER_CAP:
        oldest = today.order_by("dispatched_at").values_list("dispatched_at", flat=True)[0]
        return "cap_sender", (oldest or at) + timedelta(days=1)
    return None


def _last_contact(message: Message, person: Influencer, *, at: datetime) -> datetime | None:
    """When this person, or anybody at this address, was last written to, what is on the wire at this moment and what
    was perhaps sent included: an agent reads for many.
    """
    out = [Message.State.DISPATCHING, Message.State.SENT, Message.State.UNCERTAIN]
    whose = Q(outreach__influencer=person) | (Q(address=message.address_id) if message.address_id else Q())
    others = Message.objects.asking().filter(whose, state__in=out, dispatched_at__lte=at)
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


def _hand_over(message: Message, *, at: datetime) -> Receipt:
    rendered = notices.wording(message)
    envelope = Envelope(
        message_id=message.message_id or "",
        from_name=settings.SENDER_NAME,
        from_address=settings.SENDER_ADDRESS,
        to_address=message.recipient,
        reply_to=settings.SENDER_ADDRESS,
        unsubscribe_url=notices.unsubscribe_url(message),
        date=at,
    )
    if not settings.EMAIL_URL:
        try:
            message.is_captured, message.raw = True, compose(rendered, envelope)
        except DomainError as error:  # one message that cannot be written never holds up the others
            return Receipt(Outcome.REFUSED, error.code)
        return Receipt(Outcome.SENT, "captured")
    channel: Channel = SmtpChannel(settings.EMAIL_URL)
    return channel.deliver(rendered, envelope)


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
        is_captured=message.is_captured,
        raw=message.raw if held.recipient else None,  # else they were erased meanwhile: the text stays gone
    )
    if written and says_nobody_there(receipt.detail_code) and held.recipient:
        addresses.bounced(email=held.recipient, at=at)
    if written and state in {Message.State.SENT, Message.State.UNCERTAIN}:
        _note_contact(held, at=at, was_captured=message.is_captured)


def _state_after(message: Message, receipt: Receipt) -> tuple[str, str]:
    if receipt.outcome == Outcome.SENT:
        return Message.State.SENT, ""
    if receipt.outcome == Outcome.UNCERTAIN:
        return Message.State.UNCERTAIN, "no_answer_from_server"
    if receipt.outcome == Outcome.FAILED and message.attempts < MAX_ATTEMPTS:
        return Message.State.PLANNED, receipt.detail_code
    return Message.State.REFUSED, receipt.detail_code


def _note_contact(message: Message, *, at: datetime, was_captured: bool = False) -> None:
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
    if message.address:
        Address.objects.filter(pk=message.address.pk, noticed_at=None).update(noticed_at=at)
    activity.record(
        influencer=outreach.influencer,
        cause=outreach.campaign.cause,
        kind="message_captured" if was_captured else "message_sent",
        at=at,
        by=message.approved_by,
        campaign=outreach.campaign.name,
    )
    if outreach.stage in {Outreach.Stage.PROSPECT, Outreach.Stage.SHORTLISTED, Outreach.Stage.APPROVED}:
        pipeline.move(outreach=outreach, stage=Outreach.Stage.CONTACTED, at=at, by=message.approved_by)
