"""Sparse columns: for each key the rows that have it. Keys are fingerprints, so that what people wrote is not kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.ranking.arrays import Integers, Keys, Mask


def digest(text: str) -> int:
    """64 bits of a text: of five million, two have the same once in a million installations."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


@lru_cache(maxsize=1 << 16)
def fingerprint(key: str) -> int:
    """The digest of a key, which comes again and again."""
    return digest(key)


def fingerprints(keys: Iterable[str]) -> Keys:
    """Those of keys, in their order."""
    return np.array([fingerprint(key) for key in keys], dtype=np.uint64)


@dataclass(frozen=True, eq=False)
class Postings:
    """k keys over rows. `keys` (k): ascending, each once. `rows`: those of key j are rows[starts[j]:starts[j + 1]].

    `amounts`: how much of the key each of `rows` has; None: all 1.
    """

    keys: Keys
    starts: Integers
    rows: npt.NDArray[Any]
    amounts: npt.NDArray[Any] | None

    @classmethod
    def from_cells(cls, keys: Keys, rows: npt.NDArray[Any], amounts: npt.NDArray[Any] | None) -> Postings:
        """From cells in any order, each (key, row) once; the rows of a key stay in the order they came."""
        order = np.argsort(keys, kind="stable")
        distinct, firsts = np.unique(keys[order], return_index=True)
        starts = np.append(firsts, len(keys)).astype(np.int64)
        return cls(distinct, starts, rows[order], None if amounts is None else amounts[order])

    def places(self, keys: Keys) -> tuple[Integers, Mask]:
        """Where each of these keys stands, and whether it is there at all."""
        places = np.searchsorted(self.keys, keys)
        there = places < len(self.keys)
        there[there] = self.keys[places[there]] == keys[there]
        return places.astype(np.int64), there

    def of(self, place: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any] | None]:
        """Rows and amounts of the key at this place."""
        span = slice(self.starts[place], self.starts[place + 1])
        return self.rows[span], None if self.amounts is None else self.amounts[span]

    def of_all(self, places: Integers) -> tuple[npt.NDArray[Any], npt.NDArray[Any], list[int]]:
        """Rows and amounts of the keys at these places, one key after the other; and how many of each."""
        found = [self.of(place) for place in places.tolist()]
        rows = np.concatenate([self.rows[:0], *(rows for rows, _amounts in found)])
        amounts = [np.ones(len(rows), dtype=np.uint8) if each is None else each for rows, each in found]
        empty = np.empty(0, dtype=np.uint8)
        return rows, np.concatenate([empty, *amounts]) if amounts else empty, [len(rows) for rows, _amounts in found]

    def of_row(self, row: int) -> tuple[Keys, npt.NDArray[Any] | None]:
        """The keys that a row has, ascending, and how much of each."""
        places = np.flatnonzero(self.rows == row)
        keys = self.keys[np.searchsorted(self.starts, places, side="right") - 1]
        return keys, None if self.amounts is None else self.amounts[places]

    def __len__(self) -> int:
        return len(self.keys)

    def lengths(self) -> Integers:
        """How many rows each key has (k)."""
        return np.diff(self.starts)

    def take(self, new_rows: Integers) -> Postings:
        """With other numbers for the rows: `new_rows` (n) of each old row, below 0 for one to leave out."""
        rows = new_rows[self.rows]
        kept = rows >= 0
        starts = np.concatenate(([0], np.cumsum(kept)))[self.starts]
        has_some = np.diff(starts) > 0
        return Postings(
            self.keys[has_some],
            np.append(starts[:-1][has_some], starts[-1]).astype(np.int64),
            rows[kept].astype(self.rows.dtype),
            None if self.amounts is None else self.amounts[kept],
        )


def joined(parts: Sequence[Postings]) -> Postings:
    """All of these, whose rows are numbered alike and are different ones, as one. At least one part."""
    keys = np.unique(np.concatenate([part.keys for part in parts]))
    places = [np.searchsorted(keys, part.keys) for part in parts]
    lengths = np.zeros(len(keys), dtype=np.int64)
    for part, place in zip(parts, places, strict=True):
        lengths[place] += part.lengths()
    starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    rows = np.empty(starts[-1], dtype=parts[0].rows.dtype)
    amounts = None if parts[0].amounts is None else np.empty(starts[-1], dtype=parts[0].amounts.dtype)
    free = starts[:-1].copy()
    for part, place in zip(parts, places, strict=True):
        moved = np.repeat(free[place] - part.starts[:-1], part.lengths()) + np.arange(len(part.rows))
        rows[moved] = part.rows
        if amounts is not None:
            amounts[moved] = part.amounts
        free[place] += part.lengths()
    return Postings(keys, starts, rows, amounts)
