"""What is said of posts and hours."""

import pytest
from django.utils import translation

from crm.portrait.hours import Cell, Week, Window
from crm.portrait.zones import AudienceZone
from crm.words import portrait

ROWS = ((Cell(0),) * 12,) * 7


@pytest.mark.parametrize(
    ("week", "said"),
    [
        (Week(7), "Not enough posts yet (7 of 20)"),
        (Week(62, 0.04, ROWS), "No time stands out: 62 posts do about as well at any hour and on any day"),
        (Week(62, 0.04, ROWS, Window(1, 18, 14, 0.06)), "Best: Tuesday 18–20, from 14 posts"),
        (Week(62, 0.04, ROWS, Window(None, 0, 14, 0.06)), "Best: 0–2 on any day, from 14 posts"),
        (Week(62, 0.04, ROWS, Window(6, None, 14, 0.06)), "Best: Sunday at any hour, from 14 posts"),
    ],
)
def test_best_hours(week, said):
    assert portrait.best_hours(week) == said


def test_days_are_named_in_the_reader_s_language():
    with translation.override("fr"):
        assert portrait.weekday(1) == "mardi"


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        (AudienceZone("America/New_York", "own"), "Hours as in New York, the time zone of their profile"),
        (
            AudienceZone("Africa/Dakar", "audience", "SN"),
            "Hours as in Dakar: the largest part of their audience is in Senegal",
        ),
        (
            AudienceZone("UTC", "unknown"),
            "Hours of UTC: neither their time zone nor one of most of their audience is known",
        ),
    ],
)
def test_the_clock_is_named_with_its_reason(zone, said):
    assert portrait.clock(zone) == said


@pytest.mark.parametrize(
    ("source", "said"), [("by hand", "by hand"), ("", "source not recorded"), ("people.csv", "people.csv")]
)
def test_a_source_is_named_as_it_is(source, said):
    assert portrait.source(source) == said
