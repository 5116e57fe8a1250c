from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.errors import DomainError
from crm.formats.cells import (
    Cells,
    clean_hashtag,
    clean_slug,
    clean_text,
    parse_day,
    parse_items,
    parse_link,
    parse_timezone,
    platform_name,
    slug_of,
    storable,
)
from crm.formats.rows import RowError

ANYTHING = st.text(st.characters(exclude_categories=()))


def code_of(call, *args, **options) -> str:
    with pytest.raises(DomainError) as caught:
        call(*args, **options)
    return caught.value.code


def test_everything_wrong_with_a_row_is_said_by_its_column_s_own_name():
    cells = Cells(7, {"a": "x" * 11, "b": "1e5", "c": "soon", "d": ""}, {"a": "A", "b": "B", "c": "C"})
    assert (cells.text("a", limit=10), cells.identifier("b", limit=10), cells.choice("c", ("now", "never"))) == (
        "",
        "",
        "",
    )
    assert (cells.count("d"), cells.count("missing"), cells.items("d", str)) == (None, None, ())
    assert cells.errors == [
        RowError(7, "A", "text_too_long", {"limit": 10}),
        RowError(7, "B", "id_scientific"),
        RowError(7, "C", "choice_unknown", {"known": ["now", "never"]}),
    ]
    assert cells.verdict(None).errors == tuple(cells.errors)


@pytest.mark.parametrize("nothing", ["-", "n/a", "N/A", "NaN", "null", " — "])
def test_a_figure_may_say_that_it_is_not_known(nothing):
    cells = Cells(2, {"followers": nothing}, {})
    assert (cells.count("followers"), cells.average("followers"), cells.errors) == (None, None, [])


def test_figures_follow_the_habit_of_their_file():
    cells = Cells(2, {"avg": "1.234"}, {}, decimal_comma=True)
    assert cells.average("avg") == 1234.0
    assert Cells(2, {"avg": "1.234"}, {}).average("avg") == 1.234


def test_texts_lose_what_nobody_sees_and_keep_emoji_and_line_breaks():
    assert clean_text(" a\u202eb\x07c\ttab \n\n 👩\u200d🌾 e\u0301 ", limit=50) == "abc tab\n\n 👩\u200d🌾 é"
    assert code_of(clean_text, "x" * 51, limit=50) == "text_too_long"
    assert Cells(2, {"name": "two\nlines"}, {}).text("name", limit=50) == "two lines"


@pytest.mark.parametrize(
    ("raw", "tag"), [("#SauvonsLesOcéans", "SauvonsLesOcéans"), ("mer_bleue2", "mer_bleue2"), ("#समुद्र", "समुद्र")]
)
def test_hashtags_lose_their_sign(raw, tag):
    assert clean_hashtag(raw) == tag


@pytest.mark.parametrize("raw", ["#", "two words", "#a#b", "a-b", "a,b"])
def test_what_is_no_hashtag_is_refused(raw):
    assert code_of(clean_hashtag, raw) == "hashtag_invalid"


def test_lists_keep_their_order_and_each_entry_once():
    assert parse_items("b | a||b| ", str.strip) == ("b", "a")
    assert code_of(parse_items, "|".join(map(str, range(51))), str) == "list_too_long"


def test_time_zones_are_iana_s():
    assert parse_timezone("europe/paris") == "Europe/Paris"
    for text in ("", "Paris", "CEST", "+02:00", "../etc/passwd"):
        assert code_of(parse_timezone, text) == "timezone_unknown"


def test_days_are_iso_and_instants_have_a_zone():
    assert parse_day("2026-11-23") == date(2026, 11, 23)
    assert parse_day("2026-11-23T10:30:00Z") == datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
    assert type(parse_day("2026-11-23 10:30:00")) is date
    for text in (
        "",
        "31/02/2026",
        "13/13/2026",
        "1/2.2026",
        "11-23-2026",
        "2026-13-01",
        "2026-11-23T99",
        "20261123",
        "Lifetime",
        "٢٠٢٦-11-23",
    ):
        assert code_of(parse_day, text) == "date_invalid"


def test_a_day_written_with_strokes_is_read_where_it_can_only_be_one():
    assert parse_day("23/11/2026") == parse_day("11/23/2026") == date(2026, 11, 23)
    assert parse_day("03.04.2026") == parse_day("03/04/2026", day_first=True) == date(2026, 4, 3)
    assert parse_day("04/04/2026") == date(2026, 4, 4)
    assert code_of(parse_day, "03/04/2026") == "date_ambiguous"


def test_a_profile_link_needs_no_scheme_but_other_links_do():
    assert parse_link("instagram.com/maia") == "https://instagram.com/maia"
    assert code_of(parse_link, "example.org/maia") == "url_scheme"
    assert code_of(parse_link, "javascript:alert(1)") == "url_scheme"


def test_platforms_have_their_usual_names():
    assert [platform_name(text) for text in ("Instagram", "Twitter", " X ", "YouTube", "fb")] == [
        *("instagram", "x", "x", "youtube", "facebook")
    ]
    assert code_of(platform_name, "myspace") == "platform_unknown"


def test_slugs_are_made_from_names_and_are_always_the_same():
    assert slug_of("L’École & la Forêt (ONG)") == "l-ecole-la-foret-ong"
    assert slug_of("word " * 40) == ("word-" * 16)[:-1]
    assert slug_of("שלום") == slug_of("שלום") != slug_of("سلام")
    assert slug_of("x" * 200) == "x" * 80
    assert clean_slug(" Clean-Sea ") == "clean-sea"
    for text in ("", "a b", "-a", "a--b", "é", "a" * 81):
        assert code_of(clean_slug, text) == "slug_invalid"


@given(ANYTHING)
def test_no_text_makes_a_parser_fail_otherwise(text):
    storable(text).encode()
    assert clean_slug(slug_of(text))
    for parse in (clean_hashtag, clean_slug, parse_day, parse_link, parse_timezone, platform_name):
        with suppress(DomainError):
            parse(text)
    with suppress(DomainError):
        cleaned = clean_text(text, limit=50)
        assert clean_text(cleaned, limit=100) == cleaned
        cleaned.encode()
        assert "\0" not in cleaned
