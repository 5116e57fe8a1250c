"""The stored rows that matches rest on, read again: those that are still there, with a fixed number of questions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from django.db.models import Model, QuerySet

from crm.models import AccountSnapshot, Activity, AudienceShare, Influencer, Post, SocialAccount
from matching.columns import causes, rows
from matching.columns.rows import Rows
from matching.models import Match, MatchList, RelevanceLabel

_Row = TypeVar("_Row", bound=Model)


@dataclass(frozen=True)
class Stored:
    """What there is, by key. Profiles know their topics, and what an account tells knows its account."""

    profiles: Mapping[int, Influencer]
    accounts: Mapping[int, SocialAccount]
    posts: Mapping[int, Post]
    shares: Mapping[int, AudienceShare]
    snapshots: Mapping[int, AccountSnapshot]
    activities: Mapping[int, Activity]
    labels: Mapping[int, RelevanceLabel]


@dataclass(frozen=True)
class Ground:
    """What one match rests on: `rows` are the keys that its list remembers, `stored` what of them is left."""

    match: Match
    rows: Rows
    stored: Stored

    @cached_property
    def person(self) -> Influencer:
        return self.stored.profiles[self.match.influencer_id]

    @property
    def is_profile_new(self) -> bool:
        """The profile says other things than when the list was made."""
        return [rows.mark_of_profile(self.person)] != self.rows.get("profile")

    def is_rewritten(self, post: Post) -> bool:
        """A source told this post in other words since, over those that the list knew."""
        known = dict(zip(self.rows.get("posts", []), self.rows.get("texts", []), strict=True))
        return post.pk in known and known[post.pk] != rows.mark_of_post(post)

    def posts(self, name: str) -> list[Post]:
        return self._left(name, self.stored.posts)

    def shares(self, name: str) -> list[AudienceShare]:
        return self._left(name, self.stored.shares)

    def snapshots(self, name: str) -> list[AccountSnapshot]:
        return self._left(name, self.stored.snapshots)

    def accounts(self) -> list[SocialAccount]:
        return [one for pk in self.rows.get("accounts", []) if (one := self._account(pk))]

    def activities(self, name: str) -> list[Activity]:
        found = (self.stored.activities.get(pk) for pk in self.rows.get(name, []))
        return [one for one in found if one and one.influencer_id == self.match.influencer_id]

    def labels(self, name: str) -> list[RelevanceLabel]:
        found = (self.stored.labels.get(pk) for pk in self.rows.get(name, []))
        return [one for one in found if one and one.influencer_id == self.match.influencer_id]

    def _left(self, name: str, stored: Mapping[int, _Row]) -> list[_Row]:
        """Of these rows those that are there, and still this person's: accounts move when profiles are taken apart."""
        found = (stored.get(pk) for pk in self.rows.get(name, []))
        return [one for one in found if one and self._account(one.account_id)]  # type: ignore[attr-defined]

    def _account(self, pk: int) -> SocialAccount | None:
        account = self.stored.accounts.get(pk)
        return account if account and account.influencer_id == self.match.influencer_id else None


def grounds(match_list: MatchList, matches: Sequence[Match]) -> list[Ground]:
    """Of matches of one list. Of a list that remembers no rows, what is known today of the time it was made."""
    people = [match.influencer_id for match in matches]
    forgotten = [match.influencer_id for match in matches if not match.rows]
    known = rows.of(forgotten, causes.profile(match_list.cause), at=match_list.as_of) if forgotten else {}
    kept = {match.pk: match.rows or known[match.influencer_id] for match in matches}
    stored = _read(people, kept.values())
    return [Ground(match, kept[match.pk], stored) for match in matches if match.influencer_id in stored.profiles]


def _read(people: Sequence[int], kept: Iterable[Rows]) -> Stored:
    keys: dict[str, set[int]] = {}
    for each in kept:
        for name, some in each.items():
            keys.setdefault(name, set()).update(some)

    def asked(*names: str) -> set[int]:
        return set().union(*(keys.get(name, set()) for name in names))

    accounts = {one.pk: one for one in SocialAccount.objects.filter(influencer__in=people)}
    profiles = Influencer.objects.filter(pk__in=people).defer("search", "search_text", "notes")
    audience = ("countries", "mains", "languages", "ages", "genders", "interests")
    return Stored(
        profiles={one.pk: one for one in profiles.prefetch_related("topics__parent")},
        accounts=accounts,
        posts=_of(Post.objects.all(), asked("posts", "adverts", "reactions"), accounts),
        shares=_of(AudienceShare.objects.all(), asked(*audience), accounts),
        snapshots=_of(AccountSnapshot.objects.all(), asked("sizes", "growth", "engagement", "credible"), accounts),
        activities=Activity.objects.select_related("cause").in_bulk(asked("sent", "answered")),
        labels=RelevanceLabel.objects.select_related("cause").in_bulk(asked("actions")),
    )


def _of(stored: QuerySet[_Row], keys: set[int], accounts: Mapping[int, SocialAccount]) -> dict[int, _Row]:
    """Each knows its account, where it is one of these."""
    found = stored.in_bulk(keys)
    for one in found.values():
        if account := accounts.get(one.account_id):  # type: ignore[attr-defined]
            one.account = account  # type: ignore[attr-defined]
    return found
