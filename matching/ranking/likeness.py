"""How alike two people are: in what they speak of, and in whom they reach, where and how. numpy.

Each respect says from 0 to 1 which part of all that either has both have; it is known where it is known of both, and
whatever is not counts for nobody. The two means are multiplied, so that nobody is like somebody merely for being on the
same platform in the same country. Who is compared with whom makes no difference, nor does who is the larger of two:
only how far apart they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from matching.ranking.arrays import Floats
from matching.ranking.features import part_within

# All weights there are. What people speak of: the senses of their texts, the topics they are filed under, hashtags.
ABOUT: Final[Mapping[str, float]] = {"texts": 4.0, "topics": 3.0, "hashtags": 2.0}
# Whom they reach, in which languages, where and how.
REACH: Final[Mapping[str, float]] = {
    **{"countries": 2.0, "languages": 1.0, "ages": 1.0, "genders": 1.0, "interests": 1.0},
    **{"own_languages": 1.0, "platforms": 1.0, "size": 1.0},
}
# Of two of whom little is known, little is said: as if one more respect of this weight were known, in which they spoke
# of nothing in common, and reached half of the same.
DOUBT: Final = 2.0
UNDECIDED: Final = 0.5
# Below, people have little more in common than any two of those who are known here: of the people of the demo, half of
# all pairs are under 0.1, and the tenth who is most like somebody is near 0.3.
LEAST: Final = 0.2

_FAR: Final = 2.0  # powers of ten: whoever has a hundred times the followers is not of that size at all
_DIGITS: Final = 9  # so that the order in which sums are added up decides nothing
# Sources cut ages differently: each part is spread evenly over its years, and compared in these spans.
SPANS: Final = ("0-12", "13-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+")


def nearness(parts: Mapping[str, Floats]) -> Floats:
    """Of n people with one: 0 to 1, from how much each has in common with them by respect (n, NaN = unknown)."""
    about, reach = _mean(parts, ABOUT, otherwise=0.0), _mean(parts, REACH, otherwise=UNDECIDED)
    return np.asarray(np.round(np.sqrt(about * reach), _DIGITS), dtype=np.float64)


def _mean(parts: Mapping[str, Floats], weights: Mapping[str, float], *, otherwise: float) -> Floats:
    number = len(next(iter(parts.values())))
    total, weight = np.full(number, DOUBT * otherwise), np.full(number, DOUBT)
    for name, each in weights.items():
        known = ~np.isnan(parts[name])
        total += np.where(known, each * parts[name], 0.0)
        weight += each * known
    return np.asarray(total / weight, dtype=np.float64)


def in_common(common: Floats, all_of_one: float, all_of_others: Floats) -> Floats:
    """Which part of all that either has both have (n): 1 where they have the same; 0 where neither has any."""
    either = all_of_one + all_of_others - common
    found = np.divide(common, either, out=np.zeros(len(common)), where=either > 0)
    return np.asarray(np.clip(found, 0.0, 1.0), dtype=np.float64)


def as_large(one: float, others: Floats) -> Floats:
    """How near sizes are (n), given as powers of ten; NaN where either is unknown."""
    return np.asarray(np.maximum(1.0 - np.abs(others - one) / _FAR, 0.0), dtype=np.float64)


def in_spans(shares: Mapping[str, Floats], number: int) -> Floats:
    """How much of the audience of so many people (n) is in each of `SPANS` (n × spans), from shares (n) by age."""
    found = np.zeros((len(SPANS), number))
    for age in sorted(shares):
        for place, within in enumerate(spread(age)):
            if within:
                found[place] += shares[age] * within
    return found.T


def spread(age: str) -> Sequence[float]:
    """Which part of a span of years lies in each of `SPANS`."""
    return [part_within(age, span) for span in SPANS]
