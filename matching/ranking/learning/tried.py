"""One trainer on rows it did not learn from: how it ranks them, and how probable it held each side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.ranking.arrays import Floats, Mask
from matching.ranking.learning.calibrating import reliability
from matching.ranking.learning.evaluation import FOLDS
from matching.ranking.learning.outcomes import Outcomes
from matching.ranking.learning.sided import Given, Sided
from matching.ranking.learning.splits import splits
from matching.ranking.learning.trainers import TOP
from matching.ranking.metrics import ndcg_by_group
from matching.ranking.ranker import Ranker
from matching.ranking.schema import SIDES, SideName


@dataclass(frozen=True, eq=False)
class Tried:
    """Rankers, each with the rows that it did not learn from."""

    rows: Outcomes
    tries: Sequence[tuple[Ranker, Mask]]

    def ndcg(self, *, without: str = "") -> Floats:
        """nDCG@10 of each unit, NaN where one has nothing to find; as if nobody knew the feature `without`."""
        rows = self.rows.without(without) if without else self.rows
        found = [np.empty(0)]
        for ranker, held in self.tries:
            asked = rows.take(held)
            found.append(ndcg_by_group(asked.grades, ranker.score(asked.matrix).score, asked.groups, TOP))
        return np.concatenate(found)

    def calibration(self) -> dict[str, list[dict[str, float]]]:
        """Of each side, what was held probable and what came of it, in parts of equal number, ascending."""
        return {name: self._parts(name) for name in SIDES}

    def _parts(self, name: SideName) -> list[dict[str, float]]:
        given = np.full(len(self.rows), np.nan)
        for ranker, held in self.tries:
            given[held] = ranker.score(self.rows.take(held).matrix).side(name).probability
        came = self.rows.side(name)
        told = ~np.isnan(came) & ~np.isnan(given)
        parts = reliability(given[told], came[told])
        return [{"number": part.number, "given": part.given, "came": part.came} for part in parts]


def tried(rows: Outcomes, trainer: Given | Sided) -> Tried:
    """Learned from some of the rows, to be tried on the others, as in `evaluate`."""
    return Tried(rows, [(trainer.fit(rows.take(learn)), held) for learn, held in splits(rows, FOLDS)])
