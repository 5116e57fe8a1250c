"""What is learned from: rows of features with what came of them, in groups that are ranked by themselves."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np

from crm.errors import DomainError
from matching.ranking.arrays import Floats, Integers, Mask


@dataclass(frozen=True, eq=False)
class Labelled:
    """n rows: `values` n×f, NaN = missing, by `names`; `grades` n, 0 or more, higher is better; `groups` n: rows of one
    are ranked against each other; `times` n, ascending with time, or None; `blocks` n: which groups must be left out
    together, as those of one cause, or None. Where some places of a list were drawn by lot, else None: `propensity` n:
    how probable it was that the row was drawn, 1 where it stood there by rank; `told` n: of those who stood in its list
    as it did, by rank or by lot, the share of whom there is a row.

    Raises DomainError("labels_misaligned").
    """

    names: tuple[str, ...]
    values: Floats
    grades: Floats
    groups: Integers
    times: Floats | None = None
    blocks: Integers | None = None
    propensity: Floats | None = None
    told: Floats | None = None

    def __post_init__(self) -> None:
        rows = len(self.grades)
        columns = (self.groups, self.times, self.blocks, self.propensity, self.told)
        if self.values.shape != (rows, len(self.names)) or any(
            one is not None and one.shape != (rows,) for one in columns
        ):
            raise DomainError("labels_misaligned")

    def __len__(self) -> int:
        return len(self.grades)

    def take(self, which: Mask | Integers) -> Self:
        """These rows only, by mask or by position."""
        columns = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "names"}
        taken: dict[str, Any] = {name: None if one is None else one[which] for name, one in columns.items()}
        return replace(self, **taken)


def soft(grades: Floats) -> tuple[Integers, Integers, Floats]:
    """Grades as weighted yes and no: (row, 1 or 0, weight above 0). The highest grade is all yes, 0 all no."""
    share = grades / grades.max() if grades.size and grades.max() > 0 else np.zeros(len(grades))
    rows = np.arange(len(grades))
    yes, no = share > 0, share < 1
    hits = np.repeat([1, 0], [yes.sum(), no.sum()])
    return np.concatenate([rows[yes], rows[no]]), hits, np.concatenate([share[yes], 1 - share[no]])
