"""What happened with somebody, and where what we know of them comes from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from crm.models import AccountHandle, AccountSnapshot, Activity, Influencer, Post, SocialAccount
from crm.selectors.people import Audience, by_size

_PER_PAGE = 20
_MOST_PAGES = 10_000
_WRITES_PROFILES = ("imported", "updated", "added", "edited", "import_undone")


@dataclass(frozen=True)
class Happening:
    """One line of a timeline: an activity, or a handle that an account had until then."""

    at: datetime
    activity: Activity | None = None
    handle: AccountHandle | None = None


@dataclass(frozen=True)
class Timeline:
    """One page of what happened, the newest first. Pages count from 1."""

    lines: tuple[Happening, ...]
    page: int
    number: int  # of activities, on all pages
    first: int  # place of the first one here

    @property
    def last(self) -> int:
        return min(self.first + _PER_PAGE - 1, self.number)

    @property
    def earlier(self) -> int | None:
        return self.page + 1 if self.last < self.number else None

    @property
    def later(self) -> int | None:
        return self.page - 1 or None


def timeline(influencer: Influencer, *, page: int = 1) -> Timeline:
    activities = influencer.activities.select_related("cause", "by").order_by("-at", "-pk")
    number = activities.count()
    page = max(1, min(page, -(-number // _PER_PAGE), _MOST_PAGES))
    start = (page - 1) * _PER_PAGE
    read = list(activities[max(0, start - 1) : start + _PER_PAGE])  # and the one before, to know where this page begins
    shown = read[1:] if start else read
    lines = [Happening(activity.at, activity) for activity in shown]
    begin = read[0].at if start else None
    end = shown[-1].at if start + _PER_PAGE < number else None
    lines += [Happening(h.until, handle=h) for h in _handles(influencer, before=begin, since=end)]
    return Timeline(tuple(sorted(lines, key=lambda line: line.at, reverse=True)), page, number, start + 1)


def _handles(influencer: Influencer, *, before: datetime | None, since: datetime | None) -> Iterable[AccountHandle]:
    """Former handles that ended between the lines of a page; open at the newest and at the oldest one."""
    accounts = {account.pk: account for account in influencer.accounts.all()}
    wanted: dict[str, Any] = {"until__lt": before, "until__gte": since}
    limits = {name: at for name, at in wanted.items() if at is not None}
    for handle in AccountHandle.objects.filter(account__in=accounts, **limits).order_by("-until", "-pk")[:_PER_PAGE]:
        handle.account = accounts[handle.account_id]
        yield handle


@dataclass(frozen=True)
class Fact:
    """Something we know, how old it is and who said so. `batch`: the import it came with, where it came with one."""

    what: Literal["profile", "address", "figures", "past_figures", "credible", "audience", "posts"]
    at: datetime
    source: str
    account: SocialAccount | None = None
    batch: int | None = None
    is_estimate: bool = False
    number: int = 1
    dimensions: tuple[str, ...] = ()  # of an audience


def facts(
    influencer: Influencer,
    *,
    snapshots: Sequence[AccountSnapshot],
    audience: Sequence[Audience],
    posts: Sequence[Post],
) -> list[Fact]:
    """Where everything on the page comes from. `snapshots`, `posts`: the newest first."""
    written = influencer.activities.filter(kind__in=_WRITES_PROFILES).order_by("-at", "-pk").first()
    source = written.params.get("source", "") if written else ""
    known = [Fact("profile", written.at if written else influencer.updated_at, source)]
    known += [Fact("address", a.created_at, a.source, batch=a.batch_id) for a in influencer.addresses.all()]
    for account in by_size(influencer):
        theirs = [s for s in snapshots if s.account_id == account.pk]
        known += [*_of_account(account, theirs), *_of_credibility(account, theirs)]
        known += _of_audience(account, [part for part in audience if part.account == account])
        known += _of_posts(account, [post for post in posts if post.account_id == account.pk])
    return known


def _of_account(account: SocialAccount, snapshots: Sequence[AccountSnapshot]) -> Iterator[Fact]:
    """The figures that hold; and of those before, how many were counted and how many estimated, with the newest."""
    current = next((s for s in snapshots if s.observed_at == account.observed_at), None)
    if account.observed_at:
        yield Fact(
            "figures",
            account.observed_at,
            account.source,
            account,
            current.batch_id if current else None,
            bool(current and current.is_estimate),
        )
    for is_estimate in (False, True):
        past = [s for s in snapshots if s is not current and s.is_estimate == is_estimate]
        if past:
            newest = past[0]
            sources = ", ".join(dict.fromkeys(snapshot.source for snapshot in past))
            yield Fact("past_figures", newest.observed_at, sources, account, newest.batch_id, is_estimate, len(past))


def _of_credibility(account: SocialAccount, snapshots: Sequence[AccountSnapshot]) -> Iterator[Fact]:
    """The newest that is told: an estimate, whoever tells it."""
    told = next((s for s in snapshots if s.credible_share is not None), None)
    if told:
        yield Fact("credible", told.observed_at, told.source, account, told.batch_id, is_estimate=True)


def _of_audience(account: SocialAccount, parts: Sequence[Audience]) -> Iterator[Fact]:
    """What one source told at one time is one fact."""
    for at, source in dict.fromkeys((part.observed_at, part.source) for part in parts):
        told = [part for part in parts if (part.observed_at, part.source) == (at, source)]
        dimensions = tuple(part.dimension for part in told)
        yield Fact("audience", at, source, account, told[0].shares[0].batch_id, dimensions=dimensions)


def _of_posts(account: SocialAccount, posts: Sequence[Post]) -> Iterator[Fact]:
    if posts:
        newest = max(posts, key=lambda post: post.observed_at)
        yield Fact("posts", newest.observed_at, newest.source, account, newest.batch_id, number=len(posts))
