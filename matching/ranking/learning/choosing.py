"""Which trainer to learn with: the one that ranks best what it did not learn from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from matching.ranking.arrays import Floats
from matching.ranking.learning.additive import AdditiveClassifier
from matching.ranking.learning.labelled import Labelled
from matching.ranking.learning.splits import splits
from matching.ranking.learning.trainers import TOP, Additive, Blend, Scorer, Trainer
from matching.ranking.metrics import ndcg_by_group

_FOLDS: Final = 3
_ROWS: Final = 20_000  # whole groups of so many rows are enough to choose by


@dataclass(eq=False)
class Trials:
    """Every trainer tried on parts of the rows that it did not learn from; kept for the rows asked about last."""

    trainers: Sequence[Trainer]
    _rows: Labelled | None = field(default=None, init=False)
    _found: tuple[list[Trainer], dict[str, float]] = field(default=([], {}), init=False)

    def of(self, rows: Labelled) -> tuple[list[Trainer], dict[str, float]]:
        """The trainers, with the blend of the best two that learn in different ways; mean nDCG@10 of each by name."""
        if rows is not self._rows:
            self._rows, self._found = rows, self._try(_some(rows))
        return self._found

    def _try(self, rows: Labelled) -> tuple[list[Trainer], dict[str, float]]:
        scores: dict[str, list[Floats]] = {one.name: [] for one in self.trainers}
        asked: list[Labelled] = []
        for learn, tried in splits(rows, _FOLDS):
            learned = rows.take(learn)
            asked.append(rows.take(tried))
            for one in self.trainers:
                scores[one.name].append(one.train(learned)(asked[-1]))
        means = {name: _mean_ndcg(asked, found) for name, found in scores.items()}
        blend = _blend(self.trainers, means)
        if blend is None:
            return list(self.trainers), means
        mixed = [np.mean(both, axis=0) for both in zip(*(scores[part.name] for part in blend.parts), strict=True)]
        return [*self.trainers, blend], means | {blend.name: _mean_ndcg(asked, mixed)}


@dataclass(frozen=True)
class Choosing:
    """Learns by the best of the trainers tried, or of those among them; the earlier one of equals.

    `chosen`: which it was, of each training. `finish`: what the chosen one is then trained as.
    """

    trials: Trials
    name: str
    among: Collection[str] = ()
    chosen: list[str] = field(default_factory=list)
    finish: Callable[[Trainer], Trainer] = lambda trainer: trainer

    def train(self, rows: Labelled) -> Scorer:
        return self.finish(self.choose(rows)).train(rows)

    def choose(self, rows: Labelled) -> Trainer:
        """The one to learn these rows by."""
        trainers, means = self.trials.of(rows)
        best = max(
            (one for one in trainers if not self.among or one.name in self.among),
            key=lambda one: -1.0 if np.isnan(means[one.name]) else means[one.name],
        )
        self.chosen.append(best.name)
        return best


def _blend(trainers: Sequence[Trainer], means: Mapping[str, float]) -> Blend | None:
    best: dict[type[AdditiveClassifier], Additive] = {}
    for one in trainers:
        if isinstance(one, Additive):
            before = best.get(one.estimator)
            if before is None or means[one.name] > means[before.name]:
                best[one.estimator] = one
    return Blend(tuple(best.values())) if len(best) > 1 else None


def _mean_ndcg(asked: Sequence[Labelled], scores: Sequence[Floats]) -> float:
    found = [ndcg_by_group(rows.grades, one, rows.groups, TOP) for rows, one in zip(asked, scores, strict=True)]
    told = np.concatenate([np.empty(0), *found])
    told = told[~np.isnan(told)]
    return float(told.mean()) if len(told) else float("nan")


def _some(rows: Labelled) -> Labelled:
    """All rows where they are few, or where time matters."""
    if len(rows) <= _ROWS or rows.times is not None:
        return rows
    known, at = np.unique(rows.groups, return_inverse=True)
    order = np.random.default_rng(0).permutation(len(known))
    fits = order[np.cumsum(np.bincount(at)[order]) <= _ROWS]
    return rows.take(np.isin(at, fits if len(fits) else order[:1]))
