"""Places of a list that are drawn by lot, so that the ranker can learn about people it would not have shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.ranking.arrays import Floats, Integers

MOST: Final = 0.3  # of the places of a list
_DEEP: Final = 10  # lists: whoever ranks lower is not drawn
_ALMOST: Final = 1e-9  # 0.29 × 100 is 28.999999999999996


@dataclass(frozen=True, eq=False)
class Drawing:
    """Who stands in a list of k places, in its order. `standing`: where each ranks among all considered, 0 the best;
    `propensity`: how probable it was that they would be drawn, 1 for whoever stands there by rank.
    """

    standing: Integers
    propensity: Floats


def number(places: int, share: float) -> int:
    """How many of so many places are drawn by lot."""
    return int(share * places + _ALMOST)


def reach(places: int, share: float) -> int:
    """How far down somebody may rank who stands in a list of so many places."""
    return _DEEP * places if number(places, share) else places


def draw(considered: int, places: int, *, share: float, seed: int) -> Drawing:
    """A list of the best of so many considered, in which a share of the places (0 to `MOST`) is drawn by lot.

    Drawn are, each equally often and nobody twice, those who rank below all who stand there by rank, as far down as
    `reach`. They stand evenly spread, never first, and in no order of their own. Where everybody has a place nobody is
    drawn. The same seed draws the same.
    """
    drawn = number(places, share) if considered > places else 0
    if not drawn:
        ranked = np.arange(min(considered, places))
        return Drawing(ranked, np.ones(len(ranked)))
    pool = np.arange(places - drawn, min(reach(places, share), considered))
    is_drawn = np.zeros(places, dtype=np.bool_)
    is_drawn[((np.arange(drawn) + 0.5) * places / drawn).astype(np.int64)] = True
    standing = np.empty(places, dtype=np.int64)
    standing[~is_drawn] = np.arange(places - drawn)
    standing[is_drawn] = np.random.default_rng(seed).choice(pool, drawn, replace=False)
    return Drawing(standing, np.where(is_drawn, drawn / len(pool), 1.0))


def place(standing: int, drawn: Iterable[int]) -> int:
    """The place of whoever stands so by rank, where these places are drawn by lot; all from 1."""
    found = standing
    for one in sorted(drawn):
        found += one <= found
    return found


def standing(place: int, drawn: Iterable[int]) -> int:
    """How whoever has this place by rank stands among those who have theirs by rank; all from 1."""
    return place - sum(one < place for one in drawn)
