from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from outreach.attribution.paths import Path, Touch, models_can_differ, single_touch_share

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


def test_the_window_includes_both_its_ends_and_nothing_beyond():
    tick = timedelta(microseconds=1)
    at = [NOON - WEEK - tick, NOON - WEEK, NOON - tick, NOON, NOON + tick]
    path = Path(tuple(Touch(str(number), moment) for number, moment in enumerate(at)), converted_at=NOON)

    assert [touch.channel for touch in path.within(WEEK)] == ["1", "2", "3"]


def test_touches_come_oldest_first_whatever_the_order_of_rows():
    early, late = Touch("b", NOON - timedelta(hours=2)), Touch("a", NOON - timedelta(hours=1))

    assert Path((late, early), NOON).within(WEEK) == Path((early, late), NOON).within(WEEK) == (early, late)


def test_moments_of_different_zones_are_compared_as_moments():
    tokyo = timezone(timedelta(hours=9))
    touch = Touch("a", (NOON - timedelta(hours=1)).astimezone(tokyo))

    assert Path((touch,), NOON).within(timedelta(hours=1)) == (touch,)
    assert Path((touch,), NOON).within(timedelta(minutes=59)) == ()


def test_the_hour_that_exists_twice_counts_twice():
    """On 25 October 2026 Paris lives 02:30 twice, an hour apart; plain subtraction would call that no time at all."""
    paris = ZoneInfo("Europe/Paris")
    first, second = datetime(2026, 10, 25, 2, 30, tzinfo=paris), datetime(2026, 10, 25, 2, 30, tzinfo=paris, fold=1)
    touch = Touch("a", first)

    assert Path((touch,), second).within(timedelta(minutes=59)) == ()
    assert Path((touch,), second).within(timedelta(minutes=60)) == (touch,)
    assert Path((Touch("a", second),), first).within(WEEK) == ()


def test_a_moment_needs_a_time_zone():
    with pytest.raises(ValueError, match="time zone"):
        Touch("a", datetime(2026, 11, 23))  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        Path((), datetime(2026, 11, 23))  # noqa: DTZ001


def test_a_single_touch_is_one_touch_in_the_window():
    one, two = Touch("a", NOON - timedelta(days=1)), Touch("b", NOON - timedelta(days=9))
    paths = [Path((one,), NOON), Path((one, two), NOON), Path((one, one), NOON), Path((two,), NOON), Path((), NOON)]

    assert single_touch_share(paths, window=WEEK) == Fraction(2, 3)
    assert single_touch_share(paths, window=2 * WEEK) == Fraction(2, 4)
    assert single_touch_share([], window=WEEK) == 0


def test_where_nine_of_ten_are_single_touches_the_models_cannot_differ():
    assert models_can_differ(Fraction(899, 1000))
    assert not models_can_differ(Fraction(9, 10))
    assert not models_can_differ(Fraction(1))
