"""Charts: round numbers from zero, everything inside the plot, words on every mark."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.models import SocialAccount
from crm.portrait.hours import Cell, Week, Window
from crm.selectors import Growth, Point, Series
from crm.templatetags.drawing import heat_map, line_chart, percentage, ticks_up_to
from tests.factories import NOW


def series(*values: float, is_estimate: bool = False, platform: str = "tiktok", pk: int = 1) -> Series:
    points = tuple(Point(NOW + timedelta(days=30 * n), value) for n, value in enumerate(values))
    return Series(SocialAccount(pk=pk, platform=platform, handle="amina"), is_estimate, points)


def drawing(what: str, *lines: Series, beside: tuple[Series, ...] = ()):
    """One of two charts; the lines of the other stand beside it."""
    followers, engagement = (lines, beside) if what == "followers" else (beside, lines)
    accounts = dict.fromkeys(line.account for line in (*followers, *engagement))
    return line_chart(Growth(followers, engagement, rows=(), accounts=tuple(accounts)), what)


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        (18_417, [0, 5_000, 10_000, 15_000, 20_000]),
        (0.083, [0, 0.025, 0.05, 0.075, 0.1]),
        (4, [0, 1, 2, 3, 4]),
        (1, [0, 0.25, 0.5, 0.75, 1]),
        (0, [0, 1]),
    ],
)
def test_an_axis_has_round_numbers_from_zero(most, ticks):
    assert ticks_up_to(most) == pytest.approx(ticks)


@given(st.floats(min_value=1e-6, max_value=1e12))
def test_an_axis_always_holds_its_values_in_few_steps(most):
    ticks = ticks_up_to(most)
    assert ticks[0] == 0
    assert most * 0.99 <= ticks[-1] <= most * 3
    assert 2 <= len(ticks) <= 6


def test_the_largest_value_is_highest_and_zero_is_the_floor():
    drawn = drawing("followers", series(0, 100))
    first, last = drawn["lines"][0].marks
    assert ((first.x, first.y), first.to) == ((0.0, 100.0), (last.x, last.y))
    assert ((last.x, last.y), last.to) == ((100.0, 0.0), None)
    assert drawn["levels"][0] == (100.0, "0")


def test_the_ends_of_an_axis_have_their_year():
    drawn = drawing("followers", series(1, 2))
    assert [day for _x, day in drawn["days"]] == ["Nov 24, 2026", "Dec 4", "Dec 14", "Dec 24, 2026"]


def test_one_account_has_one_colour_and_what_is_estimated_says_so():
    drawn = drawing("rate", series(1, 2), series(1, 2, is_estimate=True), series(1, 2, pk=2))
    assert [(line.place, line.is_estimate) for line in drawn["lines"]] == [(1, False), (1, True), (2, False)]
    assert drawn["has_estimates"]
    assert [line.marks[0].words for line in drawn["lines"]] == [
        "Nov 24, 2026: 100%",
        "Nov 24, 2026: ≈ 100%",
        "Nov 24, 2026: 100%",
    ]


def test_an_account_has_the_same_colour_in_both_charts():
    large, small = series(1, 2, pk=1), series(1, 2, pk=2)
    assert [line.place for line in drawing("rate", small, beside=(large,))["lines"]] == [2]


def test_nothing_to_draw_draws_nothing():
    assert drawing("rate") == {"lines": ()}


def test_readings_of_one_instant_stand_in_the_middle():
    same = Series(SocialAccount(pk=1, platform="x", handle="a"), False, (Point(NOW, 1), Point(NOW, 2)))
    drawn = drawing("followers", same)
    assert [mark.x for mark in drawn["lines"][0].marks] == [50.0, 50.0]
    assert drawn["days"] == [(50.0, "Nov 24, 2026")]


def test_the_week_names_every_cell_and_marks_the_best():
    rows = tuple(tuple(Cell(14, 0.061, 5) if (d, s) == (1, 9) else Cell(0) for s in range(12)) for d in range(7))
    week = Week(20, 0.04, rows, Window(1, 18, 14, 0.061))
    drawn = heat_map(week)
    squares = [square for _day, _short, row in drawn["days"] for square in row]
    (best,) = [square for square in squares if square.is_best]
    assert best.words == "Tuesday 18–20: 6.1% of the followers react (14 posts)"
    assert squares[0].words == "Monday 0–2: no post"
    assert len(squares) == 84


@pytest.mark.parametrize(("share", "length"), [(None, 0), (-1, 0), (0.123456, 12.35), (1.2, 100)])
def test_a_bar_is_as_long_as_its_share(share, length):
    assert percentage(share) == length
