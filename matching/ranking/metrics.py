"""How good an order is, given what turned out to be true. Averages over causes are the caller's."""

import numpy as np
import numpy.typing as npt

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


def ndcg_by_group(grades: Floats, scores: Floats, groups: Integers, k: int) -> Floats:
    """`ndcg` of each group of n rows, groups ascending, in the order that the scores give, the highest first. Equal
    scores stand in every order equally often: this is the mean over all of them. NaN where no grade is above 0.
    """
    known, group = np.unique(groups, return_inverse=True)
    gain = np.bincount(group, weights=grades * _by_place(scores, group, _discounts(k)), minlength=len(known))
    ideal = np.bincount(group, weights=grades * _by_place(grades, group, _discounts(k)), minlength=len(known))
    return _ratio(gain, ideal)


def recall_by_group(relevant: Mask, scores: Floats, groups: Integers, k: int) -> Floats:
    """`recall` of each group, as `ndcg_by_group`."""
    known, group = np.unique(groups, return_inverse=True)
    found = np.bincount(group, weights=relevant * _by_place(scores, group, np.ones(k)), minlength=len(known))
    wanted = np.bincount(group, weights=relevant, minlength=len(known))
    return _ratio(found, wanted)


def psi(before: Floats, after: Floats, parts: int = 10) -> float:
    """Population stability index of `after` (m values) against `before` (n): over parts of equal number of `before`.
    Below 0.1 little has changed, above 0.2 much.
    """
    edges = np.unique(np.quantile(before, np.linspace(0, 1, parts + 1)[1:-1]))
    shares = [
        (np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1) + 0.5)
        / (len(values) + 0.5 * (len(edges) + 1))  # half of one more in each: an empty part is no infinity
        for values in (before, after)
    ]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def _ratio(part: npt.ArrayLike, whole: npt.ArrayLike) -> Floats:
    above, below = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    return np.asarray(np.where(below > 0, above / np.where(below > 0, below, 1.0), np.nan), dtype=np.float64)


def _discounts(k: int) -> Floats:
    return np.asarray(1.0 / np.log2(np.arange(k) + 2.0), dtype=np.float64)


def _by_place(scores: Floats, group: Integers, worth: Floats) -> Floats:
    """What the place of each row within its group is worth, 0 after the last of `worth`; rows that tie share."""
    order = np.lexsort((-scores, group))
    sorted_group, sorted_scores = group[order], scores[order]
    is_new = np.append(True, sorted_group[1:] != sorted_group[:-1])[: len(order)]
    begins = np.maximum.accumulate(np.where(is_new, np.arange(len(order)), 0))
    place = np.arange(len(order)) - begins
    own = np.where(place < len(worth), np.append(worth, 0.0)[np.minimum(place, len(worth))], 0.0)
    differs = np.append(True, sorted_scores[1:] != sorted_scores[:-1])[: len(order)]
    block = np.cumsum(is_new | differs) - 1
    found = np.empty(len(order))
    found[order] = (np.bincount(block, weights=own) / np.bincount(block))[block] if len(order) else own
    return found
