"""How well log-odds tell what came of rows: each by itself, or which of its group."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.special import expit

from matching.ranking.arrays import Floats, Integers


@dataclass(frozen=True, eq=False)
class Each:
    """Every row by itself: `hits` n of 0 and 1, `weights` n."""

    hits: Floats
    weights: Floats

    def loss(self, logit: Floats) -> tuple[float, Floats]:
        """Negative log-likelihood, and its derivative by each logit."""
        each = np.maximum(logit, 0) + np.log1p(np.exp(-np.abs(logit))) - self.hits * logit  # never overflows
        return float(self.weights @ each), self.weights * (expit(logit) - self.hits)


@dataclass(frozen=True, eq=False)
class Within:
    """Which rows of each `group` (n, numbered from 0) they were: softmax over the group."""

    hits: Floats
    weights: Floats
    group: Integers
    _order: Integers = field(init=False)
    _begins: Integers = field(init=False)
    _found: Floats = field(init=False)

    def __post_init__(self) -> None:
        order = np.argsort(self.group, kind="stable")
        _, begins = np.unique(self.group[order], return_index=True)
        object.__setattr__(self, "_order", order)
        object.__setattr__(self, "_begins", begins)
        object.__setattr__(self, "_found", np.bincount(self.group, weights=self.weights * self.hits))

    def loss(self, logit: Floats) -> tuple[float, Floats]:
        """Negative log-likelihood, and its derivative by each logit."""
        highest = np.maximum.reduceat(logit[self._order], self._begins)
        odds = self.weights * np.exp(logit - highest[self.group])
        whole = np.bincount(self.group, weights=odds)
        told = self.weights * self.hits
        loss = self._found @ (np.log(whole) + highest) - told @ logit
        return float(loss), self._found[self.group] * odds / whole[self.group] - told
