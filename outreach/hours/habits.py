"""At which hour somebody may best be written to, judged by when they, and people like them, answered.

Answers are few, so each counts half for the hours beside its own, what one person did is added to what people like them
do, and that to every hour being as good as any other. Nothing is suggested unless the answers around the hour are more
than chance would bring. It only ever chooses among hours at which one may write anyway.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import NormalDist
from typing import Final, Literal

ENOUGH_OWN: Final = 4  # answers of their own, to say anything by them
ENOUGH_PEERS: Final = 30  # answers of people like them
_LEAN_ON_PEERS = 5  # so many answers of one's own weigh as much as all that people like them did
_LEAN_ON_ANY = 20  # so many answers of people like them weigh as much as not knowing
_CHANCE = 0.02  # for one hour; over the nine of a day some hour passes by chance about one time in ten


@dataclass(frozen=True)
class Suggestion:
    """The hour (local, 0 to 23), None where nothing is suggested, and how many answers there were at allowed hours.

    `basis`, what speaks for it: "own" answers, those of "peers", or "none".
    """

    hour: int | None
    basis: Literal["own", "peers", "none"]
    own: int
    peers: int


def best_hour(*, own: Iterable[int], peers: Iterable[int], allowed: Iterable[int]) -> Suggestion:
    """Of the allowed hours the likeliest one for an answer, the earlier of equals.

    `own`, `peers`: the local hour of each answer; those at other hours than the allowed ones are left out.
    """
    hours = sorted(set(allowed))
    ours, theirs = (Counter(hour for hour in answers if hour in hours) for answers in (own, peers))
    counts = ours.total(), theirs.total()
    nothing = Suggestion(None, "none", *counts)
    if counts[0] < ENOUGH_OWN and counts[1] < ENOUGH_PEERS:
        return nothing
    alike = {hour: Fraction(1, len(hours)) for hour in hours}
    shares = _leaning(ours, _leaning(theirs, alike, by=_LEAN_ON_ANY), by=_LEAN_ON_PEERS)
    best = max(hours, key=lambda hour: (shares[hour], -hour))
    if _stands_out(ours, hours, best, enough=ENOUGH_OWN):
        return Suggestion(best, "own", *counts)
    if _stands_out(theirs, hours, best, enough=ENOUGH_PEERS):
        return Suggestion(best, "peers", *counts)
    return nothing


def _leaning(answers: Counter[int], before: Mapping[int, Fraction], *, by: int) -> dict[int, Fraction]:
    """The share of each hour: of these answers, as if so many more had come as was thought before."""
    hours = list(before)
    return {hour: (_smooth(answers, hours, hour) + by * before[hour]) / (answers.total() + by) for hour in hours}


def _smooth(answers: Counter[int], hours: Sequence[int], hour: int) -> Fraction:
    """An hour's answers, averaged with those beside it, which weigh half; an hour at the edge has one beside it."""
    weights = {near: 2 if near == hour else 1 for near in _around(hours, hour)}
    return Fraction(sum(weight * answers[near] for near, weight in weights.items()), sum(weights.values()))


def _stands_out(answers: Counter[int], hours: Sequence[int], hour: int, *, enough: int) -> bool:
    """Whether so many answers around an hour would hardly come by chance (binomial, as normal), were all alike."""
    number, around = answers.total(), _around(hours, hour)
    share = len(around) / len(hours)
    if number < enough or share == 1:
        return False
    usual = NormalDist(number * share, (number * share * (1 - share)) ** 0.5)
    return 1 - usual.cdf(sum(answers[near] for near in around) - 0.5) <= _CHANCE


def _around(hours: Sequence[int], hour: int) -> list[int]:
    return [near for near in (hour - 1, hour, hour + 1) if near in hours]
