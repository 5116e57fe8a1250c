"""Our own causes.csv and its JSON twin."""

import io
import json
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.errors import DomainError
from crm.formats import causes as module
from crm.formats.registry import read_causes
from crm.formats.rows import AudienceShare, CauseRow, GoalReading, RowError

FULL = """\
slug,name,description,topics,languages,countries,hashtags,audience_countries,audience_languages,audience_ages,\
audience_genders,audience_interests,goals,conflicts,platforms,website,values,tone,transparency,transparency_source
mer-propre,Mer propre,"Ramasser,
et mesurer",SDG-14|animals,fr|en,France|uk,#MerPropre,FR:0.8,fr,18-24:0.4,f:0.5,Surf,\
donation:20000 EUR by 2026-12-31|signature:5000,oil,instagram|Twitter,https://mer.example,local|joy,"Warm,
concrete",82 cents of each euro,"Report 2025, page 12"
"""
ROW = CauseRow(
    line=2,
    slug="mer-propre",
    name="Mer propre",
    description="Ramasser,\net mesurer",
    topics=("sdg-14", "animals"),
    languages=("fr", "en"),
    countries=("FR", "GB"),
    hashtags=("MerPropre",),
    audience=(
        AudienceShare("country", "FR", 0.8),
        AudienceShare("language", "fr"),
        AudienceShare("age", "18-24", 0.4),
        AudienceShare("gender", "female", 0.5),
        AudienceShare("interest", "Surf"),
    ),
    goals=(
        GoalReading("donation", amount_minor=2_000_000, currency="EUR", due_date=date(2026, 12, 31)),
        GoalReading("signature", quantity=5000),
    ),
    conflicts=("oil",),
    platforms=("instagram", "x"),
    website="https://mer.example",
    values=("local", "joy"),
    tone="Warm,\nconcrete",
    transparency="82 cents of each euro",
    transparency_source="Report 2025, page 12",
)


def test_every_column_is_read(causes):
    reading, (parsed,) = causes(FULL)
    assert (reading.format, reading.unknown_columns) == ("own", ())
    assert parsed.row == ROW
    assert set(module.COLUMNS) == set(FULL.partition("\n")[0].split(","))


def test_json_says_the_same(causes):
    item = {
        "slug": "mer-propre",
        "name": "Mer propre",
        "description": "Ramasser,\net mesurer",
        "topics": ["SDG-14", "animals"],
        "languages": "fr|en",
        "countries": ["France", "uk"],
        "hashtags": ["#MerPropre"],
        "audience_countries": {"FR": 0.8},
        "audience_languages": {"fr": None},
        "audience_ages": "18-24:0.4",
        "audience_genders": ["f:0.5"],
        "audience_interests": ["Surf"],
        "goals": ["donation:20000 EUR by 2026-12-31", "signature:5000"],
        "conflicts": ["oil"],
        "platforms": ["instagram", "Twitter"],
        "website": "https://mer.example",
        "values": ["local", "joy"],
        "tone": "Warm,\nconcrete",
        "transparency": "82 cents of each euro",
        "transparency_source": "Report 2025, page 12",
        "budget": 7,
    }
    reading, (parsed,) = causes("[\n" + json.dumps(item) + "\n]", "causes.json")
    assert (reading.format, reading.unknown_columns) == ("own", ("budget",))
    assert parsed.row == ROW
    assert parsed.raw["topics"] == "SDG-14|animals"


def test_a_name_makes_a_slug_and_a_slug_needs_no_name(causes):
    _, rows = causes("slug,name\n,L’École & la Forêt\nclean-sea,\n")
    assert [(p.row.slug, p.row.name) for p in rows] == [("l-ecole-la-foret", "L’École & la Forêt"), ("clean-sea", "")]


def test_a_cause_that_stands_twice_is_noted_or_refused(causes):
    _, rows = causes("slug,name\na,A\nb,B\na,A\na,Other\n")
    assert [p.row is not None for p in rows] == [True, True, True, False]
    assert rows[2].notes == (RowError(4, "", "row_repeated", {"first_line": 2}),)
    assert rows[3].errors == (RowError(5, "slug", "slug_repeated", {"first_line": 2}),)


@pytest.mark.parametrize(
    ("header", "row", "column", "code"),
    [
        ("slug,name", " , ", "name", "name_missing"),
        ("slug,name", "a b,A", "slug", "slug_invalid"),
        ("name,goals", "A,donation", "goals", "goal_invalid"),
        ("name,platforms", "A,myspace", "platforms", "platform_unknown"),
        ("name,website", "A,javascript:alert(1)", "website", "url_scheme"),
        ("name,countries", "A,FR|Atlantis", "countries", "country_unknown"),
        ("name,audience_ages", "A,old:0.4", "audience_ages", "audience_key_invalid"),
    ],
)
def test_a_row_is_refused_by_column_and_code(causes, header, row, column, code):
    _, (parsed,) = causes(f"{header}\n{row}\n")
    assert [(e.line, e.column, e.code) for e in parsed.errors] == [(2, column, code)]


def test_a_json_value_of_the_wrong_kind_is_refused_by_key(causes):
    items = [{"name": "A", "Topics": [["x"]], "website": True}, 7, {"name": "B\0"}, {"name": "\ud800"}, {"name": "C"}]
    _, rows = causes("[" + ",\n".join(json.dumps(item) for item in items) + "]")
    assert [[(e.line, e.column, e.code) for e in p.errors] for p in rows] == [
        [(1, "Topics", "value_invalid"), (1, "website", "value_invalid")],
        [(2, "", "item_not_an_object")],
        [(3, "name", "cell_nul")],
        [(4, "name", "cell_undecodable")],
        [],
    ]


VALUE = st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(), st.lists)
ITEM = VALUE | st.dictionaries(st.sampled_from(module.COLUMNS) | st.text(max_size=5), VALUE, max_size=5)


@given(st.lists(ITEM, max_size=5))
def test_every_entry_is_accepted_or_rejected_and_nothing_else_is_raised(items):
    with suppress(DomainError):
        reading = read_causes(io.BytesIO(json.dumps(items).encode()), "c.json")
        rows = list(reading.rows)
        assert len(rows) == len(items)
        for parsed in rows:
            assert (parsed.row is None) == bool(parsed.errors)
            assert parsed.row is None or parsed.row.slug
            json.dumps([dict(parsed.raw), [dict(e.params) for e in parsed.errors]], ensure_ascii=False).encode()
        json.dumps(reading.unknown_columns, ensure_ascii=False).encode()
