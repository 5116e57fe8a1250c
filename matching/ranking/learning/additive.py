"""What the learned estimators share: a fitted one is an intercept and a small table per feature, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Self

import numpy as np
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from matching.ranking.arrays import Floats, Integers
from matching.ranking.learning.bins import codes_of, quantile_edges

_TWO: Final = (0, 1)  # no, yes


class AdditiveClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A classifier of two classes whose log-odds are `intercept_` + Σ `cells_[feature][part of the value]`.

    `edges`: per feature where its parts end, ascending; None: `max_bins` parts of equal weight, from the data.
    `signs`: per feature +1 (never falls), -1 (never rises) or 0; None: all free.
    Fitted: `classes_`, `edges_`, `cells_` (per feature, one more than edges), `missing_` (f; NaN's own cell),
    `intercept_`. Values may be NaN.
    """

    def __init__(
        self, *, edges: Sequence[Floats] | None = None, max_bins: int = 64, signs: Sequence[int] | None = None
    ) -> None:
        self.edges = edges
        self.max_bins = max_bins
        self.signs = signs

    def fit(self, X: Any, y: Any, sample_weight: Any = None, groups: Any = None) -> Self:
        """X n×f, y n of two classes, `sample_weight` n, at least 0; `groups` n, for those that learn within groups."""
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan")
        check_classification_targets(y)
        self.classes_, hits = np.unique(y, return_inverse=True)
        if len(self.classes_) > len(_TWO):
            raise ValueError(
                f"Only binary classification is supported. The type of the target is multiclass: "
                f"{len(self.classes_)} classes."
            )
        weights = np.asarray(_check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True))
        if len(np.unique(hits[weights > 0])) < len(_TWO):
            raise ValueError("Nothing to tell apart: the samples with weight are all of one class.")
        self.edges_ = self._edges(X, weights)
        codes = codes_of(X, self.edges_)
        kept = weights > 0
        within = np.zeros(len(y)) if groups is None else column_or_1d(groups)
        check_consistent_length(X, within)
        group = np.unique(within[kept], return_inverse=True)[1]
        self._fit_tables(codes[kept], hits[kept].astype(np.float64), weights[kept], group)
        return self

    def contributions(self, X: Any) -> Floats:
        """Log-odds that each feature adds (n×f)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        codes = codes_of(X, self.edges_)
        pairs = zip(self.cells_, self.missing_, codes.T, strict=True)
        return np.column_stack([np.append(cells, missing)[part] for cells, missing, part in pairs])

    def decision_function(self, X: Any) -> Floats:
        """Log-odds of the second class (n)."""
        return np.asarray(self.contributions(X).sum(axis=1) + self.intercept_, dtype=np.float64)

    def predict_proba(self, X: Any) -> Floats:
        """n×2, in the order of `classes_`."""
        second = expit(self.decision_function(X))
        return np.column_stack([1.0 - second, second])

    def predict(self, X: Any) -> Any:
        """The likelier class of each of n."""
        check_is_fitted(self)
        return self.classes_[(self.decision_function(X) > 0).astype(np.int64)]

    def _fit_tables(self, codes: Integers, hits: Floats, weights: Floats, group: Integers) -> None:
        """Set `cells_`, `missing_`, `intercept_`. `group`: n, numbered from 0."""
        raise NotImplementedError

    def _edges(self, X: Floats, weights: Floats) -> list[Floats]:
        if self.edges is None:
            return [quantile_edges(column, weights, self.max_bins) for column in X.T]
        if len(self.edges) != X.shape[1]:
            raise ValueError(f"edges are of {len(self.edges)} features, X has {X.shape[1]}.")
        return [np.asarray(cuts, dtype=np.float64) for cuts in self.edges]

    def _signs(self, features: int) -> Integers:
        if self.signs is None:
            return np.zeros(features, dtype=np.int64)
        if len(self.signs) != features:
            raise ValueError(f"signs are of {len(self.signs)} features, X has {features}.")
        return np.asarray(self.signs, dtype=np.int64)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.classifier_tags.multi_class = False
        return tags


def parts_of(codes: Integers, weights: Floats, size: int) -> Floats:
    """Which share of the weight of the known values lies in each of `size` parts; 0 throughout where none is known."""
    counted = np.bincount(codes, weights=weights, minlength=size + 1)[:size]
    whole = counted.sum()
    return np.asarray(counted / whole if whole > 0 else counted, dtype=np.float64)
