"""When posts do best: by the right clock, robust against a lucky post, and silent where nothing stands out."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from crm.portrait.hours import Reading, Window, week

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


def reading(day: int, hour: int, rate: float, *, weeks: int = 0) -> Reading:
    return Reading(MONDAY + timedelta(weeks=weeks, days=day, hours=hour), rate)


def spread(number: int, *, seed: int = 1) -> list[Reading]:
    """Posts at any time, whose rates depend on nothing."""
    rng = Random(seed)
    return [
        reading(rng.randrange(7), rng.randrange(24), rng.lognormvariate(-3, 0.3), weeks=n % 40) for n in range(number)
    ]


@pytest.mark.parametrize("number", [0, 7, 19])
def test_few_posts_say_nothing(number):
    found = week([reading(1, 18, 0.05)] * number, zone="UTC")
    assert (found.posts, found.is_enough, found.rows, found.best) == (number, False, (), None)


def test_twenty_posts_fill_a_week():
    found = week([reading(n % 7, 18, 0.05) for n in range(20)], zone="UTC")
    assert found.is_enough
    assert (len(found.rows), {len(row) for row in found.rows}) == (7, {12})
    assert sum(cell.posts for row in found.rows for cell in row) == 20


def test_a_time_that_stands_out_is_the_best():
    posts = [reading(1, 18 + n % 2, 0.09 + n / 1000, weeks=n) for n in range(14)]
    posts += [reading(n % 7, 8 + 2 * (n % 4), 0.04 + (n % 9) / 1000, weeks=n) for n in range(48)]
    assert week(posts, zone="UTC").best == Window(weekday=1, hour=18, posts=14, rate=pytest.approx(0.0965))


def test_an_hour_may_be_best_on_any_day_and_a_day_at_any_hour():
    evenings = [reading(n % 7, 20, 0.09 + n / 1000, weeks=n) for n in range(21)]
    rest = [reading(n % 7, 2 * (n % 10), 0.04 + (n % 9) / 1000, weeks=n) for n in range(60)]
    best = week(evenings + rest, zone="UTC").best
    assert (best.weekday, best.hour, best.posts) == (None, 20, 21)
    sundays = [reading(6, 2 * (n % 12), 0.09 + n / 1000, weeks=n) for n in range(24)]
    rest = [reading(n % 6, 2 * (n % 12), 0.04 + (n % 9) / 1000, weeks=n) for n in range(60)]
    best = week(sundays + rest, zone="UTC").best
    assert (best.weekday, best.hour, best.posts) == (6, None, 24)


def test_one_lucky_post_makes_no_best_hour():
    posts = [*spread(60), *(reading(1, 18, 0.05, weeks=n) for n in range(4)), reading(1, 18, 9.0)]
    assert week(posts, zone="UTC").best is None


def test_chance_alone_is_rarely_called_best():
    """Seven times twelve cells, and still at most one week in ten."""
    called = sum(week(spread(80, seed=seed), zone="UTC").best is not None for seed in range(100))
    assert called <= 10


def test_posts_that_do_all_the_same_have_no_best():
    found = week([reading(n % 7, n % 24, 0.05, weeks=n) for n in range(60)], zone="UTC")
    assert found.best is None
    assert {cell.shade for row in found.rows for cell in row} <= {0, 3}
    assert week([reading(n % 7, n % 24, 0.0) for n in range(60)], zone="UTC").best is None


def test_where_all_posts_come_at_one_time_none_is_better_than_another():
    assert week([reading(n % 7, 18, 0.01 * n, weeks=n) for n in range(20)], zone="UTC").best is None
    assert week([reading(1, 18, 0.01 * n, weeks=n) for n in range(20)], zone="UTC").best is None


def test_a_cell_of_fewer_than_three_posts_shows_no_rate():
    posts = [*(reading(0, 8, 0.05, weeks=n) for n in range(18)), reading(3, 14, 0.2), reading(3, 14, 0.2, weeks=1)]
    cell = week(posts, zone="UTC").rows[3][7]
    assert (cell.posts, cell.rate, cell.shade) == (2, None, 0)
    cell = week([*posts, reading(3, 14, 0.3)], zone="UTC").rows[3][7]
    assert (cell.posts, cell.rate) == (3, 0.2)


def test_shades_lean_towards_the_usual():
    """Three posts at twice the usual rate are no darker than 1.25 times it says: (3·2 + 5·1) / 8 = 1.375."""
    usual = [reading(0, 8, 0.05, weeks=n) for n in range(30)]
    for times, shade in ((1.0, 3), (1.5, 4), (2.0, 5), (0.7, 2), (0.2, 1)):
        few = [reading(4, 10, 0.05 * times, weeks=n) for n in range(3)]
        assert week(usual + few, zone="UTC").rows[4][5].shade == shade, times


@pytest.mark.parametrize(
    ("zone", "at", "place"),
    [
        ("UTC", datetime(2026, 3, 29, 0, 30, tzinfo=UTC), (6, 0)),
        ("Europe/Paris", datetime(2026, 3, 29, 0, 30, tzinfo=UTC), (6, 0)),  # 1:30, half an hour before the change
        ("Europe/Paris", datetime(2026, 3, 29, 1, 30, tzinfo=UTC), (6, 1)),  # 3:30: there was no 2 o'clock
        ("Europe/Paris", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), (6, 1)),  # 2:30 for the first time
        ("Europe/Paris", datetime(2026, 10, 25, 1, 30, tzinfo=UTC), (6, 1)),  # and for the second
        ("Europe/Paris", datetime(2026, 1, 13, 17, 0, tzinfo=UTC), (1, 9)),  # 18:00 in winter
        ("Europe/Paris", datetime(2026, 7, 14, 16, 0, tzinfo=UTC), (1, 9)),  # and in summer
        ("Asia/Kolkata", datetime(2026, 7, 13, 18, 40, tzinfo=UTC), (1, 0)),  # Tuesday, ten past midnight
        ("America/Vancouver", datetime(2026, 1, 5, 3, 0, tzinfo=UTC), (6, 9)),  # still Sunday there
    ],
)
def test_hours_are_those_of_the_clock_on_the_wall(zone, at, place):
    found = week([Reading(at, 0.05)] * 20, zone=zone)
    assert [(d, s) for d, row in enumerate(found.rows) for s, cell in enumerate(row) if cell.posts] == [place]


def test_the_same_posts_in_another_order_say_the_same():
    posts = spread(70)
    assert week(posts, zone="Europe/Paris") == week(posts[::-1], zone="Europe/Paris")
