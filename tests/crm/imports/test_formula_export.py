"""Reliability row I5: nothing we hand out for a spreadsheet begins a formula there, and reading it back takes it off."""

import csv
import io
import re
import unicodedata
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.test import Client
from openpyxl import load_workbook

from crm.formats import examples, own
from crm.formats.formulas import meant, neutralised
from crm.formats.registry import read_influencers
from crm.handles.folding import without_invisible
from crm.models import Influencer
from outreach.printing.archive import archive
from outreach.printing.tables import Book, Column, Table
from outreach.printing.workbook import workbook
from tests.factories import NOW, UserFactory, analysed, browser_of, imported

ROOT = Path(__file__).parents[3]
# Every module that writes a table for people, each with its attack below. A new one belongs here, and gets one.
WRITERS = {
    "crm/formats/examples.py",
    "crm/formats/rejects.py",
    "outreach/printing/archive.py",
    "outreach/printing/workbook.py",
}
# These only send what others write, or name what came by mail.
SENDERS = {
    "crm/admin/imports.py",
    "outreach/replies/attachments.py",
    "outreach/services/report_book.py",
    "outreach/words/inbox.py",
}
_STARTS = (
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", "|calc", "%0A=1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x.example";"x")'),
    *("=IMPORTXML(CONCAT(1),2)", '=WEBSERVICE("http://x.example")', "+33612345678", "-", "=", "@", "|", "%", "=\u0301x", "=1;2,3"),
)  # fmt: skip
_BEFORE = (
    *(" ", "\u00a0", "\u2003", "\u3000", "\u2028", "\t", "\x0b", "\x1f", "\x7f", "\x85", "\ufeff", "\u200b", "\u200d", "\u2060"),
    *("\u202e", "\u2066", "\u00ad", "\u034f", "\ufe0f", "\u180e", "\u115f", "\u3164", "\uffa0", "\u2800", "\U000e0020", "\U000e0101"),
    *(" \u200b ", "\t\ufeff", "\u200e\u00a0"),
)  # fmt: skip
_WRITTEN_OTHERWISE = "＝＋－＠｜％﹦﹢﹣﹫﹪⁼⁺₌₊"
PAYLOADS = (
    *_STARTS,
    *(f"{before}=1+1" for before in _BEFORE),
    *(f"{sign}1+1" for sign in _WRITTEN_OTHERWISE),
)
HARMLESS = (
    "",
    "48000",
    "4.1",
    "Zoé",
    "a=1",
    "'=1",
    "'",
    "''=1",
    "O'Neill",
    "#tag",
    "(1)",
    "1-2",
    "http://a.example/?b=1",
)


def runs(cell: object) -> bool:
    """Whether a spreadsheet might take a cell for a formula: told by what the Unicode data says, not by our code."""
    if not isinstance(cell, str):
        return False
    ignorable = re.compile(
        "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
    )
    seen = [
        c
        for c in unicodedata.normalize("NFKC", cell)
        if unicodedata.category(c)[0] not in "ZC" and not ignorable.match(c)
    ]
    return bool(seen) and seen[0] in "=+-@|%"


@pytest.fixture
def client() -> Client:
    return browser_of(UserFactory(role="officer"))


def test_there_are_sixty_of_them():
    assert len(set(PAYLOADS)) >= 60
    assert [text for text in PAYLOADS if not runs(text)] == []


@pytest.mark.parametrize("text", PAYLOADS)
def test_what_would_run_does_not_and_comes_back_as_it_was(text):
    assert not runs(neutralised(text))
    assert meant(neutralised(text)) == text
    assert neutralised(neutralised(text)) == neutralised(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_would_not_is_left_as_it_is(text):
    assert neutralised(text) == text


def test_every_module_that_writes_tables_is_attacked_here():
    writes = re.compile(r"csv\.(Dict)?[wW]riter\(|\bWorkbook\(|text/csv|spreadsheetml\.sheet")
    found = {
        str(path.relative_to(ROOT))
        for app in ("crm", "matching", "outreach", "config")
        for path in (ROOT / app).rglob("*.py")
        if writes.search(path.read_text())
    }
    assert found - SENDERS == WRITERS


@pytest.mark.django_db
def test_refused_rows_run_nowhere_and_come_back_as_they_were(client):
    """Every payload in every text column, and in a name of a column. The country refuses them all."""
    texts = [name for name in own.COLUMNS if name not in {"country", "platform"}]
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow([*texts, "country", "=SUM(A1)", "@x", "\u200b+y"])
    for text in PAYLOADS:
        writer.writerow([*[text] * len(texts), "Atlantis", text, "48000", "=1"])
    batch = analysed(file.getvalue(), filename="=1+1.csv")
    answer = client.get(f"/admin/crm/importbatch/{batch.pk}/rejects/")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert len(rows) == 1 + len(PAYLOADS)
    assert [cell for row in rows for cell in row if runs(cell)] == []
    assert {row[texts.index("name") + 0] for row in rows[1:]} == {neutralised(text) for text in PAYLOADS}
    assert {row[-4] for row in rows[1:]} == {"48000"}  # numbers stay numbers
    assert [int(row[-2]) for row in rows[1:]] == sorted(int(row[-2]) for row in rows[1:])


@pytest.mark.django_db
def test_a_corrected_file_stores_what_was_meant():
    told = [text for text in PAYLOADS if without_invisible(text).strip() == text]
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(["external_id", "name", "notes"])
    writer.writerows([f"p{number}", "Ann", neutralised(text)] for number, text in enumerate(told))
    assert imported(file.getvalue()).rejected_count == 0
    stored = dict(Influencer.objects.values_list("external_id", "notes"))
    plain = {f"p{number}": unicodedata.normalize("NFC", text) for number, text in enumerate(told)}
    assert stored == plain


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("subject", ["influencers", "causes"])
def test_templates_run_nowhere(subject, language):
    delimiter = ";" if language == "fr" else ","
    written = csv.reader(io.StringIO(examples.template(subject, language)), delimiter=delimiter)
    assert [cell for row in written for cell in row if runs(cell)] == []
    book = load_workbook(io.BytesIO(examples.workbook(subject, language)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f" or runs(cell.value)] == []
    assert not re.search(rb"<f[ >]", examples.workbook(subject, language))


def test_a_reader_takes_the_apostrophe_off_whatever_stands_behind_it():
    for text in PAYLOADS:
        content = f'name,notes\nAnn,"{neutralised(text).replace(chr(34), chr(34) * 2)}"\n'.encode()
        [parsed] = read_influencers(io.BytesIO(content), "x.csv").rows
        assert parsed.row is not None
        assert not parsed.row.notes.startswith("'")


def test_what_a_report_prints_runs_nowhere():
    """Every payload as a text of a table, and as the name of a column: in the archive and in the workbook."""
    titles = [Column(text, "text") for text in PAYLOADS]
    tables = (Table("attack", "Attack", tuple(titles), (tuple(PAYLOADS),)),)
    book = Book("=1+1", (), "", (), (), (), tables, "en")
    with ZipFile(io.BytesIO(archive(book, at=NOW, currency_title="Currency"))) as files:
        (name,) = files.namelist()
        table = list(csv.reader(io.StringIO(files.read(name).decode(), newline="")))
    assert len(table) == 2
    assert [cell for row in table for cell in row if runs(cell)] == []
    sheet = load_workbook(io.BytesIO(workbook(book, at=NOW, currency_title="Currency"))).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert len(cells) == 2 * len(PAYLOADS)
    assert [cell.value for cell in cells if cell.data_type == "f" or runs(cell.value)] == []
