"""When a window is open, by a slow look at every minute, and on the days on which clocks are changed."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.errors import DomainError
from outreach.hours.window import MAX_DELAY, Stretch, Window, is_open, opens, stretch, working_days

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ALL_WEEK = frozenset(range(7))
NONE: frozenset[date] = frozenset()
ZONES = sorted(available_timezones())
PARIS = ZoneInfo("Europe/Paris")


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text, zone, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def nights(start, end):
    return Window(ALL_WEEK, time.fromisoformat(start), time.fromisoformat(end))


def shows_open(window, zone, holidays, at):
    return is_shown(window, holidays, at.astimezone(zone))


def is_shown(window, holidays, clock):
    """What a person would say who looks at the clock and at the calendar on the wall."""
    is_late = window.end != time(0) and clock.time() >= window.end
    return (
        clock.weekday() in window.weekdays
        and clock.date() not in holidays
        and clock.time() >= window.start
        and not is_late
    )


def code_of(function, *args):
    with pytest.raises(DomainError) as caught:
        function(*args)
    return caught.value.code, caught.value.params


class TestWindow:
    def test_is_mondays_to_fridays_from_nine_to_six_where_nothing_is_said(self):
        assert Window() == Window(frozenset({0, 1, 2, 3, 4}), time(9), time(18))

    @pytest.mark.parametrize(
        ("args", "code", "params"),
        [
            ((frozenset(), time(9), time(18)), "window_without_days", {}),
            ((frozenset({1, 7}), time(9), time(18)), "window_day_unknown", {"day": 7}),
            ((frozenset({-1}), time(9), time(18)), "window_day_unknown", {"day": -1}),
            ((ALL_WEEK, time(18), time(9)), "window_reversed", {"start": "18:00", "end": "09:00"}),
            ((ALL_WEEK, time(9), time(9)), "window_reversed", {"start": "09:00", "end": "09:00"}),
        ],
    )
    def test_says_what_is_wrong_with_it(self, args, code, params):
        assert code_of(Window, *args) == (code, params)

    def test_has_no_zone_of_its_own(self):
        with pytest.raises(ValueError, match="zone"):
            Window(ALL_WEEK, time(9, tzinfo=UTC), time(18))

    @pytest.mark.parametrize(
        ("start", "end", "hours"),
        [
            ("09:00", "18:00", range(9, 18)),
            ("09:30", "18:30", range(9, 19)),
            ("00:00", "00:00", range(24)),
            ("22:15", "00:00", range(22, 24)),
            ("10:10", "10:50", range(10, 11)),
        ],
    )
    def test_knows_its_hours(self, start, end, hours):
        assert nights(start, end).hours == hours


class TestAnOrdinaryWeek:
    @pytest.mark.parametrize(
        ("after", "due"),
        [
            ("2026-11-23T08:59:59", "2026-11-23T09:00"),  # a Monday
            ("2026-11-23T09:00", "2026-11-23T09:00"),
            ("2026-11-23T12:34:56.789", "2026-11-23T12:34:56.789"),
            ("2026-11-23T17:59:59.999999", "2026-11-23T17:59:59.999999"),
            ("2026-11-23T18:00", "2026-11-24T09:00"),
            ("2026-11-27T18:00", "2026-11-30T09:00"),  # a Friday
            ("2026-11-28T12:00", "2026-11-30T09:00"),
        ],
    )
    def test_opens(self, after, due):
        at = local(after, "Europe/Paris")

        assert opens(Window(), PARIS, NONE, at) == local(due, "Europe/Paris")
        assert is_open(Window(), PARIS, NONE, at) == (after == due)

    def test_a_holiday_is_passed_over(self):
        all_saints = frozenset({date(2027, 11, 1)})  # a Monday

        assert opens(Window(), PARIS, all_saints, utc("2027-10-29T17:00")) == local("2027-11-02T09:00", "Europe/Paris")
        assert not is_open(Window(), PARIS, all_saints, utc("2027-11-01T10:00"))

    def test_the_day_is_that_of_the_recipient(self):
        """Monday noon in Paris is Monday night in Auckland, and Sunday evening in Paris is Monday morning there."""
        auckland = ZoneInfo("Pacific/Auckland")
        assert opens(Window(), auckland, NONE, utc("2026-11-23T11:00")) == utc("2026-11-23T20:00")
        assert is_open(Window(), auckland, NONE, utc("2026-11-22T20:00"))

    def test_a_stretch_ends_with_the_window_or_with_the_day(self):
        assert stretch(Window(), PARIS, NONE, utc("2026-11-23T10:00")) == Stretch(
            utc("2026-11-23T10:00"), utc("2026-11-23T17:00")
        )
        assert stretch(Window(), PARIS, NONE, utc("2026-11-28T10:00")).closes == utc("2026-11-30T17:00")
        assert stretch(nights("00:00", "00:00"), PARIS, NONE, utc("2026-11-23T10:00")).closes == utc("2026-11-23T23:00")

    def test_any_zone_of_the_instant_will_do_but_none_will_not(self):
        assert opens(Window(), PARIS, NONE, local("2026-11-23T03:00", "America/New_York")) == utc("2026-11-23T08:00")
        for function in (is_open, opens, stretch):
            with pytest.raises(ValueError, match="time zone"):
                function(Window(), PARIS, NONE, datetime(2026, 11, 23))  # noqa: DTZ001
        with pytest.raises(ValueError, match="time zone"):
            working_days(Window(), PARIS, NONE, datetime(2026, 11, 23), 1)  # noqa: DTZ001

    def test_what_never_opens_is_said_and_not_waited_for(self):
        class Everyday:
            def __contains__(self, day):
                return True

        never = ("window_never_opens", {"days": 366})
        assert code_of(opens, Window(), PARIS, Everyday(), utc("2026-11-23T10:00")) == never
        assert code_of(working_days, Window(), PARIS, Everyday(), utc("2026-11-23T10:00"), 3) == never


class TestDaysOnWhichClocksAreChanged:
    @pytest.mark.parametrize(
        ("zone", "after", "start", "end", "due", "shown"),
        [
            # The clock leaps: what would begin in the gap begins with the next minute there is.
            ("Europe/Paris", "2027-03-28T00:00", "02:30", "09:00", "2027-03-28T01:00", "03:00"),
            ("America/New_York", "2027-03-14T06:00", "02:15", "09:00", "2027-03-14T07:00", "03:00"),
            ("America/Sao_Paulo", "2018-11-04T02:30", "00:30", "09:00", "2018-11-04T03:00", "01:00"),
            ("Australia/Lord_Howe", "2026-10-03T15:00", "02:10", "09:00", "2026-10-03T15:30", "02:30"),
            ("Pacific/Apia", "2011-12-30T09:00", "09:00", "18:00", "2011-12-30T19:00", "09:00"),  # no 30 December
            # The window lies in the gap: that day has none.
            ("Europe/Paris", "2027-03-28T00:00", "02:15", "02:45", "2027-03-29T00:15", "02:15"),
            # The clock is set back: the first time counts.
            ("Europe/Paris", "2026-10-24T22:00", "02:30", "09:00", "2026-10-25T00:30", "02:30"),
            ("America/New_York", "2026-11-01T04:30", "01:30", "09:00", "2026-11-01T05:30", "01:30"),
            ("America/Sao_Paulo", "2018-02-18T00:30", "23:00", "00:00", "2018-02-18T01:00", "23:00"),
            ("Australia/Lord_Howe", "2027-04-03T12:00", "01:45", "09:00", "2027-04-03T14:45", "01:45"),
            # It was shown once already: the second time is as good.
            ("Europe/Paris", "2026-10-25T01:10", "02:00", "02:30", "2026-10-25T01:10", "02:10"),
            ("Europe/Paris", "2026-10-25T00:40", "02:00", "02:30", "2026-10-25T01:00", "02:00"),
            # No change at all, and half an hour off the hour.
            ("Asia/Kolkata", "2027-03-28T00:00", "09:00", "18:00", "2027-03-28T03:30", "09:00"),
            ("Asia/Kolkata", "2026-10-25T12:30", "09:00", "18:00", "2026-10-26T03:30", "09:00"),
        ],
    )
    def test_opens(self, zone, after, start, end, due, shown):
        found = opens(nights(start, end), ZoneInfo(zone), NONE, utc(after))

        assert found == utc(due)
        assert f"{found.astimezone(ZoneInfo(zone)):%H:%M}" == shown

    @pytest.mark.parametrize(
        ("zone", "day", "hours"),
        [
            ("Europe/Paris", "2027-03-28", 23),
            ("Europe/Paris", "2026-10-25", 25),
            ("America/Sao_Paulo", "2018-11-04", 23),
            ("America/Sao_Paulo", "2018-02-17", 25),
            ("Australia/Lord_Howe", "2026-10-04", 23.5),
            ("Asia/Kolkata", "2027-03-28", 24),
        ],
    )
    def test_a_whole_day_is_one_stretch_as_long_as_it_is(self, zone, day, hours):
        found = stretch(nights("00:00", "00:00"), ZoneInfo(zone), NONE, local(f"{day}T00:00", zone))

        assert (found.closes - found.opens) / HOUR == hours

    def test_what_is_shown_twice_in_part_is_two_stretches(self):
        window = nights("02:00", "02:30")

        assert stretch(window, PARIS, NONE, utc("2026-10-24T22:00")) == Stretch(
            utc("2026-10-25T00:00"), utc("2026-10-25T00:30")
        )
        assert stretch(window, PARIS, NONE, utc("2026-10-25T00:30")) == Stretch(
            utc("2026-10-25T01:00"), utc("2026-10-25T01:30")
        )

    def test_what_is_shown_twice_from_end_to_end_is_one_stretch(self):
        assert stretch(nights("02:00", "03:00"), PARIS, NONE, utc("2026-10-24T22:00")) == Stretch(
            utc("2026-10-25T00:00"), utc("2026-10-25T02:00")
        )


class TestWorkingDays:
    @pytest.mark.parametrize(
        ("start", "days", "due"),
        [
            ("2026-11-23T10:20:30", 0, "2026-11-23T10:20:30"),  # a Monday
            ("2026-11-23T20:00", 0, "2026-11-24T09:00"),
            ("2026-11-23T10:20:30", 1, "2026-11-24T10:20:30"),
            ("2026-11-23T10:20", 5, "2026-11-30T10:20"),
            ("2026-11-27T10:20", 1, "2026-11-30T10:20"),  # a Friday
            ("2026-11-28T10:20", 1, "2026-11-30T10:20"),  # a Saturday
            ("2026-11-23T20:00", 3, "2026-11-27T09:00"),
            ("2026-11-23T07:00", 3, "2026-11-26T09:00"),
            ("2026-11-26T18:00", 1, "2026-11-30T09:00"),  # Friday evening is too late
            ("2026-12-24T10:20", 1, "2026-12-28T10:20"),  # Friday is a holiday
            ("2026-12-31T10:20", 2, "2027-01-05T10:20"),
        ],
    )
    def test_the_time_of_day_is_kept_and_moved_into_the_window(self, start, days, due):
        holidays = frozenset({date(2026, 12, 25), date(2027, 1, 1)})

        found = working_days(Window(), PARIS, holidays, local(start, "Europe/Paris"), days)

        assert found == local(due, "Europe/Paris")

    @pytest.mark.parametrize(
        ("start", "days", "due"),
        [
            ("2027-03-26T01:30", 2, "2027-03-28T01:00"),  # 02:30 is never shown: 03:00
            ("2027-03-27T09:00", 1, "2027-03-28T08:00"),  # ten in the morning, before and after
            ("2026-10-24T00:30", 1, "2026-10-25T00:30"),  # 02:30 is shown twice: the first time
            ("2026-10-25T01:30", 1, "2026-10-26T01:30"),  # begun at the second 02:30
            ("2028-02-28T09:00", 1, "2028-02-29T09:00"),
        ],
    )
    def test_clocks_are_changed_in_between(self, start, days, due):
        assert working_days(nights("00:00", "00:00"), PARIS, NONE, utc(start), days) == utc(due)

    def test_days_are_those_of_the_recipient(self):
        """Friday evening in Paris is Saturday in Auckland, where one working day later is Monday."""
        start = utc("2026-11-27T17:00")  # Saturday 06:00 there

        assert working_days(Window(), ZoneInfo("Pacific/Auckland"), NONE, start, 1) == utc("2026-11-29T20:00")

    @pytest.mark.parametrize("days", [-1, MAX_DELAY + 1, 10**9])
    def test_a_delay_has_bounds(self, days):
        assert code_of(working_days, Window(), PARIS, NONE, utc("2026-11-23T10:00"), days) == (
            "delay_out_of_range",
            {"limit": MAX_DELAY},
        )


minutes = st.integers(0, 1439).map(lambda minute: time(minute // 60, minute % 60))
windows = (
    st.tuples(st.frozensets(st.integers(0, 6), min_size=1), minutes, minutes)
    .filter(lambda args: args[2] == time(0) or args[1] < args[2])
    .map(lambda args: Window(*args))
)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2045, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from(ZONES).map(ZoneInfo)


@st.composite
def settings_of_a_wait(draw):
    """A window, a zone, holidays that may fall into the wait, and an instant."""
    after = draw(moments)
    holidays = draw(st.frozensets(st.integers(0, 9).map(lambda days: after.date() + days * DAY), max_size=4))
    return draw(windows), draw(zones), holidays, after


class TestAnyWindowAnywhereAnyTime:
    def test_there_are_zones_to_try(self):
        assert len(ZONES) >= 400

    @given(settings_of_a_wait())
    def test_it_opens_at_the_first_minute_at_which_the_clock_says_so(self, wait):
        window, zone, holidays, after = wait
        found = opens(window, zone, holidays, after)

        assert found >= after
        assert shows_open(window, zone, holidays, found)
        assert is_open(window, zone, holidays, found)
        look = max(after, found - 10 * DAY)
        while look < found:
            assert not shows_open(window, zone, holidays, look)
            look = look.replace(second=0, microsecond=0) + MINUTE

    @given(settings_of_a_wait())
    def test_it_stays_open_until_it_closes(self, wait):
        window, zone, holidays, after = wait
        found = stretch(window, zone, holidays, after)

        look = found.opens
        while look < found.closes:
            assert shows_open(window, zone, holidays, look)
            look = look.replace(second=0, microsecond=0) + MINUTE
        assert is_open(window, zone, holidays, found.closes) == shows_open(window, zone, holidays, found.closes)
        is_midnight = found.closes.astimezone(zone).time() == time(0)
        assert is_midnight or not shows_open(window, zone, holidays, found.closes)

    @given(settings_of_a_wait(), st.timedeltas(timedelta(0), timedelta(days=20)))
    def test_who_waits_longer_is_never_earlier(self, wait, longer):
        window, zone, holidays, after = wait

        assert opens(window, zone, holidays, after) <= opens(window, zone, holidays, after + longer)
        assert stretch(window, zone, holidays, after).closes <= stretch(window, zone, holidays, after + longer).closes

    @given(settings_of_a_wait(), st.integers(1, 30))
    def test_so_many_working_days_lie_between(self, wait, days):
        window, zone, holidays, start = wait
        due = working_days(window, zone, holidays, start, days)

        assert shows_open(window, zone, holidays, due)
        first, last = (at.astimezone(zone).date() for at in (start, due))
        passed = [
            day
            for day in (first + number * DAY for number in range(1, (last - first).days + 1))
            if day.weekday() in window.weekdays and day not in holidays
        ]
        assert len(passed) in {days, days + 1}  # one more where the time of day had to move on


def changes(zone, year):
    """The days of a year (UTC midnights) within which the clock of a zone is changed."""
    midnights = [datetime(year, 1, 1, tzinfo=UTC) + number * DAY for number in range(366)]
    return [at for at in midnights if at.astimezone(zone).utcoffset() != (at + DAY).astimezone(zone).utcoffset()]


@pytest.mark.slow
@pytest.mark.parametrize("year", [2027, 2038])
def test_every_change_of_every_clock(year):
    """From each half hour around it, the minute at which four windows open is the one that a slow look finds."""
    windows = [nights("00:00", "00:00"), nights("01:15", "02:45"), nights("02:30", "09:00"), nights("23:10", "00:00")]
    tried = 0
    for zone in map(ZoneInfo, ZONES):
        for midnight in changes(zone, year):
            looked = [midnight + number * MINUTE for number in range(-120, 1680)]
            clocks = [at.astimezone(zone) for at in looked]
            for window in windows:
                shown = [is_shown(window, NONE, clock) for clock in clocks]
                for place in range(0, len(looked), 30):
                    first = next((at for at, is_ in zip(looked[place:], shown[place:], strict=True) if is_), None)
                    found = opens(window, zone, NONE, looked[place])
                    assert found == first or (first is None and found > looked[-1])
                    tried += 1
    assert tried > 50_000


@pytest.mark.slow
def test_no_clock_is_changed_on_two_days_that_follow_each_other():
    """What the walk from change to change rests on."""
    days = [datetime(2024, 1, 1, tzinfo=UTC) + number * DAY for number in range(22 * 365)]
    for zone in map(ZoneInfo, ZONES):
        offsets = [day.astimezone(zone).utcoffset() for day in days]
        changed = [before != after for before, after in itertools.pairwise(offsets)]
        assert not any(one and other for one, other in itertools.pairwise(changed)), zone.key
