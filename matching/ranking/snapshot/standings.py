"""Who stands where among all who were considered, and why: exact, from the parts of the grid their values lie in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from matching.ranking import grid
from matching.ranking.arrays import Bins, Codes, Floats, Integers
from matching.ranking.explain import Explanation
from matching.ranking.features import Basis, Column, FeatureMatrix
from matching.ranking.ranker import Ranker, best
from matching.ranking.schema import FEATURES, STANDING
from matching.ranking.snapshot.segment import Segment

_NAMES = tuple(feature.name for feature in FEATURES)


@dataclass(frozen=True, eq=False)
class Found:
    """Who of one segment is considered. `rows`: theirs (n, ascending); `score` (n); `parts`: by feature, of each (n).

    `columns`: the features that hang on the cause, of the whole segment.
    """

    segment: Segment
    rows: Integers
    score: Floats
    parts: Mapping[str, Bins]
    columns: Mapping[str, Column | None]

    def without(self, ids: Integers) -> Found:
        kept = ~np.isin(self.segment.ids[self.rows], ids)
        if kept.all():
            return self
        parts = {name: parts[kept] for name, parts in self.parts.items()}
        return replace(self, rows=self.rows[kept], score=self.score[kept], parts=parts)

    def matrix(self, places: Integers) -> FeatureMatrix:
        """The features of those at these places among the considered."""
        rows = self.rows[places]
        pairs = [self._feature(name, rows) for name in _NAMES]
        values, estimated = (np.column_stack(each) for each in zip(*pairs, strict=True))
        basis: Codes = np.where(estimated, Basis.ESTIMATED, Basis.MEASURED).astype(np.int8)
        basis[np.isnan(values)] = Basis.MISSING
        return FeatureMatrix(_NAMES, values, basis, self.cause_missing)

    @property
    def cause_missing(self) -> tuple[str, ...]:
        return tuple(name for name in _NAMES if name in self.columns and self.columns[name] is None)

    def _feature(self, name: str, rows: Integers) -> tuple[Floats, np.ndarray]:
        if name in self.columns:
            column = self.columns[name]
            if column is None:
                return np.full(len(rows), np.nan), np.zeros(len(rows), dtype=np.bool_)
            estimated = np.zeros(len(rows), dtype=np.bool_) if column.estimated is None else column.estimated[rows]
            return column.values[rows], estimated
        place = STANDING.index(name)
        return self.segment.figures[place][rows], self.segment.estimated[place][rows]


@dataclass(frozen=True, eq=False)
class Standings:
    """n people considered, with their scores. `left_out`: how many were left out, by reason."""

    ranker: Ranker
    found: tuple[Found, ...]
    left_out: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.score)

    @cached_property
    def ids(self) -> Integers:
        """Of everybody considered (n), in the order of the snapshot."""
        return np.concatenate([_NOBODY, *(one.segment.ids[one.rows] for one in self.found)])

    @cached_property
    def score(self) -> Floats:
        """0 to 1 of everybody considered (n), in the order of `ids`."""
        return np.concatenate([np.empty(0), *(one.score for one in self.found)])

    @property
    def cause_missing(self) -> tuple[str, ...]:
        """Features the cause's brief says nothing about; they weigh for nobody."""
        return self.found[0].cause_missing if self.found else ()

    def without(self, ids: Integers) -> Standings:
        """As if these had not been considered."""
        kept = (one.without(ids) for one in self.found)
        return replace(self, found=tuple(one for one in kept if len(one.rows)))

    def order(self, top: int) -> Integers:
        """Places in `ids` of the `top` best, best first, ties by ascending id. Raises DomainError("top_invalid")."""
        return best(self.score, self.ids, top)

    def explanations(self, top: int) -> list[Explanation]:
        """Why each of the `top` best stands where they do, best first."""
        order = self.order(top)
        if not len(order):
            return []
        ends = np.cumsum([len(one.rows) for one in self.found])
        whose = np.searchsorted(ends, order, side="right")
        by_segment = [self._explained(n, order[whose == n] - (ends[n] - len(self.found[n].rows))) for n in set(whose)]
        explained = {one.id: one for group in by_segment for one in group}
        scores = self.score[order]
        higher = np.searchsorted(-scores, -scores, side="left")  # all who scored higher are among these
        percentiles = (len(self) - higher).astype(np.float64) / len(self) * 100.0
        return [
            replace(explained[pk], rank=place + 1, percentile=float(percentile))
            for place, (pk, percentile) in enumerate(zip(self.ids[order].tolist(), percentiles, strict=True))
        ]

    def _explained(self, number: int, places: Integers) -> list[Explanation]:
        found = self.found[number]
        ranking = self.ranker.rank_matrix(found.segment.ids[found.rows[places]], found.matrix(places), top=len(places))
        return [ranking.explanation(place) for place in range(len(ranking))]

    def spread(self, steps: int) -> tuple[float, float, list[int]]:
        """As `Ranking.spread`."""
        if not len(self):
            return 0.0, 0.0, [0] * steps
        counts, edges = np.histogram(self.score, bins=steps)
        return float(edges[0]), float(edges[-1]), counts.tolist()

    def weight(self) -> dict[str, float]:
        """As `Ranking.weight`: how far each feature sets the n apart."""
        return {name: self._variance(name) for side in self.ranker.sides for name in side.features}

    def _variance(self, name: str) -> float:
        tables = [table for side in self.ranker.sides for table in side.tables if table.name == name]
        cells = np.sum([grid.cells(table) for table in tables], axis=0)
        counts = np.zeros(grid.PARTS)
        for one in self.found:
            counts += np.bincount(one.parts[name], minlength=grid.PARTS)
        if not len(self):
            return 0.0
        mean = (counts * cells).sum() / len(self)
        return float((counts * (cells - mean) ** 2).sum() / len(self))


_NOBODY = np.empty(0, dtype=np.int64)
