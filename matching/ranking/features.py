"""Candidates and a cause -> one number per feature and candidate, and how we came by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Protocol

import numpy as np

from crm.errors import DomainError
from matching.ranking.arrays import Codes, Floats, Integers, Mask
from matching.ranking.candidates import Candidates, CauseProfile
from matching.ranking.normalisation import normalise
from matching.ranking.schema import FEATURES

# When nobody measured which languages an audience reads, the languages the person posts in say something, not all:
# the estimate stays inside what a measurement can say, so that a guess never outranks a full measured audience
# (1.0) and never falls under a measured empty one (0.0).
POSTS_IN_THEM: Final = 0.8
POSTS_IN_OTHERS: Final = 0.1

# Likewise where a source names the audience's main country and not how much of it is there.
MAINLY_THERE: Final = 0.5
MAINLY_ELSEWHERE: Final = 0.1


class Basis(IntEnum):
    """How a value came about."""

    MISSING = 0
    MEASURED = 1
    ESTIMATED = 2

    @property
    def code(self) -> str:
        """As published: "missing", "measured", "estimated"."""
        return self.name.lower()


class TextSimilarity(Protocol):
    """Texts of the same candidates, in the same order: `text.TextSpace`, or any encoder that can say this."""

    def __len__(self) -> int: ...

    def cosine(self, text: str) -> Floats:
        """0 to 1 for each candidate (n); NaN where either text says nothing."""
        ...


@dataclass(frozen=True, eq=False)
class FeatureMatrix:
    """What is known of n candidates: `names` f; `values` n×f, NaN = missing; `basis` n×f of `Basis`.

    `cause_missing`: features the cause says nothing about, missing for everybody.
    Raises DomainError: "features_misaligned", "features_basis_wrong" unless exactly the NaN are `Basis.MISSING`.
    """

    names: tuple[str, ...]
    values: Floats
    basis: Codes
    cause_missing: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.values.shape != self.basis.shape or self.values.shape[1:] != (len(self.names),):
            raise DomainError("features_misaligned", values=self.values.shape, basis=self.basis.shape)
        if ((self.basis == Basis.MISSING) != np.isnan(self.values)).any():
            raise DomainError("features_basis_wrong")

    def __len__(self) -> int:
        return len(self.values)

    def select(self, names: Sequence[str]) -> Floats:
        """Values of these features in this order (n × number of names). Raises DomainError("feature_unknown")."""
        return self.values[:, self.places(names)]

    def places(self, names: Sequence[str]) -> Integers:
        """Columns of these features, in this order. Raises DomainError("feature_unknown")."""
        unknown = [name for name in names if name not in self.names]
        if unknown:
            raise DomainError("feature_unknown", feature=unknown[0])
        return np.array([self.names.index(name) for name in names], dtype=np.int64)

    def take(self, which: Mask | Integers) -> FeatureMatrix:
        """These candidates only, by mask or by position."""
        return FeatureMatrix(self.names, self.values[which], self.basis[which], self.cause_missing)


@dataclass(frozen=True, eq=False)
class _Column:
    """One feature for all n candidates; a function below gives None when the cause says nothing about it."""

    values: Floats
    estimated: Mask | None = None

    def basis(self) -> Codes:
        basis = np.where(np.isnan(self.values), Basis.MISSING, Basis.MEASURED)
        if self.estimated is not None:
            basis = np.where(self.estimated & ~np.isnan(self.values), Basis.ESTIMATED, basis)
        return basis.astype(np.int8)


def compute(candidates: Candidates, cause: CauseProfile, texts: TextSimilarity) -> FeatureMatrix:
    """Every feature of `schema.FEATURES` for n candidates. Raises DomainError("candidates_misaligned")."""
    if len(texts) != len(candidates):
        raise DomainError("candidates_misaligned", column="texts", rows=len(texts), expected=len(candidates))
    names = tuple(feature.name for feature in FEATURES)
    columns = [_COLUMNS[name](candidates, cause, texts) for name in names]
    unknown = _Column(np.full(len(candidates), np.nan))
    filled = [column or unknown for column in columns]
    return FeatureMatrix(
        names,
        values=np.column_stack([column.values for column in filled]),
        basis=np.column_stack([column.basis() for column in filled]),
        cause_missing=tuple(name for name, column in zip(names, columns, strict=True) if column is None),
    )


def _topic_fit(candidates: Candidates, cause: CauseProfile, texts: TextSimilarity) -> _Column | None:
    """The better of: how near the texts are, which share of the cause's topics the person has."""
    if not cause.topics and not normalise(cause.text):
        return None
    cosine = texts.cosine(cause.text)
    if not cause.topics:
        return _Column(cosine)
    overlap = candidates.topics.columns(sorted(cause.topics)).mean(axis=1)
    return _Column(np.fmax(cosine, overlap))


def _language_reach(candidates: Candidates, cause: CauseProfile, _: TextSimilarity) -> _Column | None:
    """Share of the audience that reads one of the cause's languages, else an estimate from where the person posts."""
    if not cause.languages:
        return None
    wanted = sorted(set(cause.languages))
    measured = np.minimum(candidates.languages.columns(wanted).sum(axis=1), 1.0)
    posts = candidates.own_languages.columns(wanted).max(axis=1)
    estimate = np.where(posts > 0, POSTS_IN_THEM, POSTS_IN_OTHERS)
    estimate[np.isnan(posts)] = np.nan
    return _Column(np.where(np.isnan(measured), estimate, measured), estimated=np.isnan(measured))


def _audience_geo(candidates: Candidates, cause: CauseProfile, _: TextSimilarity) -> _Column | None:
    """How much of the audience is where the cause wants it. Countries a source leaves out count as 0."""
    if not cause.countries:
        return None
    wanted = sorted(set(cause.countries))
    measured = _overlap(candidates.countries.columns(wanted), cause.countries, wanted)
    is_main = candidates.main_countries.columns(wanted).max(axis=1)
    estimate = np.where(is_main > 0, MAINLY_THERE, MAINLY_ELSEWHERE)
    estimate[np.isnan(is_main)] = np.nan
    return _Column(np.where(np.isnan(measured), estimate, measured), estimated=np.isnan(measured))


def _overlap(shares: Floats, countries: Mapping[str, float] | tuple[str, ...], wanted: list[str]) -> Floats:
    """0 to 1 for each row of `shares` (n × wanted): all of it in a listed country, or exactly the wanted mix, is 1."""
    if not isinstance(countries, Mapping):
        return np.asarray(np.minimum(shares.sum(axis=1), 1.0), dtype=np.float64)
    targets = np.array([countries[country] for country in wanted], dtype=np.float64)
    targets /= max(targets.sum(), 1.0)  # wishes above 100 % could never be met
    return np.asarray(np.minimum(np.minimum(shares, targets).sum(axis=1) / targets.sum(), 1.0), dtype=np.float64)


_COLUMNS: Final[dict[str, Callable[[Candidates, CauseProfile, TextSimilarity], _Column | None]]] = {
    "topic_fit": _topic_fit,
    "language_reach": _language_reach,
    "audience_geo": _audience_geo,
}
