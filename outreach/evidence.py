"""Which of several did better, and whether what was counted is enough to say so.

Two kinds of figures. A share: of so many clicks, some led to an action (Wilson's interval). A rate: so many clicks per
publication, where publications differ more from each other than chance alone would make them (a Poisson interval,
widened by how much they were seen to differ). The best one is held against all others together, at 95 %, and the more
there are to choose a best one from, the more it must stand out (Bonferroni). Nothing here proves a cause.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import NormalDist
from typing import Literal

LEAST_CLICKS = 30  # below, a share is not told
LEAST_PUBLICATIONS = 5  # below, a rate is not told
LEAST_EVENTS = 10.0  # below, nothing is compared
_ERROR = 0.05

Verdict = Literal["better", "no_difference", "too_few"]


@dataclass(frozen=True)
class Interval:
    low: float
    high: float


@dataclass(frozen=True)
class Standing:
    """One of those compared: `events` of `trials`, what that makes each, and how sure that is.

    `interval` is None where there were too few trials to say anything.
    """

    key: str
    trials: int
    events: float
    interval: Interval | None = None

    @property
    def value(self) -> float:
        return self.events / self.trials if self.trials else 0.0


@dataclass(frozen=True)
class Finding:
    """`standings`: the highest first. `best` and `others` (all the rest together) where there was enough to compare."""

    verdict: Verdict
    standings: tuple[Standing, ...]
    best: Standing | None = None
    others: Standing | None = None


def wilson(events: float, trials: int, *, z: float = 1.96) -> Interval:
    """Of a share. Raises ValueError without trials, or with more events than trials."""
    if trials < 1 or not 0 <= events <= trials:
        raise ValueError(f"{events} of {trials}")
    share, square = events / trials, z * z
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    half = z / (1 + square / trials) * sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def rate(events: float, trials: int, *, dispersion: float = 1.0, z: float = 1.96) -> Interval:
    """Of events per trial, on the scale of logarithms; from 0 to what 3.7 events would be where none was seen."""
    if trials < 1 or events < 0:
        raise ValueError(f"{events} in {trials}")
    if not events:
        return Interval(0.0, 3.69 * dispersion / trials)  # exact for Poisson: -ln(0.025)
    wide = exp(z * sqrt(dispersion / events))
    return Interval(events / trials / wide, events / trials * wide)


def dispersion(samples: Sequence[Sequence[float]]) -> float:
    """How much more the trials of one group differ than Poisson counts would: Pearson's, and never below 1."""
    freedom = sum(len(sample) for sample in samples) - len(samples)
    if freedom < 1:
        return 1.0
    means = [(sample, sum(sample) / len(sample)) for sample in samples if sum(sample)]
    squares = sum((count - mean) ** 2 / mean for sample, mean in means for count in sample)
    return max(1.0, squares / freedom)


def compare_shares(tallies: Mapping[str, tuple[float, int]]) -> Finding:
    """Of {key: (events, trials)}: who turned the largest share of clicks into actions.

    Where an action came without a click, as by a spoken code, a share stays at 1.
    """
    standings = [
        Standing(key, trials, acted, wilson(acted, trials) if trials >= LEAST_CLICKS else None)
        for key, (events, trials) in tallies.items()
        for acted in [min(events, float(trials))]
    ]
    return _finding(standings, _shares_differ, wilson)


def compare_rates(samples: Mapping[str, Sequence[float]]) -> Finding:
    """Of {key: what each trial brought}: which kind of publication brought the most clicks each."""
    told = {key: sample for key, sample in samples.items() if sample}
    spread = dispersion([sample for sample in told.values() if len(sample) >= LEAST_PUBLICATIONS])

    def of(events: float, trials: int) -> Interval:
        return rate(events, trials, dispersion=spread)

    def differ(best: Standing, others: Standing, z: float) -> bool:
        if not others.events:
            return of(others.events, others.trials).high < of(best.events, best.trials).low
        return log(best.value / others.value) > z * sqrt(spread / best.events + spread / others.events)

    standings = [
        Standing(key, len(sample), seen, of(seen, len(sample)) if len(sample) >= LEAST_PUBLICATIONS else None)
        for key, sample in told.items()
        for seen in [sum(sample)]
    ]
    return _finding(standings, differ, of)


def _finding(
    standings: Sequence[Standing],
    differ: Callable[[Standing, Standing, float], bool],
    interval: Callable[[float, int], Interval],
) -> Finding:
    ordered = tuple(sorted(standings, key=lambda one: (one.interval is None, -one.value, one.key)))
    able = [one for one in ordered if one.interval is not None]
    if len(able) < 2 or sum(one.events for one in able) < LEAST_EVENTS:  # noqa: PLR2004
        return Finding("too_few", ordered)
    best, *rest = able
    events, trials = sum(one.events for one in rest), sum(one.trials for one in rest)
    others = Standing("", trials, events, interval(events, trials))
    z = NormalDist().inv_cdf(1 - _ERROR / 2 / len(able))
    return Finding("better" if differ(best, others, z) else "no_difference", ordered, best, others)


def _shares_differ(best: Standing, others: Standing, z: float) -> bool:
    """Newcombe's interval of the difference, made of both Wilson intervals, does not reach 0."""
    mine, theirs = wilson(best.events, best.trials, z=z), wilson(others.events, others.trials, z=z)
    difference = best.value - others.value
    return difference - sqrt((best.value - mine.low) ** 2 + (theirs.high - others.value) ** 2) > 0
