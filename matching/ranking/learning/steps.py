"""Tables as steps from part to part: what a penalty on differences, and a sign, are plain in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from matching.ranking.arrays import Floats, Integers, Mask
from matching.ranking.learning.additive import parts_of


@dataclass(frozen=True, eq=False)
class Steps:
    """The tables of f features of `sizes` parts each, laid end to end; after them the f cells of missing values.

    A vector of steps holds, feature by feature, one from each part to the next, scaled so that a slope costs the same
    however fine the parts; then the missing values' cells. `mean`: the share of the known weight in each part: what a
    table adds averages 0 over the known values.
    """

    sizes: Integers
    mean: Floats

    @classmethod
    def of(cls, codes: Integers, weights: Floats, sizes: Sequence[int]) -> Steps:
        """For n×f codes as `bins.codes_of` gives them."""
        means = [parts_of(part, weights, size) for part, size in zip(codes.T, sizes, strict=True)]
        return cls(np.array(sizes, dtype=np.int64), np.concatenate([np.empty(0), *means]))

    @property
    def width(self) -> int:
        """How long a vector of steps is: as many as there are parts, since each feature's first has none and its
        missing value has one.
        """
        return int(self.sizes.sum())

    @cached_property
    def _starts(self) -> Integers:
        return np.cumsum(self.sizes) - self.sizes

    @cached_property
    def _is_step(self) -> Mask:
        is_step = np.ones(self.width, dtype=np.bool_)
        is_step[self._starts] = False
        return is_step

    @cached_property
    def _scale(self) -> Floats:
        return np.asarray(np.sqrt(np.repeat(np.maximum(self.sizes - 1, 1), self.sizes)), dtype=np.float64)

    def cells(self, steps: Floats) -> Floats:
        """The tables that steps make, laid end to end, and the missing values' cells."""
        features = len(self.sizes)
        rises = np.zeros(self.width)
        rises[self._is_step] = steps[: self.width - features]
        raised = np.cumsum(rises / self._scale)
        raised -= np.repeat(raised[self._starts], self.sizes)
        raised -= np.repeat(np.add.reduceat(self.mean * raised, self._starts), self.sizes)
        return np.concatenate([raised, steps[self.width - features :]])

    def gradient(self, by_cell: Floats) -> Floats:
        """By each step, from that by each cell."""
        by_part = by_cell[: self.width]
        free = by_part - self.mean * np.repeat(np.add.reduceat(by_part, self._starts), self.sizes)
        summed = np.cumsum(free)
        ends = np.repeat(summed[self._starts + self.sizes - 1], self.sizes)
        after = (ends - summed + free) / self._scale
        return np.concatenate([after[self._is_step], by_cell[self.width :]])

    def bounds(self, signs: Integers, prior: Sequence[Floats]) -> tuple[Floats, Floats]:
        """Of each step, so that with the prior's a table never goes against its sign: flat is as far as it may go."""
        flat = -self._rises(prior) * self._scale
        sign = np.repeat(signs, self.sizes)
        low = np.where(sign > 0, flat, -np.inf)[self._is_step]
        high = np.where(sign < 0, flat, np.inf)[self._is_step]
        free = np.full(len(self.sizes), np.inf)
        return np.concatenate([low, -free]), np.concatenate([high, free])

    def joined(self, tables: Sequence[Floats]) -> Floats:
        """Tables, each with a missing value's cell at its end, as `cells` lays them."""
        return np.concatenate([np.empty(0), *(table[:-1] for table in tables), [table[-1] for table in tables]])

    def split(self, cells: Floats) -> list[Floats]:
        """The inverse of `joined`."""
        parts = np.split(cells[: self.width], np.cumsum(self.sizes)[:-1])
        return [np.append(part, missing) for part, missing in zip(parts, cells[self.width :], strict=True)]

    def indicators(self, codes: Integers) -> csr_array:
        """n × all cells: a 1 in each feature's cell."""
        rows, features = codes.shape
        missing = self.width + np.arange(features)
        columns = np.where(codes == self.sizes, missing, self._starts + codes)
        ends = np.arange(0, rows * features + 1, max(features, 1))
        return csr_array((np.ones(rows * features), columns.ravel(), ends), shape=(rows, self.width + features))

    def _rises(self, prior: Sequence[Floats]) -> Floats:
        joined = self.joined(prior)[: self.width]
        return np.asarray(np.diff(joined, prepend=0.0), dtype=np.float64)
