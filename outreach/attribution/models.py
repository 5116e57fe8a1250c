"""What each model gives each channel, over all paths of a table."""

from collections.abc import Mapping, Sized
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from outreach.attribution import markov
from outreach.attribution.rules import ENDS, FORGOTTEN
from outreach.attribution.tables import Floats, Mask, Numbers, Table

_BLOCK = 16  # channels of which the sets are counted together


@dataclass(frozen=True)
class Credit:
    """By channel of the table: conversions, and what they are worth, where that is known. They sum to the table's."""

    conversions: Floats
    values: Floats | None


def every(table: Table, *, order: int = 1, half_life: float | None = None) -> dict[str, Credit]:
    """By the name of the model. time_decay takes a half-life in the unit of the table's ages, and is left out without.

    `order`: how many touches the Markov chain remembers.
    """
    columns = _Columns(_converted(table))
    direct, ages = columns.table.direct, columns.table.ages
    found = {
        "first_touch": columns.at(columns.first),
        "last_touch": columns.at(columns.last),
        "last_non_direct": columns.at(columns.last if direct is None else columns.led_here(direct)),
        "linear_touch": columns.evenly(),
        "position": columns.by_position(),
        "shapley": columns.by_channel(),
    }
    if ages is not None and half_life is not None:
        found["time_decay"] = columns.decayed(ages / half_life)
    return {name: columns.told(given) for name, given in found.items()} | {
        "markov": _by_effect(table, markov.removal_effects(table, order=order))
    }


def _converted(table: Table) -> Table:
    """Without the paths that brought nothing, where these are so many that copying the others is worth while."""
    brought = table.conversions > 0
    if table.values is not None:
        brought |= table.values > 0
    return table if 2 * brought.sum() > len(brought) else table.those(brought)


class _Columns:
    """The rules of `rules.py` over all paths at once. Each returns a row for each channel, a column for each figure."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.starts = table.starts
        self.first, self.last = self.starts[:-1], self.starts[1:] - 1
        self.figures = np.stack([table.conversions, *([] if table.values is None else [table.values])], axis=1)
        shape = (len(self.first), len(table.channels))
        self.touches = csr_array((np.ones(len(table.touched)), table.touched, self.starts), shape=shape)

    def told(self, given: Floats) -> Credit:
        return Credit(given[:, 0], None if self.table.values is None else given[:, 1])

    def at(self, touches: Numbers, figures: Floats | None = None) -> Floats:
        """Everything to one touch of each path."""
        return _summed(self.table.touched[touches], self.figures if figures is None else figures, self.table.channels)

    def led_here(self, direct: Mask) -> Numbers:
        """Of each path the last touch that is not direct, or the last one."""
        found = self.last.copy()
        open_ = np.flatnonzero(direct[found])
        while len(open_):
            has_earlier = found[open_] > self.first[open_]
            found[open_[~has_earlier]] = self.last[open_[~has_earlier]]
            open_ = open_[has_earlier]
            found[open_] -= 1
            open_ = open_[direct[found[open_]]]
        return found

    def evenly(self) -> Floats:
        return np.asarray(self.touches.T @ (self.figures / self.table.lengths[:, None]))

    def by_position(self) -> Floats:
        """As if all touches were between, and what the ends get beyond that on top."""
        inner, ends = self.table.lengths - 2, float(ENDS)
        between = np.where(inner > 0, (1 - 2 * ends) / np.maximum(inner, 1), 0.0)
        on_top = (np.where(inner > 0, ends, 0.5) - between)[:, None] * self.figures
        everywhere = np.asarray(self.touches.T @ (between[:, None] * self.figures))
        return everywhere + self.at(self.first, on_top) + self.at(self.last, on_top)

    def by_channel(self) -> Floats:
        """To each channel of a path one part of as many as it met. Paths that met the same are counted together."""
        number = len(self.table.channels)
        blocks = [range(start, min(start + _BLOCK, number)) for start in range(0, number, _BLOCK)]
        met = [self._met(block) for block in blocks]
        parts = self.figures / sum((np.bitwise_count(each)[:, None] for each in met), np.zeros((1, 1)))
        given = np.zeros((number, parts.shape[1]))
        for block, sets in zip(blocks, met, strict=True):
            brought = _summed(sets, parts, range(1 << len(block)))
            for place, channel in enumerate(block):
                given[channel] = brought[np.arange(len(brought)) >> place & 1 == 1].sum(axis=0)
        return given

    def _met(self, block: range) -> Numbers:
        """Of each path, which channels of the block it met, a bit each."""
        bits = np.zeros(len(self.table.channels), dtype=np.uint16)
        bits[block.start : block.stop] = 1 << np.arange(len(block))
        return np.asarray(np.bitwise_or.reduceat(bits[self.table.touched], self.first))

    def decayed(self, halvings: Floats) -> Floats:
        is_forgotten: Mask | None = None
        if halvings.max(initial=0) >= FORGOTTEN:  # else nothing is old enough, nor small enough to be lost
            halvings = halvings - np.repeat(halvings[self.last], self.table.lengths)
            is_forgotten = halvings >= FORGOTTEN
        weights = np.exp2(-halvings)
        if is_forgotten is not None:
            weights[is_forgotten] = 0
        weighed = csr_array((weights, self.table.touched, self.starts), shape=self.touches.shape)
        whole = np.asarray(weighed @ np.ones(weighed.shape[1]))
        return np.asarray(weighed.T @ (self.figures / whole[:, None]))


def _summed(places: Numbers, figures: Floats, of: Sized) -> Floats:
    return np.stack([np.bincount(places, column, minlength=len(of)) for column in figures.T], axis=1)


def _by_effect(table: Table, effects: "markov.Effects") -> Credit:
    """All that there is, in proportion to what would be lost without each channel."""
    conversions = _shared(float(table.conversions.sum()), effects.conversions)
    if table.values is None or effects.values is None:
        return Credit(conversions, None)
    lost = effects.values if effects.values.any() else effects.conversions
    return Credit(conversions, _shared(float(table.values.sum()), lost))


def _shared(total: float, weights: Floats) -> Floats:
    whole = weights.sum()
    return weights * (total / whole) if whole else np.zeros_like(weights)


def by_name(table: Table, credit: Credit) -> Mapping[str, dict[str, float | None]]:
    """{channel: {conversions, value}}; no value where none is known."""
    values = [None] * len(table.channels) if credit.values is None else credit.values.tolist()
    return {
        channel: {"conversions": conversions, "value": value}
        for channel, conversions, value in zip(table.channels, credit.conversions.tolist(), values, strict=True)
    }
