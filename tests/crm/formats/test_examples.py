"""The template we hand out is a file that we take back."""

import csv
import datetime
import io

import pytest
from openpyxl import load_workbook

from crm.formats import causes, examples, french, own
from crm.formats.registry import read_causes, read_influencers
from crm.formats.workbooks import open_workbook


@pytest.mark.parametrize(
    ("subject", "read", "language", "header"),
    [
        ("influencers", read_influencers, "en", list(own.COLUMNS)),
        ("influencers", read_influencers, "fr", [french.INFLUENCER_TITLES[name] for name in own.COLUMNS]),
        ("causes", read_causes, "en", list(causes.COLUMNS)),
        ("causes", read_causes, "fr", [french.CAUSE_TITLES[name] for name in causes.COLUMNS]),
    ],
)
def test_a_template_has_every_column_and_its_row_is_taken_without_a_remark(subject, read, language, header):
    text = examples.template(subject, language)
    assert next(csv.reader(io.StringIO(text), delimiter=";" if language == "fr" else ",")) == header
    reading = read(io.BytesIO(f"\ufeff{text}".encode()), "template.csv")
    assert (reading.format, reading.unknown_columns) == ("own", ())
    [parsed] = reading.rows
    assert parsed.row is not None
    assert (parsed.errors, parsed.notes) == ((), ())


def test_both_languages_say_the_same_of_the_same_person():
    english, french_row = (
        next(read_influencers(io.BytesIO(examples.template("influencers", language).encode()), "t.csv").rows).row
        for language in ("en", "fr")
    )
    told = ("external_id", "kind", "email_kind", "basis", "languages", "country", "email")
    assert {name: getattr(english, name) for name in told} == {name: getattr(french_row, name) for name in told}


def test_nobody_real_stands_in_it():
    row = next(csv.DictReader(io.StringIO(examples.template("influencers"))))
    assert row["email"].endswith(".example")
    assert row["handle"].endswith(".example")


def sheet_of(subject, language="en", **options):
    return load_workbook(io.BytesIO(examples.workbook(subject, language)), **options).active


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("subject", "kind"), [("influencers", own), ("causes", causes)])
def test_the_workbook_says_what_the_text_file_says(subject, kind, language):
    table = open_workbook(io.BytesIO(examples.workbook(subject, language)))
    text = csv.reader(io.StringIO(examples.template(subject, language)), delimiter=";" if language == "fr" else ",")
    assert table.header == tuple(next(text))
    assert kind.unknown_columns(table) == ()
    [parsed] = kind.read(table, "template.xlsx")
    assert (parsed.errors, parsed.notes) == ((), ())
    read = {"influencers": read_influencers, "causes": read_causes}[subject]
    [other] = read(io.BytesIO(examples.template(subject, language).encode()), "template.csv").rows
    assert vars(parsed.row) | {"raw": None} == vars(other.row) | {"raw": None}


def test_the_workbook_is_made_to_be_filled_in():
    sheet = sheet_of("influencers")
    assert (sheet.title, sheet.freeze_panes) == ("Influencers", "A2")
    assert all(cell.font.bold for cell in sheet[1])
    assert not any(cell.font.bold for cell in sheet[2])
    by_name = {cell.value: cell for cell in sheet[1]}
    widths = {name: sheet.column_dimensions[cell.column_letter].width for name, cell in by_name.items()}
    assert widths["bio"] > widths["audience_countries"] > widths["kind"] >= 12
    formats = {name: sheet.column_dimensions[cell.column_letter].number_format for name, cell in by_name.items()}
    assert {name for name, code in formats.items() if code == "@"} == {"external_id", "platform_id", "handle"}
    assert formats["observed_at"] == "yyyy-mm-dd"


def test_numbers_and_days_are_no_texts():
    for language, day_format in (("en", "yyyy-mm-dd"), ("fr", "dd/mm/yyyy")):
        sheet = sheet_of("influencers", language)
        cells = dict(zip(own.COLUMNS, sheet[2], strict=True))
        assert cells["followers"].value == 48000
        assert cells["observed_at"].value == datetime.datetime(2026, 11, 24)  # noqa: DTZ001 - spreadsheets know no zones
        assert cells["observed_at"].number_format == day_format


def test_another_language_gets_the_english_workbook_and_another_subject_none():
    assert sheet_of("causes", "de").title == "Causes"
    assert sheet_of("influencers", "fr").title == "Influenceurs"
    with pytest.raises(KeyError):
        examples.workbook("supporters")


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "|calc",
        "%0A=1",
        " =1",
        "\t=1",
        "\r\n=1",
        "\ufeff=1",
        "\u200b=1",
        "\u200d=1",
        "\u202e=1",
        "\u00a0=1",
        "\x00=1",
        "＝1+1",
        "\u200d \u200b＋1",
    ],
)
def test_what_a_spreadsheet_would_run_is_kept_a_text(text):
    assert examples.neutralised(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", " ", "48 000", "a=1", "'=1", "Zoé", "#tag", "(1)", "http://a.example/?b=1"])
def test_other_texts_are_left_as_they_are(text):
    assert examples.neutralised(text) == text


@pytest.mark.parametrize("subject", ["influencers", "causes"])
def test_no_cell_of_a_workbook_is_a_formula(subject, monkeypatch):
    columns, row = (
        (own.COLUMNS, examples._INFLUENCER) if subject == "influencers" else (causes.COLUMNS, examples._CAUSE)
    )
    hostile = {name: "=1+1" for name in row if name != "observed_at"}
    titles = {name: f"={name}" for name in columns}
    monkeypatch.setitem(examples._FILES, (subject, "en"), examples._Example(columns, hostile, titles))
    cells = [cell for line in sheet_of(subject).iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {str(cell.value)[:2] for cell in cells} == {"'="}
