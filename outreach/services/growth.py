"""How accounts grew while a campaign ran, its partners' and the cause's own, from dated readings; nothing between them
is guessed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from crm.models import SocialAccount
from crm.selectors import MOST_SERIES, Growth, Point, Series, followers
from outreach.models import Campaign, Outreach
from outreach.selectors import AGREED

MARGIN = timedelta(days=28)  # before the campaign and after it, to compare with
_Whose = dict[int | None, Outreach | None]  # by profile its conversation; None where it is one of our own


@dataclass(frozen=True)
class Grown:
    """One account: what it had before the campaign began, and at the newest reading since.

    `before` is the last reading before the campaign, else the first one within it. `outreach`: None for one of our own.
    """

    outreach: Outreach | None
    account: SocialAccount
    is_estimate: bool
    before: Point
    newest: Point

    @property
    def change(self) -> float:
        """In followers."""
        return self.newest.value - self.before.value

    @property
    def share(self) -> float | None:
        return self.change / self.before.value if self.before.value else None


@dataclass(frozen=True)
class Side:
    """The accounts of some profiles. `silent`: profiles without two readings."""

    growth: Growth
    grown: tuple[Grown, ...]
    silent: int


@dataclass(frozen=True)
class CampaignGrowth:
    """`since` and `until`: the campaign's days, as instants; `until` is now while it runs."""

    partners: Side
    own: Side
    since: datetime
    until: datetime


def of_campaign(*, campaign: Campaign, at: datetime) -> CampaignGrowth:
    """In as many queries for many partners as for one."""
    since = _midnight(campaign.starts_date)
    until = min(_midnight(campaign.ends_date + timedelta(days=1)), at) if campaign.ends_date else at
    agreed = Outreach.objects.filter(campaign=campaign, stage__in=AGREED, influencer__isnull=False)
    partners: _Whose = {row.influencer_id: row for row in agreed.select_related("influencer").order_by("-pk")}
    own: _Whose = dict.fromkeys(campaign.cause.own_profiles.order_by("pk").values_list("influencer", flat=True))
    accounts = SocialAccount.objects.filter(influencer__in={*partners, *own}).select_related("influencer")
    found = followers(accounts, since=since - MARGIN, until=until + MARGIN)
    return CampaignGrowth(_side(found, partners, since), _side(found, own, since), since, until)


def _side(found: Growth, of: _Whose, since: datetime) -> Side:
    lines = [line for line in found.followers if line.account.influencer_id in of]
    grown = [one for line in lines if (one := _grown(of[line.account.influencer_id], line, since))]
    shown = tuple(lines[:MOST_SERIES])
    growth = replace(
        found,
        followers=shown,
        rows=tuple(row for row in found.rows if row.account.influencer_id in of),
        accounts=tuple(dict.fromkeys(line.account for line in shown)),
        left_out=max(0, len(lines) - MOST_SERIES),
    )
    grown.sort(key=lambda one: (-one.change, one.account.pk, one.is_estimate))
    return Side(growth, tuple(grown), len(of) - len({one.account.influencer_id for one in grown}))


def _grown(outreach: Outreach | None, line: Series, since: datetime) -> Grown | None:
    """None where nothing was read since the campaign began."""
    earlier: Iterable[Point] = [point for point in line.points if point.at < since]
    before = max(earlier, key=lambda point: point.at, default=line.points[0])
    newest = line.points[-1]
    if newest.at < since or newest is before:
        return None
    return Grown(outreach, line.account, line.is_estimate, before, newest)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())
