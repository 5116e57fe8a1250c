"""The shape of globalgiving's list, in files of our own making."""

import json
from pathlib import Path

import pytest

from crm.formats import ngos
from crm.formats.rows import CauseRow, RowError


def project(name="Sea Friends", country="France", themes=(), url="http://www.sea.example") -> dict[str, object]:
    return {"country": country, "name": name, "themes": [{"id": t, "name": t.title()} for t in themes], "url": url}


def file_of(*projects, indent=1) -> str:
    return json.dumps({"projects": list(projects)}, indent=indent)


def test_an_organisation_becomes_a_cause(causes):
    reading, (parsed,) = causes(file_of(project(themes=["climate", "art", "climate"])), "ngos.json")
    assert (reading.format, reading.unknown_columns) == ("globalgiving", ())
    assert parsed.row == CauseRow(
        line=3,
        slug="sea-friends",
        name="Sea Friends",
        topics=("sdg-13", "arts"),
        countries=("FR",),
        website="http://www.sea.example",
    )
    assert (parsed.errors, parsed.notes) == ((), ())


def test_two_of_one_name_are_told_apart_and_one_that_stands_twice_is_one(causes):
    projects = [
        project(themes=["climate"]),
        project(country="Ghana"),
        project(country="Ghana", url="http://other.example"),
        project(themes=["art"], url="http://www.SEA.example/"),
        project(name="  sea\tFriends ", country="", url=""),
    ]
    _, rows = causes(file_of(*projects, indent=None))
    assert [p.row.slug for p in rows] == [
        "sea-friends",
        "sea-friends-gh",
        "sea-friends-2",
        "sea-friends",
        "sea-friends-3",
    ]
    assert rows[3].notes == (RowError(4, "", "row_repeated", {"first_line": 1}),)
    assert rows[0].row.topics == rows[3].row.topics == ("sdg-13", "arts")  # so that storing the second changes nothing
    assert [p.notes for p in rows if p is not rows[3]] == [()] * 4


@pytest.mark.parametrize(
    ("url", "website", "reason"),
    [
        ("www.sea.example", "http://www.sea.example", None),
        ("", "", None),
        (None, "", None),
        ("mailto:ann@sea.example", "", "url_scheme"),
        ("http://under construction", "", "url_invalid"),
    ],
)
def test_a_link_that_is_none_is_set_aside_and_said(causes, url, website, reason):
    _, (parsed,) = causes(file_of(project(url=url)))
    assert parsed.row.website == website
    assert parsed.notes == ((RowError(3, "website", "website_ignored", {"reason": reason}),) if reason else ())


def test_themes_may_be_missing_or_new(causes):
    _, rows = causes(file_of(project(name="A") | {"themes": ""}, project(name="B", themes=["wash", "edu"])))
    assert [p.row.topics for p in rows] == [(), ("sdg-04",)]
    assert [n.code for n in rows[1].notes] == ["theme_ignored"]


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"name": " "}, "name", "name_missing"),
        ({"name": 7}, "name", "value_invalid"),
        ({"name": "A\0"}, "name", "cell_nul"),
        ({"name": "A\ud800"}, "name", "cell_undecodable"),
        ({"name": "x" * 201}, "name", "text_too_long"),
        ({"country": "Atlantis"}, "country", "country_unknown"),
        ({"themes": "edu"}, "themes", "value_invalid"),
    ],
)
def test_an_entry_is_refused_by_key_and_code(causes, change, column, code):
    _, rows = causes(file_of(project() | change, project(name="Next")))
    assert [(e.line, e.column, e.code) for e in rows[0].errors] == [(3, column, code)]
    assert rows[1].row.name == "Next"


def test_what_is_no_object_is_refused(causes):
    _, rows = causes('{"projects": [7,\n null]}')
    assert [(p.line, p.errors[0].code) for p in rows] == [(1, "item_not_an_object"), (2, "item_not_an_object")]


def test_themes_become_topics_that_exist():
    shipped = Path(__file__).resolve().parents[3] / "crm" / "topics.json"
    slugs = {topic["slug"] for topic in json.loads(shipped.read_text())}
    assert {slug for topics in ngos._TOPICS.values() for slug in topics} <= slugs
