"""The ranker to start from, with no outcome yet: hand-set curves, with weights that staff may change within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from crm.errors import DomainError
from matching.ranking.arrays import Floats
from matching.ranking.ranker import Ranker
from matching.ranking.schema import FEATURES, SideName, feature
from matching.ranking.tables import FeatureTable, Side


@dataclass(frozen=True)
class Curve:
    """A feature's shape before its weight: straight lines between `points` (value, height), heights within -1…1.

    The cell of `neutral`, what an ordinary candidate has, adds exactly 0.
    """

    points: tuple[tuple[float, float], ...]
    neutral: float


@dataclass(frozen=True)
class Weight:
    """Log-odds that a curve's height of 1 stands for: as it comes, and the bounds staff may move it within."""

    default: float
    low: float
    high: float


# topic_fit: two texts of one language that have nothing to do with each other are about 0.05 near, kindred ones 0.3
# (measured on the 169 targets of the UN goals in French and English); half of a cause's topics is a strong sign.
# language_reach: an audience that cannot read the cause costs more than one that all can read adds.
# audience_geo: sources often list only the largest countries, so a low overlap is held against nobody very hard.
# engagement_rate: twice as much as is usual is good; far more than anybody has is rather bought than earned.
# days_since_last_post: whoever has posted nothing for months may not be there any more.
# sponsorship_load: an advert now and then is a living; where most are adverts, one more is not heard.
CURVES: Final[Mapping[str, Curve]] = {
    "topic_fit": Curve(points=((0.0, -0.4), (0.05, 0.0), (0.15, 0.4), (0.35, 0.75), (1.0, 1.0)), neutral=0.05),
    "hashtag_overlap": Curve(points=((0.0, -0.1), (0.2, 0.5), (1.0, 1.0)), neutral=0.03),
    "language_reach": Curve(points=((0.0, -1.0), (0.5, 0.0), (1.0, 0.6)), neutral=0.5),
    "audience_geo": Curve(points=((0.0, -0.6), (0.3, 0.0), (1.0, 1.0)), neutral=0.3),
    "audience_age": Curve(points=((0.0, -0.8), (0.4, 0.0), (1.0, 1.0)), neutral=0.4),
    "audience_gender": Curve(points=((0.0, -0.8), (0.5, 0.0), (1.0, 0.6)), neutral=0.5),
    "audience_interest": Curve(points=((0.0, -0.3), (0.1, 0.0), (0.5, 0.8), (1.0, 1.0)), neutral=0.1),
    "platform_fit": Curve(points=((0.0, -1.0), (0.4, 0.0), (1.0, 0.4)), neutral=0.4),
    "engagement_rate": Curve(
        points=((-4.0, -1.0), (-1.0, -0.4), (0.0, 0.0), (1.0, 0.6), (2.0, 0.8), (3.0, 0.2), (4.0, -0.4)), neutral=0.0
    ),
    "cause_share": Curve(points=((0.0, -0.3), (0.1, 0.0), (0.4, 0.8), (1.0, 1.0)), neutral=0.1),
    "action_rate": Curve(points=((0.0, 0.0), (1.0, 0.3), (10.0, 0.8), (50.0, 1.0)), neutral=0.0),
    "reply_rate": Curve(points=((0.0, -0.6), (0.25, 0.0), (1.0, 1.0)), neutral=0.25),
    "contacts_last_90d": Curve(points=((0.0, 0.0), (3.0, -0.6), (10.0, -1.0)), neutral=0.0),
    "days_since_last_post": Curve(points=((0.0, 0.1), (30.0, 0.0), (120.0, -0.6), (365.0, -1.0)), neutral=30.0),
    "growth_rate": Curve(points=((-0.5, -1.0), (0.0, 0.0), (0.3, 0.5), (1.0, 0.5)), neutral=0.0),
    "authenticity": Curve(points=((0.0, -1.0), (0.75, 0.0), (1.0, 0.5)), neutral=0.75),
    "sponsorship_load": Curve(points=((0.0, 0.0), (0.2, 0.0), (0.6, -0.6), (1.0, -1.0)), neutral=0.1),
}

# No weight may be negative: that would turn a feature's sign round.
WEIGHTS: Final[Mapping[str, Weight]] = {
    "topic_fit": Weight(default=2.5, low=0.0, high=5.0),
    "hashtag_overlap": Weight(default=0.8, low=0.0, high=5.0),
    "language_reach": Weight(default=2.0, low=0.0, high=5.0),
    "audience_geo": Weight(default=1.5, low=0.0, high=5.0),
    "audience_age": Weight(default=0.8, low=0.0, high=5.0),
    "audience_gender": Weight(default=0.5, low=0.0, high=5.0),
    "audience_interest": Weight(default=0.8, low=0.0, high=5.0),
    "platform_fit": Weight(default=1.0, low=0.0, high=5.0),
    "engagement_rate": Weight(default=0.4, low=0.0, high=2.0),
    "cause_share": Weight(default=0.8, low=0.0, high=5.0),
    "action_rate": Weight(default=1.2, low=0.0, high=5.0),
    "reply_rate": Weight(default=1.0, low=0.0, high=5.0),
    "contacts_last_90d": Weight(default=1.0, low=0.0, high=5.0),
    "days_since_last_post": Weight(default=0.6, low=0.0, high=5.0),
    "growth_rate": Weight(default=0.2, low=0.0, high=2.0),
    "authenticity": Weight(default=0.8, low=0.0, high=5.0),
    "sponsorship_load": Weight(default=0.3, low=0.0, high=5.0),
}


def scorecard(weights: Mapping[str, float] | None = None) -> Ranker:
    """The prior with these weights in place of the default ones, by feature; 0 leaves a feature out of account.

    A missing value adds 0: not knowing speaks neither for nor against. Intercepts are 0, calibrations none.
    Raises DomainError: "feature_unknown", "weight_out_of_bounds" (feature, low, high).
    """
    chosen = {name: weight.default for name, weight in WEIGHTS.items()} | _checked(weights or {})
    accepts, wants = (_side(name, chosen) for name in ("accepts", "wants"))
    return Ranker(accepts, wants, name="scorecard")


def _checked(weights: Mapping[str, float]) -> dict[str, float]:
    for name, weight in weights.items():
        if name not in WEIGHTS:
            raise DomainError("feature_unknown", feature=name)
        bounds = WEIGHTS[name]
        if not bounds.low <= weight <= bounds.high:  # so written, NaN is refused too
            raise DomainError("weight_out_of_bounds", feature=name, low=bounds.low, high=bounds.high)
    return dict(weights)


def _side(side: SideName, weights: Mapping[str, float]) -> Side:
    names = [known.name for known in FEATURES if side in known.sides]
    return Side(side, intercept=0.0, tables=tuple(_table(name, weights[name]) for name in names))


def _table(name: str, weight: float) -> FeatureTable:
    known, curve = feature(name), CURVES[name]
    heights = _heights(curve, (known.bounds[:-1] + known.bounds[1:]) / 2)
    neutral = heights[np.searchsorted(known.edges, curve.neutral)]
    return FeatureTable(name, known.edges, weight * (heights - neutral))


def _heights(curve: Curve, values: Floats) -> Floats:
    at, heights = zip(*curve.points, strict=True)
    return np.asarray(np.interp(values, at, heights), dtype=np.float64)
