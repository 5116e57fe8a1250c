"""Logistic regression over the parts of each feature, drawn towards a prior: with few labels it is the prior."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import Bounds, brentq, minimize
from scipy.sparse import csr_array
from scipy.special import expit
from threadpoolctl import ThreadpoolController

from matching.ranking.arrays import Floats, Integers
from matching.ranking.learning.additive import AdditiveClassifier
from matching.ranking.learning.likelihood import Each, Within
from matching.ranking.learning.steps import Steps

_LIBRARIES = ThreadpoolController()  # their threads wait for each other over matrices of twenty columns


class AdditiveLogistic(AdditiveClassifier):
    """L2 logistic regression with a table per feature, as an offset to prior tables.

    A table is the prior's plus what the labels add; the penalty (`l2`, above 0) is on how that differs from part to
    part, so that parts without labels follow their neighbours, and all of it goes to nothing as labels get few.
    `prior`: per feature its cells and, last, that of a missing value; None: nothing. `signs` hold for the sum of both.
    The intercept is free. Otherwise as `AdditiveClassifier`.

    `is_within_groups`: learn which of a group it was rather than whether it was one, so that groups which are easier
    than others as a whole teach nothing (conditional logit). The intercept is then such that the mean is right.
    """

    def __init__(
        self,
        *,
        l2: float = 1.0,
        prior: Sequence[Floats] | None = None,
        edges: Sequence[Floats] | None = None,
        max_bins: int = 64,
        signs: Sequence[int] | None = None,
        max_iter: int = 500,
        tol: float = 1e-7,
        is_within_groups: bool = False,
    ) -> None:
        super().__init__(edges=edges, max_bins=max_bins, signs=signs)
        self.l2 = l2
        self.prior = prior
        self.max_iter = max_iter
        self.tol = tol
        self.is_within_groups = is_within_groups

    def _fit_tables(self, codes: Integers, hits: Floats, weights: Floats, group: Integers) -> None:
        sizes = [len(cuts) + 1 for cuts in self.edges_]
        prior = self._prior(sizes)
        steps = Steps.of(codes, weights, sizes)
        cells = csr_array(steps.indicators(codes))
        offset = cells @ steps.joined(prior)
        rate = float(np.clip(np.average(hits, weights=weights), 1e-6, 1 - 1e-6))
        start = np.zeros(1 + steps.width)
        start[0] = np.log(rate / (1 - rate)) - np.average(offset, weights=weights)
        limits = steps.bounds(self._signs(len(sizes)), prior)
        likelihood = Within(hits, weights, group) if self.is_within_groups else Each(hits, weights)
        with _LIBRARIES.limit(limits=1, user_api="blas"):
            found = minimize(
                _loss,
                start,
                args=(steps, cells, csr_array(cells.T), offset, likelihood, float(self.l2)),
                jac=True,
                method="L-BFGS-B",
                bounds=Bounds(*(np.append(free, ends) for free, ends in zip((-np.inf, np.inf), limits, strict=True))),
                options={"maxiter": self.max_iter, "ftol": self.tol, "gtol": 1e-6, "maxcor": 20},
            )
        self.n_iter_ = int(found.nit)
        learned = steps.split(steps.cells(found.x[1:]))
        self.cells_ = [before[:-1] + added[:-1] for before, added in zip(prior, learned, strict=True)]
        self.missing_ = np.array([before[-1] + added[-1] for before, added in zip(prior, learned, strict=True)])
        self.intercept_ = float(found.x[0])
        if self.is_within_groups:
            self.intercept_ = _level(offset + cells @ steps.cells(found.x[1:]), rate, weights)

    def _prior(self, sizes: Sequence[int]) -> list[Floats]:
        if self.prior is None:
            return [np.zeros(size + 1) for size in sizes]
        if [len(cells) for cells in self.prior] != [size + 1 for size in sizes]:
            raise ValueError("The prior's cells are not those of the edges: one a part, and one for a missing value.")
        return [np.asarray(cells, dtype=np.float64) for cells in self.prior]


def _loss(
    found: Floats,
    steps: Steps,
    cells: csr_array,
    by_cell: csr_array,
    offset: Floats,
    likelihood: Each | Within,
    l2: float,
) -> tuple[float, Floats]:
    """Negative log-likelihood and penalty, and its gradient."""
    loss, residual = likelihood.loss(offset + found[0] + cells @ steps.cells(found[1:]))
    gradient = np.concatenate([[residual.sum()], steps.gradient(by_cell @ residual) + l2 * found[1:]])
    return loss + l2 / 2 * float(found[1:] @ found[1:]), gradient


def _level(logit: Floats, rate: float, weights: Floats) -> float:
    """What to add to n log-odds so that their mean probability is `rate`."""
    return float(brentq(lambda level: np.average(expit(logit + level), weights=weights) - rate, -200.0, 200.0))
