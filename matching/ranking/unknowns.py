"""What nobody knows, and what it could do to a score: the best and the worst that it could be, from the tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from matching.ranking.arrays import Floats
from matching.ranking.ranker import Ranker
from matching.ranking.schema import feature
from matching.ranking.tables import FeatureTable

_BEST: Final = 1.0
_WORST: Final = -1.0


@dataclass(frozen=True)
class Reach:
    """The lowest and the highest score somebody could have."""

    low: float
    high: float


def weighed(ranker: Ranker, names: Iterable[str]) -> list[str]:
    """Those features of which some value would count otherwise than not knowing it does."""
    return [name for name in names if (_options(ranker, name) != _unknown(ranker, name)).any()]


def reach(ranker: Ranker, contributions: Mapping[str, Mapping[str, float]], unknown: Collection[str]) -> Reach:
    """The scores that are possible when the `unknown` features may have any value within their bounds, and each other
    adds what it adds: `contributions` of each side, every feature that it weighs.

    Exact: the score of a candidate who has such a value is one of these to the last bit (see `tables.GRAIN`).
    """
    known = np.array([_known(ranker, contributions, unknown, place) for place in range(len(ranker.sides))])
    options = [_options(ranker, name) for name in unknown]
    low, high = (_extreme(ranker, known, options, wanted) for wanted in (_WORST, _BEST))
    return Reach(low, high)


def _known(
    ranker: Ranker, contributions: Mapping[str, Mapping[str, float]], unknown: Collection[str], place: int
) -> float:
    side = ranker.sides[place]
    return side.intercept + sum(contributions[side.name][name] for name in side.features if name not in unknown)


def _extreme(ranker: Ranker, known: Floats, options: Iterable[Floats], wanted: float) -> float:
    """Of all combinations only those are tried in which no value has another that is better on both sides."""
    some = [_undominated(each, wanted) for each in options]
    logits = np.array([known + np.sum(together, axis=0) for together in product(*some)])
    accepts, wants = (side.calibration.apply(logits[:, place]) for place, side in enumerate(ranker.sides))
    scores = accepts * wants
    return float(scores.max() if wanted == _BEST else scores.min())


def _options(ranker: Ranker, name: str) -> Floats:
    """What the values that a feature can have would add (m × sides): one value of each cell, at its upper edge."""
    known, tables = feature(name), _tables(ranker, name)
    edges = np.unique(np.concatenate([table.edges for table in tables if table] or [np.empty(0)]))
    values = np.append(edges[(edges >= known.low) & (edges < known.high)], known.high)
    nothing = np.zeros(len(values))
    return np.column_stack([table.lookup(values) if table else nothing for table in tables])


def _unknown(ranker: Ranker, name: str) -> Floats:
    """What not knowing it adds, on each side."""
    return np.array([table.missing if table else 0.0 for table in _tables(ranker, name)])


def _tables(ranker: Ranker, name: str) -> list[FeatureTable | None]:
    return [next((table for table in side.tables if table.name == name), None) for side in ranker.sides]


def _undominated(options: Floats, wanted: float) -> Floats:
    """Those for which no other is at least as good on both sides; `wanted` says whether good is high or low."""
    worth = options * wanted
    kept: list[int] = []
    for row in np.lexsort((-worth[:, 1], -worth[:, 0])):
        if not kept or worth[row, 1] > worth[kept[-1], 1]:
            kept.append(row)
    return np.asarray(options[kept], dtype=np.float64)
