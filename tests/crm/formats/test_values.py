"""One value of a report at a time."""

import io
import json

import pytest

from crm.formats.documents import Document, Documents
from crm.formats.reports.values import UNKNOWN_LIMIT, Report, read_reports, unknown_keys
from crm.formats.rows import InfluencerRow, RowError


def report_of(**body) -> Report:
    return Report(Document(3, body))


def problems(report: Report) -> list[tuple[str, str]]:
    parsed = report.verdict(InfluencerRow(3, name="Ann"))
    return [(error.column, error.code) for error in parsed.errors]


@pytest.mark.parametrize(
    ("value", "count", "code"),
    [
        (1200, 1200, None),
        (1200.0, 1200, None),
        (0, 0, None),
        ("12,400", 12_400, None),
        (None, None, None),
        ("", None, None),
        (" ", None, None),
        (1.234, None, "count_not_whole"),  # the text "1.234" would be 1234
        (-1, None, "count_negative"),
        (1e300, None, "count_too_big"),
        (float("inf"), None, "count_too_big"),
        ("1.2E+9", None, "count_scientific"),
        (True, None, "value_invalid"),
        ([1], None, "value_invalid"),
        ({"a": 1}, None, "value_invalid"),
    ],
)
def test_a_count_is_a_whole_number_or_nothing(value, count, code):
    report = report_of(a={"b": value})
    assert report.count("a.b") == count
    assert problems(report) == ([("a.b", code)] if code else [])


@pytest.mark.parametrize(
    ("value", "identifier", "code"),
    [
        ("17841400000000027", "17841400000000027", None),
        (17841400000000027, "17841400000000027", None),
        ("1.78414E+16", "", "id_scientific"),
        (1.78414e16, "", "id_scientific"),
        (12.0, "", "value_invalid"),
        ("a\0", "", "cell_nul"),
        ("a\ud800", "", "cell_undecodable"),
        ("x" * 101, "", "text_too_long"),
    ],
)
def test_an_id_that_lost_digits_is_refused(value, identifier, code):
    report = report_of(id=value)
    assert report.identifier("id") == identifier
    assert problems(report) == ([("id", code)] if code else [])


@pytest.mark.parametrize(
    ("value", "unit", "rate", "reason"),
    [
        (0.034, "fraction", 0.034, None),
        (3e-05, "fraction", 3e-05, None),
        (3.4, "percent", 0.034, None),
        (4.1, "percent", 0.041, None),
        (3.4, "fraction", None, "rate_out_of_range"),
        (-1, "fraction", None, "rate_invalid"),
        ("n/a", "percent", None, "rate_invalid"),
    ],
)
def test_a_rate_is_read_in_the_vendor_s_unit_and_never_guessed(value, unit, rate, reason):
    report = report_of(er=value)
    assert report.rate("er", unit=unit) == rate
    expected = (RowError(3, "er", "value_ignored", {"reason": reason}),) if reason else ()
    assert report.verdict(InfluencerRow(3, name="Ann")).notes == expected


def test_of_several_averages_the_first_above_zero_counts():
    report = report_of(a=0, b=12.5, c=3, d=None)
    assert report.average("a", "b", "c") == 12.5
    assert (report.average("a"), report.average("d", "a"), report.average("d")) == (0.0, 0.0, None)


def test_paths_lead_through_objects_and_lists():
    report = report_of(a=[{"b": 1}, {"b": "x"}], c=5)
    assert (report.value("a[1].b"), report.value("a[2].b"), report.value("c.d"), report.value("a.b")) == (
        *("x", None, None),
        None,
    )
    assert list(report.entries("a", limit=1)) == [("a[0]", {"b": 1})]
    assert list(report.entries("c", limit=9)) == list(report.entries("z", limit=9)) == []
    assert report.notes == [RowError(3, "c", "value_ignored", {"reason": "value_invalid"})]


def test_only_what_was_read_is_kept():
    report = report_of(name="A\0", followers=5, ethnicities=["x"], notable=[{"username": "other"}])
    report.names["name"] = "name"
    report.text("name", limit=200)
    report.count("followers")
    assert dict(report.raw) == {"name": "A\ufffd", "followers": "5"}
    assert report.verdict(InfluencerRow(3, name="A")).title == "A\ufffd"


def test_a_report_about_nobody_is_refused():
    parsed = report_of().verdict(InfluencerRow(3))
    assert parsed.errors == (RowError(3, "", "identity_missing"),)


def test_what_is_no_report_is_refused_by_its_place():
    documents = Documents(io.BytesIO(b'[7, {"other": 1}, {"ours": 1}]'))
    rows = list(read_reports(documents, lambda body: "ours" in body, lambda report: report.verdict(InfluencerRow(3))))
    assert [(row.line, row.errors[0].code) for row in rows] == [
        (1, "item_not_an_object"),
        (2, "report_shape_unknown"),
        (3, "identity_missing"),
    ]
    lines = Documents(io.BytesIO(b'{"ours": 1}\n{"ours": 2}\n{"ours\n'))
    *_, last = read_reports(lines, lambda body: True, lambda report: report.verdict(InfluencerRow(1)))
    assert last.errors == (RowError(3, "", "json_invalid", {"line": 3}),)


def test_unknown_keys_are_paths_of_all_reports():
    bodies = [
        {"a": {"b": 1, "c": {"d": 2}}, "list": [{"x": 1}]},
        {"a": {"e": 1, "ann@people.example": 2, "33612345678": 3}, "z": {"y": 1}},
        {"a": 5, "u\0": 1},
    ]
    documents = Documents(io.BytesIO(json.dumps(bodies).encode()))
    known = frozenset({"a.b", "a.c.f", "list"})
    assert unknown_keys(documents, known) == ("a.c.d", "a.e", "a.…", "z", "u\ufffd")
    many = Documents(io.BytesIO(json.dumps({f"key{n}": n for n in range(90)}).encode()))
    assert len(unknown_keys(many, known)) == UNKNOWN_LIMIT
