"""How the accounts of a campaign's partners grew while it ran, from dated readings; nothing between them is guessed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from crm.models import SocialAccount
from crm.selectors import MOST_SERIES, Growth, GrowthRow, Point, Series, growth
from outreach.models import Campaign, Outreach
from outreach.selectors import AGREED

MARGIN = timedelta(days=28)  # before the campaign and after it, to compare with


@dataclass(frozen=True)
class Grown:
    """One account: what it had before the campaign began, and at the newest reading since.

    `before` is the last reading before the campaign, else the first one within it.
    """

    outreach: Outreach
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
class CampaignGrowth:
    """`since` and `until`: the campaign's days, as instants; `until` is now while it runs."""

    growth: Growth
    grown: tuple[Grown, ...]
    silent: int  # partners without two readings
    since: datetime
    until: datetime


def of_campaign(*, campaign: Campaign, at: datetime) -> CampaignGrowth:
    since = _midnight(campaign.starts_date)
    until = min(_midnight(campaign.ends_date + timedelta(days=1)), at) if campaign.ends_date else at
    partners = Outreach.objects.filter(campaign=campaign, stage__in=AGREED, influencer__isnull=False)
    lines: list[Series] = []
    rows: list[GrowthRow] = []
    grown: list[Grown] = []
    partners = partners.select_related("influencer").prefetch_related("influencer__accounts").order_by("pk")
    for outreach in partners:
        assert outreach.influencer is not None
        theirs = growth(outreach.influencer)
        cut = [one for line in theirs.followers if (one := _within(line, since - MARGIN, until + MARGIN))]
        lines += cut
        rows += [row for row in theirs.rows if since - MARGIN <= row.at <= until + MARGIN and row.followers is not None]
        grown += [found for line in cut if (found := _grown(outreach, line, since))]
    lines.sort(key=lambda line: (-line.points[-1].value, line.account.pk, line.is_estimate))
    shown, left_out = lines[:MOST_SERIES], max(0, len(lines) - MOST_SERIES)
    accounts = tuple(dict.fromkeys(line.account for line in shown))
    rows.sort(key=lambda row: (row.at, row.account.pk), reverse=True)
    return CampaignGrowth(
        Growth(tuple(shown), (), tuple(rows), accounts, left_out),
        tuple(sorted(grown, key=lambda one: (-one.change, one.account.pk))),
        len(partners) - len({one.outreach.pk for one in grown}),
        since,
        until,
    )


def _within(line: Series, since: datetime, until: datetime) -> Series | None:
    points = tuple(point for point in line.points if since <= point.at <= until)
    return Series(line.account, line.is_estimate, points) if len(points) > 1 else None


def _grown(outreach: Outreach, line: Series, since: datetime) -> Grown | None:
    """None where nothing was read since the campaign began."""
    earlier: Iterable[Point] = [point for point in line.points if point.at < since]
    before = max(earlier, key=lambda point: point.at, default=line.points[0])
    newest = line.points[-1]
    if newest.at < since or newest is before:
        return None
    return Grown(outreach, line.account, line.is_estimate, before, newest)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())
