"""Candidates and a cause -> one number per feature and candidate, and how we came by it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Protocol

import numpy as np

from crm.errors import DomainError
from matching.ranking.arrays import Codes, Floats, Integers, Mask
from matching.ranking.candidates import Candidates, CauseProfile, Target
from matching.ranking.normalisation import normalise
from matching.ranking.schema import FEATURES, STANDING, Feature

# When nobody measured which languages an audience reads, the languages the person posts in say something, not all:
# the estimate stays inside what a measurement can say, so that a guess never outranks a full measured audience
# (1.0) and never falls under a measured empty one (0.0).
POSTS_IN_THEM: Final = 0.8
POSTS_IN_OTHERS: Final = 0.1

# Likewise where a source names the audience's main country and not how much of it is there.
MAINLY_THERE: Final = 0.5
MAINLY_ELSEWHERE: Final = 0.1

_AGES = re.compile(r"(\d+)(?:-(\d+)|\+)")
_OLDEST: Final = 100  # years: where "65+" ends


class Basis(IntEnum):
    """How a value came about."""

    MISSING = 0
    MEASURED = 1
    ESTIMATED = 2

    @property
    def code(self) -> str:
        """As published: "missing", "measured", "estimated"."""
        return self.name.lower()


class Traits(Protocol):
    """How much of which keys each of n people has: `candidates.Shares`, or what stands in a snapshot."""

    @property
    def keys(self) -> Sequence[str]: ...

    @property
    def known(self) -> Mask: ...

    def columns(self, keys: Iterable[str]) -> Floats: ...


class People(Protocol):
    """What is looked at for a cause: n `candidates.Candidates`, or what a snapshot has of them."""

    def __len__(self) -> int: ...

    @property
    def topics(self) -> Traits: ...

    @property
    def hashtags(self) -> Traits: ...

    @property
    def languages(self) -> Traits: ...

    @property
    def countries(self) -> Traits: ...

    @property
    def main_countries(self) -> Traits: ...

    @property
    def own_languages(self) -> Traits: ...

    @property
    def ages(self) -> Traits: ...

    @property
    def genders(self) -> Traits: ...

    @property
    def interests(self) -> Traits: ...

    @property
    def platforms(self) -> Traits: ...


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
class Column:
    """One feature for all n candidates; a function below gives None when the cause says nothing about it."""

    values: Floats
    estimated: Mask | None = None

    def take(self, which: Mask | Integers) -> Column:
        """These candidates only, by mask or by position."""
        return Column(self.values[which], None if self.estimated is None else self.estimated[which])

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
    asked = asked_for(candidates, cause, texts)
    columns = [_standing(candidates, feature) if feature.is_standing else asked[feature.name] for feature in FEATURES]
    unknown = Column(np.full(len(candidates), np.nan))
    filled = [column or unknown for column in columns]
    return FeatureMatrix(
        names,
        values=np.column_stack([column.values for column in filled]),
        basis=np.column_stack([column.basis() for column in filled]),
        cause_missing=tuple(name for name, column in zip(names, columns, strict=True) if column is None),
    )


def asked_for(people: People, cause: CauseProfile, texts: TextSimilarity) -> dict[str, Column | None]:
    """The features that hang on the cause, by name."""
    return {name: column(people, cause, texts) for name, column in _COLUMNS.items()}


def _topic_fit(candidates: People, cause: CauseProfile, texts: TextSimilarity) -> Column | None:
    """The better of: how near the texts are, which share of the cause's topics the person has."""
    if not cause.topics and not normalise(cause.text):
        return None
    cosine = texts.cosine(cause.text)
    if not cause.topics:
        return Column(cosine)
    overlap = _total(candidates.topics.columns(sorted(cause.topics))) / len(cause.topics)
    return Column(np.fmax(cosine, overlap))


def _language_reach(candidates: People, cause: CauseProfile, _: TextSimilarity) -> Column | None:
    """Share of the audience that reads one of the cause's languages, else an estimate from where the person posts."""
    if not cause.languages:
        return None
    wanted = sorted(set(cause.languages))
    measured = np.minimum(_total(candidates.languages.columns(wanted)), 1.0)
    posts = candidates.own_languages.columns(wanted).max(axis=1)
    estimate = np.where(posts > 0, POSTS_IN_THEM, POSTS_IN_OTHERS)
    estimate[np.isnan(posts)] = np.nan
    return Column(np.where(np.isnan(measured), estimate, measured), estimated=np.isnan(measured))


def _audience_geo(candidates: People, cause: CauseProfile, _: TextSimilarity) -> Column | None:
    """How much of the audience is where the cause wants it. Countries a source leaves out count as 0."""
    if not cause.countries:
        return None
    measured = _overlap(candidates.countries.columns(_keys(cause.countries)), cause.countries)
    is_main = candidates.main_countries.columns(_keys(cause.countries)).max(axis=1)
    estimate = np.where(is_main > 0, MAINLY_THERE, MAINLY_ELSEWHERE)
    estimate[np.isnan(is_main)] = np.nan
    return Column(np.where(np.isnan(measured), estimate, measured), estimated=np.isnan(measured))


def _audience_age(candidates: People, cause: CauseProfile, _: TextSimilarity) -> Column | None:
    """How much of the audience has the ages the cause wants. Sources cut ages elsewhere: each part is taken to be
    spread evenly over its years.
    """
    if not cause.ages:
        return None
    wanted = _keys(cause.ages)
    inside = {part: [part_within(part, one) for one in wanted] for part in candidates.ages.keys}
    parts = [part for part, within in inside.items() if any(within)]
    shares = np.zeros((len(wanted), len(candidates)))
    for part, told in zip(parts, candidates.ages.columns(parts).T, strict=True):
        for place, within in enumerate(inside[part]):
            shares[place] += told * within
    shares[:, ~candidates.ages.known] = np.nan
    return Column(_overlap(shares.T, cause.ages))


def _audience_gender(candidates: People, cause: CauseProfile, _: TextSimilarity) -> Column | None:
    return _wanted_share(candidates.genders, cause.genders)


def _audience_interest(candidates: People, cause: CauseProfile, _: TextSimilarity) -> Column | None:
    return _wanted_share(candidates.interests, cause.interests)


def _platform_fit(candidates: People, cause: CauseProfile, _: TextSimilarity) -> Column | None:
    return _wanted_share(candidates.platforms, tuple(set(cause.platforms)))


def _hashtag_overlap(candidates: People, cause: CauseProfile, _: TextSimilarity) -> Column | None:
    """Which part of the cause's hashtags the person uses, the rare ones counting for more."""
    if not cause.hashtags:
        return None
    keys = _keys(cause.hashtags)
    weights = np.array([cause.hashtags[key] for key in keys], dtype=np.float64)
    uses = candidates.hashtags.columns(keys) > 0
    share = np.minimum(_total(uses * weights) / weights.sum(), 1.0)
    return Column(np.where(candidates.hashtags.known, share, np.nan))


def _standing(candidates: Candidates, feature: Feature) -> Column:
    """What is known of the person whatever the cause, brought within the feature's bounds."""
    place = STANDING.index(feature.name)
    figures = candidates.figures
    values = np.clip(figures.values[:, place], feature.low, feature.high)
    return Column(values, estimated=figures.estimated[:, place])


def _wanted_share(shares: Traits, target: Target) -> Column | None:
    return Column(_overlap(shares.columns(_keys(target)), target)) if target else None


def _keys(target: Target) -> list[str]:
    return sorted(set(target))


def _overlap(shares: Floats, target: Target) -> Floats:
    """0 to 1 for each row of `shares` (n × keys of the target, ascending): 1 is all of it in a listed key, or exactly
    the wanted mix.
    """
    if not isinstance(target, Mapping):
        return np.minimum(_total(shares), 1.0)
    wanted = np.array([target[key] for key in _keys(target)], dtype=np.float64)
    wanted /= max(wanted.sum(), 1.0)  # wishes above 100 % could never be met
    return np.asarray(np.minimum(_total(np.minimum(shares, wanted)) / wanted.sum(), 1.0), dtype=np.float64)


def _total(columns: Floats) -> Floats:
    """The sum of each row, added column by column: to the last bit the same, however the rows lie in memory."""
    total = np.zeros(len(columns))
    for column in columns.T:
        total += column
    return total


def part_within(part: str, wanted: str) -> float:
    """Which share of the years of one span ("18-24", "65+") lies within another; 0 where either is no span."""
    one, other = _span(part), _span(wanted)
    if one is None or other is None:
        return 0.0
    common = min(one[1], other[1]) - max(one[0], other[0])
    return max(common, 0) / (one[1] - one[0])


def _span(ages: str) -> tuple[int, int] | None:
    found = _AGES.fullmatch(ages)
    if found is None:
        return None
    first, last = int(found[1]), int(found[2]) + 1 if found[2] else max(_OLDEST, int(found[1]) + 1)
    return (first, last) if first < last else None


_COLUMNS: Final[dict[str, Callable[[People, CauseProfile, TextSimilarity], Column | None]]] = {
    "topic_fit": _topic_fit,
    "hashtag_overlap": _hashtag_overlap,
    "language_reach": _language_reach,
    "audience_geo": _audience_geo,
    "audience_age": _audience_age,
    "audience_gender": _audience_gender,
    "audience_interest": _audience_interest,
    "platform_fit": _platform_fit,
}
