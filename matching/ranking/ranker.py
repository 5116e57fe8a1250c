"""A ranker: two sides, one product, an exact order. The same numbers whatever the order or size of the batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import numpy as np

from crm.errors import DomainError
from matching.ranking import manifest
from matching.ranking.arrays import Floats, Integers
from matching.ranking.candidates import Candidates, CauseProfile
from matching.ranking.explain import Explanation, SideExplanation, explain_side, values_of
from matching.ranking.features import FeatureMatrix, TextSimilarity, compute
from matching.ranking.schema import SCHEMA_VERSION, SIDES, SideName
from matching.ranking.tables import Side


@dataclass(frozen=True, eq=False)
class SideScores:
    """One side for n candidates: `logit` n, `probability` n, `contributions` n × features of the side."""

    logit: Floats
    probability: Floats
    contributions: Floats


@dataclass(frozen=True, eq=False)
class Scored:
    """n candidates: `score` = product of the two sides' probabilities, 0 to 1."""

    accepts: SideScores
    wants: SideScores
    score: Floats

    def side(self, name: SideName) -> SideScores:
        """The scores of the side of this name."""
        return self.accepts if name == "accepts" else self.wants


@dataclass(frozen=True, eq=False)
class Ranker:
    """`accepts` and `wants` as tables, under a `name` ("scorecard", …) and the schema its features are from.

    Raises DomainError: "side_misplaced", "ranker_schema_mismatch".
    """

    accepts: Side
    wants: Side
    name: str
    schema_version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        if (self.accepts.name, self.wants.name) != SIDES:
            raise DomainError("side_misplaced")
        if self.schema_version != SCHEMA_VERSION:
            raise DomainError("ranker_schema_mismatch", found=self.schema_version, expected=SCHEMA_VERSION)

    @property
    def sides(self) -> tuple[Side, Side]:
        """In the order of `schema.SIDES`."""
        return self.accepts, self.wants

    @property
    def digest(self) -> str:
        """sha256 over the canonical JSON of `to_json`: equal exactly when every number is."""
        return manifest.digest(self.to_json())

    def score(self, matrix: FeatureMatrix) -> Scored:
        """Score n candidates. Raises DomainError("feature_unknown") when the matrix lacks a feature it weighs."""
        accepts, wants = (_score_side(side, matrix) for side in self.sides)
        return Scored(accepts, wants, accepts.probability * wants.probability)

    def rank(self, candidates: Candidates, cause: CauseProfile, texts: TextSimilarity, *, top: int) -> Ranking:
        """The `top` best of n candidates for a cause; `texts` holds their texts in the same order.

        Raises DomainError("top_invalid") below 0, and what `features.compute` raises.
        """
        return self.rank_matrix(candidates.ids, compute(candidates, cause, texts), top=top)

    def rank_matrix(self, ids: Integers, matrix: FeatureMatrix, *, top: int) -> Ranking:
        """The same from features already computed: `ids` n, each once; `matrix` n rows."""
        if len(ids) != len(matrix):
            raise DomainError("candidates_misaligned", column="ids", rows=len(ids), expected=len(matrix))
        scored = self.score(matrix)
        return Ranking(self, ids, matrix, scored, order=best(scored.score, ids, top))

    def to_json(self) -> dict[str, object]:
        """Everything the ranker is, as plain values (the manifest without its digest)."""
        sides = {side.name: side.to_json() for side in self.sides}
        return {"name": self.name, "schema_version": self.schema_version, "sides": sides}

    def manifest(self) -> dict[str, object]:
        """What is stored and published: `to_json` and its digest."""
        return {**self.to_json(), "digest": self.digest}

    @classmethod
    def from_manifest(cls, data: object) -> Self:
        """The ranker whose `manifest` this is.

        Raises DomainError: "ranker_unreadable", "ranker_schema_mismatch", "ranker_altered" when the numbers are not
        those the digest was taken from, and what `Side` raises.
        """
        record = manifest.members(data, "name", "schema_version", "sides", "digest")
        if record["schema_version"] != SCHEMA_VERSION:  # first: another schema may have other sides and features
            raise DomainError("ranker_schema_mismatch", found=record["schema_version"], expected=SCHEMA_VERSION)
        sides = manifest.members(record["sides"], *SIDES)
        accepts, wants = (Side.from_json(name, sides[name]) for name in SIDES)
        ranker = cls(accepts, wants, manifest.text(record["name"], "name"))
        if ranker.digest != record["digest"]:
            raise DomainError("ranker_altered")
        return ranker


@dataclass(frozen=True, eq=False)
class Ranking:
    """The outcome for n candidates considered, k of them ranked.

    `order` (k): rows of the n, best first, ties by ascending id. `percentile` (n): share, 0 to 100, of those considered
    who scored no higher. All arrays but `order` are in the order the candidates came in.
    """

    ranker: Ranker
    considered: Integers
    matrix: FeatureMatrix
    scored: Scored
    order: Integers
    percentile: Floats = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "percentile", percentiles(self.scored.score))

    def __len__(self) -> int:
        return len(self.order)

    @property
    def ids(self) -> Integers:
        """Ids of the ranked (k), best first."""
        return self.considered[self.order]

    @property
    def cause_missing(self) -> tuple[str, ...]:
        """Features the cause's brief says nothing about; they weigh for nobody."""
        return self.matrix.cause_missing

    def weight(self) -> dict[str, float]:
        """How far each feature sets the n apart: the variance of what it adds, over both sides, in squared log-odds."""
        added = {name: np.zeros(len(self.considered)) for side in self.ranker.sides for name in side.features}
        for side in self.ranker.sides:
            for name, column in zip(side.features, self.scored.side(side.name).contributions.T, strict=True):
                added[name] = added[name] + column
        return {name: float(column.var()) if len(column) else 0.0 for name, column in added.items()}

    def spread(self, steps: int) -> tuple[float, float, list[int]]:
        """The lowest and the highest score of the n, and how many fall into each of so many equal steps between."""
        if not len(self.considered):
            return 0.0, 0.0, [0] * steps
        counts, edges = np.histogram(self.scored.score, bins=steps)
        return float(edges[0]), float(edges[-1]), counts.tolist()

    def explanation(self, position: int) -> Explanation:
        """Why the candidate at this position (0 = best) stands there. Raises IndexError outside 0…k-1."""
        if not 0 <= position < len(self):
            raise IndexError(position)
        row = int(self.order[position])
        values = values_of(self.matrix, row)

        def side(asked: Side) -> SideExplanation:
            scores = self.scored.side(asked.name)
            logit, probability = float(scores.logit[row]), float(scores.probability[row])
            return explain_side(asked, values, scores.contributions[row], logit, probability)

        return Explanation(
            id=int(self.considered[row]),
            rank=position + 1,
            score=float(self.scored.score[row]),
            percentile=float(self.percentile[row]),
            sides=tuple(side(asked) for asked in self.ranker.sides),
            values=values,
        )


def best(score: Floats, ids: Integers, top: int) -> Integers:
    """Rows of the `top` highest of n scores, highest first, ties by ascending id. Exact; sorts only those that can win.

    Raises DomainError("top_invalid") below 0.
    """
    if top < 0:
        raise DomainError("top_invalid", top=top)
    rows = np.arange(len(score))
    if 0 < top < len(score):
        threshold = np.partition(score, -top)[-top]
        rows = np.flatnonzero(score >= threshold)  # all that tie at the end: the ids decide which stay
    return rows[np.lexsort((ids[rows], -score[rows]))][:top]


def percentiles(score: Floats) -> Floats:
    """For each of n scores, the share of all n that are no higher, 0 to 100; equal scores share one."""
    ascending = np.sort(score)
    no_higher = np.searchsorted(ascending, score, side="right").astype(np.float64)
    return no_higher / max(len(score), 1) * 100.0


def _score_side(side: Side, matrix: FeatureMatrix) -> SideScores:
    contributions = side.contributions(matrix.select(side.features))
    logit = side.logit(contributions)
    return SideScores(logit, side.calibration.apply(logit), contributions)
