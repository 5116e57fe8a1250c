"""What came of a campaign: counted rows only, amounts per currency and never added across them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from crm.models import Goal
from outreach.models import AttributionCredit, Campaign, Click, Outreach
from outreach.selectors import AGREED, REPLIED, ActionTotal, acts, each_person, is_contacted, quantity
from outreach.services.conversions import DEFAULT_RULE


@dataclass(frozen=True)
class Report:
    """A campaign's funnel, its totals, and its days: (day, clicks, actions).

    `clicks` are those of people; `visits`, those with which a visit began; `requests`, whatever asked for a link.
    `unassigned`: actions that named the campaign and nobody in it; `unverified`: what only a page's pixel told of.
    Both stand in no other figure.
    """

    people: int
    contacted: int
    replied: int
    agreed: int
    clicks: int
    visits: int
    requests: int
    actions: float
    totals: tuple[ActionTotal, ...]
    unassigned: tuple[ActionTotal, ...]
    unverified: tuple[ActionTotal, ...]
    days: tuple[tuple[date, int, float], ...]
    rule: str


@dataclass
class PersonResult:
    """What came of one conversation."""

    outreach: Outreach
    clicks: int = 0
    visits: int = 0
    requests: int = 0
    actions: float = 0.0
    totals: list[ActionTotal] = field(default_factory=list)

    def add(self, total: ActionTotal) -> None:
        """Beside what is there of the same kind and currency."""
        for place, known in enumerate(self.totals):
            if (known.kind, known.currency) == (total.kind, total.currency):
                amount = None if total.amount_minor is None else (known.amount_minor or 0) + total.amount_minor
                self.totals[place] = replace(known, number=known.number + total.number, amount_minor=amount)
                return
        self.totals.append(total)


@dataclass(frozen=True)
class GoalProgress:
    """How far a goal of the cause is: by this campaign, and by every campaign of the cause, this one included.

    `reached_*` are numbers, or amounts in minor units where the goal is a sum.
    """

    goal: Goal
    wanted: int
    reached_here: float
    reached: float


def campaign(*, campaign: Campaign, rule: str = DEFAULT_RULE) -> Report:
    outreaches = Outreach.objects.filter(campaign=campaign)
    asked = Click.objects.filter(link__outreach__campaign=campaign)
    clicks = asked.by_people()
    credits = AttributionCredit.objects.counting().filter(link__outreach__campaign=campaign, rule=rule)
    return Report(
        people=_people(outreaches),
        contacted=_people(outreaches.filter(is_contacted())),
        replied=_people(outreaches.filter(stage__in=REPLIED)),
        agreed=_people(outreaches.filter(stage__in=AGREED)),
        clicks=clicks.count(),
        visits=asked.visits().count(),
        requests=asked.count(),
        actions=float(credits.aggregate(number=Sum(acts()))["number"] or 0),
        totals=_totals(credits),
        unassigned=_totals(AttributionCredit.objects.counting().filter(_names([campaign]), link=None, rule=rule)),
        unverified=_totals(_of([campaign], rule=rule, rows=AttributionCredit.objects.unverified())),
        days=_days(clicks, credits),
        rule=rule,
    )


@dataclass(frozen=True)
class Span:
    """What some days brought."""

    clicks: int
    totals: tuple[ActionTotal, ...]


def within(*, campaign: Campaign, since: datetime, until: datetime, rule: str = DEFAULT_RULE) -> Span:
    """From `since` on and before `until`, by when it happened: for those in the campaign."""
    clicks = Click.objects.by_people().filter(link__outreach__campaign=campaign, at__gte=since, at__lt=until)
    credits = AttributionCredit.objects.counting().filter(link__outreach__campaign=campaign, rule=rule)
    acted = credits.filter(conversion__occurred_at__gte=since, conversion__occurred_at__lt=until)
    return Span(clicks.count(), _totals(acted))


def _people(outreaches: QuerySet[Outreach]) -> int:
    number: int = outreaches.aggregate(number=each_person())["number"]
    return number


def people(*, campaign: Campaign, rule: str = DEFAULT_RULE) -> list[PersonResult]:
    """Everybody in a campaign with what came of it, most actions first, then most clicks.

    What came of a conversation that was closed by a merge counts for the one in which the person goes on.
    """
    outreaches = (
        Outreach.objects.filter(campaign=campaign).select_related("influencer").prefetch_related("links").order_by("pk")
    )
    going_on = {row.influencer_id: row for row in outreaches if row.influencer_id and row.stage != "merged"}
    one = {
        row.pk: PersonResult(row) for row in outreaches if row.stage != "merged" or row.influencer_id not in going_on
    }
    results = {row.pk: one.get(row.pk) or one[going_on[row.influencer_id or 0].pk] for row in outreaches}
    asked = Click.objects.filter(link__outreach__campaign=campaign)
    for name, clicks in (("clicks", asked.by_people()), ("visits", asked.visits()), ("requests", asked)):
        for pk, number in clicks.order_by().values_list("link__outreach").annotate(Count("pk")):
            setattr(results[pk], name, getattr(results[pk], name) + number)
    credits = AttributionCredit.objects.counting().filter(link__outreach__campaign=campaign, rule=rule)
    for pk, number in credits.order_by().values_list("link__outreach").annotate(number=Sum(acts())):
        results[pk].actions += float(number)
    for pk, total in _totals_by(credits, "link__outreach"):
        results[pk].add(total)
    return sorted(one.values(), key=lambda result: (-result.actions, -result.clicks, result.outreach.pk))


def person(*, outreach: Outreach, rule: str = DEFAULT_RULE) -> PersonResult:
    credits = AttributionCredit.objects.counting().filter(link__outreach=outreach, rule=rule)
    asked = Click.objects.filter(link__outreach=outreach)
    return PersonResult(
        outreach,
        clicks=asked.by_people().count(),
        visits=asked.visits().count(),
        requests=asked.count(),
        actions=float(credits.aggregate(number=Sum(acts()))["number"] or 0),
        totals=list(_totals(credits)),
    )


def goals(*, campaign: Campaign, rule: str = DEFAULT_RULE) -> tuple[GoalProgress, ...]:
    """The goals of the campaign's cause. A sum counts gifts of its own currency only."""
    here = _totals(_of([campaign], rule=rule))
    everywhere = _totals(_of(Campaign.objects.filter(cause=campaign.cause), rule=rule))
    return tuple(
        GoalProgress(goal, goal.amount_minor or goal.quantity or 0, _reached(here, goal), _reached(everywhere, goal))
        for goal in campaign.cause.goals.order_by("pk")
    )


def _reached(totals: Iterable[ActionTotal], goal: Goal) -> float:
    same = [total for total in totals if total.kind == goal.kind]
    if goal.currency:
        return sum(total.amount_minor or 0 for total in same if total.currency == goal.currency)
    return sum(total.number for total in same)


def _of(
    campaigns: Iterable[Campaign], *, rule: str, rows: QuerySet[AttributionCredit] | None = None
) -> QuerySet[AttributionCredit]:
    """What is credited to somebody in these campaigns, or named one of them and nobody."""
    wanted = list(campaigns)
    somebody = Q(link__outreach__campaign__in=wanted)
    found = AttributionCredit.objects.counting() if rows is None else rows
    return found.filter(somebody | Q(_names(wanted), link=None), rule=rule)


def _names(campaigns: Iterable[Campaign]) -> Q:
    """Conversions that came with the UTM parameters of one of these campaigns.

    The id decides. The short name is asked only where there is no id: another campaign may have had it before.
    """
    wanted = list(campaigns)
    has_no_id = Q(conversion__utm__utm_id__isnull=True) | Q(conversion__utm__utm_id="")
    return Q(conversion__utm__utm_id__in=[str(campaign.public_id) for campaign in wanted]) | (
        has_no_id & Q(conversion__utm__utm_campaign__in=[campaign.slug for campaign in wanted])
    )


def _totals(credits: QuerySet[AttributionCredit]) -> tuple[ActionTotal, ...]:
    return tuple(total for _, total in _totals_by(credits, "rule"))


def _totals_by(credits: QuerySet[AttributionCredit], key: str) -> list[tuple[Any, ActionTotal]]:
    rows = (
        credits.values(key, "conversion__kind", "conversion__currency")
        .annotate(number=Sum(quantity()), amount=Sum("amount_minor"))
        .order_by(key, "conversion__kind", "conversion__currency")
    )
    return [
        (
            row[key],
            ActionTotal(row["conversion__kind"], row["conversion__currency"], float(row["number"]), row["amount"]),
        )
        for row in rows
    ]


def _days(clicks: QuerySet[Click], credits: QuerySet[AttributionCredit]) -> tuple[tuple[date, int, float], ...]:
    by_day: dict[date, list[float]] = {}
    for day, number in clicks.order_by().annotate(day=TruncDate("at")).values_list("day").annotate(Count("pk")):
        by_day.setdefault(day, [0, 0.0])[0] = number
    acted = credits.order_by().annotate(day=TruncDate("conversion__occurred_at"))
    for day, number in acted.values_list("day").annotate(number=Sum(acts())):
        by_day.setdefault(day, [0, 0.0])[1] = float(number)
    return tuple((day, int(values[0]), values[1]) for day, values in sorted(by_day.items()))
