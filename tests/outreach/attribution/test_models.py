from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.attribution import models
from outreach.attribution.paths import Path, Touch
from outreach.attribution.rules import HALF_LIFE, RULES
from outreach.attribution.tables import Table

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
EVER = timedelta(days=10_000)
DIRECT = "d"

rows = st.lists(
    st.tuples(
        st.lists(st.sampled_from("abcd"), min_size=1, max_size=6).map(tuple),
        st.integers(0, 5),
        st.integers(0, 900).map(lambda cents: cents / 100),
        st.integers(0, 5),
    ),
    max_size=8,
)
ROWS = [(("a", "b"), 2, 5.0, 1), (("b",), 3, 7.0, 0), (("c", "a", "c"), 1, 2.0, 4)]


@given(rows=rows)
def test_every_model_gives_all_there_is_and_no_more(rows):
    table = Table.of(rows, direct=DIRECT)
    for name, credit in models.every(table).items():
        if name == "markov" and not table.conversions.any():
            continue
        assert credit.conversions.sum() == pytest.approx(sum(row[1] for row in rows), abs=1e-9)
        assert credit.values.sum() == pytest.approx(sum(row[2] for row in rows), abs=1e-9)
        assert (credit.conversions >= -1e-9).all()


@given(rows=rows, days=st.lists(st.integers(0, 90), min_size=6, max_size=6))
def test_the_columns_say_what_the_rules_say_of_each_path(rows, days):
    """`days`: between a touch and the next."""
    table = Table.of(rows, direct=DIRECT)
    ages = [sum(days[: len(row[0]) - place]) for row in rows for place in range(len(row[0]))]
    table = Table(**{**vars(table), "ages": np.array(ages, dtype=float)})
    found = models.every(table, half_life=HALF_LIFE.days)

    assert set(found) == {*RULES, "markov"}
    for name, rule in RULES.items():
        expected = dict.fromkeys(table.channels, (0.0, 0.0))
        for channels, conversions, value, _nulls in rows:
            # Touches of one instant would be put in order by name: these are in the order of the row.
            before = [NOON - timedelta(days=sum(days[: len(channels) - n]), seconds=-n) for n in range(len(channels))]
            path = Path(
                tuple(Touch(one, at, one == DIRECT) for one, at in zip(channels, before, strict=True)),
                NOON + timedelta(seconds=9),
            )
            for channel, share in rule.share(path, window=EVER).items():
                had = expected[channel]
                expected[channel] = had[0] + conversions * float(share), had[1] + value * float(share)
        told = {
            channel: (one["conversions"], one["value"]) for channel, one in models.by_name(table, found[name]).items()
        }
        tolerance = 1e-3 if name == "time_decay" else 1e-9  # the seconds between touches of one day
        assert told.keys() == expected.keys()
        for channel, figures in told.items():
            assert figures == pytest.approx(expected[channel], abs=tolerance)


@given(rows=rows, seed=st.randoms(use_true_random=False), order=st.integers(1, 3))
def test_the_order_of_rows_changes_nothing(rows, seed, order):
    shuffled = list(rows)
    seed.shuffle(shuffled)
    one, other = (Table.of(each, direct=DIRECT) for each in (rows, shuffled))
    found, again = (models.every(each, order=order) for each in (one, other))
    for name, credit in found.items():
        told, told_again = models.by_name(one, credit), models.by_name(other, again[name])
        for channel, figures in told.items():
            assert list(figures.values()) == pytest.approx(list(told_again[channel].values()), abs=1e-9)


def test_without_dates_there_is_no_time_decay():
    assert "time_decay" not in models.every(Table.of(ROWS))


def test_without_values_there_is_no_value():
    table = Table.of(ROWS, has_values=False)
    for credit in models.every(table).values():
        assert {one["value"] for one in models.by_name(table, credit).values()} == {None}


def test_more_channels_than_a_byte_can_number():
    names = [f"link {number}" for number in range(700)]
    table = Table.of([((one, other, one), 1, 2.0, 1) for one, other in pairwise(names)])
    found = models.every(table)

    assert found["shapley"].conversions.tolist() == [0.5, *[1.0] * 698, 0.5]
    assert found["markov"].conversions.sum() == pytest.approx(699)


def test_nothing_converted_and_nothing_is_given():
    table = Table.of([(("a", "b"), 0, 0.0, 3)])
    for credit in models.every(table, order=2).values():
        assert credit.conversions.tolist() == [0, 0]
        assert credit.values.tolist() == [0, 0]
