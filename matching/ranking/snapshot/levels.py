"""Which segments to keep, join or thin out, so that there are few of them and little in them that holds no more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from matching.ranking.arrays import Integers
from matching.ranking.snapshot.segment import MOST_ROWS, Segment, as_one_segment

_JOINED_BELOW: Final = 2  # times as many people as came: so nobody is written more often than the logarithm of all
_THINNED_ABOVE: Final = 0.5  # part of a segment that holds no more


def added(segments: Iterable[Segment], new: Segment) -> list[Segment]:
    """With one more at the end, joined with those before it that are not much larger; its people hold."""
    kept = list(segments)
    while kept and len(kept[-1]) <= _JOINED_BELOW * len(new) and len(kept[-1]) + len(new) <= MOST_ROWS:
        older = kept.pop()
        new = as_one_segment([(older, ~np.isin(older.ids, new.ids)), (new, np.ones(len(new), dtype=np.bool_))])
    return [*kept, new]


def thinned(segments: Iterable[Segment], replaced: Integers) -> list[Segment]:
    """Without whoever was replaced, where that is most of a segment."""
    found = []
    for segment in segments:
        is_left = ~np.isin(segment.ids, replaced)
        if not is_left.any():
            continue
        found.append(segment if is_left.mean() >= _THINNED_ABOVE else segment.take(is_left))
    return found


def without(segments: Iterable[Segment], gone: Integers) -> list[Segment]:
    """Without any trace of these people."""
    found = []
    for segment in segments:
        is_left = ~np.isin(segment.ids, gone)
        if is_left.any():
            found.append(segment if is_left.all() else segment.take(is_left))
    return found


def levelled(segments: Iterable[Segment]) -> list[Segment]:
    """Neighbours joined to as few as can be."""
    found: list[list[Segment]] = []
    for segment in segments:
        if found and sum(map(len, found[-1])) + len(segment) <= MOST_ROWS:
            found[-1].append(segment)
        else:
            found.append([segment])
    whole = [[(one, np.ones(len(one), dtype=np.bool_)) for one in group] for group in found]
    return [group[0][0] if len(group) == 1 else as_one_segment(group) for group in whole]
