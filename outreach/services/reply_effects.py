"""What a letter does, once it is known whose it is and what it says. Nothing here sends anything or plans it.

Called under the locks of outreach.services.reply_reading. Whether a person is left in peace until somebody has looked
stands in the letter itself (reply_holds); here sequences are told, and what is for good is written down.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from django.db.models import F, Q
from django.utils import timezone

from crm.errors import DomainError
from crm.handles import canonical_email
from crm.models import Influencer, Suppression, User
from crm.services import activity, addresses
from outreach import stages
from outreach.models import Enrolment, InboundMessage, Message, Outreach
from outreach.replies.classes import ReplyClass
from outreach.replies.effects import EFFECTS
from outreach.services import pipeline, reply_holds
from outreach.services.reply_matching import Match, through

PAUSED = "reply_waits"  # why a sequence is paused until a person has looked
ENDED = "reply_ended"  # why one is stopped, and what was planned in it taken back
AWAY = "reply_away"
_WAITING = (Message.State.PLANNED, Message.State.CLAIMED)
# What a person wrote, to whom somebody answers.
ANSWERS = frozenset(
    {
        *(ReplyClass.INTERESTED, ReplyClass.QUESTION, ReplyClass.FEE, ReplyClass.LATER, ReplyClass.MANAGER),
        *(ReplyClass.DECLINES, ReplyClass.OTHER),
    }
)
NOES = frozenset({ReplyClass.DECLINES, ReplyClass.UNSUBSCRIBE})
_BEFORE = frozenset({"prospect", "shortlisted", "approved", "contacted", "no_answer"})  # whom an answer moves


def apply(*, inbound: InboundMessage, found: Match, outreach: Outreach | None, at: datetime) -> None:
    """Everything that the letter does by itself. The letter and the conversation are held; the letter is not saved."""
    kind = ReplyClass(inbound.what)
    effect = EFFECTS[kind]
    people = {found.person} - {None} | (through(found.agent) if found.agent else set())
    until = inbound.until_date if effect.resumes_after_until else None
    if effect.pauses_everything:
        pause(people={pk for pk in people if pk}, at=at, until=until)
    if effect.ends_sequence and outreach:
        stop(outreach=outreach, at=at)
    if outreach and kind in ANSWERS:
        note_answer(inbound=inbound, outreach=outreach, at=at)
    if kind == ReplyClass.UNSUBSCRIBE:
        refuse(inbound=inbound, at=at)
    elif kind in {ReplyClass.COMPLAINT, ReplyClass.BOUNCE_HARD} and found.email:
        say = addresses.complained if kind == ReplyClass.COMPLAINT else addresses.bounced
        say(email=found.email, at=at)
    if found.agent and kind in NOES:
        inbound.no_scope = InboundMessage.Scope.ASKED
    inbound.desk = InboundMessage.Desk.OPEN if _needs_person(inbound, found) else InboundMessage.Desk.DONE
    inbound.desk_at = at


def _needs_person(inbound: InboundMessage, found: Match) -> bool:
    effect = EFFECTS[ReplyClass(inbound.what)]
    is_away_for_ever = effect.resumes_after_until and inbound.until_date is None
    is_nobodys = inbound.what in {ReplyClass.COMPLAINT, ReplyClass.UNSUBSCRIBE} and found.person is None
    return effect.needs_person or is_away_for_ever or is_nobodys or bool(inbound.no_scope)


def note_answer(*, inbound: InboundMessage, outreach: Outreach, at: datetime, by: User | None = None) -> None:
    """It stands on their timeline, and where we wait for an answer it is our turn now."""
    assert outreach.influencer is not None
    activity.record(
        influencer=outreach.influencer,
        cause=outreach.campaign.cause,
        kind="answered",
        at=inbound.received_at,
        by=by,
        campaign=outreach.campaign.name,
        text=inbound.said or inbound.text,
        reply=str(inbound.public_id),
        **({} if inbound.received_at == at else {"noted_at": at.isoformat()}),
    )
    if outreach.stage in _BEFORE:
        inbound.moved_from = outreach.stage
        pipeline.move_held(held=outreach, stage=Outreach.Stage.IN_CONVERSATION, at=at, by=by)


def refuse(*, inbound: InboundMessage, at: datetime, by: User | None = None) -> None:
    """Nothing by which somebody is asked goes there any more: where they wrote from, where they were written to; where
    a person says that they said so, nowhere.
    """
    sender, written = inbound.sender, inbound.answers.address if inbound.answers else None
    is_theirs = written and (sender is None or written.influencer_id == sender.influencer_id)
    subjects = {each.digest for each in (sender, written if is_theirs else None) if each}
    try:
        subjects.add(addresses.digest(canonical_email(inbound.from_address)))
    except DomainError as error:
        if error.code != "email_invalid":  # else nobody can be written to there
            raise
    reason = Suppression.Reason.DECLINED if by else Suppression.Reason.UNSUBSCRIBED
    for subject in sorted(subjects):
        scope = Suppression.Scope.PARTNERSHIP
        addresses.refuse_subject(subject=subject, reason=reason, scope=scope, at=at, by=by)
    if by and inbound.influencer and agent_of(inbound) is None:
        addresses.suppress_person(influencer=inbound.influencer, reason=reason, at=at, by=by)


def undo(*, inbound: InboundMessage, outreach: Outreach, at: datetime, by: User) -> None:
    """It was no answer: the conversation goes back to where it was, and what waited goes on as if none had come."""
    if inbound.moved_from and outreach.stage == Outreach.Stage.IN_CONVERSATION:
        pipeline.put_back(held=outreach, stage=inbound.moved_from, at=at, by=by)
    inbound.moved_from = ""
    Message.objects.filter(outreach=outreach, state=Message.State.CANCELLED, reason=ENDED).update(
        state=Message.State.PLANNED, reason="", finished_at=None
    )
    Enrolment.objects.filter(outreach=outreach, state=Enrolment.State.STOPPED, reason=ENDED).update(
        state=Enrolment.State.RUNNING, reason="", since_at=at
    )


# Sequences: the one place where replies touch them -------------------------------------------------------------------


def pause(*, people: Collection[int], at: datetime, until: date | None = None) -> None:
    """Nothing planned for them goes on; with `until`, not before the day after, and then by itself."""
    theirs = Q(outreach__influencer__in=people)
    resumes = until + timedelta(days=1) if until else None
    Enrolment.objects.running().filter(theirs).update(
        state=Enrolment.State.PAUSED, reason=AWAY if until else PAUSED, resumes_date=resumes, since_at=at
    )
    if resumes:
        opens = timezone.make_aware(datetime.combine(resumes, time.min))
        planned = Message.objects.asking().filter(theirs, state__in=_WAITING, due_at__lt=opens)
        planned.update(
            due_at=opens,
            expires_at=F("expires_at") - F("due_at") + opens,
            state=Message.State.PLANNED,
            lease_until=None,
        )


def stop(*, outreach: Outreach, at: datetime) -> None:
    """Of what was planned in this conversation nothing goes out any more. What is drafted, a person still reads."""
    planned = Message.objects.asking().filter(outreach=outreach, state__in=_WAITING)
    planned.update(state=Message.State.CANCELLED, reason=ENDED, finished_at=at, lease_until=None)
    going = Enrolment.objects.filter(outreach=outreach, state__in=[Enrolment.State.RUNNING, Enrolment.State.PAUSED])
    going.update(state=Enrolment.State.STOPPED, reason=ENDED, resumes_date=None, since_at=at)


def release(*, people: Collection[int], at: datetime) -> None:
    """A person has looked: what was paused until then goes on, for whom nothing else waits."""
    for pk in people:
        if reply_holds.holding(people={pk}, at=at).exists():
            continue
        mine = Enrolment.objects.filter(
            outreach__influencer=pk, state=Enrolment.State.PAUSED, reason__in=[PAUSED, AWAY]
        )
        mine.update(state=Enrolment.State.RUNNING, reason="", resumes_date=None, since_at=at)


def concerned(inbound: InboundMessage) -> set[int]:
    """Everybody whom it holds back: who is spoken of, and whoever else the writer speaks for."""
    people = {inbound.influencer_id} if inbound.influencer_id else set()
    agent = agent_of(inbound)
    return people | (through(agent.pk) if agent else set())


def agent_of(inbound: InboundMessage) -> Influencer | None:
    """Who wrote it for somebody else, if it was so."""
    person = inbound.influencer_id
    for address in (inbound.sender, inbound.answers and inbound.answers.address):
        if address and address.influencer_id != person:
            return address.influencer
        if address:
            return None
    return None


def is_allowed(outreach: Outreach, stage: str) -> bool:
    return stage in stages.ALLOWED[outreach.stage]
