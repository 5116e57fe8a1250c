"""Conversations: who enters a campaign, who is held back and why, and which stage comes next."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from crm import selectors
from crm.errors import DomainError
from crm.models import Activity, Influencer, User, VettingCheck
from crm.services import activity, staff
from matching.models import Match
from matching.services import exclusions
from outreach import stages
from outreach.models import Campaign, Outreach
from outreach.services import enrolments, fatigue, limits, links, locks, outcomes

_ANSWER_REACH = timedelta(days=366)  # an answer noted later than this has a mistyped year


@dataclass(frozen=True)
class Held:
    """Somebody who is not asked, and why: a code that words.py says."""

    influencer: Influencer
    reason: str
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What starting would do, for the page that asks "are you sure?"."""

    ready: tuple[Influencer, ...]
    held: tuple[Held, ...]


def plan(*, campaign: Campaign, influencers: Iterable[Influencer], at: datetime, waived: Collection[int] = ()) -> Plan:
    """Who would enter the campaign and who would be held back. `waived`: the ids of those whom a manager lets be asked
    although they rest. Changes nothing.
    """
    people = list(influencers)
    prefetch_related_objects(people, "addresses", "accounts")
    ids = [person.pk for person in people]
    already = set(
        Outreach.objects.filter(campaign=campaign, influencer__in=ids).values_list("influencer_id", flat=True)
    )
    standings = {pk: standing.code for pk, standing in selectors.standings(people, at=at).items()}
    refused = _refused(campaign, ids)
    barred = exclusions.barred(cause=campaign.cause, people=ids)
    resting = fatigue.rests(people, limits=limits.current(), at=at)
    ready, held = [], []
    for person in people:
        standing, rest = standings[person.pk], None if person.pk in waived else resting.get(person.pk)
        if reason := _held_reason(person, already=already, barred=barred, refused=refused, standing=standing):
            held.append(Held(person, reason))
        elif rest:
            held.append(Held(person, rest.reason, {"until": timezone.localdate(rest.until).isoformat()}))
        else:
            ready.append(person)
    return Plan(tuple(ready), tuple(held))


@transaction.atomic
def start(
    *,
    campaign: Campaign,
    influencers: Iterable[Influencer],
    by: User,
    at: datetime,
    matches: Sequence[Match] = (),
    waived: Collection[int] = (),
    waived_reason: str = "",
) -> tuple[list[Outreach], Plan]:
    """Open one outreach with its tracked link for everybody who may be asked; say who was held back.

    `waived`: the ids of those whom a manager lets be asked although they rest, and why; of others it says nothing.
    Raises DomainError: what fatigue.waive raises; destination_elsewhere, where the page is on no host of the cause.
    """
    campaign = (
        Campaign.objects.select_for_update(of=("self",)).select_related("cause").get(pk=campaign.pk)
    )  # one at a time
    people = list(influencers)
    resting = fatigue.rests([one for one in people if one.pk in waived], limits=limits.current(), at=at)
    planned = plan(campaign=campaign, influencers=people, at=at, waived=resting)
    match_of = {match.influencer_id: match for match in matches}
    opened = [_open(campaign, person, match=match_of.get(person.pk), by=by, at=at) for person in planned.ready]
    for outreach in opened:
        if outreach.influencer_id in resting:
            fatigue.waive(outreach=outreach, reason=waived_reason, by=by, at=at)
    return opened, planned


@transaction.atomic
def move(*, outreach: Outreach, stage: str, at: datetime, by: User | None = None, seen: str = "") -> Outreach:
    """Take a conversation to another stage, and tell the ranker what that means. `seen`: the stage in which whoever
    moves it saw it; blank where nobody looked. Raises DomainError: stage_move_not_allowed; moved_meanwhile and
    moved_meanwhile_by, where it stands in another stage than was seen.
    """
    held = locks.conversation(outreach.pk)
    if seen and held.stage != seen:
        raise _moved_meanwhile(held)
    return move_held(held=held, stage=stage, at=at, by=by)


def move_held(*, held: Outreach, stage: str, at: datetime, by: User | None = None) -> Outreach:
    """`move`, for whoever holds the conversation with its person already, as outreach.services.locks has it."""
    stages.check_move(held.stage, stage)
    return put_back(held=held, stage=stage, at=at, by=by)


def put_back(*, held: Outreach, stage: str, at: datetime, by: User | None = None) -> Outreach:
    """The same where it was moved by mistake: back to a stage that no move leads to."""
    outcomes.note(outreach=held, stage=stage, at=at, by=by)
    before, held.stage, held.stage_at = held.stage, stage, at
    held.live_at = _live_since(held, before=before, at=at)
    held.save(update_fields=["stage", "stage_at", "live_at", "updated_at"])
    enrolments.stage_moved(outreach=held, stage=stage, at=at, by=by)
    if held.influencer:
        activity.record(
            influencer=held.influencer,
            cause=held.campaign.cause,
            kind="stage_moved",
            at=at,
            by=by,
            before=before,
            after=stage,
            campaign=held.campaign.name,
        )
    return held


@transaction.atomic
def answered(*, outreach: Outreach, text: str, on: date, at: datetime, by: User) -> Outreach:
    """Note that they answered on a day, and what (`text`, may be blank), and that it is our turn.

    It stands on their timeline, and goes when they are erased. Raises DomainError: message_without_person,
    stage_move_not_allowed, answer_in_future, answer_too_early.
    """
    locked = locks.conversation(outreach.pk)
    if locked.influencer is None:
        raise DomainError("message_without_person")
    today = timezone.localdate(at)
    if on > today:
        raise DomainError("answer_in_future")
    if today - on > _ANSWER_REACH:
        raise DomainError("answer_too_early")
    if locked.stage != Outreach.Stage.IN_CONVERSATION:
        locked = move(outreach=locked, stage=Outreach.Stage.IN_CONVERSATION, at=at, by=by)
    assert locked.influencer
    # The end of an earlier day: whatever they answer to happened before.
    came_at = at if on == today else timezone.make_aware(datetime.combine(on, time.max))
    activity.record(
        influencer=locked.influencer,
        cause=locked.campaign.cause,
        kind="answered",
        at=came_at,
        by=by,
        campaign=locked.campaign.name,
        text=text.strip(),
        **({} if came_at == at else {"noted_at": at.isoformat()}),  # what was known when: the ranker asks
    )
    return locked


@transaction.atomic
def assign(*, outreach: Outreach, owner: User | None, at: datetime, by: User) -> Outreach:
    """Who looks after a conversation from now on; None: nobody. The same again changes nothing.

    Raises DomainError: owner_gone (the account is switched off, or not one of the staff's).
    """
    locked = locks.conversation(outreach.pk)
    if owner is not None and not staff.colleagues().filter(pk=owner.pk).exists():
        raise DomainError("owner_gone")
    if locked.owner_id == (owner.pk if owner else None):
        return locked
    locked.owner = owner
    locked.save(update_fields=["owner", "updated_at"])
    if locked.influencer:
        # Who it is now stands there as an id: names of the team are no part of what is told to the person.
        handed = {"owner": owner.pk} if owner and owner != by else {}
        activity.record(
            influencer=locked.influencer,
            cause=locked.campaign.cause,
            kind="let_go" if owner is None else "handed_over" if handed else "taken_over",
            at=at,
            by=by,
            campaign=locked.campaign.name,
            **handed,
        )
    return locked


def _moved_meanwhile(outreach: Outreach) -> DomainError:
    """What to say to whoever saw it elsewhere: where it is now, and who took it there, if anybody is known to have."""
    moves = Activity.objects.filter(
        influencer=outreach.influencer_id, kind="stage_moved", cause=outreach.campaign.cause
    )
    here = moves.filter(params__campaign=outreach.campaign.name, params__after=outreach.stage)
    newest = here.select_related("by").order_by("-at", "-pk").first()
    if newest is None or newest.by is None:
        return DomainError("moved_meanwhile", stage=outreach.stage)
    return DomainError("moved_meanwhile_by", stage=outreach.stage, who=newest.by.called)


def _live_since(outreach: Outreach, *, before: str, at: datetime) -> datetime | None:
    """The first time its post was noted to be out; not at all where that was a mistake."""
    if outreach.stage == Outreach.Stage.AGREED and before == Outreach.Stage.LIVE:
        return None
    return at if outreach.stage == Outreach.Stage.LIVE and outreach.live_at is None else outreach.live_at


def _open(campaign: Campaign, person: Influencer, *, match: Match | None, by: User, at: datetime) -> Outreach:
    outreach = Outreach.objects.create(
        campaign=campaign, influencer=person, match=match, stage=Outreach.Stage.SHORTLISTED, stage_at=at, owner=by
    )
    links.open_main(outreach=outreach, at=at)
    activity.record(
        influencer=person, cause=campaign.cause, kind="outreach_started", at=at, by=by, campaign=campaign.name
    )
    return outreach


def _refused(campaign: Campaign, ids: list[int]) -> set[int]:
    newest: dict[int, str] = dict(
        VettingCheck.objects.filter(influencer__in=ids, cause=campaign.cause)
        .order_by("at", "pk")
        .values_list("influencer_id", "verdict")
    )
    return {pk for pk, verdict in newest.items() if verdict == VettingCheck.Verdict.REFUSED}


def _held_reason(
    person: Influencer,
    *,
    already: set[int],
    barred: Mapping[int, str],
    refused: set[int],
    standing: str,
) -> str:
    if person.pk in already:
        return "already_in_campaign"
    if reason := barred.get(person.pk):
        return reason
    if person.pk in refused:
        return "vetting_refused"
    if standing == "no":
        return "said_no"
    return "not_contactable" if standing == "nowhere" else ""
