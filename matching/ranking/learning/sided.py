"""A whole ranker learned from outcomes: each side by itself, drawn towards a prior, calibrated, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

import numpy as np

from matching.ranking.arrays import Floats, Mask
from matching.ranking.learning.additive import AdditiveClassifier
from matching.ranking.learning.boosting import AdditiveBoosting
from matching.ranking.learning.calibrating import calibrated
from matching.ranking.learning.compiling import tables_of
from matching.ranking.learning.labelled import Labelled
from matching.ranking.learning.logistic import AdditiveLogistic
from matching.ranking.learning.outcomes import Outcomes
from matching.ranking.learning.splits import groups_out
from matching.ranking.learning.trainers import Scorer
from matching.ranking.ranker import Ranker
from matching.ranking.schema import feature
from matching.ranking.tables import Calibration, FeatureTable, Side

_CALIBRATED_FROM: Final = 50  # labels of a side
_FOLDS: Final = 3
_TREES_FROM: Final = 1_000  # labels


@dataclass(frozen=True)
class Given:
    """A ranker as it is: it learns nothing."""

    name: str
    ranker: Ranker

    def train(self, rows: Labelled) -> Scorer:
        return _scorer(self.ranker)

    def fit(self, rows: Outcomes) -> Ranker:
        return self.ranker

    def calibrated(self, is_calibrated: bool = True) -> Given:
        return self


@dataclass(frozen=True)
class Way:
    """How a side is learned: an estimator and its options."""

    estimator: type[AdditiveClassifier]
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sided:
    """Both sides learned in the same way or ways, whose mean counts. Where a side's labels tell nothing apart, the
    prior's side stays. Without calibration it learns in a quarter of the time, and orders nearly alike.
    """

    name: str
    prior: Ranker
    ways: Sequence[Way]
    is_calibrated: bool = True

    def train(self, rows: Labelled) -> Scorer:
        return _scorer(self.fit(cast(Outcomes, rows)))

    def fit(self, rows: Outcomes) -> Ranker:
        """The ranker that these outcomes teach."""
        accepts, wants = (self._side(side, rows) for side in self.prior.sides)
        return Ranker(accepts, wants, self.name)

    def calibrated(self, is_calibrated: bool = True) -> Sided:
        """The same, with or without."""
        return replace(self, is_calibrated=is_calibrated)

    def _side(self, prior: Side, rows: Outcomes) -> Side:
        told = ~np.isnan(rows.side(prior.name))
        values, hits = rows.matrix.select(prior.features)[told], rows.side(prior.name)[told]
        if not _tells(hits):
            return prior
        groups = rows.groups[told]
        side = self._learned(prior, values, hits, groups)
        if not self.is_calibrated:
            return side
        return replace(side, calibration=self._calibration(prior, values, hits, groups))

    def _learned(self, prior: Side, values: Floats, hits: Floats, groups: Any) -> Side:
        known = [feature(name) for name in prior.features]
        shared: dict[str, Any] = {"edges": [one.edges for one in known], "signs": [one.sign for one in known]}
        fitted = [
            way.estimator(**shared, **_prior(way, prior.tables), **way.options).fit(values, hits, groups=groups)
            for way in self.ways
        ]
        intercept, tables = tables_of(fitted, known)
        return Side(prior.name, intercept, tuple(tables))

    def _calibration(self, prior: Side, values: Floats, hits: Floats, groups: Any) -> Calibration:
        """From log-odds of rows that were not learned from; none with few labels."""
        if len(hits) < _CALIBRATED_FROM:
            return Calibration()
        logit = np.full(len(hits), np.nan)
        for learn, tried in groups_out(groups, _FOLDS):
            if _tells(hits[learn]):
                side = self._learned(prior, values[learn], hits[learn], groups[learn])
                logit[tried] = side.logit(side.contributions(values[tried]))
        told: Mask = ~np.isnan(logit)
        return calibrated(logit[told], hits[told]) if _tells(hits[told]) else Calibration()


def sided(prior: Ranker, labels: int) -> list[Given | Sided]:
    """Those to choose among with so many labels, the prior first. Trees need many before they come near."""
    logistic = [Sided(f"logistic l2={l2:g}", prior, [Way(AdditiveLogistic, {"l2": l2})]) for l2 in (30.0, 3.0, 0.3)]
    if labels < _TREES_FROM:
        return [Given("scorecard", prior), *logistic]
    trees = Way(AdditiveBoosting, {"max_iter": 100, "max_leaf_nodes": 4})
    boosting = Sided("boosting", prior, [trees])
    blend = Sided("blend", prior, [Way(AdditiveLogistic, {"l2": 3.0}), trees])
    return [Given("scorecard", prior), *logistic, boosting, blend]


def _prior(way: Way, tables: Sequence[FeatureTable]) -> dict[str, Any]:
    """Only tables that are drawn towards others take some, each spread over the whole grid."""
    if way.estimator is not AdditiveLogistic:
        return {}
    return {"prior": [np.append(table.on(feature(table.name).edges).cells, table.missing) for table in tables]}


def _tells(hits: Floats) -> bool:
    return bool(hits.any()) and not bool(hits.all())


def _scorer(ranker: Ranker) -> Scorer:
    return lambda asked: ranker.score(cast(Outcomes, asked).matrix).score
