"""Whether calls of two kinds take the same time.

Which kind is called when is drawn by lot, so that whatever else the machine does falls on both alike; what is compared is
ranks (Mann and Whitney), which a few slow calls do not move. There is a step where it is significant at p < 0.001 three
times in a row: by chance alone once in a thousand million.

Of 20,000 samples, a step of a tenth of what lies between the quartiles is found each of the three times in 99 of 100.
`would_be_seen` shows that with the very samples that showed none: one half of them is made later by so much.
"""

import gc
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy
from scipy.stats import mannwhitneyu

LEVEL, REPEATS = 0.001, 3
TRIALS = 100


@dataclass(frozen=True)
class Found:
    """`p`: of each measurement until one was not significant. `seen`: nanoseconds that would have been."""

    p: list[float]
    seen: float
    power: float

    @property
    def is_step(self) -> bool:
        return len(self.p) == REPEATS and self.p[-1] < LEVEL


def compare(call: Callable[[object], object], first: Sequence, second: Sequence, *, samples: int) -> Found:
    p = []
    for _ in range(REPEATS):
        one, other = measured(call, first, second, samples=samples)
        p.append(chance(one, other))
        if p[-1] >= LEVEL:
            break
    step = numpy.subtract(*numpy.percentile([one, other], [75, 25])) / 10
    return Found(p, float(step), would_be_seen(numpy.concatenate([one, other]), float(step)))


def measured(call, first: Sequence, second: Sequence, *, samples: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Nanoseconds of so many calls, half with what is in `first`, half with what is in `second`."""
    kinds = [0, 1] * (samples // 2)
    random.shuffle(kinds)
    took: tuple[list[int], list[int]] = ([], [])
    for kind in [0, 1] * 200:  # what is only found out once
        call((first, second)[kind][0])
    gc.disable()
    try:
        for kind in kinds:
            said = random.choice((first, second)[kind])
            start = time.perf_counter_ns()
            call(said)
            took[kind].append(time.perf_counter_ns() - start)
    finally:
        gc.enable()
    return numpy.array(took[0]), numpy.array(took[1])


def chance(one, other) -> float:
    """Of so different ranks or more where there is no difference."""
    return float(mannwhitneyu(one, other, method="asymptotic").pvalue)


def would_be_seen(took: numpy.ndarray, step: float) -> float:
    """In which part of the trials a step of so many nanoseconds would have been significant."""
    lots, half, seen = numpy.random.default_rng(7), len(took) // 2, 0
    for _ in range(TRIALS):
        drawn = lots.permutation(took)
        seen += chance(drawn[:half], drawn[half:] + step) < LEVEL
    return seen / TRIALS
