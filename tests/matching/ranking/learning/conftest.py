"""Labelled rows with something to learn in them."""

import numpy as np
import pytest

from matching.ranking.learning.labelled import Labelled
from tests.matching.ranking import planted


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
    return planted.outcomes
