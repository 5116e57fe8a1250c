"""A part of a snapshot: up to 65,536 people as columns of numbers. Never changed once made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import numpy.typing as npt

from crm.errors import DomainError
from matching.ranking import grid
from matching.ranking.arrays import Bins, Floats, Integers, Keys, Mask
from matching.ranking.candidates import Candidates
from matching.ranking.postings import Postings, digest, joined
from matching.ranking.schema import STANDING, feature
from matching.ranking.snapshot.traits import TRAITS, Traits, as_one
from matching.ranking.vectors import Vectors, stacked

MOST_ROWS: Final = 1 << 16  # a row's number takes two bytes then, and a block of a column stays in the cache
NEVER: Final = np.iinfo(np.int64).min


@dataclass(frozen=True, eq=False)
class Accounts:
    """a accounts. `rows`: whose they are; `platforms`: fingerprints; `followers`: -1 = unknown; `rates`: NaN = unknown,
    engagements per follower and post.
    """

    rows: npt.NDArray[np.uint16]
    platforms: Keys
    followers: Integers
    rates: Floats

    def take(self, new_rows: Integers) -> Accounts:
        """See `Postings.take`."""
        rows = new_rows[self.rows]
        kept = rows >= 0
        return Accounts(rows[kept].astype(np.uint16), self.platforms[kept], self.followers[kept], self.rates[kept])


@dataclass(frozen=True, eq=False)
class Filed:
    """What people are filtered by and not ranked by. `countries`: two letters as a number, 0 = unknown; `contacts`:
    when last written to, in microseconds since 1970, `NEVER` = never.
    """

    accounts: Accounts
    countries: npt.NDArray[np.uint16]
    contacts: Integers

    def take(self, new_rows: Integers, positions: Integers) -> Filed:
        return Filed(self.accounts.take(new_rows), self.countries[positions], self.contacts[positions])


@dataclass(frozen=True, eq=False)
class Segment:
    """n people, one row each. `figures`, `estimated`: by feature (`schema.STANDING`) and row, as `Figures` has them,
    within each feature's bounds; `parts`: where on the feature's grid that lies. `texts`: what they mean, how often,
    and `prints`: digests of how they were written, to tell whether one is still the same.
    Raises DomainError: "segment_too_large".
    """

    ids: Integers
    figures: Floats
    estimated: Mask
    parts: Bins
    traits: Mapping[str, Traits]
    texts: Postings
    says: Mask
    prints: Keys
    filed: Filed
    vectors: Vectors | None = None

    def __post_init__(self) -> None:
        if len(self.ids) > MOST_ROWS:
            raise DomainError("segment_too_large", rows=len(self.ids))

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of(
        cls, people: Candidates, texts: Postings, says: Mask, filed: Filed, vectors: Vectors | None = None
    ) -> Segment:
        """Of these people; `texts` and `says` as `text.senses` has it."""
        known = [feature(name) for name in STANDING]
        figures = np.clip(people.figures.values.T, *np.array([(one.low, one.high) for one in known]).T[:, :, None])
        return cls(
            ids=people.ids,
            figures=figures,
            estimated=people.figures.estimated.T & ~np.isnan(figures),
            parts=np.stack([grid.parts(one.name, column) for one, column in zip(known, figures, strict=True)]),
            traits={name: _narrow(Traits.of(name, getattr(people, name))) for name in TRAITS},
            texts=_in_two_bytes(texts),
            says=says,
            prints=np.array([digest(text) for text in people.texts], dtype=np.uint64),
            filed=filed,
            vectors=vectors,
        )

    def take(self, which: Mask | Integers) -> Segment:
        """These people only, by mask or by position, in that order."""
        return self._moved(np.arange(len(self))[which], first=0)

    def _moved(self, positions: Integers, first: int) -> Segment:
        """These people, with rows numbered from `first` on."""
        new_rows = np.full(len(self), -1, dtype=np.int64)
        new_rows[positions] = np.arange(first, first + len(positions))
        return Segment(
            ids=self.ids[positions],
            figures=self.figures[:, positions],
            estimated=self.estimated[:, positions],
            parts=self.parts[:, positions],
            traits={name: traits.take(new_rows, positions) for name, traits in self.traits.items()},
            texts=self.texts.take(new_rows),
            says=self.says[positions],
            prints=self.prints[positions],
            filed=self.filed.take(new_rows, positions),
            vectors=self.vectors and self.vectors.take(positions),
        )


def as_one_segment(parts: Sequence[tuple[Segment, Mask]]) -> Segment:
    """Whoever is left of each of these, one part after the other. At least one part; all with vectors or none."""
    ends = np.cumsum([mask.sum() for _segment, mask in parts])
    if ends[-1] > MOST_ROWS:
        raise DomainError("segment_too_large", rows=int(ends[-1]))
    moved = [
        segment._moved(np.flatnonzero(mask), int(end - mask.sum()))
        for (segment, mask), end in zip(parts, ends, strict=True)
    ]
    if len(moved) == 1:
        return moved[0]
    filed = [one.filed for one in moved]
    accounts = [one.accounts for one in filed]
    vectors = [one.vectors for one in moved if one.vectors is not None]
    return Segment(
        ids=np.concatenate([one.ids for one in moved]),
        figures=np.concatenate([one.figures for one in moved], axis=1),
        estimated=np.concatenate([one.estimated for one in moved], axis=1),
        parts=np.concatenate([one.parts for one in moved], axis=1),
        traits={name: as_one([one.traits[name] for one in moved]) for name in TRAITS},
        texts=joined([one.texts for one in moved]),
        says=np.concatenate([one.says for one in moved]),
        prints=np.concatenate([one.prints for one in moved]),
        filed=Filed(
            Accounts(*(np.concatenate([getattr(one, name.name) for one in accounts]) for name in fields(Accounts))),
            np.concatenate([one.countries for one in filed]),
            np.concatenate([one.contacts for one in filed]),
        ),
        vectors=stacked(vectors) if vectors else None,
    )


def _in_two_bytes(postings: Postings) -> Postings:
    return Postings(postings.keys, postings.starts, postings.rows.astype(np.uint16), postings.amounts)


def _narrow(traits: Traits) -> Traits:
    return Traits(_in_two_bytes(traits.postings), traits.known, traits.names)
