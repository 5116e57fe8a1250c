"""From log-odds to what really comes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import minimize

from matching.ranking.arrays import Floats
from matching.ranking.learning.likelihood import Each
from matching.ranking.tables import LARGEST, Calibration

_SLOPES: Final = (0.05, 20.0)


def calibrated(logit: Floats, hits: Floats) -> Calibration:
    """The rising curve under which n log-odds tell `hits` (n of 0 and 1, not all alike) best."""
    likelihood = Each(hits, np.ones(len(hits)))

    def loss(found: Floats) -> tuple[float, Floats]:
        value, slope = likelihood.loss(found[0] * logit + found[1])
        return value, np.array([slope @ logit, slope.sum()])

    best = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=[_SLOPES, (-LARGEST, LARGEST)])
    return Calibration(float(best.x[0]), float(best.x[1]))


@dataclass(frozen=True)
class Reliability:
    """Of the rows given about the same probability: how many, what they were given on average, what came of them."""

    number: int
    given: float
    came: float


def reliability(probability: Floats, hits: Floats, parts: int = 10) -> list[Reliability]:
    """n probabilities in at most `parts` of equal number, ascending."""
    order = np.argsort(probability, kind="stable")
    return [
        Reliability(len(part), float(probability[part].mean()), float(hits[part].mean()))
        for part in np.array_split(order, min(parts, max(len(order), 1)))
        if len(part)
    ]
