"""Everybody of a snapshot held against a cause: the features that hang on it, who is considered, and their scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crm.errors import DomainError
from matching.ranking import grid
from matching.ranking.arrays import Bins, Floats, Integers, Mask
from matching.ranking.candidates import CauseProfile
from matching.ranking.features import Column, asked_for
from matching.ranking.ranker import Ranker
from matching.ranking.schema import STANDING
from matching.ranking.snapshot.rules import Rule
from matching.ranking.snapshot.standings import Found, Standings
from matching.ranking.snapshot.store import Part, Snapshot
from matching.ranking.snapshot.traits import Traits
from matching.ranking.tables import Side
from matching.ranking.text import Asked, TextSpace
from matching.ranking.vectors import Vectors


@dataclass(frozen=True, eq=False)
class Nearness:
    """How near each text of a segment is to the one that is asked about: by its senses or its vector, whichever says
    more.
    """

    texts: TextSpace
    asked: Asked
    vectors: Vectors | None = None
    vector: Vectors | None = None

    def __len__(self) -> int:
        return len(self.texts)

    def cosine(self, text: str) -> Floats:
        """As `TextSpace.cosine`, of the text asked about. Raises DomainError("another_text") for another."""
        if text != self.asked.text:
            raise DomainError("another_text")
        near = self.texts.nearness(self.asked)
        if self.vectors is None or self.vector is None:
            return near
        return np.fmax(near, self.vectors.cosine(self.vector))


@dataclass(frozen=True, eq=False)
class Seen:
    """The people of a segment, as `features.People`."""

    number: int
    topics: Traits
    hashtags: Traits
    languages: Traits
    countries: Traits
    main_countries: Traits
    own_languages: Traits
    ages: Traits
    genders: Traits
    interests: Traits
    platforms: Traits

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
            nearness = Nearness(part.texts, asked, part.segment.vectors, vector)
            found.append(_found(part, considered, cause, nearness, sums))
    return Standings(ranker, tuple(found), {reason: number for reason, number in reasons.items() if number})


def _considered(part: Part, left_out: Sequence[tuple[str, Rule]], reasons: dict[str, int]) -> Mask:
    considered = part.holds.copy()
    for reason, rule in left_out:
        out = considered & rule.holds(part.segment)
        reasons[reason] += int(out.sum())
        considered &= ~out
    return considered


def _found(part: Part, considered: Mask, cause: CauseProfile, texts: Nearness, sums: Sequence[_Sum]) -> Found:
    segment = part.segment
    columns = asked_for(Seen(len(segment), **segment.traits), cause, texts)
    rows = np.flatnonzero(considered)
    is_whole = len(rows) == len(segment)  # nothing to pick: the column itself will do
    parts = {
        name: values if is_whole else values[rows] for name, values in zip(STANDING, segment.parts, strict=True)
    } | {name: _parts(name, column, rows) for name, column in columns.items()}
    first, second = (each.probability(parts, len(rows)) for each in sums)
    return Found(segment, rows, first * second, parts, columns)


def _parts(name: str, column: Column | None, rows: Integers) -> Bins:
    if column is None:
        return np.full(len(rows), grid.MISSING, dtype=np.uint8)
    return grid.parts(name, column.values if len(rows) == len(column.values) else column.values[rows])


class _Sum:
    """One side of a ranker, by parts."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._cells = {table.name: grid.cells(table) for table in side.tables}

    def probability(self, parts: Mapping[str, Bins], number: int) -> Floats:
        """Of n people. The sum is exact in any order: see `tables.GRAIN`."""
        logit = np.full(number, self._side.intercept)
        for name, cells in self._cells.items():
            if cells.any():
                logit += cells[parts[name]]
        return self._side.calibration.apply(logit)
