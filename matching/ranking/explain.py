"""Why a candidate scored as they did: exact, in codes and numbers. The words are said by `matching/words`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from matching.ranking.arrays import Floats
from matching.ranking.features import Basis, FeatureMatrix
from matching.ranking.schema import FEATURES, SideName
from matching.ranking.tables import Side

_ORDER = {feature.name: place for place, feature in enumerate(FEATURES)}


@dataclass(frozen=True)
class Value:
    """One feature of one candidate, in the feature's own unit. `value` is None when `basis` is missing."""

    value: float | None
    basis: Basis


@dataclass(frozen=True)
class Reason:
    """What one feature added to one side, in log-odds; `value` and `basis` as in `Value`."""

    feature: str
    side: SideName
    value: float | None
    contribution: float
    basis: Basis


@dataclass(frozen=True)
class SideExplanation:
    """One side's sum, term by term. `reasons`: every feature of the side, the largest contribution first."""

    side: SideName
    intercept: float
    logit: float
    probability: float
    reasons: tuple[Reason, ...]

    @property
    def contributions(self) -> dict[str, float]:
        """Feature -> log-odds."""
        return {reason.feature: reason.contribution for reason in self.reasons}

    @property
    def total(self) -> float:
        """Σ contributions = logit - intercept, to the last bit (see `tables.GRAIN`)."""
        return sum((reason.contribution for reason in self.reasons), start=0.0)


@dataclass(frozen=True)
class Explanation:
    """One ranked candidate: `rank` from 1, `score` 0 to 1, `percentile` 0 to 100 (100 = nobody scored higher).

    `values`: every feature of the schema, whether or not this ranker weighs it.
    """

    id: int
    rank: int
    score: float
    percentile: float
    sides: tuple[SideExplanation, ...]
    values: Mapping[str, Value]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Those of both sides together, the largest contribution first."""
        return _sorted(reason for side in self.sides for reason in side.reasons)

    @property
    def reasons_for(self) -> tuple[Reason, ...]:
        """What raised the score, most first."""
        return tuple(reason for reason in self.reasons if reason.contribution > 0)

    @property
    def reasons_against(self) -> tuple[Reason, ...]:
        """What lowered the score, most first."""
        return tuple(reason for reason in self.reasons if reason.contribution < 0)

    @property
    def missing(self) -> tuple[str, ...]:
        """Features nothing is known about for this candidate."""
        return tuple(name for name, value in self.values.items() if value.basis is Basis.MISSING)


def values_of(matrix: FeatureMatrix, row: int) -> dict[str, Value]:
    """All features of one row of the matrix, by name."""
    pairs = zip(matrix.names, matrix.values[row].tolist(), matrix.basis[row].tolist(), strict=True)
    return {name: Value(None if np.isnan(value) else value, Basis(basis)) for name, value, basis in pairs}


def explain_side(
    side: Side, values: Mapping[str, Value], contributions: Floats, logit: float, probability: float
) -> SideExplanation:
    """Put names to one candidate's `contributions` (one per feature of the side, in its order)."""
    reasons = _sorted(
        Reason(name, side.name, values[name].value, added, values[name].basis)
        for name, added in zip(side.features, contributions.tolist(), strict=True)
    )
    return SideExplanation(side.name, side.intercept, logit, probability, reasons)


def _sorted(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=lambda reason: (-abs(reason.contribution), _ORDER[reason.feature], reason.side)))
