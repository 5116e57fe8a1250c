"""Who stands where among all who were considered, and why: exact, from the parts of the grid their values lie in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from matching.ranking import grid
from matching.ranking.arrays import Bins, Codes, Floats, Integers, Mask
from matching.ranking.explain import Explanation
from matching.ranking.features import Basis, Column, FeatureMatrix
from matching.ranking.ranker import Ranker, best
from matching.ranking.schema import FEATURES, STANDING
from matching.ranking.snapshot.segment import Segment

_NAMES = tuple(feature.name for feature in FEATURES)


@dataclass(frozen=True, eq=False)
class Found:
    """Who of one segment is considered (n). `rows`: theirs, ascending; `parts`: by feature, of each; `columns`: the
    features that hang on the cause, of each.
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
        columns = {name: column and column.take(kept) for name, column in self.columns.items()}
        return replace(self, rows=self.rows[kept], score=self.score[kept], parts=parts, columns=columns)

    def matrix(self, places: Integers) -> FeatureMatrix:
        """The features of those at these places among the considered."""
        pairs = [self._feature(name, places) for name in _NAMES]
        values, estimated = (np.column_stack(each) for each in zip(*pairs, strict=True))
        basis: Codes = np.where(estimated, Basis.ESTIMATED, Basis.MEASURED).astype(np.int8)
        basis[np.isnan(values)] = Basis.MISSING
        return FeatureMatrix(_NAMES, values, basis, self.cause_missing)

    @property
    def cause_missing(self) -> tuple[str, ...]:
        return tuple(name for name in _NAMES if name in self.columns and self.columns[name] is None)

    def _feature(self, name: str, places: Integers) -> tuple[Floats, Mask]:
        """Values, and which of them are estimated."""
        nothing = np.zeros(len(places), dtype=np.bool_)
        if name in self.columns:
            column = self.columns[name]
            if column is None:
                return np.full(len(places), np.nan), nothing
            return column.values[places], nothing if column.estimated is None else column.estimated[places]
        place, rows = STANDING.index(name), self.rows[places]
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

    def explanations(self, top: int, shown: Integers | None = None) -> list[Explanation]:
        """Why each of the `top` best stands where they do, best first; of those `shown` alone, where they are named by
        their place among the best, from 0, and in that order.
        """
        order = self.order(top)
        places = np.arange(len(order)) if shown is None else shown
        rows, scores = order[places], self.score[order]
        ranking = self.ranker.rank_matrix(self.ids[rows], self.matrix(rows), top=len(rows))
        higher = np.searchsorted(-scores, -scores, side="left")  # all who scored higher are among these
        percentiles = (len(self) - higher).astype(np.float64) / max(len(self), 1) * 100.0
        ranked = np.argsort(ranking.order)  # where each came out of being ranked with the others shown
        return [
            replace(ranking.explanation(position), rank=rank, percentile=percentile)
            for rank, (position, percentile) in enumerate(
                zip(ranked.tolist(), percentiles[places].tolist(), strict=True), start=1
            )
        ]

    def under(self, rankers: Sequence[Ranker], top: int, shown: Integers | None = None) -> Floats:
        """The scores (rankers × people) that others would have given those of `explanations`, in its order."""
        order = self.order(top)
        matrix = self.matrix(order if shown is None else order[shown])
        return np.array([ranker.score(matrix).score for ranker in rankers]).reshape(len(rankers), len(matrix))

    def matrix(self, places: Integers) -> FeatureMatrix:
        """The features of those at these places in `ids`."""
        ends = np.cumsum([len(one.rows) for one in self.found])
        whose = np.searchsorted(ends, places, side="right")
        values = np.full((len(places), len(_NAMES)), np.nan)
        basis = np.full(values.shape, Basis.MISSING, dtype=np.int8)
        for number in np.unique(whose).tolist():
            found, is_of = self.found[number], whose == number
            part = found.matrix(places[is_of] - (ends[number] - len(found.rows)))
            values[is_of], basis[is_of] = part.values, part.basis
        return FeatureMatrix(_NAMES, values, basis, self.cause_missing)

    def spread(self, steps: int) -> tuple[float, float, list[int]]:
        """As `Ranking.spread`."""
        if not len(self):
            return 0.0, 0.0, [0] * steps
        counts, edges = np.histogram(self.score, bins=steps)
        return float(edges[0]), float(edges[-1]), counts.tolist()

    def weight(self) -> dict[str, float]:
        """As `Ranking.weight`: how far each feature sets the n apart."""
        names = dict.fromkeys(name for side in self.ranker.sides for name in side.features)
        return {name: self._variance(name) for name in names}

    def _variance(self, name: str) -> float:
        tables = [table for side in self.ranker.sides for table in side.tables if table.name == name]
        cells = np.sum([grid.cells(table) for table in tables], axis=0)
        if not len(self) or name in self.cause_missing or not cells.any():
            return 0.0
        counts = np.zeros(grid.PARTS)
        for one in self.found:
            counts += np.bincount(one.parts[name], minlength=grid.PARTS)
        mean = (counts * cells).sum() / len(self)
        return float((counts * (cells - mean) ** 2).sum() / len(self))


_NOBODY = np.empty(0, dtype=np.int64)
