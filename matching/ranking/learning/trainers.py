"""Whatever learns to rank labelled rows: the trainers and the plain rules they must beat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias

import numpy as np

from matching.ranking.arrays import Floats
from matching.ranking.learning.additive import AdditiveClassifier
from matching.ranking.learning.boosting import AdditiveBoosting
from matching.ranking.learning.labelled import Labelled, soft
from matching.ranking.learning.logistic import AdditiveLogistic
from matching.ranking.metrics import ndcg_by_group

TOP: Final = 10
Scorer: TypeAlias = Callable[[Labelled], Floats]


class Trainer(Protocol):
    """Learns from rows how to score rows: the higher, the sooner shown."""

    @property
    def name(self) -> str: ...

    def train(self, rows: Labelled) -> Scorer: ...


@dataclass(frozen=True)
class Constant:
    """No order at all: what chance would give, every order equally often."""

    name: str = "chance"

    def train(self, rows: Labelled) -> Scorer:
        return lambda asked: np.zeros(len(asked))


@dataclass(frozen=True)
class Single:
    """One feature alone, whichever way round ranks the labels best; a missing value stands in the middle. Without
    `feature`, the best of all.
    """

    feature: str | None = None
    name: str = "single feature"

    def train(self, rows: Labelled) -> Scorer:
        return self.way(rows).score if rows.names else Constant().train(rows)

    def way(self, rows: Labelled) -> Way:
        """Which feature, and which way round."""
        places = range(len(rows.names)) if self.feature is None else [rows.names.index(self.feature)]
        tried = [Way(place, sign, _middle(rows.values[:, place])) for place in places for sign in (1.0, -1.0)]
        return max(tried, key=lambda way: mean_ndcg(rows, way.score(rows)))


@dataclass(frozen=True)
class Way:
    """The feature at this place, the higher (`sign` 1) or the lower (-1) the better."""

    place: int
    sign: float
    middle: float

    def score(self, rows: Labelled) -> Floats:
        values = rows.values[:, self.place]
        return self.sign * np.where(np.isnan(values), self.middle, values)


@dataclass(frozen=True)
class Fixed:
    """One feature as it is, the higher the better; what is missing comes last."""

    name: str
    feature: str

    def train(self, rows: Labelled) -> Scorer:
        place = rows.names.index(self.feature)
        return lambda asked: np.nan_to_num(asked.values[:, place], nan=-np.inf)


@dataclass(frozen=True)
class Additive:
    """An additive estimator over the grades as weighted yes and no; `options` are the estimator's."""

    name: str
    estimator: type[AdditiveClassifier]
    options: dict[str, Any] = field(default_factory=dict)

    def train(self, rows: Labelled) -> Scorer:
        fitted = self.fit(rows)
        return Constant().train(rows) if fitted is None else lambda asked: fitted.decision_function(asked.values)

    def fit(self, rows: Labelled) -> AdditiveClassifier | None:
        """None where there is nothing to tell apart."""
        which, hits, weights = soft(rows.grades)
        if hits.all() or not hits.any() or not rows.names:
            return None
        return self.estimator(**self.options).fit(
            rows.values[which], hits, sample_weight=weights, groups=rows.groups[which]
        )


@dataclass(frozen=True)
class Blend:
    """The mean of what others score, which is a table per feature as they are."""

    parts: Sequence[Trainer]
    name: str = "blend"

    def train(self, rows: Labelled) -> Scorer:
        scorers = [part.train(rows) for part in self.parts]
        return lambda asked: np.mean([score(asked) for score in scorers], axis=0)


def _middle(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else 0.0


def mean_ndcg(rows: Labelled, scores: Floats, k: int = TOP) -> float:
    """nDCG@k averaged over the groups that have anything above 0; 0 where none has."""
    found = ndcg_by_group(rows.grades, scores, rows.groups, k)
    told = found[~np.isnan(found)]
    return float(told.mean()) if len(told) else 0.0


_L2: Final = (300.0, 30.0, 3.0, 0.3, 0.03)
_L2_WITHIN: Final = (30.0, 3.0, 0.3)


def learners(**options: Any) -> list[Trainer]:
    """Those to choose among; `options` (edges, signs, prior) go to the estimators."""
    shared: dict[str, Any] = {key: options[key] for key in ("edges", "signs") if key in options}
    logistic = [Additive(f"logistic l2={l2:g}", AdditiveLogistic, {"l2": l2, **options}) for l2 in _L2]
    logistic += [
        Additive(f"logistic within groups l2={l2:g}", AdditiveLogistic, {"l2": l2, "is_within_groups": True, **options})
        for l2 in _L2_WITHIN
    ]
    small = Additive("boosting small", AdditiveBoosting, {"max_iter": 100, "max_leaf_nodes": 4, **shared})
    large = Additive(
        "boosting large", AdditiveBoosting, {"max_iter": 200, "learning_rate": 0.1, "min_samples_leaf": 10, **shared}
    )
    return [*logistic, small, large]
