"""Who is considered: each rule says of every row of a segment whether it holds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from matching.ranking.arrays import Integers, Mask
from matching.ranking.postings import fingerprint
from matching.ranking.snapshot.segment import Segment


class Rule(Protocol):
    def holds(self, segment: Segment) -> Mask:
        """For each of its n rows."""
        ...


@dataclass(frozen=True)
class Heard:
    """An audience of this kind, by at least this share (0 to 1) as the ranker sees it, over all accounts; None: by any,
    or as the main one of a source that does not say how much it is. `dimension`: a column of `Candidates`.
    """

    dimension: str
    key: str
    share: float | None = None

    def holds(self, segment: Segment) -> Mask:
        shares = segment.traits[self.dimension].columns([self.key])[:, 0]
        if self.share is not None:
            return np.asarray(shares >= self.share)
        told = shares > 0
        if self.dimension == "countries":
            told |= segment.traits["main_countries"].columns([self.key])[:, 0] > 0
        return np.asarray(told)


@dataclass(frozen=True)
class Wanted:
    """What somebody asks of people. Blank or None: nothing of that kind. `platform`, followers and `min_engagement`
    (per follower and post, 0 to 1) must hold of one account together.
    """

    platform: str = ""
    min_followers: int | None = None
    max_followers: int | None = None
    min_engagement: float | None = None
    country: str = ""
    language: str = ""
    audience: tuple[Heard, ...] = ()

    def holds(self, segment: Segment) -> Mask:
        found = self._on_one_account(segment)
        if self.country:
            found &= segment.filed.countries == country_code(self.country)
        if self.language:
            found &= segment.traits["own_languages"].columns([self.language])[:, 0] > 0
        for heard in self.audience:
            found &= heard.holds(segment)
        return found

    def _on_one_account(self, segment: Segment) -> Mask:
        accounts = segment.filed.accounts
        fits = np.ones(len(accounts.rows), dtype=np.bool_)
        if self.platform:
            fits &= accounts.platforms == np.uint64(fingerprint(self.platform))
        if self.min_followers is not None:
            fits &= (accounts.followers >= self.min_followers) & (accounts.followers >= 0)
        if self.max_followers is not None:
            fits &= (accounts.followers <= self.max_followers) & (accounts.followers >= 0)
        if self.min_engagement is not None:
            fits &= accounts.rates >= self.min_engagement
        is_asked = self.platform or (self.min_followers, self.max_followers, self.min_engagement) != (None, None, None)
        found = np.full(len(segment), not is_asked)
        found[accounts.rows[fits]] = True
        return found


@dataclass(frozen=True, eq=False)
class Among:
    """Whoever is one of these."""

    ids: Integers

    @classmethod
    def of(cls, ids: Collection[int]) -> Among:
        return cls(np.array(sorted(ids), dtype=np.int64))

    def holds(self, segment: Segment) -> Mask:
        return np.isin(segment.ids, self.ids)


@dataclass(frozen=True)
class ContactedSince:
    """Whoever was written to after this instant, in microseconds since 1970."""

    instant: int

    def holds(self, segment: Segment) -> Mask:
        return np.asarray(segment.filed.contacts > self.instant)


@dataclass(frozen=True)
class Not:
    """Whoever another rule does not hold of."""

    rule: Rule

    def holds(self, segment: Segment) -> Mask:
        return ~self.rule.holds(segment)


def country_code(country: str) -> int:
    """Two letters as a number; 0 for none."""
    return int.from_bytes(country.encode("ascii"), "big")
