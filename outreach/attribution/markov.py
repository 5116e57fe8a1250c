"""How many conversions would be lost without a channel, if people went on by chance from where they are.

States are what somebody met last: `order` touches, or fewer where a path has fewer. A path begins before the first such
state and ends in a conversion or in nothing. To take a channel away is to send whoever would meet it into nothing; its
removal effect is the share of conversions that are lost then. Both follow from linear equations; nothing is drawn.

Conventions of the package ChannelAttribution, whose simulation tends to these figures as it is given more steps: a
first state is reached in one step; a state that follows itself counts once; the conversions of a path share its value
evenly, and a conversion is worth what conversions from its state are worth on average.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Final

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array, eye_array
from scipy.sparse.linalg import SuperLU, splu

from outreach.attribution.paths import Path
from outreach.attribution.rules import Share, by_weight
from outreach.attribution.tables import Floats, Mask, Numbers, Table

VERSION: Final = 1  # goes up whenever the same paths may get other effects
_AT_ONCE = 256  # columns of the inverse
_FEW = 1_000  # states, of which every pair has a place
_LOOKED_UP = 10_000_000  # codes, of which every one has a place


@dataclass(frozen=True)
class Effects:
    """By channel of the table, the share that is lost without it, 0 to 1: of conversions, and of what they are worth.

    No values where none are known.
    """

    conversions: Floats
    values: Floats | None


@dataclass(frozen=True)
class _Chain:
    """`steps`: from each state (row) to each other, as probabilities. `ends`: what ends there brings, a row for each
    state: conversions, and their value. `begins`: where paths begin. `met`: (state, channel) that belong together.
    """

    steps: csc_array
    ends: Floats
    begins: Floats
    met: tuple[Numbers, Numbers]


def removal_effects(table: Table, *, order: int = 1) -> Effects:
    """ValueError: an order below 1."""
    if order < 1:
        raise ValueError("a chain remembers one touch or more")
    went = table.conversions + table.nulls > 0
    told = table if went.all() else table.those(went)
    number = len(table.channels)
    lost = np.zeros((number, 1 if table.values is None else 2))
    if told.conversions.any():
        chain = _chain(told, min(order, int(told.lengths.max())))
        lost = _lost(chain, number)
    return Effects(lost[:, 0], None if table.values is None else lost[:, 1])


def by_removal_effect(effects: Mapping[str, float]) -> Share:
    """A rule for single conversions: each channel on the path gets its part by its effect, which a table told before.

    Channels without an effect get nothing, unless the path met no others: these share evenly.
    """

    def share(path: Path, *, window: timedelta) -> dict[str, Fraction]:
        met = {touch.channel for touch in path.within(window)}
        weights = {channel: Fraction(effects.get(channel, 0.0)) for channel in met}
        return by_weight(weights.items()) or by_weight((channel, Fraction(1)) for channel in met)

    return share


def _lost(chain: _Chain, number: int) -> Floats:
    states, channels = chain.met
    system = csc_array(eye_array(len(chain.begins)) - chain.steps)
    solved = splu(system)
    often = solved.solve(chain.begins, trans="T")  # how often each state is come to
    whole = often @ chain.ends
    if len(states) == len(set(channels.tolist())):  # each state is a channel of its own: one equation says it for all
        through = (often / _returns(solved))[:, None] * solved.solve(chain.ends)
        lost = np.zeros((number, len(whole)))
        lost[channels] = through[states]
    else:
        without = [_brought(chain, system, _others(chain, channel)) for channel in range(number)]
        lost = whole - np.array(without)
    shares: Floats = np.divide(lost, whole, out=np.zeros_like(lost), where=whole != 0)
    return shares


def _returns(solved: SuperLU) -> Floats:
    """How often each state is come to by who is there: the diagonal of the inverse."""
    size = solved.shape[0]
    found = np.empty(size)
    for start in range(0, size, _AT_ONCE):
        places = np.arange(start, min(start + _AT_ONCE, size))
        columns = np.zeros((size, len(places)))
        columns[places, places - start] = 1
        found[places] = solved.solve(columns)[places, places - start]
    return found


def _others(chain: _Chain, channel: int) -> Mask:
    states, channels = chain.met
    left = np.ones(len(chain.begins), dtype=np.bool_)
    left[states[channels == channel]] = False
    return left


def _brought(chain: _Chain, system: csc_array, left: Mask) -> Floats:
    """What comes in where only these states are left."""
    if not left.any():
        return np.zeros(chain.ends.shape[1])
    some = csc_array(system[left][:, left])
    return np.asarray(splu(some).solve(chain.begins[left], trans="T") @ chain.ends[left])


def _chain(table: Table, order: int) -> _Chain:
    states, lengths, met = _states(table, order)
    size = int(met[0].max()) + 1
    last = np.cumsum(lengths) - 1
    first = last - lengths + 1
    people = table.conversions + table.nulls
    go_on = np.repeat(people, lengths)
    go_on[last] = 0
    steps = _steps(states, go_on, size)
    left = steps.sum(axis=1) + np.bincount(states[last], people, minlength=size)
    left[left == 0] = 1  # nobody was there
    worth = [] if table.values is None else [np.where(table.conversions > 0, table.values, 0.0)]
    ends = [np.bincount(states[last], each, minlength=size) / left for each in [table.conversions, *worth]]
    steps.data /= np.repeat(left, np.diff(steps.indptr))
    begins = np.bincount(states[first], people, minlength=size)
    return _Chain(csc_array(steps), np.stack(ends, axis=1), begins / begins.sum(), met)


def _steps(states: Numbers, go_on: Floats, size: int) -> csr_array:
    """How many go from each state (row) to each other one. `go_on`: from each place in `states` to the next."""
    if size <= _FEW:
        pairs = states[:-1].astype(np.int64) * size + states[1:]
        found = np.bincount(pairs, go_on[:-1], minlength=size * size).astype(np.float64).reshape(size, size)
        np.fill_diagonal(found, 0)
        return csr_array(found)
    moves = (states[:-1] != states[1:]) & (go_on[:-1] > 0)
    here = np.flatnonzero(moves)
    return coo_array((go_on[here], (states[here], states[here + 1])), shape=(size, size)).tocsr()


def _states(table: Table, order: int) -> tuple[Numbers, Numbers, tuple[Numbers, Numbers]]:
    """The states that the paths go through, numbered; how many each path has; and which channels belong to which."""
    if order == 1:
        each = np.arange(len(table.channels))
        return table.touched, table.lengths, (each, each)
    touched = table.touched.astype(np.int64)
    ends = np.repeat(table.starts[1:], table.lengths)
    lengths = np.maximum(table.lengths - order + 1, 1)
    places = np.arange(len(touched))
    begins = places[ends - places >= np.minimum(np.repeat(table.lengths, table.lengths), order)]
    ends = ends[begins]
    states: Numbers = touched[begins]
    for further in range(1, order):
        there = begins + further
        is_there = there < ends
        channel = np.where(is_there, touched[np.where(is_there, there, 0)] + 1, 0)
        states = _numbered(states * (len(table.channels) + 1) + channel)
    states = _numbered(states)
    example = np.empty(int(states.max()) + 1, dtype=np.int64)  # one place where each state stands tells its channels
    example[states] = np.arange(len(states))
    start, stop = begins[example], np.minimum(begins[example] + order, ends[example])
    pairs = {
        (state, channel)
        for state, (one, other) in enumerate(zip(start.tolist(), stop.tolist(), strict=True))
        for channel in touched[one:other].tolist()
    }
    of_state, of_channel = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2).T
    return states, lengths, (of_state, of_channel)


def _numbered(codes: Numbers) -> Numbers:
    """The same for the same code, from 0 without gaps."""
    highest = int(codes.max())
    if highest > _LOOKED_UP:
        return np.unique(codes, return_inverse=True)[1]
    is_there = np.zeros(highest + 1, dtype=np.bool_)
    is_there[codes] = True
    return (np.cumsum(is_there) - 1)[codes]
