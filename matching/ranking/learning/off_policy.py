"""What would have come of those whom another ranker would have shown, from lists in which some were drawn by lot.

Whoever was drawn stands for as many of those who rank below as the draw was improbable; so a list says, by a sample
that nobody chose, what came of people its ranker would not have shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np

from matching.ranking.arrays import Floats
from matching.ranking.learning.evaluation import FOLDS, Evaluation, Interval, paired
from matching.ranking.learning.labelled import Labelled
from matching.ranking.learning.splits import splits

_BEST: Final = 3.0  # grade


@dataclass(frozen=True, eq=False)
class OffPolicy:
    """What would have come of the people each of c contenders (`names`) would have shown, as a mean grade from 0 to 1:
    `values`, c × lists. `shown`: what came of those whom the lists did show by rank. `drawn`: how many outcomes of
    people drawn by lot it rests on, and each `stands_for` so many people, on average.

    Where each stands for many, so does the one whom a contender puts first, though not all of those are as good to it:
    differences are then told smaller than they are, never larger.
    """

    names: tuple[str, ...]
    values: Floats
    shown: Floats
    drawn: int
    stands_for: float

    def value(self, name: str) -> Interval:
        """The mean over the lists, and where it lies in 95 of 100 samples of them."""
        return _mean(self.values[self.names.index(name)])

    def against_shown(self, name: str) -> Interval:
        """By how much it is above what came of those who were shown by rank, list by list."""
        return paired(self.values[self.names.index(name)], self.shown)

    def report(self) -> dict[str, object]:
        """Plain values."""
        return {
            "lists": len(self.shown),
            "drawn": self.drawn,
            "stands_for": self.stands_for,
            "shown": asdict(_mean(self.shown)),
            "contenders": [
                {"name": name, "value": asdict(self.value(name)), "difference": asdict(self.against_shown(name))}
                for name in self.names
            ],
        }


def estimate(rows: Labelled, evaluation: Evaluation) -> OffPolicy | None:
    """Of the contenders of an evaluation of these rows, on lists that none of them learned from. None: no list has
    outcomes of people it drew by lot, and of people it showed by rank.

    Self-normalised inverse propensity: within a list everybody weighs as many as they stand for, and a contender would
    show the first of its order, up to as many as the list showed by rank.
    """
    if rows.propensity is None:
        return None
    values, shown, lots = [], [], [np.empty(0)]
    for asked, scores in _lists(rows, evaluation):
        assert asked.propensity is not None
        by_rank = asked.propensity == 1
        if by_rank.any() and not by_rank.all():
            weights, worth = _weights(asked), asked.grades / _BEST
            values.append([_top(worth, weights, one, float(weights[by_rank].sum())) for one in scores])
            shown.append(float(np.average(worth[by_rank], weights=weights[by_rank])))
            lots.append(weights[~by_rank])
    drawn = np.concatenate(lots)
    if not len(drawn):
        return None
    return OffPolicy(evaluation.names, np.array(values).T, np.array(shown), len(drawn), float(drawn.mean()))


def _lists(rows: Labelled, evaluation: Evaluation) -> Iterator[tuple[Labelled, Floats]]:
    """The rows of each list within one try, with what each contender (c × n) gave them."""
    for _learn, tried in splits(rows, FOLDS):
        for group in np.unique(rows.groups[tried]):
            here = np.flatnonzero(tried & (rows.groups == group))
            yield rows.take(here), evaluation.scores[:, here]


def _weights(rows: Labelled) -> Floats:
    """How many each row stands for: of those who could have been drawn, and of those of whom nothing is known."""
    assert rows.propensity is not None
    told = np.ones(len(rows)) if rows.told is None else rows.told
    return np.asarray(1.0 / (rows.propensity * told), dtype=np.float64)


def _top(worth: Floats, weights: Floats, scores: Floats, room: float) -> float:
    """The weighted mean of `worth` over the highest scores, as many as there is room for; whoever stands on the border
    counts in part, and rows that tie come in together.
    """
    _, block = np.unique(-scores, return_inverse=True)  # 0 the highest
    whole = np.bincount(block, weights=weights)
    before = np.concatenate([[0.0], np.cumsum(whole)[:-1]])
    part = np.clip((room - before) / whole, 0.0, 1.0)
    return float(np.average(worth, weights=weights * part[block]))


def _mean(values: Floats) -> Interval:
    return paired(values, np.zeros(len(values)))
