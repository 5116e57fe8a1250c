"""What the ranker must be told: the people considered, as columns, and the cause they are considered for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Self, TypeAlias

import numpy as np
from scipy.sparse import csr_array

from crm.errors import DomainError
from matching.ranking.arrays import Floats, Integers, Mask
from matching.ranking.schema import STANDING


@dataclass(frozen=True, eq=False)
class Shares:
    """For each of n candidates, how much of each of k keys: audience shares, or 1.0 for having a trait.

    `keys`: k, ascending, each once (a fixed order makes sums the same to the last bit in every batch).
    `weights`: n×k, 0 to 1; a key without a weight is 0. `known`: n; False = nobody told us, and no weight.
    Raises DomainError: "shares_keys_unsorted", "shares_misaligned", "shares_out_of_range", "shares_of_unknown".
    """

    keys: tuple[str, ...]
    weights: csr_array
    known: Mask

    def __post_init__(self) -> None:
        weights = csr_array(self.weights, dtype=np.float64, copy=True)
        weights.sum_duplicates()
        weights.eliminate_zeros()
        known = np.array(self.known, dtype=np.bool_)
        if any(one >= other for one, other in zip(self.keys, self.keys[1:], strict=False)):
            raise DomainError("shares_keys_unsorted")
        if known.ndim != 1 or weights.shape != (len(known), len(self.keys)):
            raise DomainError("shares_misaligned", shape=weights.shape, expected=(known.size, len(self.keys)))
        if not ((weights.data >= 0) & (weights.data <= 1)).all():
            raise DomainError("shares_out_of_range")
        if (np.diff(weights.indptr)[~known] > 0).any():
            raise DomainError("shares_of_unknown")
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "known", known)

    @classmethod
    def from_rows(cls, rows: Sequence[Mapping[str, float] | None]) -> Self:
        """One mapping key -> share per candidate; None or empty = unknown."""
        keys = sorted({key for row in rows if row for key in row})
        column = {key: position for position, key in enumerate(keys)}
        cells = [(n, column[key], share) for n, row in enumerate(rows) if row for key, share in row.items()]
        at, across, data = zip(*cells, strict=True) if cells else ((), (), ())
        weights = csr_array((np.array(data, dtype=np.float64), (at, across)), shape=(len(rows), len(keys)))
        return cls(tuple(keys), weights, np.array([bool(row) for row in rows], dtype=np.bool_))

    @classmethod
    def membership(cls, rows: Sequence[Collection[str]]) -> Self:
        """One collection of traits per candidate; an empty one = unknown."""
        return cls.from_rows([dict.fromkeys(row, 1.0) for row in rows])

    def __len__(self) -> int:
        return len(self.known)

    def take(self, which: Mask | Integers) -> Shares:
        """These rows only, by mask or by position."""
        positions = np.arange(len(self))[which]
        return Shares(self.keys, self.weights[positions], self.known[positions])

    def columns(self, keys: Iterable[str]) -> Floats:
        """Weights of `keys` (n × number of keys), 0 for a key nobody has; NaN rows where unknown."""
        position = {key: place for place, key in enumerate(self.keys)}
        wanted = list(keys)
        present = [at for at, key in enumerate(wanted) if key in position]
        dense = np.zeros((len(self), len(wanted)))
        dense[:, present] = self.weights[:, [position[wanted[at]] for at in present]].toarray()
        dense[~self.known] = np.nan
        return dense


@dataclass(frozen=True, eq=False)
class Figures:
    """For each of n candidates, the features that depend on them alone, in the order of `schema.STANDING`.

    `values`: n×k, in each feature's unit, NaN = unknown. `estimated`: n×k, where a source models and did not count.
    Raises DomainError: "figures_misaligned".
    """

    values: Floats
    estimated: Mask

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float64).reshape(-1, len(STANDING))
        estimated = np.array(self.estimated, dtype=np.bool_).reshape(-1, len(STANDING))
        if values.shape != estimated.shape:
            raise DomainError("figures_misaligned", shape=values.shape, expected=estimated.shape)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "estimated", estimated)

    @classmethod
    def from_rows(
        cls, rows: Sequence[Mapping[str, float | None]], *, estimated: Sequence[Collection[str]] | None = None
    ) -> Self:
        """One mapping feature -> value per candidate; None or left out = unknown. `estimated`: names, per candidate."""
        cells = [[np.nan if (value := row.get(name)) is None else value for name in STANDING] for row in rows]
        guessed = [[name in names for name in STANDING] for names in estimated or [()] * len(rows)]
        return cls(np.array(cells, dtype=np.float64), np.array(guessed, dtype=np.bool_))

    def __len__(self) -> int:
        return len(self.values)

    def take(self, which: Mask | Integers) -> Figures:
        """These rows only, by mask or by position."""
        return Figures(self.values[which], self.estimated[which])


@dataclass(frozen=True, eq=False)
class Candidates:
    """The n people considered, one row each in every column; `matching/columns` builds it from Postgres.

    `texts`: bio, hashtags and recent posts as written, "" = none. `topics`, `hashtags`, `own_languages` (those the
    person posts in) and `main_countries` (where most of the audience is, by a source that does not say how much of it)
    are memberships; `platforms` are shares of the person's followers; `languages`, `countries`, `ages`, `genders` and
    `interests` are shares of the audience. Keys are whatever the cause uses for the same thing: topic slugs, folded
    hashtags, primary language tags, ISO country codes, "18-24" or "65+" for ages in years.
    Raises DomainError: "candidates_misaligned", "candidate_ids_repeated".
    """

    ids: Integers
    texts: tuple[str, ...] = field(repr=False)  # what people wrote stays out of logs
    topics: Shares
    hashtags: Shares
    languages: Shares
    countries: Shares
    main_countries: Shares
    own_languages: Shares
    ages: Shares
    genders: Shares
    interests: Shares
    platforms: Shares
    figures: Figures

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", np.array(self.ids, dtype=np.int64))
        for column in fields(self):
            rows = len(getattr(self, column.name))
            if rows != len(self.ids):
                raise DomainError("candidates_misaligned", column=column.name, rows=rows, expected=len(self.ids))
        if len(np.unique(self.ids)) != len(self.ids):
            raise DomainError("candidate_ids_repeated")

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, which: Mask | Integers) -> Candidates:
        """These candidates only, by mask or by position, in that order."""
        positions = np.arange(len(self))[which]
        others = {
            column.name: getattr(self, column.name).take(positions)
            for column in fields(self)
            if column.name not in {"ids", "texts"}
        }
        return Candidates(ids=self.ids[positions], texts=tuple(self.texts[place] for place in positions), **others)


Target: TypeAlias = Mapping[str, float] | tuple[str, ...]


@dataclass(frozen=True)
class CauseProfile:
    """What a cause's brief says; whatever is empty is missing and weighs for nobody.

    A `Target` is either a list ("people there": each candidate's audience in any of them counts) or the wanted share of
    the audience per key (the nearer to that mix, the better): above 0, scaled down if they sum above 1. `hashtags`:
    each with its weight above 0, the rarer the heavier.
    Raises DomainError("cause_target_invalid").
    """

    text: str = ""
    topics: frozenset[str] = frozenset()
    hashtags: Mapping[str, float] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    countries: Target = ()
    ages: Target = ()
    genders: Target = ()
    interests: Target = ()
    platforms: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for target in (self.hashtags, self.countries, self.ages, self.genders, self.interests):
            shares = target.values() if isinstance(target, Mapping) else ()
            if not all(0 < share < float("inf") for share in shares):
                raise DomainError("cause_target_invalid")
