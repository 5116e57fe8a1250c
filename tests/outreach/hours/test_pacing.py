"""How many leave in a day, and when."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.hours.pacing import WarmUp, allowance
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
