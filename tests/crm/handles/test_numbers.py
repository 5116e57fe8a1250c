"""Counts, rates and averages as people and vendors write them: read, or refused, never guessed."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.errors import DomainError
from crm.handles import parse_average, parse_count, parse_rate, parse_share
from tests.crm.handles.texts import ANYTHING, refused


@pytest.mark.parametrize(
    ("text", "count"),
    [
        *(
            ("0", 0),
            ("7", 7),
            ("409800000", 409_800_000),
            ("409.8M", 409_800_000),
            ("1.2M", 1_200_000),
            ("1.2m", 1_200_000),
        ),
        *(
            ("12,4 k", 12_400),
            ("12,4k", 12_400),
            ("12,4\u00a0k", 12_400),
            ("3 Mio", 3_000_000),
            ("1,5 Md", 1_500_000_000),
        ),
        *(("12,400", 12_400), ("12.400", 12_400), ("12 400", 12_400), ("12\u00a0400", 12_400), ("12\u202f400", 12_400)),
        *(("1'234'567", 1_234_567), ("1’234", 1234), ("1,234,567", 1_234_567), ("1.234.567", 1_234_567)),
        *(
            ("1.234", 1234),
            ("1,234", 1234),
            ("1,234.0", 1234),
            ("1.234,0", 1234),
            ("12.0", 12),
            ("409800000.0", 409_800_000),
        ),
        *(("1.234M", 1_234_000), ("1.23456K", 1235), (" 12 ", 12), ("1b", 1_000_000_000), ("012", 12)),
    ],
)
def test_a_count_is_read_as_people_write_it(text, count):
    assert parse_count(text) == count


@pytest.mark.parametrize(
    ("text", "count"), [("1.234", 1234), ("12,4 k", 12_400), ("1,234K", 1234), ("1,234", 1234), ("12,0", 12)]
)
def test_a_count_in_a_file_with_decimal_commas(text, count):
    assert parse_count(text, decimal_comma=True) == count


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("1.22158E+17", "count_scientific"), ("1,22158E+17", "count_scientific"), ("1e5", "count_scientific")),
        *(("-5", "count_negative"), ("−5", "count_negative"), ("(5)", "count_negative"), ("-1.2M", "count_negative")),
        *(("", "count_invalid"), ("many", "count_invalid"), ("12 40", "count_invalid"), ("1,23,456", "count_invalid")),
        *(
            ("1.234,567.8", "count_invalid"),
            ("1 234 5678", "count_invalid"),
            ("5 x", "count_invalid"),
            ("5%", "count_invalid"),
        ),
        *(("٣", "count_invalid"), ("1.", "count_invalid"), (".5", "count_invalid"), ("1,234,567,8", "count_invalid")),
        *(("9" * 5000, "count_invalid"), ("+5", "count_invalid"), ("5+", "count_invalid"), ("0x10", "count_invalid")),
        *(("12.5", "count_not_whole"), ("0.123", "count_not_whole"), ("1234.567", "count_not_whole")),
        *(("1,234K", "count_ambiguous"), ("1,500M", "count_ambiguous")),
    ],
)
def test_what_is_no_count_is_refused_and_never_guessed(text, code):
    assert refused(parse_count, text) == (code, {})


def test_a_count_has_a_limit_and_a_comma_file_its_own_ambiguity():
    assert refused(parse_count, "9999999B") == ("count_too_big", {"limit": 10**15})
    assert refused(parse_count, "1.234M", decimal_comma=True)[0] == "count_ambiguous"


@pytest.mark.parametrize(
    ("text", "decimal_comma", "average"),
    [
        *(("3.125", False, 3.125), ("3,125", False, 3125.0), ("3.125", True, 3125.0), ("3,125", True, 3.125)),
        *(("199.5", False, 199.5), ("199,5", False, 199.5), ("2.5K", False, 2500.0), ("7", False, 7.0)),
    ],
)
def test_an_average_need_not_be_whole_so_the_file_s_habit_decides(text, decimal_comma, average):
    assert parse_average(text, decimal_comma=decimal_comma) == average


@settings(deadline=None)
@given(st.integers(0, 10**15))
def test_a_count_reads_back_however_it_is_grouped(count):
    grouped = f"{count:,}"
    for sign in (",", ".", " ", "\u00a0", "\u202f", "'", ""):
        for decimal_comma in (False, True):
            assert parse_count(grouped.replace(",", sign), decimal_comma=decimal_comma) == count


@settings(deadline=None)
@given(st.integers(1, 9999), st.sampled_from(["k", "M", "B"]), st.sampled_from([".", ","]), st.sampled_from(["", " "]))
def test_an_abbreviated_count_reads_back(tenths, suffix, sign, space):
    factor = {"k": 10**3, "M": 10**6, "B": 10**9}[suffix]
    assert parse_count(f"{tenths // 10}{sign}{tenths % 10}{space}{suffix}") == tenths * factor // 10


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.034", 0.034),
        ("3.4 %", 0.034),
        ("3,4%", 0.034),
        ("3,4\u202f%", 0.034),
        ("1", 1.0),
        ("0", 0.0),
        ("9.1e-05", 9.1e-05),
    ],
)
def test_rates_and_shares_are_fractions_unless_they_say_percent(text, value):
    assert parse_rate(text) == pytest.approx(value, abs=1e-15)
    assert parse_share(text) == pytest.approx(value, abs=1e-15)


def test_a_source_that_writes_percent_says_so():
    assert parse_rate("3.4", unit="percent") == pytest.approx(0.034)
    assert parse_rate("0.8", unit="percent") == pytest.approx(0.008)
    assert refused(parse_rate, "3.4") == ("rate_out_of_range", {})
    assert refused(parse_rate, "120 %") == ("rate_out_of_range", {})
    assert refused(parse_share, "1.01") == ("share_out_of_range", {})
    assert {refused(parse_rate, text)[0] for text in ("", "-0.1", "a", "%", "1/2", "9" * 100)} == {"rate_invalid"}


@settings(deadline=None)
@given(ANYTHING | st.from_regex(r"[0-9., 'kMe%+-]{0,12}", fullmatch=True), st.booleans())
def test_no_text_makes_a_number_fail_otherwise(text, decimal_comma):
    for parse in (parse_count, parse_average):
        with suppress(DomainError):
            assert parse(text, decimal_comma=decimal_comma) >= 0
    for parse in (parse_rate, parse_share):
        with suppress(DomainError):
            assert 0 <= parse(text) <= 1
