"""What is learned from: rows of features with what came of them, in groups that are ranked by themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crm.errors import DomainError
from matching.ranking.arrays import Floats, Integers, Mask


@dataclass(frozen=True, eq=False)
class Labelled:
    """n rows: `values` n×f, NaN = missing, by `names`; `grades` n, 0 or more, higher is better; `groups` n: rows of one
    are ranked against each other; `times` n, ascending with time, or None.

    Raises DomainError("labels_misaligned").
    """

    names: tuple[str, ...]
    values: Floats
    grades: Floats
    groups: Integers
    times: Floats | None = None

    def __post_init__(self) -> None:
        rows = len(self.grades)
        shapes = self.values.shape == (rows, len(self.names)) and self.groups.shape == (rows,)
        if not shapes or (self.times is not None and self.times.shape != (rows,)):
            raise DomainError("labels_misaligned")

    def __len__(self) -> int:
        return len(self.grades)

    def take(self, which: Mask | Integers) -> Labelled:
        """These rows only, by mask or by position."""
        times = None if self.times is None else self.times[which]
        return Labelled(self.names, self.values[which], self.grades[which], self.groups[which], times)


def soft(grades: Floats) -> tuple[Integers, Integers, Floats]:
    """Grades as weighted yes and no: (row, 1 or 0, weight above 0). The highest grade is all yes, 0 all no."""
    share = grades / grades.max() if grades.size and grades.max() > 0 else np.zeros(len(grades))
    rows = np.arange(len(grades))
    yes, no = share > 0, share < 1
    hits = np.repeat([1, 0], [yes.sum(), no.sum()])
    return np.concatenate([rows[yes], rows[no]]), hits, np.concatenate([share[yes], 1 - share[no]])
