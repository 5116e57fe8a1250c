"""Values -> parts of a range: the codes that every learned table is indexed by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matching.ranking.arrays import Floats, Integers


def quantile_edges(values: Floats, weights: Floats, bins: int) -> Floats:
    """At most `bins` - 1 edges (ascending) that cut n values into parts of nearly equal weight; none lies on a value.

    NaN and rows without weight are left out. Few distinct values get a part each.
    """
    told = ~np.isnan(values) & (weights > 0)
    if not told.any():
        return np.empty(0)
    distinct = np.unique(values[told])
    shares = np.arange(1, bins) / bins
    cuts = np.quantile(values[told], shares, weights=weights[told], method="inverted_cdf")
    below = np.unique(np.searchsorted(distinct, cuts)) if len(distinct) > bins else np.arange(len(distinct))
    below = below[below < len(distinct) - 1]
    edges = distinct[below] / 2 + distinct[below + 1] / 2
    return np.unique(np.minimum(edges, np.nextafter(distinct[below + 1], -np.inf)))


def codes_of(values: Floats, edges: Sequence[Floats]) -> Integers:
    """The part of each of n×f values, from 0; one more than the last part where the value is missing."""
    codes = np.empty(values.shape, dtype=np.int64)
    for place, cuts in enumerate(edges):
        column = values[:, place]
        codes[:, place] = np.where(np.isnan(column), len(cuts) + 1, np.searchsorted(cuts, column, side="left"))
    return codes
