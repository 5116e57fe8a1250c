"""Everybody of a snapshot held against one of them: who is like them, exactly. See `likeness`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.ranking import likeness
from matching.ranking.arrays import Floats, Integers, Keys
from matching.ranking.postings import Postings, fingerprints
from matching.ranking.ranker import best
from matching.ranking.schema import STANDING
from matching.ranking.snapshot.segment import Segment
from matching.ranking.snapshot.store import Part, Snapshot
from matching.ranking.snapshot.traits import TRAITS, Traits
from matching.ranking.text import Asked

_SIZE: Final = STANDING.index("log_followers")
_NOBODY: Final = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Own:
    """What one person has of a trait: how much (k) of which keys (k)."""

    keys: Keys
    amounts: Floats
    is_known: bool


@dataclass(frozen=True, eq=False)
class Someone:
    """Whom others are held against. `spans`: of `likeness.SPANS`, how much of the audience is in each; `size`: power of
    ten, NaN = unknown.
    """

    id: int
    text: Asked
    traits: Mapping[str, Own]
    spans: Floats
    size: float

    @property
    def says_anything(self) -> bool:
        """Whether anything is known of what they speak of: without, nobody is like them."""
        return self.text.is_told or any(self.traits[name].is_known for name in ("topics", "hashtags"))


@dataclass(frozen=True)
class Alike:
    """One person, how near (0 to 1), and how much they have in common by respect: those that are known of both."""

    id: int
    nearness: float
    parts: Mapping[str, float]


def someone(snapshot: Snapshot, person: int) -> Someone | None:
    """What stands of this person; None where nothing does."""
    for part in snapshot.parts:
        rows = np.flatnonzero(part.holds & (part.segment.ids == person))
        if len(rows):
            return _someone(part, int(rows[0]))
    return None


def _someone(part: Part, row: int) -> Someone:
    segment = part.segment
    ages = {age: np.array([share]) for age, share in _ages(segment.traits["ages"], row)}
    return Someone(
        id=int(segment.ids[row]),
        text=part.texts.asked_of(row),
        traits={name: _own(segment.traits[name], row) for name in TRAITS},
        spans=likeness.in_spans(ages, 1)[0],
        size=float(segment.figures[_SIZE, row]),
    )


def _own(traits: Traits, row: int) -> Own:
    keys, amounts = traits.postings.of_row(row)
    told = np.ones(len(keys)) if amounts is None else amounts.astype(np.float64)
    return Own(keys, told, bool(traits.known[row]))


def _ages(traits: Traits, row: int) -> Iterator[tuple[str, float]]:
    own = _own(traits, row)
    amounts = dict(zip(own.keys.tolist(), own.amounts.tolist(), strict=True))
    for age, key in zip(traits.keys, fingerprints(traits.keys).tolist(), strict=True):
        if key in amounts:
            yield age, amounts[key]


def nearest(snapshot: Snapshot, one: Someone, *, top: int, without: Integers = _NOBODY) -> list[Alike]:
    """The `top` who are most like somebody, nearest first, ties by ascending id: without themself, whoever is left out,
    and whoever speaks of nothing that they do. Raises DomainError("top_invalid") below 0.
    """
    found = [alike for part in snapshot.parts for alike in _nearest(part, one, top, without)]
    return sorted(found, key=lambda alike: (-alike.nearness, alike.id))[:top]


def _nearest(part: Part, one: Someone, top: int, without: Integers) -> list[Alike]:
    parts = _parts(part, one)
    ids, near = part.segment.ids, likeness.nearness(parts)
    rows = np.flatnonzero(part.holds & (near > 0) & (ids != one.id) & ~np.isin(ids, without))
    order = rows[best(near[rows], ids[rows], top)]
    told = {name: values[order] for name, values in parts.items()}
    return [
        Alike(pk, nearness, {name: float(values[n]) for name, values in told.items() if not np.isnan(values[n])})
        for n, (pk, nearness) in enumerate(zip(ids[order].tolist(), near[order].tolist(), strict=True))
    ]


def _parts(part: Part, one: Someone) -> dict[str, Floats]:
    """How much everybody of a segment has in common with somebody, by respect."""
    segment = part.segment
    parts = {"texts": part.texts.nearness(one.text), "size": likeness.as_large(one.size, segment.figures[_SIZE])}
    parts |= {name: _in_common(segment.traits[name], one.traits[name]) for name in TRAITS if name != "ages"}
    mains = parts.pop("main_countries")
    # Where a source tells only which country is the main one.
    parts["countries"] = np.where(np.isnan(parts["countries"]), mains, parts["countries"])
    return parts | {"ages": _ages_in_common(segment, one)}


def _in_common(traits: Traits, own: Own) -> Floats:
    if not own.is_known:
        return np.full(len(traits.known), np.nan)
    common = np.zeros(len(traits.known))
    for amount, place, is_there in zip(own.amounts.tolist(), *traits.postings.places(own.keys), strict=True):
        if is_there:
            rows, amounts = traits.postings.of(place)
            common[rows] += amount if amounts is None else np.minimum(amounts, amount)
    found = likeness.in_common(common, float(own.amounts.sum()), _totals(traits.postings, len(common)))
    found[~traits.known] = np.nan
    return found


def _totals(postings: Postings, number: int) -> Floats:
    """How much each row has, all keys together."""
    return np.bincount(postings.rows, weights=postings.amounts, minlength=number).astype(np.float64)


def _ages_in_common(segment: Segment, one: Someone) -> Floats:
    traits = segment.traits["ages"]
    if not one.traits["ages"].is_known:
        return np.full(len(segment), np.nan)
    keys = traits.keys
    spans = likeness.in_spans({key: traits.columns([key])[:, 0] for key in keys}, len(segment))
    common = np.minimum(spans, one.spans).sum(axis=1)
    found = likeness.in_common(common, float(one.spans.sum()), spans.sum(axis=1))
    found[~traits.known] = np.nan
    return found
