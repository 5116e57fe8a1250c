"""Paths as columns of numbers, for a million of them at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Numbers: TypeAlias = npt.NDArray[np.integer]
Mask: TypeAlias = npt.NDArray[np.bool_]
# The channels of a path, the oldest touch first; its conversions, what they are worth, and how often it led nowhere.
Row: TypeAlias = tuple[Sequence[str], float, float, float]


@dataclass(frozen=True)
class Table:
    """Paths, and what came of each. The touches of all paths stand one after the other, the oldest first.

    `touched`: of each touch, the place of its channel in `channels`. `lengths`: of each path, its touches, 1 or more.
    `conversions`, `values`, `nulls`: of each path; no values where nothing is known of them.
    `direct`, `ages`: of each touch, whether it led here from nowhere, and how long before the conversion it was, in any
    unit; None where that is not known.
    """

    channels: tuple[str, ...]
    touched: Numbers
    lengths: Numbers
    conversions: Floats
    nulls: Floats
    values: Floats | None = None
    direct: Mask | None = None
    ages: Floats | None = None

    @classmethod
    def of(cls, rows: Iterable[Row], *, has_values: bool = True, direct: Iterable[str] = ()) -> "Table":
        """`direct`: the channels that lead here from nowhere."""
        places: dict[str, int] = {}
        touched: list[int] = []
        kept: list[tuple[int, float, float, float]] = []
        for channels, conversions, value, nulls in rows:
            touched += [places.setdefault(channel, len(places)) for channel in channels]
            kept.append((len(channels), conversions, value, nulls))
        figures = np.array(kept, dtype=np.float64).reshape(-1, 4)
        if not figures[:, 0].all():
            raise ValueError("a path without a touch")
        known = set(direct)
        is_direct = np.array([channel in known for channel in places], dtype=np.bool_)
        place_of_each = np.array(touched, dtype=np.int32)
        return cls(
            channels=tuple(places),
            touched=place_of_each,
            lengths=figures[:, 0].astype(np.int64),
            conversions=figures[:, 1],
            nulls=figures[:, 3],
            values=figures[:, 2] if has_values else None,
            direct=is_direct[place_of_each],
        )

    @property
    def starts(self) -> Numbers:
        """Of each path, where its touches begin, and where those of the last one end."""
        return np.concatenate([[0], np.cumsum(self.lengths)]).astype(np.int32)

    def those(self, paths: Mask) -> "Table":
        """Some of the paths; the channels stay."""
        touches = np.repeat(paths, self.lengths)
        cut = {}
        for field in fields(self)[1:]:
            column = getattr(self, field.name)
            if column is not None:
                cut[field.name] = column[touches if field.name in {"touched", "direct", "ages"} else paths]
        return replace(self, **cut)

    def single_touch_share(self) -> Fraction:
        """Of all conversions, the share that one touch led to; 0 where there is no conversion."""
        total, single = (Fraction(each.sum()) for each in (self.conversions, self.conversions[self.lengths == 1]))
        return single / total if total else Fraction(0)
