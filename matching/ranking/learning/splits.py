"""What is learned from and what it is tried on: never the same groups, or never the past by the future."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np

from matching.ranking.arrays import Floats, Integers, Mask
from matching.ranking.learning.labelled import Labelled


def splits(rows: Labelled, folds: int) -> Iterable[tuple[Mask, Mask]]:
    """(learn, try) masks of n rows: forward in time where they have times, else whole blocks, or groups, left out."""
    blocks = rows.groups if rows.blocks is None else rows.blocks
    return groups_out(blocks, folds) if rows.times is None else forward(rows.times, folds)


def groups_out(groups: Integers, folds: int, seed: int = 0) -> Iterator[tuple[Mask, Mask]]:
    """Each group (of n rows) is tried on exactly once, by what was learned from the other folds: (learn, try) masks."""
    known = np.unique(groups)
    fold_of = np.random.default_rng(seed).permutation(len(known)) % min(folds, len(known))
    fold = fold_of[np.searchsorted(known, groups)]
    for one in range(min(folds, len(known))):
        yield fold != one, fold == one


def forward(times: Floats, folds: int) -> Iterator[tuple[Mask, Mask]]:
    """The first half is only learned from; each later part is tried on by what was learned from all before it."""
    cuts = np.unique(np.quantile(times, np.linspace(0.5, 1.0, folds + 1), method="inverted_cdf"))
    for begin, end in pairwise(cuts.tolist()):
        yield times <= begin, (times > begin) & (times <= end)
