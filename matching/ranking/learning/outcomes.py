"""What came of people who were shown for causes, as both sides of a ranker learn from it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from crm.errors import DomainError
from matching.ranking.arrays import Floats
from matching.ranking.features import Basis, FeatureMatrix
from matching.ranking.learning.labelled import Labelled
from matching.ranking.schema import SideName


@dataclass(frozen=True, eq=False, kw_only=True)
class Outcomes(Labelled):
    """n people, each for a cause (`groups`), with features as they were when they were shown.

    `accepts`, `wants`: n, 1 yes, 0 no, NaN nobody knows. `grades`: 0 to 3, what both came to.
    Raises DomainError("labels_misaligned").
    """

    accepts: Floats
    wants: Floats

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.accepts.shape != self.grades.shape or self.wants.shape != self.grades.shape:
            raise DomainError("labels_misaligned")

    def without(self, feature: str) -> Outcomes:
        """The same, as if nobody knew this feature."""
        values = self.values.copy()
        values[:, self.names.index(feature)] = np.nan
        return replace(self, values=values)

    def side(self, name: SideName) -> Floats:
        """What is known of this side (n)."""
        return self.accepts if name == "accepts" else self.wants

    @property
    def matrix(self) -> FeatureMatrix:
        """The features as a ranker takes them."""
        basis = np.where(np.isnan(self.values), Basis.MISSING, Basis.MEASURED).astype(np.int8)
        return FeatureMatrix(self.names, self.values, basis)
