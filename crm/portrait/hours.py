"""When posts do best: engagement by weekday and time of day, and whether any time stands out.

The middle rate of few posts says little, so a cell of fewer than 3 shows none, and what is shown leans towards the
usual. A time is called best only where a rank-sum test finds its posts above the others, at 10 % over all the times
that were looked at together: among eighty cells the highest is always high, by chance.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import NormalDist, median
from typing import Final
from zoneinfo import ZoneInfo

ENOUGH: Final = 20  # posts, to say anything of when
SPAN: Final = 2  # hours of one cell
_DAYS, _SPANS = 7, 24 // SPAN
_SHOWN_FROM = 3  # posts in a cell
_BEST_FROM = 5  # posts in what is called best
_LEAN = 5  # how many posts at the usual rate are added to each cell
_CHANCE = 0.1
_STEPS = (0.8, 0.93, 1.07, 1.25)  # times the usual, from one shade to the next


@dataclass(frozen=True)
class Reading:
    """A post: when it came out (aware), and the part of the followers that reacted."""

    published_at: datetime
    rate: float


@dataclass(frozen=True)
class Cell:
    """Two hours of one weekday. `rate`: the middle one; `shade`: 1 far below the usual … 3 usual … 5 far above."""

    posts: int
    rate: float | None = None
    shade: int = 0


@dataclass(frozen=True)
class Window:
    """A time of the week: two hours of a weekday, of any day (`weekday` None), or a whole weekday (`hour` None)."""

    weekday: int | None  # Monday is 0
    hour: int | None  # the first of the two
    posts: int
    rate: float | None  # None: too few posts to say


@dataclass(frozen=True)
class Week:
    posts: int
    usual: float | None = None
    rows: tuple[tuple[Cell, ...], ...] = ()  # Monday first, midnight first; empty where posts are too few
    best: Window | None = None

    @property
    def is_enough(self) -> bool:
        return self.posts >= ENOUGH

    @property
    def cells(self) -> tuple[Window, ...]:
        """Those of the rows in which there is any post."""
        return tuple(
            Window(day, place * SPAN, cell.posts, cell.rate)
            for day, row in enumerate(self.rows)
            for place, cell in enumerate(row)
            if cell.posts
        )


def week(readings: Sequence[Reading], *, zone: str) -> Week:
    """Posts by the clocks of `zone`, as they stood on each day: summer time is that of the day of the post."""
    if len(readings) < ENOUGH:
        return Week(len(readings))
    clock = ZoneInfo(zone)
    when = [reading.published_at.astimezone(clock) for reading in readings]
    places = [(at.weekday(), at.hour // SPAN) for at in when]
    rates = [reading.rate for reading in readings]
    usual = median(rates)
    rows = tuple(tuple(_cell(_at(places, rates, day, span), usual) for span in range(_SPANS)) for day in range(_DAYS))
    return Week(len(rates), usual, rows, _best(places, rates))


Place = tuple[int, int]  # weekday and two hours


def _at(places: Sequence[Place], values: Sequence[float], day: int | None, span: int | None) -> list[float]:
    return [v for (d, s), v in zip(places, values, strict=True) if day in (None, d) and span in (None, s)]


def _cell(rates: list[float], usual: float) -> Cell:
    if len(rates) < _SHOWN_FROM:
        return Cell(len(rates))
    middle = median(rates)
    leaning = (len(rates) * middle + _LEAN * usual) / (len(rates) + _LEAN)
    ratio = leaning / usual if usual else 1.0
    return Cell(len(rates), middle, 1 + sum(ratio >= step for step in _STEPS))


def _best(places: Sequence[Place], rates: Sequence[float]) -> Window | None:
    """The time whose posts stand out most surely, if any does."""
    ranks, spread = _ranks(rates)
    windows = [(day, span) for day in (*range(_DAYS), None) for span in (*range(_SPANS), None)]
    found: list[tuple[float, int | None, int | None]] = []
    for day, span in windows:
        inside = _at(places, ranks, day, span)
        if _BEST_FROM <= len(inside) <= len(ranks) - _BEST_FROM:
            found.append((_chance(inside, len(ranks), spread), day, span))
    if not found:
        return None
    chance, day, span = min(found, key=lambda one: one[0])
    if chance * len(found) > _CHANCE:
        return None
    best = _at(places, rates, day, span)
    return Window(day, None if span is None else span * SPAN, len(best), median(best))


def _ranks(rates: Sequence[float]) -> tuple[list[float], float]:
    """Each rate's rank, 1 the lowest, the middle one among equals; and the variance of ranks, equals allowed for."""
    counts = Counter(rates)
    rank_of: dict[float, float] = {}
    below = 0
    for rate in sorted(counts):
        rank_of[rate] = below + (counts[rate] + 1) / 2
        below += counts[rate]
    number = len(rates)
    equals = sum(count**3 - count for count in counts.values()) / (number * (number - 1))
    return [rank_of[rate] for rate in rates], (number + 1 - equals) / 12


def _chance(inside: Sequence[float], number: int, spread: float) -> float:
    """How probable a sum of ranks at least as high is, were these posts like the others (Mann and Whitney)."""
    count = len(inside)
    deviation = (count * (number - count) * spread) ** 0.5
    if not deviation:
        return 1.0
    return 1 - NormalDist().cdf((sum(inside) - count * (number + 1) / 2) / deviation)
