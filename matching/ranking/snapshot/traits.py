"""`Shares` as they stand in a segment: only the columns that are asked for are read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.ranking.arrays import Floats, Integers, Mask
from matching.ranking.candidates import Shares
from matching.ranking.postings import Postings, fingerprints, joined

# Every column of `Candidates` that says how much of which keys people have.
TRAITS: Final = (
    *("topics", "hashtags", "languages", "countries", "main_countries", "own_languages"),
    *("ages", "genders", "interests", "platforms"),
)
# Having a trait is all there is to say.
MEMBERSHIPS: Final = frozenset({"topics", "hashtags", "main_countries", "own_languages"})
# Spans of years must be read to be compared, and nobody makes them up; of all others a fingerprint is enough.
NAMED: Final = frozenset({"ages"})


@dataclass(frozen=True, eq=False)
class Traits:
    """As `Shares`, of n rows. `names`: of the keys, in the order of the keys, where they are kept."""

    postings: Postings
    known: Mask
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, shares: Shares) -> Traits:
        """The column of this name."""
        cells = shares.weights.tocoo()
        keys = fingerprints(shares.keys)
        amounts = None if name in MEMBERSHIPS else cells.data.astype(np.float64)
        postings = Postings.from_cells(keys[cells.col], cells.row.astype(np.int64), amounts)
        return cls(postings, shares.known, _names(shares.keys, postings) if name in NAMED else ())

    @property
    def keys(self) -> tuple[str, ...]:
        """Ascending; only where names are kept."""
        return tuple(sorted(self.names))

    def columns(self, keys: Iterable[str]) -> Floats:
        """As `Shares.columns`."""
        wanted = list(keys)
        columns = np.zeros((len(wanted), len(self.known)))
        for column, place, is_there in zip(columns, *self.postings.places(fingerprints(wanted)), strict=True):
            if is_there:
                rows, amounts = self.postings.of(place)
                column[rows] = 1.0 if amounts is None else amounts
        unknown = ~self.known
        if unknown.any():
            for column in columns:
                np.putmask(column, unknown, np.nan)
        return columns.T

    def take(self, new_rows: Integers, positions: Integers) -> Traits:
        """The rows at these positions, which are then called as `new_rows` says: see `Postings.take`."""
        postings = self.postings.take(new_rows)
        kept = [name for name in self.names if np.isin(fingerprints([name]), postings.keys)[0]]
        return Traits(postings, self.known[positions], _names(kept, postings) if self.names else ())


def as_one(parts: Sequence[Traits]) -> Traits:
    """Of rows that are numbered on, part after part."""
    postings = joined([part.postings for part in parts])
    names = _names({name for part in parts for name in part.names}, postings)
    return Traits(postings, np.concatenate([part.known for part in parts]), names)


def _names(keys: Iterable[str], postings: Postings) -> tuple[str, ...]:
    named = dict(zip(fingerprints(distinct := list(keys)).tolist(), distinct, strict=True))
    return tuple(named[key] for key in postings.keys.tolist() if key in named)
