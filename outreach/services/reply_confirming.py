"""What a person says of a reply: what it is, whose it is, whom an agent's "no" is for. Their word goes before ours."""

from datetime import date, datetime

from django.db import transaction

from crm.errors import DomainError
from crm.models import User
from crm.services import addresses
from crm.services.bulk import lists
from outreach.models import InboundMessage, Outreach
from outreach.replies.classes import ReplyClass
from outreach.services import locks, pipeline, reply_effects, reply_matching, reply_reading
from outreach.services.reply_matching import Match

# What asks nobody for anything: as if nothing had come.
_NO_ANSWERS = frozenset({ReplyClass.AUTOMATIC, ReplyClass.OTHER, ReplyClass.BOUNCE_SOFT, ReplyClass.OUT_OF_OFFICE})
_SETTLED = frozenset(
    {
        *(ReplyClass.DECLINES, ReplyClass.UNSUBSCRIBE, ReplyClass.COMPLAINT, ReplyClass.BOUNCE_HARD),
        *(ReplyClass.AUTOMATIC, ReplyClass.BOUNCE_SOFT, ReplyClass.OUT_OF_OFFICE),
    }
)
_OVER = (*reply_matching.OVER, Outreach.Stage.NO_ANSWER)


@transaction.atomic
def confirm(
    *, inbound: InboundMessage, kind: str, by: User, at: datetime, until: date | None = None, contact: str = ""
) -> InboundMessage:
    """A person says what it is, and what follows from that follows. `until`, `contact`: as outreach.replies.classes has
    them; kept as read where the kind is the same and nothing is said. A "no" that was heard stays one.

    Raises DomainError: reply_kind_unknown, reply_not_read.
    """
    if kind not in InboundMessage.Kind:
        raise DomainError("reply_kind_unknown", kind=kind)
    held, outreach = _held(inbound)
    is_same, is_noted = kind == held.what, held.what in reply_effects.ANSWERS
    held.until_date = until or (held.until_date if is_same else None)
    held.contact = reply_reading.whole(contact.strip(), 320) or (held.contact if is_same else "")
    held.confirmed_kind, held.confirmed_by, held.confirmed_at = kind, by, at
    _follow(held, outreach, is_noted=is_noted, at=at, by=by)
    if kind in _SETTLED and held.no_scope != InboundMessage.Scope.ASKED:
        held.desk, held.desk_at, held.snoozed_until = InboundMessage.Desk.DONE, at, None
    held.save()
    reply_effects.release(people=reply_effects.concerned(held), at=at)
    return held


@transaction.atomic
def link(*, inbound: InboundMessage, outreach: Outreach, by: User, at: datetime) -> InboundMessage:
    """A person says whose it is; then it does there what it would have done.

    Raises DomainError: message_without_person, reply_not_read.
    """
    known = reply_matching.goes_on(outreach)
    if known.influencer_id is None:
        raise DomainError("message_without_person")
    theirs = locks.conversation(known.pk, with_addresses=True)
    if theirs.influencer is None:
        raise DomainError("message_without_person")
    held, before = _held(inbound, hold=False)
    if before and before.pk == theirs.pk:
        return held
    if before:
        reply_effects.undo(inbound=held, outreach=locks.conversation(before.pk), at=at, by=by)
    sender = reply_matching.address_of(held.from_address)
    held.outreach, held.influencer, held.answers, held.sender = theirs, theirs.influencer, None, sender
    held.matched_by, held.no_scope = InboundMessage.MatchedBy.PERSON, ""
    agent = reply_effects.agent_of(held)
    found = Match(
        by=held.matched_by, outreach=theirs.pk, person=theirs.influencer_id, agent=agent.pk if agent else None
    )
    if held.confirmed_kind:
        _follow(held, theirs, is_noted=False, at=at, by=by)
    else:
        reply_effects.apply(inbound=held, found=found, outreach=theirs, at=at)
    if held.what == ReplyClass.UNSUBSCRIBE:
        reply_effects.refuse(inbound=held, at=at, by=by)
    held.save()
    return held


@transaction.atomic
def scope_of_no(*, inbound: InboundMessage, everybody: bool, by: User, at: datetime) -> InboundMessage:
    """An agent said no: for this person only, or for everybody they speak for. Raises DomainError: reply_not_read,
    scope_not_asked.
    """
    agent = reply_effects.agent_of(_whole(inbound))
    people = reply_matching.through(agent.pk) if agent else set()
    if agent:
        list(agent.addresses.select_for_update().order_by("pk"))
        lists.hold({agent.pk, *people})
    held, outreach = _held(inbound)
    if held.no_scope != InboundMessage.Scope.ASKED:
        raise DomainError("scope_not_asked")
    held.no_scope = InboundMessage.Scope.EVERYBODY if everybody else InboundMessage.Scope.ONE
    if not held.confirmed_kind:
        held.confirmed_kind, held.confirmed_by, held.confirmed_at = held.kind, by, at
    if outreach:
        _decline(outreach, at=at, by=by)
    if everybody and agent:
        if held.what == ReplyClass.UNSUBSCRIBE:
            addresses.suppress_person(influencer=agent, reason="declined", at=at, by=by)
        for other in _open_of(people):
            _decline(locks.conversation(other), at=at, by=by)
    held.desk, held.desk_at, held.snoozed_until = InboundMessage.Desk.DONE, at, None
    held.save()
    reply_effects.release(people=reply_effects.concerned(held), at=at)
    return held


def _follow(held: InboundMessage, outreach: Outreach | None, *, is_noted: bool, at: datetime, by: User) -> None:
    """`is_noted`: it was taken for an answer already, and stands as one on their timeline."""
    kind = ReplyClass(held.what)
    if kind in _NO_ANSWERS:
        held.no_scope = ""
        if outreach:
            reply_effects.undo(inbound=held, outreach=outreach, at=at, by=by)
        if kind == ReplyClass.OUT_OF_OFFICE and held.until_date:
            reply_effects.pause(people=reply_effects.concerned(held), at=at, until=held.until_date)
        return
    if kind in reply_effects.NOES and held.no_scope == "" and reply_effects.agent_of(held):
        held.no_scope = InboundMessage.Scope.ASKED
    elif kind not in reply_effects.NOES:
        held.no_scope = ""
    if kind in reply_effects.ANSWERS and outreach and not is_noted:
        reply_effects.note_answer(inbound=held, outreach=outreach, at=at, by=by)
    match kind:
        case ReplyClass.DECLINES if outreach:
            _decline(outreach, at=at, by=by)
        case ReplyClass.UNSUBSCRIBE:
            reply_effects.refuse(inbound=held, at=at, by=by)
        case ReplyClass.COMPLAINT | ReplyClass.BOUNCE_HARD:
            _refuse_where_written(held, kind, at=at)
        case _ if outreach:
            reply_effects.stop(outreach=outreach, at=at)  # somebody answers now


def _decline(outreach: Outreach, *, at: datetime, by: User) -> None:
    reply_effects.stop(outreach=outreach, at=at)
    if reply_effects.is_allowed(outreach, Outreach.Stage.DECLINED):
        pipeline.move_held(held=outreach, stage=Outreach.Stage.DECLINED, at=at, by=by)


def _refuse_where_written(held: InboundMessage, kind: ReplyClass, *, at: datetime) -> None:
    written = held.answers.address if held.answers else None
    if address := written or held.sender:
        say = addresses.complained if kind == ReplyClass.COMPLAINT else addresses.bounced
        say(email=address.email, at=at)


def _open_of(people: set[int]) -> list[int]:
    rows = Outreach.objects.filter(influencer__in=people).exclude(stage__in=_OVER)
    return list(rows.order_by("influencer", "pk").values_list("pk", flat=True))


def _whole(inbound: InboundMessage) -> InboundMessage:
    rows = InboundMessage.objects.defer("raw")
    return rows.select_related("sender__influencer", "answers__address__influencer").get(pk=inbound.pk)


def _held(inbound: InboundMessage, *, hold: bool = True) -> tuple[InboundMessage, Outreach | None]:
    """The letter as it is now, held after its addresses and its conversation, and that. `hold`: not where another
    conversation is held already.
    """
    known = _whole(inbound)
    if known.state != InboundMessage.State.READ:
        raise DomainError("reply_not_read")
    found = Match(outreach=known.outreach_id, person=known.influencer_id, sender=known.sender_id)
    outreach = reply_reading.hold(found, emails=[known.from_address]) if hold else known.outreach
    rows = InboundMessage.objects.select_for_update(of=("self",)).defer("raw")
    return rows.select_related("sender__influencer", "answers__address__influencer").get(pk=known.pk), outreach
