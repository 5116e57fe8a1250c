"""Everybody of a snapshot held against a cause: the features that hang on it, who is considered, and their scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from crm.errors import DomainError
from matching.ranking import grid
from matching.ranking.arrays import Bins, Floats, Integers, Mask
from matching.ranking.candidates import CauseProfile
from matching.ranking.encoders.scale import Scale
from matching.ranking.features import Column, asked_for
from matching.ranking.ranker import Ranker
from matching.ranking.schema import STANDING
from matching.ranking.snapshot.rules import Rule
from matching.ranking.snapshot.segment import Segment
from matching.ranking.snapshot.standings import Found, Standings
from matching.ranking.snapshot.store import Part, Snapshot
from matching.ranking.snapshot.traits import Traits
from matching.ranking.tables import Side
from matching.ranking.text import Asked, TextSpace
from matching.ranking.vectors import Vectors

_Any = TypeVar("_Any", bound=np.generic)


@dataclass(frozen=True, eq=False)
class Nearness:
    """How near texts of a segment, those of `rows`, are to the one that is asked about: by their senses or their
    vectors, whichever says more. `scale`: what the nearness of vectors is read on.
    """

    rows: Integers
    texts: TextSpace
    asked: Asked
    vectors: Vectors | None = None
    vector: Vectors | None = None
    scale: Scale | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def cosine(self, text: str) -> Floats:
        """As `TextSpace.cosine`, of the text asked about. Raises DomainError("another_text") for another."""
        if text != self.asked.text:
            raise DomainError("another_text")
        near = _of(self.rows, self.texts.nearness(self.asked))
        if self.vectors is None or self.vector is None:
            return near
        is_whole = len(self.rows) == len(self.vectors)
        told = (self.vectors if is_whole else self.vectors.take(self.rows)).cosine(self.vector)
        return np.fmax(near, told if self.scale is None else self.scale.read(told))


@dataclass(frozen=True, eq=False)
class Some:
    """What those of some rows have of a trait, as `features.Traits`."""

    traits: Traits
    rows: Integers

    @property
    def keys(self) -> tuple[str, ...]:
        return self.traits.keys

    @property
    def known(self) -> Mask:
        return _of(self.rows, self.traits.known)

    def columns(self, keys: Iterable[str]) -> Floats:
        found = self.traits.columns(keys)
        return found if len(self.rows) == len(found) else found[self.rows]


@dataclass(frozen=True, eq=False)
class Seen:
    """The people of some rows of a segment, as `features.People`."""

    number: int
    topics: Some
    hashtags: Some
    languages: Some
    countries: Some
    main_countries: Some
    own_languages: Some
    ages: Some
    genders: Some
    interests: Some
    platforms: Some

    def __len__(self) -> int:
        return self.number


def scan(
    snapshot: Snapshot,
    ranker: Ranker,
    cause: CauseProfile,
    *,
    left_out: Sequence[tuple[str, Rule]] = (),
    vector: Vectors | None = None,
) -> Standings:
    """Score everybody of whom no rule of `left_out` (reason, rule) holds; the first that holds is why. `vector`: of the
    cause's text, where the snapshot has vectors.
    """
    asked = snapshot.rarity.asked(cause.text)
    reasons = dict.fromkeys([reason for reason, _rule in left_out], 0)
    sums = [_Sum(side) for side in ranker.sides]
    found = []
    for part in snapshot.parts:
        considered = _considered(part, left_out, reasons)
        if considered.any():
            rows = np.flatnonzero(considered)
            nearness = Nearness(rows, part.texts, asked, part.segment.vectors, vector, snapshot.scale)
            found.append(_found(part.segment, rows, cause, nearness, sums))
    return Standings(ranker, tuple(found), {reason: number for reason, number in reasons.items() if number})


def _considered(part: Part, left_out: Sequence[tuple[str, Rule]], reasons: dict[str, int]) -> Mask:
    considered = part.holds.copy()
    for reason, rule in left_out:
        out = considered & rule.holds(part.segment)
        reasons[reason] += int(out.sum())
        considered &= ~out
    return considered


def _found(segment: Segment, rows: Integers, cause: CauseProfile, texts: Nearness, sums: Sequence[_Sum]) -> Found:
    seen = Seen(len(rows), **{name: Some(traits, rows) for name, traits in segment.traits.items()})
    columns = asked_for(seen, cause, texts)
    parts = {name: _of(rows, values) for name, values in zip(STANDING, segment.parts, strict=True)}
    parts |= {name: _parts(name, column, len(rows)) for name, column in columns.items()}
    first, second = (each.probability(parts, len(rows)) for each in sums)
    return Found(segment, rows, first * second, parts, columns)


def _of(rows: Integers, column: npt.NDArray[_Any]) -> npt.NDArray[_Any]:
    """Those rows of a column of the whole segment; itself, where they are all."""
    return column if len(rows) == len(column) else column[rows]


def _parts(name: str, column: Column | None, number: int) -> Bins:
    if column is None:
        return np.full(number, grid.MISSING, dtype=np.uint8)
    return grid.parts(name, column.values)


class _Sum:
    """One side of a ranker, by parts."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._cells = {table.name: grid.cells(table) for table in side.tables}

    def probability(self, parts: Mapping[str, Bins], number: int) -> Floats:
        """Of n people. The sum is exact in any order: see `tables.GRAIN`."""
        logit, added = np.full(number, self._side.intercept), np.empty(number)
        for name, cells in self._cells.items():
            if cells.any():
                logit += np.take(cells, parts[name], out=added, mode="clip")  # quicker than to check each place
        return self._side.calibration.apply(logit)
