"""LightGBM's lambdarank beside our own, where somebody installed it: a measure to be held against, never served."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crm.errors import DomainError
from matching.ranking.learning.labelled import Labelled
from matching.ranking.learning.trainers import Scorer


@dataclass(frozen=True)
class Lambdarank:
    """`LGBMRanker` with linear gains, as nDCG is counted here; `options` are LightGBM's own."""

    name: str = "lightgbm"
    options: dict[str, Any] = field(default_factory=dict)

    def train(self, rows: Labelled) -> Scorer:
        """Raises DomainError("lightgbm_missing") where it is not installed."""
        try:
            from lightgbm import LGBMRanker
        except ImportError:
            raise DomainError("lightgbm_missing") from None
        order = np.argsort(rows.groups, kind="stable")
        _, sizes = np.unique(rows.groups, return_counts=True)
        _, grades = np.unique(np.append(rows.grades, 0.0), return_inverse=True)  # it takes whole numbers from 0
        ranker = LGBMRanker(label_gain=list(range(int(grades.max()) + 1)), verbose=-1, random_state=0, **self.options)
        ranker.fit(rows.values[order], grades[:-1][order], group=sizes)
        return lambda asked: np.asarray(ranker.predict(asked.values), dtype=np.float64)


def as_it_comes() -> list[Lambdarank]:
    """With its own defaults, and with smaller trees: neither is to lose for being tuned badly."""
    small = {"n_estimators": 200, "learning_rate": 0.05, "num_leaves": 7}
    return [Lambdarank("lightgbm"), Lambdarank("lightgbm small", small)]
