"""What the ranker must be told: the people considered, as columns, and the cause they are considered for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Self

import numpy as np
from scipy.sparse import csr_array

from crm.errors import DomainError
from matching.ranking.arrays import Floats, Integers, Mask


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
class Candidates:
    """The n people considered, one row each in every column; `matching/columns.py` builds it from Postgres.

    `texts`: bio, hashtags and recent posts as written, "" = none. `topics`, `own_languages` (those the person posts
    in), `main_countries` (where most of the audience is, by a source that does not say how much of it) and `platforms`
    are memberships; `languages` and `countries` are shares of the audience. Keys are whatever the cause uses for the
    same thing: topic slugs, primary language tags, ISO country codes.
    Raises DomainError: "candidates_misaligned", "candidate_ids_repeated".
    """

    ids: Integers
    texts: tuple[str, ...] = field(repr=False)  # what people wrote stays out of logs
    topics: Shares
    languages: Shares
    countries: Shares
    main_countries: Shares
    own_languages: Shares
    platforms: Shares

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
        return Candidates(
            ids=self.ids[positions],
            texts=tuple(self.texts[position] for position in positions),
            topics=self.topics.take(positions),
            languages=self.languages.take(positions),
            countries=self.countries.take(positions),
            main_countries=self.main_countries.take(positions),
            own_languages=self.own_languages.take(positions),
            platforms=self.platforms.take(positions),
        )


@dataclass(frozen=True)
class CauseProfile:
    """What a cause's brief says; whatever is empty is missing and weighs for nobody.

    `countries` is either a list ("people there": each candidate's audience in any of them counts) or the wanted
    share of the audience per country (the nearer to that mix, the better): above 0, scaled down if they sum above 1.
    Raises DomainError("cause_countries_invalid").
    """

    text: str = ""
    topics: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ()
    countries: Mapping[str, float] | tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shares = self.countries.values() if isinstance(self.countries, Mapping) else ()
        if not all(0 < share < float("inf") for share in shares):
            raise DomainError("cause_countries_invalid")
