"""What each model gives each channel, over all paths of a table."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from outreach.attribution import markov
from outreach.attribution.rules import ENDS, FORGOTTEN
from outreach.attribution.tables import Floats, Mask, Numbers, Table


@dataclass(frozen=True)
class Credit:
    """By channel of the table: conversions, and what they are worth, where that is known. They sum to the table's."""

    conversions: Floats
    values: Floats | None


def every(table: Table, *, order: int = 1, half_life: float | None = None) -> dict[str, Credit]:
    """By the name of the model. time_decay takes a half-life in the unit of the table's ages, and is left out without.

    `order`: how many touches the Markov chain remembers.
    """
    columns = _Columns(table)
    found = {
        "first_touch": columns.at(columns.first),
        "last_touch": columns.at(columns.last),
        "last_non_direct": columns.at(columns.last if table.direct is None else columns.led_here(table.direct)),
        "linear_touch": columns.evenly(),
        "position": columns.by_position(),
        "shapley": columns.by_channel(),
    }
    if table.ages is not None and half_life is not None:
        found["time_decay"] = columns.decayed(table.ages / half_life)
    return {name: columns.told(given) for name, given in found.items()} | {
        "markov": _by_effect(table, markov.removal_effects(table, order=order))
    }


class _Columns:
    """The rules of `rules.py` over all paths at once. Each returns a row for each channel, a column for each figure."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.starts = table.starts
        self.first, self.last = self.starts[:-1], self.starts[1:] - 1
        self.figures = np.stack([table.conversions, *([] if table.values is None else [table.values])], axis=1)

    def told(self, given: Floats) -> Credit:
        return Credit(given[:, 0], None if self.table.values is None else given[:, 1])

    def at(self, touches: Numbers, figures: Floats | None = None) -> Floats:
        """Everything to one touch of each path."""
        figures = self.figures if figures is None else figures
        channels = self.table.touched[touches]
        number = len(self.table.channels)
        return np.stack([np.bincount(channels, column, minlength=number) for column in figures.T], axis=1)

    def led_here(self, direct: Mask) -> Numbers:
        """Of each path the last touch that is not direct, or the last one."""
        if not len(direct):
            return self.last
        touches = np.where(direct, -1, np.arange(len(direct), dtype=np.int32))
        found = np.maximum.reduceat(touches, self.first)
        return np.where(found < 0, self.last, found)

    def spread(self, weights: Floats, figures: Floats) -> Floats:
        """To every touch its weight times the figures of its path."""
        shape = (len(self.first), len(self.table.channels))
        return np.asarray(csr_array((weights, self.table.touched, self.starts), shape=shape).T @ figures)

    def evenly(self) -> Floats:
        ones = np.ones(len(self.table.touched))
        return self.spread(ones, self.figures / self.table.lengths[:, None])

    def by_position(self) -> Floats:
        """As if all touches were between, and what the ends get beyond that on top."""
        inner, ends = self.table.lengths - 2, float(ENDS)
        between = np.where(inner > 0, (1 - 2 * ends) / np.maximum(inner, 1), 0.0)
        on_top = (np.where(inner > 0, ends, 0.5) - between)[:, None] * self.figures
        everywhere = self.spread(np.ones(len(self.table.touched)), between[:, None] * self.figures)
        return everywhere + self.at(self.first, on_top) + self.at(self.last, on_top)

    def by_channel(self) -> Floats:
        """To the first touch of each channel in a path, one part of as many as it met channels."""
        touched, paths = self.table.touched, len(self.first)
        path = np.repeat(np.arange(paths, dtype=np.int32), self.table.lengths)
        by_channel = np.argsort(touched.astype(np.min_scalar_type(len(self.table.channels))), kind="stable")
        path_of, channel_of = path[by_channel], touched[by_channel]
        is_new = np.ones(len(touched), dtype=np.bool_)
        is_new[1:] = (path_of[1:] != path_of[:-1]) | (channel_of[1:] != channel_of[:-1])
        path_of, channel_of = path_of[is_new], channel_of[is_new]
        parts = self.figures / np.bincount(path_of, minlength=paths)[:, None]
        number = len(self.table.channels)
        return np.stack([np.bincount(channel_of, part[path_of], minlength=number) for part in parts.T], axis=1)

    def decayed(self, halvings: Floats) -> Floats:
        if not len(halvings):
            return np.zeros((len(self.table.channels), self.figures.shape[1]))
        since = halvings - np.repeat(halvings[self.last], self.table.lengths)
        weights = np.where(since < FORGOTTEN, np.exp2(-since), 0.0)
        return self.spread(weights, self.figures / np.add.reduceat(weights, self.first)[:, None])


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
