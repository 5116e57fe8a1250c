"""A fitted additive estimator as the tables of a side: the same sums, on the grid that explanations are exact on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matching.ranking.arrays import Floats
from matching.ranking.learning.additive import AdditiveClassifier
from matching.ranking.schema import Feature
from matching.ranking.tables import GRAIN, LARGEST, FeatureTable, on_grid


def tables_of(fitted: Sequence[AdditiveClassifier], features: Sequence[Feature]) -> tuple[float, list[FeatureTable]]:
    """Intercept and a table per feature of the mean of estimators that were fitted on the features' own edges.

    Differs from what they add by at most half of `tables.GRAIN` a table. What an estimator is more than 64 log-odds
    sure of is kept at 64.
    """
    intercept = float(np.mean([one.intercept_ for one in fitted]))
    tables = [
        FeatureTable(
            known.name,
            known.edges,
            _obeying(np.mean([one.cells_[place] for one in fitted], axis=0), known),
            float(np.clip(np.mean([one.missing_[place] for one in fitted]), -LARGEST, LARGEST)),
        )
        for place, known in enumerate(features)
    ]
    return float(np.clip(intercept, -LARGEST, LARGEST)), tables


def _obeying(cells: Floats, known: Feature) -> Floats:
    """The estimators keep the sign to the last bit but one; a table must keep it to the last."""
    bounded = on_grid(np.clip(cells, -LARGEST, LARGEST))
    if not known.sign:
        return bounded
    rising = np.maximum.accumulate(bounded * known.sign) * known.sign
    assert np.abs(rising - bounded).max() <= GRAIN, known.name  # no more than rounding
    return rising
