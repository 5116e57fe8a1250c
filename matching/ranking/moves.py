"""Who changes places when one ranker takes another's: what a change of weights would do, before anybody is ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.ranking.arrays import Floats, Integers
from matching.ranking.features import Basis, FeatureMatrix
from matching.ranking.ranker import Ranker, Ranking
from matching.ranking.schema import FEATURES


@dataclass(frozen=True)
class Move:
    """One of n people: their places `before` and `after`, from 1, and their scores with either ranker.

    `feature`: the one whose contribution changed most the way they went; "" for whoever stayed, or whom only others
    moved.
    """

    id: int
    before: int
    after: int
    score_before: float
    score_after: float
    feature: str = ""

    @property
    def places(self) -> int:
        """How many they rise; below 0: fall."""
        return self.before - self.after


def moves(before: Ranker, after: Ranker, ids: Integers, matrix: FeatureMatrix) -> list[Move]:
    """The n people of the matrix, as `after` ranks them. Ties go by id, as ever. Raises what `rank_matrix` raises."""
    first, second = (ranker.rank_matrix(ids, matrix, top=len(ids)) for ranker in (before, after))
    places = np.empty(len(ids), dtype=np.int64)
    places[first.order] = np.arange(1, len(ids) + 1)
    names, grown = _grown(first, second)
    told = []
    for place, row in enumerate(second.order.tolist(), start=1):
        was, now = float(first.scored.score[row]), float(second.scored.score[row])
        rise = int(places[row]) - place
        feature = _why(names, grown[row], is_better=rise > 0) if rise and (now > was) == (rise > 0) else ""
        told.append(Move(int(ids[row]), int(places[row]), place, was, now, feature))
    return told


def matrix_of(stored: Sequence[Mapping[str, Mapping[str, Any]]]) -> FeatureMatrix:
    """What a list keeps of each of its people, {feature: {"value", "basis"}}, as it stood when they were ranked."""
    names = tuple(one.name for one in FEATURES)
    values = [[np.nan if (value := row[name]["value"]) is None else value for name in names] for row in stored]
    basis = [[Basis[row[name]["basis"].upper()] for name in names] for row in stored]
    shape = (len(stored), len(names))
    return FeatureMatrix(
        names, np.array(values, dtype=np.float64).reshape(shape), np.array(basis, dtype=np.int8).reshape(shape)
    )


def _grown(first: Ranking, second: Ranking) -> tuple[list[str], Floats]:
    """What each feature adds more with the second, over both sides: names f, and n × f in log-odds."""
    names = [one.name for one in FEATURES]
    grown = np.zeros((len(first.considered), len(names)))
    for ranking, sign in ((second, 1.0), (first, -1.0)):
        for side in ranking.ranker.sides:
            columns = [names.index(name) for name in side.features]
            grown[:, columns] += sign * ranking.scored.side(side.name).contributions
    return names, grown


def _why(names: Sequence[str], grown: Floats, *, is_better: bool) -> str:
    most = int(np.argmax(grown if is_better else -grown))
    return names[most] if grown[most] else ""
