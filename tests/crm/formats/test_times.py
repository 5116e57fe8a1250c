"""Days, instants and durations as statistics pages write them."""

from datetime import UTC, datetime

import pytest

from crm.errors import DomainError
from crm.formats.analytics.times import is_without_year, parse_duration, parse_moment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fri, Jun 5, 2026", (2026, 6, 5)),
        ("Jun 5, 2026", (2026, 6, 5)),
        ("Sept 14, 2026", (2026, 9, 14)),
        ("Sep 1 2026", (2026, 9, 1)),
        ("5 June 2026", (2026, 6, 5)),
        ("28 sept. 2026", (2026, 9, 28)),
        ("1 août\u00a02026", (2026, 8, 1)),
        ("3 févr. 2026, 18:05", (2026, 2, 3, 18, 5)),
        ("9 juil. 2026", (2026, 7, 9)),
        ("9 juin 2026", (2026, 6, 9)),
        ("3. März 2026", (2026, 3, 3)),
        ("24. Dez. 2026 um 18:00", (2026, 12, 24, 18)),
        ("09/15/2026 18:00", (2026, 9, 15, 18)),
        ("08/16/2026 15:00:30", (2026, 8, 16, 15, 0, 30)),
        ("09/15/2026 6:00 PM", (2026, 9, 15, 18)),
        ("09/15/2026, 12:30 am", (2026, 9, 15, 0, 30)),
        ("01.09.2026 18:00", (2026, 9, 1, 18)),
        ("2026-09-30", (2026, 9, 30)),
        ("2026-10-03 09:10", (2026, 10, 3, 9, 10)),
        ("2016-03-02 14:22 +0000", (2016, 3, 2, 14, 22)),
        ("2016-03-02 14:22 +0200", (2016, 3, 2, 12, 22)),
        ("2026-09-04T16:16:52Z", (2026, 9, 4, 16, 16, 52)),
        ("2026-09-04 16:16 UTC", (2026, 9, 4, 16, 16)),
    ],
)
def test_an_instant_is_read_as_it_is_written(text, expected):
    assert parse_moment(text) == datetime(*expected, tzinfo=UTC)


def test_who_writes_the_day_first_is_said_by_the_caller():
    assert parse_moment("05/06/2026 18:00") == datetime(2026, 5, 6, 18, tzinfo=UTC)
    assert parse_moment("05/06/2026 18:00", day_first=True) == datetime(2026, 6, 5, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "15/09/2026",  # the fifteenth month of a file that writes the month first
        "Jun 31, 2026",
        "Foo 3, 2026",
        "23 August",
        "46180",
        "13:00 PM",
        "09/15/2026 13:00 PM",
        "09/15/2026 25:00",
        "2026-13-01",
        "2026-09-04 noon",
        "Lifetime",
        "1" * 100_000,
        "٠٥/٠٦/٢٠٢٦",
    ],
)
def test_what_is_no_instant_is_refused(text):
    with pytest.raises(DomainError) as caught:
        parse_moment(text)
    assert caught.value.code == "date_invalid"


def test_a_day_without_its_year():
    found = [text for text in ("September 4", "23 August", "4. Sept.", "Jun 5, 2026", "5", "") if is_without_year(text)]
    assert found == ["September 4", "23 August", "4. Sept."]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1:02:03", 3723), ("0:00:44", 44), ("4:05", 245), ("2496", 2496), ("0", 0), ("12.5", 12), ("12,6", 13)],
)
def test_a_duration_in_seconds(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["1:2:3:4", "-4", "4 min", ":30", "1:", "9" * 100_000])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(DomainError) as caught:
        parse_duration(text)
    assert caught.value.code == "duration_invalid"
