"""Does it rank better? Every contender tried on the same rows, none of which it learned from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np

from matching.ranking.arrays import Floats
from matching.ranking.learning.labelled import Labelled
from matching.ranking.learning.splits import splits
from matching.ranking.learning.trainers import TOP, Trainer, mean_ndcg
from matching.ranking.metrics import ndcg_by_group, recall_by_group

FOLDS: Final = 5
RECALL_AT: Final = 100
_SAMPLES: Final = 2_000  # of the groups, for an interval

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Interval:
    """A mean difference, and where it lies in 95 of 100 samples of the groups."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What each of c contenders (`names`) reached: `ndcg` and `recall`, c × units, NaN where a unit has nothing to
    find; `scores`, c × n rows, NaN where a row was only learned from. A unit is a group within one try. `by_time`: the
    past was tried on the future; else whole groups were left out.
    """

    names: tuple[str, ...]
    ndcg: Floats
    recall: Floats
    scores: Floats
    by_time: bool

    @property
    def units(self) -> int:
        """How many could be told apart at all."""
        return int(np.count_nonzero(~np.isnan(self.ndcg[0]))) if len(self.ndcg) else 0

    def mean(self, name: str) -> float:
        """Mean nDCG@10; NaN without units."""
        return _mean(self.ndcg[self.names.index(name)])

    def mean_recall(self, name: str) -> float:
        """Mean Recall@100; NaN without units."""
        return _mean(self.recall[self.names.index(name)])

    def against(self, name: str, other: str) -> Interval:
        """By how much nDCG@10 of the first is above that of the other, unit by unit."""
        return paired(self.ndcg[self.names.index(name)], self.ndcg[self.names.index(other)])

    def verdict(self, name: str, other: str) -> str:
        """ "better" or "worse" where 95 of 100 samples of the units say so, else "unsure"."""
        found = self.against(name, other)
        return "better" if found.low > 0 else "worse" if found.high < 0 else "unsure"

    def report(self, name: str) -> dict[str, object]:
        """Plain values: what each reached, and by how much `name` is above it; None where nothing could be told."""
        return {
            "units": self.units,
            "by_time": self.by_time,
            "contenders": [
                {
                    "name": other,
                    "ndcg": _told(self.mean(other)),
                    "recall": _told(self.mean_recall(other)),
                    "difference": {key: _told(value) for key, value in asdict(self.against(name, other)).items()},
                    "verdict": self.verdict(name, other),
                }
                for other in self.names
            ],
        }


def evaluate(rows: Labelled, contenders: Sequence[Trainer], *, progress: Progress | None = None) -> Evaluation:
    """Try every contender on rows that it did not learn from; `progress` hears (done, of) after each training.

    Whole groups are left out, each once; where rows have times, what was learned from earlier rows is tried on later
    ones.
    """
    by_time = rows.times is not None
    parts = list(splits(rows, FOLDS))
    scores = np.full((len(contenders), len(rows)), np.nan)
    ndcg: list[Floats] = []
    recall: list[Floats] = []
    for number, (learn, tried) in enumerate(parts):
        learned, asked = rows.take(learn), rows.take(tried)
        for place, contender in enumerate(contenders):
            scores[place, tried] = contender.train(learned)(asked)
            if progress:
                progress(number * len(contenders) + place + 1, len(parts) * len(contenders))
        ndcg.append(np.array([ndcg_by_group(asked.grades, one, asked.groups, TOP) for one in scores[:, tried]]))
        found = [recall_by_group(asked.grades > 0, one, asked.groups, RECALL_AT) for one in scores[:, tried]]
        recall.append(np.array(found))
    empty = np.empty((len(contenders), 0))
    return Evaluation(
        names=tuple(one.name for one in contenders),
        ndcg=np.hstack([empty, *ndcg]),
        recall=np.hstack([empty, *recall]),
        scores=scores,
        by_time=by_time,
    )


def paired(one: Floats, other: Floats, *, samples: int = _SAMPLES, seed: int = 0) -> Interval:
    """The mean of `one` - `other` over the units that both are told for, with 95 % of so many samples of them."""
    difference = one - other
    difference = difference[~np.isnan(difference)]
    if not len(difference):
        return Interval(float("nan"), float("nan"), float("nan"))
    rng = np.random.default_rng(seed)
    means = np.array([difference[rng.integers(0, len(difference), len(difference))].mean() for _ in range(samples)])
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(difference.mean()), float(low), float(high))


def learning_curve(rows: Labelled, trainer: Trainer, sizes: Iterable[int], *, seed: int = 0) -> dict[int, float]:
    """Mean nDCG@10 on rows left out, by how many labelled rows were learned from, drawn at random from the others."""
    found: dict[int, list[float]] = {size: [] for size in sizes}
    rng = np.random.default_rng(seed)
    for learn, tried in splits(rows, FOLDS):
        order, asked = rng.permutation(np.flatnonzero(learn)), rows.take(tried)
        for size, means in found.items():
            if size <= len(order):
                means.append(mean_ndcg(asked, trainer.train(rows.take(np.sort(order[:size])))(asked)))
    return {size: float(np.mean(means)) for size, means in found.items() if means}


def _told(value: float) -> float | None:
    return None if np.isnan(value) else value


def _mean(values: Floats) -> float:
    told = values[~np.isnan(values)]
    return float(told.mean()) if len(told) else float("nan")
