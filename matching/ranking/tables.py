"""The one form of every ranker: per feature a small table of log-odds; a side is an intercept and a sum of cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self, cast

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from crm.errors import DomainError
from matching.ranking.arrays import Floats
from matching.ranking.manifest import items, members, number, numbers, text
from matching.ranking.schema import SIDES, SideName, feature

# Log-odds are kept on this grid and below this size. A sum of up to 128 of them is then exact in float64, whatever the
# order: an explanation adds up to its logit to the last bit, and so does a stranger's sum over published JSON.
GRAIN: Final = 2.0**-40
LARGEST: Final = 64.0


@dataclass(frozen=True, eq=False)
class FeatureTable:
    """What each value of one feature adds, in log-odds: b cells, and one for a missing value.

    Cell i holds the values v with edges[i-1] < v <= edges[i], as scikit-learn's trees cut; the outer cells are open.
    `edges`: b-1, finite, ascending. `cells`: b; rounded to `GRAIN`, at most `LARGEST` either way.
    Raises DomainError("table_invalid", feature=…).
    """

    name: str
    edges: Floats
    cells: Floats
    missing: float = 0.0

    def __post_init__(self) -> None:
        edges = np.array(self.edges, dtype=np.float64) + 0.0
        cells, missing = on_grid(self.cells), float(on_grid(self.missing))
        if edges.ndim != 1 or cells.shape != (len(edges) + 1,):
            raise DomainError("table_invalid", feature=self.name)
        if not np.isfinite(edges).all() or (np.diff(edges) <= 0).any():
            raise DomainError("table_invalid", feature=self.name)
        if not (np.abs([*cells, missing]) <= LARGEST).all():  # so written, NaN is refused too
            raise DomainError("table_invalid", feature=self.name)
        for field, array in (("edges", edges), ("cells", cells)):
            array.setflags(write=False)  # a ranker's digest must stay true
            object.__setattr__(self, field, array)
        object.__setattr__(self, "missing", missing)

    def lookup(self, values: Floats) -> Floats:
        """Log-odds for n values: NaN is missing, ±inf falls in the outer cells."""
        found = self.cells[np.searchsorted(self.edges, values, side="left")]
        return np.where(np.isnan(values), self.missing, found)

    def on(self, edges: Floats) -> FeatureTable:
        """The same table cut at these edges, of which its own are some."""
        ends = np.append(edges, np.inf)  # any value of a part has its cell: its end is one
        return FeatureTable(self.name, edges, self.lookup(ends), self.missing)

    def to_json(self) -> dict[str, object]:
        """Plain lists and numbers; `from_json` gives the same table to the last bit."""
        edges, cells = self.edges.tolist(), self.cells.tolist()
        return {"name": self.name, "edges": edges, "cells": cells, "missing": self.missing}

    @classmethod
    def from_json(cls, data: object) -> Self:
        """The inverse of `to_json`. Raises DomainError("ranker_unreadable", at=…) and what the class raises."""
        record = members(data, "name", "edges", "cells", "missing")
        edges, cells = numbers(record["edges"], "edges"), numbers(record["cells"], "cells")
        return cls(text(record["name"], "name"), edges, cells, number(record["missing"], "missing"))


@dataclass(frozen=True)
class Calibration:
    """Log-odds -> probability, always rising: 1 / (1 + exp(-(slope × logit + offset))).

    As it comes (slope 1, offset 0) it has seen no outcome: the result is then an index, never called a probability.
    `slope` above 0 and at most 64, `offset` within ±64. Raises DomainError("calibration_invalid").
    """

    slope: float = 1.0
    offset: float = 0.0

    def __post_init__(self) -> None:
        if not (0 < self.slope <= LARGEST and abs(self.offset) <= LARGEST):
            raise DomainError("calibration_invalid")
        object.__setattr__(self, "slope", float(self.slope))
        object.__setattr__(self, "offset", float(self.offset) + 0.0)

    @property
    def is_identity(self) -> bool:
        """Nothing was learned from outcomes."""
        return self.slope == 1.0 and self.offset == 0.0

    def apply(self, logit: Floats) -> Floats:
        """0 to 1 for each of n logits."""
        return np.asarray(expit(self.slope * logit + self.offset), dtype=np.float64)

    def to_json(self) -> dict[str, object]:
        """`kind` leaves room for other rising curves."""
        return {"kind": "logistic", "slope": self.slope, "offset": self.offset}

    @classmethod
    def from_json(cls, data: object) -> Self:
        """The inverse of `to_json`. Raises DomainError("ranker_unreadable", at=…) and what the class raises."""
        record = members(data, "kind", "slope", "offset")
        if record["kind"] != "logistic":
            raise DomainError("ranker_unreadable", at="kind")
        return cls(number(record["slope"], "slope"), number(record["offset"], "offset"))


@dataclass(frozen=True, eq=False)
class Side:
    """One question ("accepts" or "wants") as a sum: logit = intercept + Σ table cells, then a calibration.

    Every table's feature is of the schema, may enter this side, comes once, is cut on its grid, and obeys its sign.
    Raises DomainError: "side_unknown", "feature_unknown", "feature_not_of_side", "feature_repeated", "table_off_grid",
    "table_not_monotone", "table_invalid".
    """

    name: SideName
    intercept: float
    tables: tuple[FeatureTable, ...]
    calibration: Calibration = Calibration()

    def __post_init__(self) -> None:
        object.__setattr__(self, "intercept", float(on_grid(self.intercept)))
        if self.name not in SIDES:
            raise DomainError("side_unknown", side=self.name)
        if not abs(self.intercept) <= LARGEST:
            raise DomainError("table_invalid", feature="intercept")
        if len(set(self.features)) != len(self.tables):
            raise DomainError("feature_repeated", side=self.name)
        for table in self.tables:
            self._admit(table)

    def _admit(self, table: FeatureTable) -> None:
        known = feature(table.name)
        if self.name not in known.sides:
            raise DomainError("feature_not_of_side", feature=table.name, side=self.name)
        if not np.isin(table.edges, known.edges).all():
            raise DomainError("table_off_grid", feature=table.name)
        if known.sign and (np.diff(table.cells) * known.sign < 0).any():
            raise DomainError("table_not_monotone", feature=table.name, side=self.name)

    @property
    def features(self) -> tuple[str, ...]:
        """The features in the order of the tables: the columns of every array of this side."""
        return tuple(table.name for table in self.tables)

    def contributions(self, values: Floats) -> Floats:
        """Log-odds that each feature adds (n × features) for `values` (n × features, NaN = missing)."""
        added = np.zeros(values.shape)
        for place, table in enumerate(self.tables):
            added[:, place] = table.lookup(values[:, place])
        return added

    def logit(self, contributions: Floats) -> Floats:
        """Intercept plus the sum of each row (n); exact, see `GRAIN`."""
        return np.asarray(self.intercept + contributions.sum(axis=1), dtype=np.float64)

    def to_json(self) -> dict[str, object]:
        """Plain values; `from_json` gives the same side to the last bit."""
        tables = [table.to_json() for table in self.tables]
        return {"intercept": self.intercept, "tables": tables, "calibration": self.calibration.to_json()}

    @classmethod
    def from_json(cls, name: str, data: object) -> Self:
        """The inverse of `to_json`. Raises DomainError("ranker_unreadable", at=…) and what the class raises."""
        record = members(data, "intercept", "tables", "calibration")
        tables = tuple(FeatureTable.from_json(table) for table in items(record["tables"], "tables"))
        intercept = number(record["intercept"], "intercept")
        return cls(cast(SideName, name), intercept, tables, Calibration.from_json(record["calibration"]))


def on_grid(values: npt.ArrayLike) -> Floats:
    """Log-odds rounded to `GRAIN`, as a new array; never -0.0, whose sign a JSON store may lose."""
    return np.round(np.array(values, dtype=np.float64) / GRAIN) * GRAIN + 0.0
