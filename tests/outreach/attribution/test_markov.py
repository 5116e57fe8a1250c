from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.attribution import markov, models
from outreach.attribution.paths import Path, Touch
from outreach.attribution.tables import Table

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WINDOW = timedelta(days=30)

rows = st.lists(
    st.tuples(
        st.lists(st.sampled_from("abcd"), min_size=1, max_size=6).map(tuple),
        st.integers(0, 5), st.integers(0, 50).map(float), st.integers(0, 5),
    ),
    min_size=1, max_size=7,
).filter(lambda found: any(row[1] for row in found))  # fmt: skip


def states_of(path, order):
    """Straight from the words: what was met last, a state that follows itself counts once."""
    if len(path) <= order:
        return [path]
    found = [path[place : place + order] for place in range(len(path) - order + 1)]
    return [one for place, one in enumerate(found) if not place or one != found[place - 1]]


def chain_of(rows, order):
    """{state: {next state, "conversion" or "null": how many people}}, and what a conversion from each state is worth."""
    steps: dict = defaultdict(lambda: defaultdict(Fraction))
    worth: dict = defaultdict(Fraction)
    converted: dict = defaultdict(Fraction)
    for path, conversions, value, nulls in rows:
        if conversions + nulls == 0:
            continue
        found = ["start", *states_of(path, order)]
        for state, following in pairwise(found):
            steps[state][following] += conversions + nulls
        steps[found[-1]]["conversion"] += conversions
        steps[found[-1]]["null"] += nulls
        if conversions:
            converted[found[-1]] += conversions
            worth[found[-1]] += Fraction(value)
    return steps, {state: worth[state] / number for state, number in converted.items()}


def brought(steps, worth, without=None):
    """(conversions, value) that one who starts brings on average: equations solved in fractions, by elimination."""
    states = [state for state in steps if state == "start" or without not in state]
    places = {state: place for place, state in enumerate(states)}
    system = []
    for state in states:
        row = [Fraction(0)] * (len(states) + 2)
        row[places[state]] += 1
        whole = sum(steps[state].values())
        for following, people in steps[state].items():
            if following == "conversion":
                row[-2] += people / whole
                row[-1] += people / whole * worth.get(state, 0)
            elif following in places:
                row[places[following]] -= people / whole
        system.append(row)
    for place in range(len(states)):
        pivot = next(other for other in range(place, len(states)) if system[other][place])
        system[place], system[pivot] = system[pivot], system[place]
        system[place] = [figure / system[place][place] for figure in system[place]]
        for other in range(len(states)):
            if other != place and system[other][place]:
                factor = system[other][place]
                system[other] = [one - factor * two for one, two in zip(system[other], system[place], strict=True)]
    return system[places["start"]][-2:]


@pytest.mark.parametrize("order", [1, 2, 3, 7])
@given(rows=rows)
def test_removal_effects_are_what_is_lost_without_the_channel(order, rows):
    table = Table.of(rows)
    found = markov.removal_effects(table, order=order)
    steps, worth = chain_of(rows, order)
    whole = brought(steps, worth)
    for place, channel in enumerate(table.channels):
        rest = brought(steps, worth, without=channel)
        assert found.conversions[place] == pytest.approx(float(1 - rest[0] / whole[0]), abs=1e-9)
        lost = 1 - rest[1] / whole[1] if whole[1] else 0
        assert found.values[place] == pytest.approx(float(lost), abs=1e-9)


def test_a_small_chain_by_hand():
    """Of ten who start, six meet a and four b; half of those at a go on to b; at b half convert, at a a third."""
    table = Table.of([(("a",), 1, 4.0, 2), (("a", "b"), 2, 6.0, 1), (("b",), 1.5, 3.0, 2.5)])
    found = markov.removal_effects(table)
    whole = 0.6 * (1 / 6 + 0.5 * 0.5) + 0.4 * 0.5

    assert found.conversions.tolist() == pytest.approx([1 - 0.4 * 0.5 / whole, 1 - 0.6 / 6 / whole])


def test_staying_where_one_is_changes_nothing():
    once, often = Table.of([(("a", "b"), 1, 1.0, 2)]), Table.of([(("a", "a", "a", "b", "b"), 1, 1.0, 2)])

    assert markov.removal_effects(once).conversions.tolist() == markov.removal_effects(often).conversions.tolist()


def test_states_of_one_channel_that_share_it_are_taken_away_together():
    """With an order of 2, “a” alone and “a, a” are two states of one channel: each has one channel, none its own."""
    table = Table.of([(("a",), 1, 1.0, 1), (("a", "a"), 1, 1.0, 0), (("b",), 2, 1.0, 0)])

    assert markov.removal_effects(table, order=2).conversions.tolist() == pytest.approx([0.5, 0.5])


def test_figures_of_the_published_package():
    """ChannelAttribution 2.2.5, three million simulated paths of each order: it is off by a thousandth or two."""
    table = Table.of([
        (("A", "A", "B"), 3, 9.0, 2), (("B", "A"), 2, 1.0, 5), (("A",), 4, 8.0, 10), (("B", "C", "B", "A"), 1, 2.5, 1),
        (("C", "C"), 1, 7.0, 3), (("C", "A"), 2, 7.0, 3), (("A", "B", "C", "A", "B"), 5, 7.0, 3),
    ])  # fmt: skip
    published = {
        1: ([8.265232, 6.389967, 3.344801], [17.715410, 14.259468, 9.525122]),
        2: ([8.511492, 6.127795, 3.360713], [18.079491, 12.484700, 10.935809]),
        3: ([8.270191, 5.355903, 4.373906], [18.485693, 10.463036, 12.551271]),
    }
    for order, (conversions, values) in published.items():
        credit = models.every(table, order=order)["markov"]
        assert credit.conversions.tolist() == pytest.approx(conversions, rel=2e-3)
        assert credit.values.tolist() == pytest.approx(values, rel=4e-3)


def test_without_nulls_everybody_converts_and_what_counts_is_who_was_met():
    table = Table.of([(("a", "b"), 1, 1.0, 0), (("b",), 1, 1.0, 0), (("c",), 0, 0.0, 0)])

    assert markov.removal_effects(table).conversions.tolist() == pytest.approx([0.5, 1, 0])


def test_an_order_longer_than_every_path_is_as_good_as_the_longest():
    table = Table.of([(("a", "b", "c"), 1, 1.0, 2), (("b", "a"), 2, 1.0, 0)])

    one, other = (markov.removal_effects(table, order=order).conversions.tolist() for order in (3, 10**30))
    assert one == pytest.approx(other)


def test_a_chain_remembers_something():
    with pytest.raises(ValueError, match="one touch or more"):
        markov.removal_effects(Table.of([(("a",), 1, 1.0, 0)]), order=0)


def test_more_states_than_are_solved_at_once():
    names = [f"link {number}" for number in range(600)]
    table = Table.of([((one, other), 1, 1.0, 1) for one, other in pairwise(names)])
    found = markov.removal_effects(table).conversions

    # Who meets the last link met nobody after it; the chain is one line, so each link is met by those of the next too.
    assert found[0] == pytest.approx(1 / 599)
    assert (found > 0).all() and (found < 1).all()


@given(rows=rows, order=st.integers(1, 4))
def test_many_states_are_counted_as_few_are(rows, order):
    """What has no place of its own in a table of all states is sorted instead."""
    table = Table.of(rows)
    few = markov.removal_effects(table, order=order)
    with pytest.MonkeyPatch.context() as patch:
        for limit in ("_FEW", "_LOOKED_UP"):
            patch.setattr(markov, limit, 0)
        patch.setattr(markov, "_AT_ONCE", 1)
        many = markov.removal_effects(table, order=order)

    assert many.conversions.tolist() == pytest.approx(few.conversions.tolist(), abs=1e-12)
    assert many.values.tolist() == pytest.approx(few.values.tolist(), abs=1e-12)


@pytest.mark.parametrize("order", [1, 2])
def test_however_narrow_the_numbers_of_the_channels_are(order):
    names = [f"link {number}" for number in range(256)]
    table = Table.of([((one, other), 1, 1.0, 1) for one, other in pairwise(names)])
    narrow = replace(table, touched=table.touched.astype(np.uint8))
    effects = markov.removal_effects(table, order=order).conversions

    assert markov.removal_effects(narrow, order=order).conversions.tolist() == pytest.approx(effects.tolist())


class TestByRemovalEffect:
    def path(self, *channels):
        return Path(tuple(Touch(channel, NOON) for channel in channels), NOON)

    def test_each_channel_gets_its_part_of_each_conversion_by_its_effect(self):
        rule = markov.by_removal_effect({"a": 0.75, "b": 0.25, "c": 0.5})

        assert rule(self.path("a", "b", "a"), window=WINDOW) == {"a": Fraction(3, 4), "b": Fraction(1, 4)}
        assert rule(self.path(), window=WINDOW) == {}

    def test_channels_without_an_effect_share_only_among_themselves(self):
        rule = markov.by_removal_effect({"a": 0.75, "b": 0.0})

        assert rule(self.path("a", "b", "z"), window=WINDOW) == {"a": 1}
        assert rule(self.path("b", "z"), window=WINDOW) == {"b": Fraction(1, 2), "z": Fraction(1, 2)}

    @given(effects=st.dictionaries(st.sampled_from("abc"), st.floats(0, 1)), met=st.sets(st.sampled_from("abcd")))
    def test_shares_sum_to_exactly_one(self, effects, met):
        shares = markov.by_removal_effect(effects)(self.path(*met), window=WINDOW)

        assert sum(shares.values()) == (1 if met else 0)
