"""Criteria that tell the outcome too well to have been known before it."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.stats import rankdata

from matching.ranking.arrays import Floats, Mask
from matching.ranking.learning.labelled import Labelled

_TOO_WELL: Final = 0.97  # of pairs put the right way round; texts, audiences and habits never come near
_ENOUGH: Final = 20  # of each kind


def suspects(rows: Labelled) -> dict[str, float]:
    """Features by which alone nearly every pair of a good and a bad row is told apart, and what share of them is.

    Whoever learns from such a one learns what came after, not what was known before.
    """
    good = rows.grades > 0
    found = {name: _told_apart(rows.values[:, place], good) for place, name in enumerate(rows.names)}
    return {name: share for name, share in found.items() if share >= _TOO_WELL}


def _told_apart(values: Floats, good: Mask) -> float:
    known = ~np.isnan(values)
    yes, no = int((good & known).sum()), int((~good & known).sum())
    if min(yes, no) < _ENOUGH:
        return 0.5
    ranks = rankdata(values[known])
    share = (ranks[good[known]].sum() - yes * (yes + 1) / 2) / (yes * no)
    return float(max(share, 1 - share))
