"""How good an order is, given what turned out to be true. Averages over causes are the caller's."""

import numpy as np

from matching.ranking.arrays import Floats, Integers, Mask


def ndcg(grades: Floats, order: Integers, k: int) -> float:
    """Normalised discounted cumulative gain of the first k, 0 to 1; NaN when no grade is above 0.

    `grades`: n, at least 0, linear gain as in scikit-learn's `ndcg_score`. `order`: rows of `grades`, best first.
    """
    ideal = _gain(np.sort(grades)[::-1][:k])
    return _gain(grades[order[:k]]) / ideal if ideal > 0 else float("nan")


def recall(relevant: Mask, order: Integers, k: int) -> float:
    """Share of the relevant (n) among the first k of `order`; NaN when none is relevant."""
    wanted = int(np.count_nonzero(relevant))
    return float(np.count_nonzero(relevant[order[:k]]) / wanted) if wanted else float("nan")


def _gain(grades: Floats) -> float:
    return float((grades / np.log2(np.arange(len(grades)) + 2.0)).sum())
