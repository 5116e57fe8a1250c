"""Logistic regression over the parts of each feature, drawn towards a prior: with few labels it is the prior."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, minimize
from scipy.sparse import csr_array
from scipy.special import expit

from matching.ranking.arrays import Floats, Integers
from matching.ranking.learning.additive import AdditiveClassifier, parts_of
from matching.ranking.learning.likelihood import Each, Within


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
        tol: float = 1e-9,
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
        steps = [
            _Steps.of(part, weights, size, sign, before)
            for part, size, sign, before in zip(codes.T, sizes, self._signs(len(sizes)), prior, strict=True)
        ]
        cells = csr_array(_indicators(codes, sizes))
        offset = cells @ np.concatenate(prior)
        start = np.zeros(1 + sum(one.width for one in steps))
        rate = np.clip(np.average(hits, weights=weights), 1e-6, 1 - 1e-6)
        start[0] = np.log(rate / (1 - rate)) - np.average(offset, weights=weights)
        likelihood = Within(hits, weights, group) if self.is_within_groups else Each(hits, weights)
        found = minimize(
            _loss,
            start,
            args=(steps, cells, offset, likelihood, float(self.l2)),
            jac=True,
            method="L-BFGS-B",
            bounds=[(None, None), *(bound for one in steps for bound in one.bounds)],
            options={"maxiter": self.max_iter, "ftol": self.tol, "gtol": 1e-6, "maxcor": 20},
        )
        self.n_iter_ = int(found.nit)
        learned = _tables(steps, found.x)
        self.cells_ = [before[:-1] + added[:-1] for before, added in zip(prior, learned, strict=True)]
        self.missing_ = np.array([before[-1] + added[-1] for before, added in zip(prior, learned, strict=True)])
        self.intercept_ = float(found.x[0])
        if self.is_within_groups:
            added = offset + cells @ np.concatenate(learned)
            self.intercept_ = _level(added, rate, weights)

    def _prior(self, sizes: Sequence[int]) -> list[Floats]:
        if self.prior is None:
            return [np.zeros(size + 1) for size in sizes]
        if [len(cells) for cells in self.prior] != [size + 1 for size in sizes]:
            raise ValueError("The prior's cells are not those of the edges: one a part, and one for a missing value.")
        return [np.asarray(cells, dtype=np.float64) for cells in self.prior]


@dataclass(frozen=True, eq=False)
class _Steps:
    """What one feature's labels add, as scaled steps from part to part and the cell of a missing value.

    `mean`: share of the weight in each part; what is added averages 0 over the known values.
    """

    mean: Floats
    bounds: list[tuple[float | None, float | None]]

    @classmethod
    def of(cls, codes: Integers, weights: Floats, size: int, sign: int, prior: Floats) -> _Steps:
        scale = np.sqrt(max(size - 1, 1))
        least = -np.diff(prior[:-1]) * scale  # the sum of both may go no further than flat
        bounds: list[tuple[float | None, float | None]] = [(None, None)] * (size - 1)
        if sign > 0:
            bounds = [(float(low), None) for low in least]
        elif sign < 0:
            bounds = [(None, float(high)) for high in least]
        return cls(parts_of(codes, weights, size), [*bounds, (None, None)])

    @property
    def width(self) -> int:
        return len(self.bounds)

    @property
    def _scale(self) -> float:
        return float(np.sqrt(max(self.width - 1, 1)))

    def cells(self, steps: Floats) -> Floats:
        """Cells, and last that of a missing value."""
        raised = np.concatenate([[0.0], np.cumsum(steps[:-1])]) / self._scale
        return np.append(raised - self.mean @ raised, steps[-1])

    def gradient(self, by_cell: Floats) -> Floats:
        """Of the loss by each step, from that by each cell."""
        free = by_cell[:-1] - self.mean * by_cell[:-1].sum()
        return np.append(np.cumsum(free[::-1])[::-1][1:] / self._scale, by_cell[-1])


def _tables(steps: Sequence[_Steps], found: Floats) -> list[Floats]:
    ends = np.cumsum([1, *(one.width for one in steps)])
    return [one.cells(found[start:end]) for one, start, end in zip(steps, ends, ends[1:], strict=False)]


def _loss(
    found: Floats,
    steps: Sequence[_Steps],
    cells: csr_array,
    offset: Floats,
    likelihood: Each | Within,
    l2: float,
) -> tuple[float, Floats]:
    """Negative log-likelihood and penalty, and its gradient."""
    loss, residual = likelihood.loss(offset + found[0] + cells @ np.concatenate(_tables(steps, found)))
    by_cell = np.split(cells.T @ residual, np.cumsum([one.width + 1 for one in steps])[:-1])
    slope = [one.gradient(part) for one, part in zip(steps, by_cell, strict=True)]
    gradient = np.concatenate([[residual.sum()], *slope])
    gradient[1:] += l2 * found[1:]
    return loss + l2 / 2 * float(found[1:] @ found[1:]), gradient


def _level(logit: Floats, rate: float, weights: Floats) -> float:
    """What to add to n log-odds so that their mean probability is `rate`."""
    return float(brentq(lambda level: np.average(expit(logit + level), weights=weights) - rate, -200.0, 200.0))


def _indicators(codes: Integers, sizes: Sequence[int]) -> csr_array:
    """n × all cells: a 1 in each feature's cell."""
    rows, features = codes.shape
    begins = np.concatenate([[0], np.cumsum([size + 1 for size in sizes])])
    columns = (codes + begins[:-1]).ravel()
    ends = np.arange(0, rows * features + 1, features)
    return csr_array((np.ones(rows * features), columns, ends), shape=(rows, int(begins[-1])))
