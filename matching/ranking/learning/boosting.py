"""Gradient boosting without interactions: scikit-learn's trees, read out exactly as one table per feature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from matching.ranking.arrays import Floats, Integers
from matching.ranking.learning.additive import AdditiveClassifier, parts_of

_FOR_THREADS: Final = 50_000  # rows


class AdditiveBoosting(AdditiveClassifier):
    """`HistGradientBoostingClassifier` in which every tree looks at one feature only.

    A feature that no sample tells has a table of zeros. `max_iter`, `learning_rate`, `max_leaf_nodes`,
    `min_samples_leaf`, `l2_regularization` are scikit-learn's. Otherwise as `AdditiveClassifier`; the average of each
    table over the known values is 0.
    """

    def __init__(
        self,
        *,
        max_iter: int = 200,
        learning_rate: float = 0.05,
        max_leaf_nodes: int = 6,
        min_samples_leaf: int = 20,
        l2_regularization: float = 1.0,
        edges: Sequence[Floats] | None = None,
        max_bins: int = 64,
        signs: Sequence[int] | None = None,
        random_state: int | None = 0,
    ) -> None:
        super().__init__(edges=edges, max_bins=max_bins, signs=signs)
        self.max_iter = max_iter
        self.learning_rate = learning_rate
        self.max_leaf_nodes = max_leaf_nodes
        self.min_samples_leaf = min_samples_leaf
        self.l2_regularization = l2_regularization
        self.random_state = random_state

    def _fit_tables(self, codes: Integers, hits: Floats, weights: Floats, group: Integers) -> None:
        sizes = [len(cuts) + 1 for cuts in self.edges_]
        # scikit-learn refuses a column without any value
        told = [place for place, size in enumerate(sizes) if (codes[:, place] < size).any()]
        self.cells_, self.missing_ = [np.zeros(size) for size in sizes], np.zeros(len(sizes))
        self.intercept_ = float(np.log(weights @ hits / (weights @ (1 - hits))))
        self.n_iter_ = self.max_iter
        if not told:
            return
        trees = HistGradientBoostingClassifier(
            max_iter=self.max_iter,
            learning_rate=self.learning_rate,
            max_leaf_nodes=self.max_leaf_nodes,
            min_samples_leaf=self.min_samples_leaf,
            l2_regularization=self.l2_regularization,
            max_bins=255,
            interaction_cst="no_interactions",
            monotonic_cst=self._signs(len(sizes))[told],
            early_stopping=False,
            random_state=self.random_state,
        )
        # Trees this small are done before two threads have agreed on who does what.
        with threadpool_limits(1 if len(hits) < _FOR_THREADS else None, user_api="openmp"):
            trees.fit(_as_values(codes[:, told], [sizes[place] for place in told]), hits, sample_weight=weights)
            self._read(trees, told, codes, weights)

    def _read(
        self, trees: HistGradientBoostingClassifier, told: Sequence[int], codes: Integers, weights: Floats
    ) -> None:
        """Ask the trees for every part of every feature, the others held still: nothing else can differ."""
        parts = [[*range(len(self.edges_[place]) + 1), np.nan] for place in told]
        asked = np.zeros((1 + sum(map(len, parts)), len(told)))
        ends = np.cumsum([1, *map(len, parts)])
        for column, values in enumerate(parts):
            asked[ends[column] : ends[column + 1], column] = values
        still, *added = np.split(trees.decision_function(asked), ends[:-1])
        self.intercept_ = float(still[0])
        for place, logit in zip(told, added, strict=True):
            cells = logit - still[0]
            mean = float(parts_of(codes[:, place], weights, len(cells) - 1) @ cells[:-1])
            self.cells_[place], self.missing_[place] = cells[:-1] - mean, cells[-1] - mean
            self.intercept_ += mean


def _as_values(codes: Integers, sizes: Sequence[int]) -> Floats:
    values = codes.astype(np.float64)
    values[codes == np.array(sizes)] = np.nan
    return values
