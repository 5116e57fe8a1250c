"""Labelled rows with something to learn in them."""

import numpy as np
import pytest

from matching.ranking.learning.labelled import Labelled
from matching.ranking.learning.outcomes import Outcomes
from matching.ranking.schema import FEATURES
from matching.ranking.scorecard import scorecard


@pytest.fixture
def labelled():
    """`groups` of `each` rows: the first two features tell the grade, one curved; the rest are noise, some missing."""

    def make(groups=30, each=20, features=5, seed=0, times=False):
        rng = np.random.default_rng(seed)
        n = groups * each
        values = rng.normal(size=(n, features))
        truth = values[:, 0] + np.abs(values[:, 1]) + rng.normal(scale=0.7, size=n)
        values[rng.random(values.shape) < 0.1] = np.nan
        grades = np.digitize(truth, [1.0, 2.0, 3.0]).astype(np.float64)
        names = tuple(f"x{place}" for place in range(features))
        group = np.repeat(np.arange(groups), each)
        return Labelled(names, values, grades, group, np.arange(n, dtype=np.float64) if times else None)

    return make


@pytest.fixture
def outcomes():
    """People of several causes whose answers follow a scorecard of other weights than the one a ranker starts with."""

    def make(causes=12, each=30, seed=0, weights=None, known=0.8):
        rng = np.random.default_rng(seed)
        n = causes * each
        values = np.column_stack([rng.uniform(one.low, one.high, n) for one in FEATURES])
        values[rng.random(values.shape) < 0.2] = np.nan
        empty = np.full(n, np.nan)
        rows = Outcomes(
            names=tuple(one.name for one in FEATURES),
            values=values,
            grades=np.zeros(n),
            groups=np.repeat(np.arange(causes), each),
            accepts=empty,
            wants=empty,
        )
        scored = scorecard(weights or {}).score(rows.matrix)
        accepts, wants = (
            np.where(rng.random(n) < known, (rng.random(n) < side.probability).astype(float), np.nan)
            for side in (scored.accepts, scored.wants)
        )
        grades = np.where((accepts == 0) | (wants == 0), 0.0, np.nan_to_num(wants) + 2 * np.nan_to_num(accepts))
        return Outcomes(
            names=rows.names, values=values, grades=grades, groups=rows.groups, accepts=accepts, wants=wants
        )

    return make
