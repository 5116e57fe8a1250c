"""What an encoder says of texts, in whole numbers: a byte a dimension, and the same nearness in every batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from crm.errors import DomainError
from matching.ranking.arrays import Floats, Integers

_LARGEST: Final = 127
# A sum of products of so many is a whole number that float32 holds exactly, in whatever order it is added up.
MOST_DIMENSIONS: Final = 2**24 // _LARGEST**2
_BLOCK: Final = 512  # rows that are turned into float32 at a time: they stay in the cache


@dataclass(frozen=True, eq=False)
class Vectors:
    """n texts: `values` n×d, -127 to 127; `squares`: their squared lengths, 0 for a text that was not encoded.

    Raises DomainError: "too_many_dimensions".
    """

    values: npt.NDArray[np.int8]
    squares: npt.NDArray[np.int32]

    def __post_init__(self) -> None:
        if self.values.shape[1] > MOST_DIMENSIONS:
            raise DomainError("too_many_dimensions", most=MOST_DIMENSIONS, dimensions=self.values.shape[1])

    @classmethod
    def of(cls, told: npt.NDArray[np.floating]) -> Vectors:
        """From what an encoder gave (n×d), each row by its own scale; a row of zeros was not encoded."""
        largest = np.abs(told).max(axis=1, keepdims=True, initial=0.0)
        scaled = np.divide(told, largest, out=np.zeros(told.shape), where=largest > 0)
        values = np.rint(scaled * _LARGEST).astype(np.int8)
        return cls(values, np.square(values.astype(np.int32)).sum(axis=1, dtype=np.int32))

    def __len__(self) -> int:
        return len(self.values)

    def take(self, positions: Integers) -> Vectors:
        """These only, in this order."""
        return Vectors(self.values[positions], self.squares[positions])

    def cosine(self, asked: Vectors) -> Floats:
        """Of each (n) with the one of `asked`: 0 to 1, 0 for what points away; NaN where either is not encoded."""
        one = asked.values[0].astype(np.float32)
        block = np.empty((min(_BLOCK, len(self)), len(one)), dtype=np.float32)
        near = np.empty(len(self), dtype=np.float32)
        for start in range(0, len(self), _BLOCK):
            values = self.values[start : start + _BLOCK]
            np.copyto(block[: len(values)], values)
            np.dot(block[: len(values)], one, out=near[start : start + len(values)])
        lengths = np.sqrt(self.squares.astype(np.float64) * float(asked.squares[0]))
        found = np.full(len(self), np.nan)
        np.divide(near, lengths, out=found, where=lengths > 0)
        return np.clip(found, 0.0, 1.0, out=found)


def stacked(parts: Sequence[Vectors]) -> Vectors:
    """All of these, one part after the other. At least one part."""
    return Vectors(np.concatenate([one.values for one in parts]), np.concatenate([one.squares for one in parts]))
