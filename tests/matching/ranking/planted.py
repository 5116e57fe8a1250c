"""Outcomes by a known truth, for what learns from them. Needs neither Django nor a database."""

from functools import cache

import numpy as np

from matching.ranking.learning.boosting import AdditiveBoosting
from matching.ranking.learning.logistic import AdditiveLogistic
from matching.ranking.learning.outcomes import Outcomes
from matching.ranking.learning.sided import Sided, Way
from matching.ranking.ranker import Ranker
from matching.ranking.schema import FEATURES
from matching.ranking.scorecard import scorecard


def outcomes(causes=12, each=30, seed=0, weights=None, known=0.8):
    """People of several causes whose answers follow a scorecard of other weights than the one a ranker starts with."""
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
    return Outcomes(names=rows.names, values=values, grades=grades, groups=rows.groups, accepts=accepts, wants=wants)


@cache
def learned(how: str) -> Ranker:
    """A ranker that learned from some: "logistic" or "boosting"."""
    way = {"logistic": Way(AdditiveLogistic, {"l2": 1.0}), "boosting": Way(AdditiveBoosting, {"max_iter": 30})}[how]
    return Sided(how, scorecard(), [way]).fit(outcomes(weights={"audience_age": 5.0, "topic_fit": 0.5}))
