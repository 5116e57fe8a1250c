"""How large somebody's accounts are, how their public reacts beside others', and how both went over time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from functools import reduce
from operator import or_
from statistics import median
from typing import Final, Literal

from django.db.models import Count, Q

from crm.models import AccountDay, AccountSnapshot, Influencer, Post, SocialAccount
from crm.models.post import RECENT
from crm.selectors.people import by_size
from crm.selectors.published import reading

ENOUGH_PEERS: Final = 20
MOST_SERIES: Final = 5  # lines in one chart: nobody tells more apart
_ENOUGH_POSTS = 5  # to say what a post usually reaches
_MOST_READINGS = 800  # of all accounts together, the newest
_MOST_POINTS = 120  # of one line


@dataclass(frozen=True)
class Peers:
    """How much an account's public reacts, beside others on its platform with half to twice its followers."""

    account: SocialAccount
    number: int
    lower: int
    rate: float

    @property
    def is_enough(self) -> bool:
        return self.number >= ENOUGH_PEERS

    @property
    def needed(self) -> int:
        return ENOUGH_PEERS

    @property
    def least(self) -> int:
        return (self.account.followers or 0) // 2

    @property
    def most(self) -> int:
        return (self.account.followers or 0) * 2

    @property
    def share(self) -> float:
        """The part of them whose public reacts less."""
        return self.lower / self.number if self.number else 0.0


def _peers(influencer: Influencer, rates: Mapping[int, float]) -> dict[int, Peers]:
    """Of every account whose size and engagement are known, by account: one query for all of them.

    `rates`: where no source tells it, what its posts say of engagement, by account.
    """
    known = dict(rates) | {a.pk: a.engagement_rate for a in influencer.accounts.all() if a.engagement_rate is not None}
    accounts = [a for a in by_size(influencer) if a.followers and a.pk in known][:MOST_SERIES]
    if not accounts:
        return {}
    alike = [
        Q(platform=a.platform, followers__range=(a.followers // 2, a.followers * 2))  # type: ignore[operator]
        for a in accounts
    ]
    counts: dict[str, Count] = {}
    for account, is_alike in zip(accounts, alike, strict=True):
        counts[f"number_{account.pk}"] = Count("pk", filter=is_alike)
        counts[f"lower_{account.pk}"] = Count("pk", filter=is_alike & Q(engagement_rate__lt=known[account.pk]))
    others = SocialAccount.objects.filter(reduce(or_, alike), engagement_rate__isnull=False)
    counted = others.exclude(influencer=influencer).aggregate(**counts)
    return {a.pk: Peers(a, counted[f"number_{a.pk}"], counted[f"lower_{a.pk}"], known[a.pk]) for a in accounts}


@dataclass(frozen=True)
class Reach:
    """Whom one post usually meets: people ("reach") or views, in the middle of the posts of the last twelve months."""

    kind: Literal["reach", "views", "average"]  # average: of views, as a source tells it without its posts
    number: float
    posts: int
    at: datetime
    source: str


@dataclass(frozen=True)
class Credible:
    """The part of the followers that a source holds to be real people: always its estimate."""

    share: float
    at: datetime
    source: str


@dataclass(frozen=True)
class AccountFigures:
    """One account as the top of the page shows it."""

    account: SocialAccount
    is_estimate: bool  # the source models followers and engagement, and did not count them
    rate: float | None
    rate_posts: int  # where no source tells the rate: how many posts it was worked out from
    reach: Reach | None
    peers: Peers | None
    credible: Credible | None


def account_figures(
    influencer: Influencer, *, snapshots: Sequence[AccountSnapshot], posts: Sequence[Post], at: datetime
) -> list[AccountFigures]:
    """Every account, the one with most followers first. `snapshots`, `posts`: theirs, the newest first."""
    recent: dict[int, list[Post]] = {}
    for post in posts:
        if at - RECENT < post.published_at <= at:
            recent.setdefault(post.account_id, []).append(post)
    accounts = by_size(influencer)
    worked_out = {a.pk: found for a in accounts if (found := _rates(a, recent.get(a.pk, ())))}
    rates = {pk: median(found) for pk, found in worked_out.items()}
    compared = _peers(influencer, rates)
    newest: dict[int, list[AccountSnapshot]] = {}
    for snapshot in snapshots:
        newest.setdefault(snapshot.account_id, []).append(snapshot)
    return [
        AccountFigures(
            account,
            _is_estimate(account, newest.get(account.pk, ())),
            rates.get(account.pk) if account.engagement_rate is None else account.engagement_rate,
            len(worked_out.get(account.pk, ())) if account.engagement_rate is None else 0,
            _reach(recent.get(account.pk, ()), newest.get(account.pk, ())),
            compared.get(account.pk),
            _credible(newest.get(account.pk, ())),
        )
        for account in accounts
    ]


def _rates(account: SocialAccount, posts: Sequence[Post]) -> list[float]:
    found = [told.rate for post in posts if (told := reading(post, followers=account.followers))]
    return found if len(found) >= _ENOUGH_POSTS else []


def _is_estimate(account: SocialAccount, snapshots: Iterable[AccountSnapshot]) -> bool:
    told = (s for s in snapshots if s.observed_at == account.observed_at and s.followers == account.followers)
    return any(snapshot.is_estimate for snapshot in told)


def _reach(posts: Sequence[Post], snapshots: Iterable[AccountSnapshot]) -> Reach | None:
    kinds: tuple[Literal["reach", "views"], ...] = ("reach", "views")
    for kind in kinds:
        told = [post for post in posts if getattr(post, kind) is not None]
        if len(told) >= _ENOUGH_POSTS:
            newest = max(told, key=lambda post: post.observed_at)
            middle = median(getattr(post, kind) for post in told)
            return Reach(kind, middle, len(told), newest.observed_at, newest.source)
    for snapshot in snapshots:
        if snapshot.avg_views is not None:
            return Reach("average", snapshot.avg_views, 0, snapshot.observed_at, snapshot.source)
    return None


def _credible(snapshots: Iterable[AccountSnapshot]) -> Credible | None:
    """As the newest says that tells it."""
    told = ((s.credible_share, s) for s in snapshots)
    return next((Credible(share, s.observed_at, s.source) for share, s in told if share is not None), None)


# Over time ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    at: datetime
    value: float


@dataclass(frozen=True)
class Series:
    """One line: an account's readings, the oldest first; what was counted and what was estimated never in one."""

    account: SocialAccount
    is_estimate: bool
    points: tuple[Point, ...]


@dataclass(frozen=True)
class GrowthRow:
    """One reading, as the table beneath the charts has it."""

    at: datetime
    account: SocialAccount
    is_estimate: bool
    followers: int | None
    rate: float | None
    source: str
    credible_share: float | None = None


@dataclass(frozen=True)
class Growth:
    """How followers and engagement went, the largest account first; and every reading, the newest first."""

    followers: tuple[Series, ...]
    engagement: tuple[Series, ...]
    rows: tuple[GrowthRow, ...]
    accounts: tuple[SocialAccount, ...] = ()  # of the lines of both: the place of each is its colour
    left_out: int = 0  # lines beyond the most that can be told apart

    @property
    def newest(self) -> Point:
        return self.followers[0].points[-1]

    @property
    def change(self) -> float | None:
        """By how much the first line grew: 0.18 for 18 %."""
        first = self.followers[0].points[0].value if self.followers else 0
        return self.newest.value / first - 1 if first else None

    @property
    def fall(self) -> float:
        return -(self.change or 0)


def snapshots(influencer: Influencer) -> list[AccountSnapshot]:
    """What sources said of their accounts, the newest first."""
    accounts = [account.pk for account in influencer.accounts.all()]
    return list(AccountSnapshot.objects.filter(account__in=accounts).order_by("-observed_at", "-pk")[:_MOST_READINGS])


def growth(influencer: Influencer, read: Sequence[AccountSnapshot] | None = None) -> Growth:
    """`read`: their snapshots, where they are known already. Days of an owner's statistics count as readings."""
    read = snapshots(influencer) if read is None else read
    accounts = {account.pk: account for account in by_size(influencer)}
    rows = [_row(accounts[snapshot.account_id], snapshot) for snapshot in read]
    days = AccountDay.objects.filter(account__in=accounts, followers__isnull=False).order_by("-day", "-pk")
    for day in days[:_MOST_READINGS]:
        noon = datetime.combine(day.day, time(12), UTC)
        rows.append(GrowthRow(noon, accounts[day.account_id], False, day.followers, None, day.source))
    rows.sort(key=lambda row: row.at, reverse=True)
    followers = _series(accounts.values(), rows, lambda row: row.followers)
    engagement = _series(accounts.values(), rows, lambda row: row.rate)
    told = {line.account.pk for line in (*followers, *engagement)}
    drawn = [account for account in accounts.values() if account.pk in told][:MOST_SERIES]
    shown = Growth(_of(drawn, followers), _of(drawn, engagement), tuple(rows), tuple(drawn))
    left_out = max(len(followers) - len(shown.followers), len(engagement) - len(shown.engagement))
    return replace(shown, left_out=left_out)


def followers(accounts: Iterable[SocialAccount], *, since: datetime, until: datetime) -> Growth:
    """How the followers of many accounts went between two instants, the largest account first: in two queries. Every
    line is there; who draws them leaves some out."""
    each = {account.pk: account for account in accounts}
    told = AccountSnapshot.objects.filter(account__in=each, followers__isnull=False, observed_at__range=(since, until))
    rows = [_row(each[row.account_id], row) for row in told.order_by("-observed_at", "-pk")]
    days = AccountDay.objects.filter(account__in=each, followers__isnull=False)
    for day in days.filter(day__range=(since.date(), until.date())).order_by("-day", "-pk"):
        noon = datetime.combine(day.day, time(12), UTC)
        if since <= noon <= until:
            rows.append(GrowthRow(noon, each[day.account_id], False, day.followers, None, day.source))
    rows.sort(key=lambda row: (row.at, row.account.pk), reverse=True)
    lines = _series(each.values(), rows, lambda row: row.followers)
    lines.sort(key=lambda line: (-line.points[-1].value, line.account.pk, line.is_estimate))
    return Growth(tuple(lines), (), tuple(rows), tuple(dict.fromkeys(line.account for line in lines)))


def _row(account: SocialAccount, s: AccountSnapshot) -> GrowthRow:
    return GrowthRow(s.observed_at, account, s.is_estimate, s.followers, s.engagement_rate, s.source, s.credible_share)


def _of(drawn: Sequence[SocialAccount], lines: Sequence[Series]) -> tuple[Series, ...]:
    return tuple(line for line in lines if line.account in drawn)[:MOST_SERIES]


def _series(
    accounts: Iterable[SocialAccount], rows: Sequence[GrowthRow], said: Callable[[GrowthRow], float | None]
) -> list[Series]:
    """Those of at least two readings, the oldest reading first."""
    points: dict[tuple[int, bool], list[Point]] = {}
    for row in reversed(rows):
        if (value := said(row)) is not None:
            points.setdefault((row.account.pk, row.is_estimate), []).append(Point(row.at, value))
    return [
        Series(account, is_estimate, _thinned(theirs))
        for account in accounts
        for is_estimate in (False, True)
        if len(theirs := points.get((account.pk, is_estimate), [])) > 1
    ]


def _thinned(points: list[Point]) -> tuple[Point, ...]:
    """Evenly fewer where they are many; the first and the last stay."""
    step = -(-len(points) // _MOST_POINTS)
    kept = points[::-step][::-1]
    return tuple(kept if kept[0] is points[0] else [points[0], *kept])
