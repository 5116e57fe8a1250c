"""How many leave in a day, and when."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.hours.pacing import WarmUp, allowance, spread
from outreach.hours.window import Stretch

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OFFICE_DAY = Stretch(NINE, NINE + timedelta(hours=9))


def days(count, **more):
    return [allowance(day, **more) for day in range(1, count + 1)]


class TestAllowance:
    def test_it_grows_by_half_each_day_up_to_the_limit(self):
        assert days(9, daily_limit=200) == [10, 15, 22, 33, 49, 73, 109, 163, 200]
        assert days(7, daily_limit=50) == [10, 15, 22, 33, 49, 50, 50]

    def test_the_limit_holds_from_the_first_day(self):
        assert days(3, daily_limit=4) == [4, 4, 4]
        assert days(3, daily_limit=0) == [0, 0, 0]

    def test_without_a_warm_up_the_limit_alone_counts(self):
        assert days(2, daily_limit=50, warm_up=None) == [50, 50]

    def test_it_grows_by_one_where_a_share_is_less(self):
        assert days(5, daily_limit=4, warm_up=WarmUp(first=1, percent=1)) == [1, 2, 3, 4, 4]

    def test_a_day_far_ahead_is_soon_told(self):
        assert allowance(10**12, daily_limit=10**6) == 10**6

    @given(
        st.integers(1, 60),
        st.integers(0, 10**6),
        st.builds(WarmUp, first=st.integers(1, 99), percent=st.integers(1, 300)),
    )
    def test_it_never_falls_and_never_passes_the_limit(self, day, limit, warm_up):
        today, next_day = (allowance(day + more, daily_limit=limit, warm_up=warm_up) for more in (0, 1))

        assert 0 <= today <= next_day <= limit
        assert today < next_day or today == limit
        assert today <= allowance(day, daily_limit=limit + 1, warm_up=warm_up)

    @pytest.mark.parametrize(("day", "limit"), [(0, 50), (-3, 50), (1, -1)])
    def test_days_count_from_one(self, day, limit):
        with pytest.raises(ValueError, match="Days count from 1"):
            allowance(day, daily_limit=limit)

    @pytest.mark.parametrize(("first", "percent"), [(0, 50), (10, 0), (10, -50)])
    def test_a_warm_up_grows(self, first, percent):
        with pytest.raises(ValueError, match="grows"):
            WarmUp(first, percent)


class TestSpread:
    def test_few_are_spread_over_the_day(self):
        assert spread(3, OFFICE_DAY, 5 * MINUTE) == [NINE, NINE + timedelta(hours=3), NINE + timedelta(hours=6)]

    def test_many_keep_their_distance_and_the_rest_waits(self):
        assert spread(1000, OFFICE_DAY, 5 * MINUTE) == [NINE + place * 5 * MINUTE for place in range(108)]

    def test_a_gap_longer_than_the_day_leaves_one(self):
        assert spread(3, OFFICE_DAY, timedelta(days=1)) == [NINE]

    def test_none_are_none_and_a_closed_day_has_no_room(self):
        assert spread(0, OFFICE_DAY, MINUTE) == []
        assert spread(3, Stretch(NINE, NINE), MINUTE) == []

    @given(
        st.integers(0, 300), st.timedeltas(timedelta(0), timedelta(days=1)), st.timedeltas(MINUTE, timedelta(hours=9))
    )
    def test_never_closer_never_outside_and_as_many_as_have_room(self, count, length, gap):
        times = spread(count, Stretch(NINE, NINE + length), gap)

        assert all(after - before >= gap for before, after in itertools.pairwise(times))
        assert all(NINE <= at < NINE + length for at in times)
        assert len(times) == count or NINE + len(times) * gap >= NINE + length
        assert len({after - before for before, after in itertools.pairwise(times)}) <= 1

    @pytest.mark.parametrize(("count", "gap"), [(-1, MINUTE), (1, timedelta(0)), (1, -MINUTE)])
    def test_a_gap_is_longer_than_nothing(self, count, gap):
        with pytest.raises(ValueError, match="gap"):
            spread(count, OFFICE_DAY, gap)
