"""The first sheet of an .xlsx as a table; and what such a file may not do to us."""

import datetime
import io
import json
import subprocess
import sys
import warnings
import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from crm.errors import DomainError
from crm.formats import own, sheets, tables, vendors, workbooks
from crm.formats.sheet_numbers import NumberStyle, number_text, read_style
from crm.formats.workbooks import is_workbook, open_workbook
from tests.crm.formats.hostile_workbooks import ATTACKS, NAME, PARTS, SHEET, SPREADSHEET, many, package


def saved(book):
    content = io.BytesIO()
    book.save(content)
    return content


def sheet_of(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return book


def opened(content):
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    table = open_workbook(stream)
    rows = list(table.rows)
    assert not stream.closed
    return table, rows


def cells_of(content):
    return [row.cells for row in opened(content)[1]]


def refusal(content):
    with pytest.raises(DomainError) as caught:
        opened(content)
    return caught.value.code, caught.value.params


def row(number, *cells):
    return f'<row r="{number}">{"".join(cells)}</row>'


class TestReading:
    def test_a_sheet_is_a_table_that_every_reader_takes(self):
        book = sheet_of(
            ["email", "platform", "handle", "followers", "engagement_rate", "observed_at"],
            ["noor@garden.example", "instagram", "noor", 48000.0, 0.041, datetime.date(2026, 11, 24)],
        )
        table, _ = opened(saved(book))
        assert (table.decimal_comma, table.encoding) == (False, "utf-8")
        [parsed] = own.read(open_workbook(saved(book)), "people.xlsx")
        [account] = parsed.row.accounts
        assert (account.followers, account.engagement_rate) == (48000, 0.041)
        assert account.observed_at == datetime.date(2026, 11, 24)
        book = sheet_of(["id", "instagram", "pinterest"], [17, "noor", "pins"])
        [parsed] = vendors.read_aspire(open_workbook(saved(book)), "people.xlsx")
        assert parsed.row.external_id == "aspire:17"

    def test_the_header_is_the_first_row_that_says_something(self):
        table, rows = opened(
            saved(sheet_of([], [None, " "], ["Name", "", "Name", "a@b.example", None], ["a", "b", "c", "d"]))
        )
        assert table.header == ("Name", "column 2", "Name (2)", "column 4")
        assert table.keys == ("name", "column_2", "name", "column_4")
        assert [(row.line, row.cells) for row in rows] == [(4, ("a", "b", "c", "d"))]

    def test_a_note_may_stand_above_a_header_that_is_known(self):
        def is_header(keys):
            return "name" in keys

        def lines_of(*rows):
            table = open_workbook(saved(sheet_of(*rows)), is_header)
            return table.header, [(row.line, row.cells) for row in table.rows]

        note, header, row = ["Figures of November"], ["Name", "Bio"], ["Zoé", "dives"]
        assert lines_of(note, [], header, row) == (("Name", "Bio"), [(4, ("Zoé", "dives"))])
        assert lines_of(header, row, header) == (("Name", "Bio"), [(2, ("Zoé", "dives")), (3, ("Name", "Bio"))])
        assert lines_of(note, row) == (("Figures of November",), [(2, ("Zoé", "dives"))])
        assert lines_of(*[note] * 5, header)[0] == ("Figures of November",)

    def test_lines_are_those_a_person_sees(self):
        _, rows = opened(saved(sheet_of(["name"], ["a"], [], [None], ["b"])))
        assert [(row.line, row.cells) for row in rows] == [(2, ("a",)), (5, ("b",))]

    def test_rows_and_cells_without_a_number_follow_each_other(self):
        content = package('<row><c t="str"><v>name</v></c></row><row><c t="str"><v>Zoé</v></c></row>')
        assert [(row.line, row.cells) for row in opened(content)[1]] == [(2, ("Zoé",))]

    def test_short_rows_are_filled_and_wide_rows_are_refused(self):
        _, rows = opened(saved(sheet_of(["name", "bio"], ["a"], ["a", "b", "c"], ["a", "b", " "])))
        assert [(row.cells, [(e.code, dict(e.params)) for e in row.errors]) for row in rows] == [
            (("a", ""), []),
            (("a", "b", "c"), [("row_ragged", {"cells": 3, "columns": 2, "last_line": 3})]),
            (("a", "b"), []),
        ]

    def test_the_first_sheet_in_sight_is_read(self):
        book = sheet_of(["hidden"], ["x"])
        book.active.sheet_state = "hidden"
        book.create_chartsheet("Chart", 0)
        for name in ("first", "second"):
            book.create_sheet(name).append([name])
        assert opened(saved(book))[0].header == ("first",)

    def test_texts_in_several_looks_are_one_text(self):
        text = CellRichText("Zo", TextBlock(InlineFont(b=True), "é"), " d’Été")
        assert cells_of(saved(sheet_of(["name"], [text]))) == [("Zoé d’Été",)]

    def test_reading_aids_and_carriage_returns_are_no_text(self):
        aid = "<si><r><t>東京</t></r><rPh sb='0' eb='2'><t>トウキョウ</t></rPh></si>"
        texts = f"<sst>{aid}<si><t>a_x000D_\nb&#13;\nc</t></si><si><t>name</t></si></sst>"
        rows = [row(n, f'<c t="s"><v>{text}</v></c>') for n, text in ((1, 2), (2, 0), (3, 1))]
        assert cells_of(package("".join(rows), sharedStrings=texts)) == [("東京",), ("a\nb\nc",)]

    def test_buttons_beside_the_cells_have_no_rows(self):
        rows = NAME + row(2, '<c r="A2" t="str"><v>Zoé</v></c>')
        button = "<controls><anchor><row><c><v>9</v></c></row></anchor></controls>"
        sheet = f"<worksheet>{button}<sheetData>{rows}</sheetData>{button}</worksheet>"
        assert cells_of(package(extra={SHEET: sheet})) == [("Zoé",)]

    def test_another_reader_finds_the_same(self):
        book = sheet_of(
            ["text", "number", "day", "truth"],
            ["plain", 3, datetime.datetime(2026, 11, 24, 8, 5), True],  # noqa: DTZ001 - spreadsheets know no zones
            ["é" * 3000, -1.5, datetime.date(1999, 12, 31), False],
            [None, None, None, "last"],
        )
        content = saved(book)
        theirs = load_workbook(content, read_only=True).active.iter_rows(min_row=2, values_only=True)
        shown = [tuple("" if v is None else str(v) for v in row) for row in theirs]
        ours = [
            tuple(c.replace("T", " ") if "T" in c and c[0].isdigit() else c for c in row) for row in cells_of(content)
        ]
        assert [row[:2] for row in ours] == [row[:2] for row in shown]
        assert [row[2].removesuffix(" 00:00:00") for row in shown] == [row[2] for row in ours]
        assert [row[3].lower() for row in shown] == [row[3].lower() for row in ours]


class TestCells:
    @pytest.mark.parametrize(
        ("stored", "style", "text"),
        [
            ("48000", NumberStyle.PLAIN, "48000"),
            ("48000.0", NumberStyle.PLAIN, "48000"),
            ("4.8E4", NumberStyle.PLAIN, "48000"),
            ("4.1000000000000002E-2", NumberStyle.PLAIN, "0.041"),
            ("5E-5", NumberStyle.PLAIN, "0.00005"),
            ("-0", NumberStyle.PLAIN, "0"),
            ("12.345", NumberStyle.PLAIN, "12.3450"),  # a count would read "12.345" as twelve thousand
            ("999999999999999", NumberStyle.PLAIN, "999999999999999"),
            ("1000000000000000", NumberStyle.PLAIN, "1.00000000000000e+15"),
            ("17841400123456789", NumberStyle.PLAIN, "1.78414001234568e+16"),
            ("1.22158E+17", NumberStyle.PLAIN, "1.22158000000000e+17"),
            ("4.1000000000000002E-2", NumberStyle.PERCENT, "4.1%"),
            ("1", NumberStyle.PERCENT, "100%"),
            ("46350", NumberStyle.DATE, "2026-11-24"),
            ("46350.5451388889", NumberStyle.DATE, "2026-11-24T13:05:00"),
            ("46349.9999999999", NumberStyle.DATE, "2026-11-24"),
            ("1", NumberStyle.DATE, "1900-01-01"),
            ("59", NumberStyle.DATE, "1900-02-28"),
            ("60", NumberStyle.DATE, "60"),  # a day that never was
            ("61", NumberStyle.DATE, "1900-03-01"),
            ("2958465", NumberStyle.DATE, "9999-12-31"),
            ("2958465.9999999999", NumberStyle.DATE, "2958466"),
            ("2958466", NumberStyle.DATE, "2958466"),
            ("99999999", NumberStyle.DATE, "99999999"),
            ("-3", NumberStyle.DATE, "-3"),
            ("0.5", NumberStyle.TIME, "12:00:00"),
            ("1.5", NumberStyle.TIME, "36:00:00"),
            ("1e999", NumberStyle.PLAIN, "inf"),
            ("nan", NumberStyle.PLAIN, "nan"),
            ("1_000", NumberStyle.PLAIN, "1_000"),
            ("9" * 5_000, NumberStyle.DATE, "9" * 5_000),
        ],
    )
    def test_a_number_is_written_as_a_person_would(self, stored, style, text):
        assert number_text(stored, style) == text

    def test_workbooks_that_count_from_1904(self):
        book = PARTS["xl/workbook.xml"].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
        styles = '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
        rows = NAME + row(2, '<c r="A2" s="1"><v>44888</v></c>')
        assert cells_of(package(rows, styles=styles, workbook=book)) == [("2026-11-24",)]

    @pytest.mark.parametrize(
        ("code", "style"),
        [
            ("General", NumberStyle.PLAIN),
            ("#,##0.00", NumberStyle.PLAIN),
            ('#,##0 "days"', NumberStyle.PLAIN),
            ("[Red]-#,##0\\ \\d", NumberStyle.PLAIN),
            ("[$USD] 0", NumberStyle.PLAIN),
            ("0.00E+00", NumberStyle.PLAIN),
            ("@", NumberStyle.PLAIN),
            ("0.0%;[Red]-0.0%", NumberStyle.PERCENT),
            ("dd/mm/yyyy", NumberStyle.DATE),
            ("[$-40C]d mmmm yyyy;@", NumberStyle.DATE),
            ("mmm", NumberStyle.DATE),
            ("yyyy-mm-dd hh:mm:ss", NumberStyle.DATE),
            ("h:mm AM/PM", NumberStyle.TIME),
            ("mm:ss.0", NumberStyle.TIME),
            ("[h]:mm:ss", NumberStyle.TIME),
        ],
    )
    def test_a_format_says_what_a_number_is(self, code, style):
        assert read_style(code) is style

    def test_styles_of_the_file_are_those_of_its_cells(self):
        book = sheet_of(["a", "b", "c", "d"], [datetime.date(2026, 11, 24), 0.125, datetime.timedelta(minutes=95), 7])
        book.active["B2"].number_format = "0.0%"
        book.active["D2"].number_format = '0 "d"'
        assert cells_of(saved(book)) == [("2026-11-24", "12.5%", "1:35:00", "7")]

    def test_a_long_id_kept_as_a_number_is_refused_as_an_id_and_as_a_count(self):
        book = sheet_of(
            ["external_id", "name"], [17841400123456789, "Noor"], ["17841400123456789", "Lea"], [123456789012345, "Sam"]
        )
        rows = list(own.read(open_workbook(saved(book)), "p.xlsx"))
        assert [(e.column, e.code) for e in rows[0].errors] == [("external_id", "id_scientific")]
        assert [parsed.row.external_id for parsed in rows[1:]] == ["17841400123456789", "123456789012345"]
        book = sheet_of(
            ["platform", "handle", "followers"], ["instagram", "noor", 12.345], ["instagram", "lea", 10.0**17]
        )
        codes = [[e.code for e in parsed.errors] for parsed in own.read(open_workbook(saved(book)), "p.xlsx")]
        assert codes == [["count_not_whole"], ["count_scientific"]]

    def test_a_formula_is_its_stored_result_or_refused(self):
        rows = [
            NAME,
            row(2, '<c r="A2" t="str"><f>UPPER("zoé")</f><v>ZOÉ</v></c>'),
            row(3, '<c r="A3"><f>1+1</f><v>2</v></c>'),
            row(4, '<c r="A4"><f>1+1</f></c>'),
            row(5, '<c r="A5"><f>WEBSERVICE("http://127.0.0.1/")</f><v></v></c>'),
            row(6, '<c r="A6" t="str"><f>""</f><v></v></c><c r="B6" t="str"><v>x</v></c>'),
        ]
        _, read = opened(package("".join(rows).replace("</row>", '<c r="B1" t="str"><v>bio</v></c></row>', 1)))
        assert [(r.cells[0], [(e.column, e.code) for e in r.errors]) for r in read] == [
            ("ZOÉ", []),
            ("2", []),
            ("", [("name", "cell_not_calculated")]),
            ("", [("name", "cell_not_calculated")]),
            ("", []),
        ]
        _, read = opened(saved(sheet_of(["name"], ["=1+1"])))
        assert [e.code for e in read[0].errors] == ["cell_not_calculated"]

    def test_an_unknown_value_is_a_blank_and_every_other_error_is_told(self):
        rows = sheet_of(["name", "followers", "bio"], ["Noor", "#N/A", True], ["Lea", "#REF!", "x"])
        for address in ("B2", "B3"):
            rows.active[address].data_type = "e"
        _, read = opened(saved(rows))
        assert [(r.cells, [(e.line, e.column, e.code) for e in r.errors]) for r in read] == [
            (("Noor", "", "TRUE"), []),
            (("Lea", "", "x"), [(3, "followers", "cell_shows_error")]),
        ]

    def test_a_header_that_shows_an_error_is_unreadable(self):
        book = sheet_of(["name", "#REF!"], ["Noor", 1])
        book.active["B1"].data_type = "e"
        assert refusal(saved(book)) == ("header_unreadable", {"line": 1, "problem": "cell_shows_error"})


class TestLimits:
    def test_too_many_columns(self):
        def wide(columns):
            return package(NAME.replace("</row>", f'<c r="{columns}1"><v>1</v></c></row>'))

        assert refusal(wide("GJI")) == ("columns_too_many", {"limit": tables.COLUMN_LIMIT})  # 5,001
        assert len(opened(wide("GJH"))[0].header) == tables.COLUMN_LIMIT
        [read] = opened(package(NAME + row(2, '<c r="XFD2"><v>1</v></c>')))[1]
        assert [(e.code, e.params["cells"]) for e in read.errors] == [("row_ragged", 16_384)]

    def test_a_cell_and_a_row_that_are_too_long(self, monkeypatch):
        monkeypatch.setattr(sheets, "CELL_LIMIT", 10)
        monkeypatch.setattr(sheets, "LINE_LIMIT", 15)
        _, read = opened(saved(sheet_of(["name", "bio"], ["x" * 11, "y"], ["x" * 10, "y" * 6], ["x" * 10, "y"])))
        assert [[(e.column, e.code) for e in r.errors] for r in read] == [
            [("name", "cell_too_long")],
            [("", "row_too_long")],
            [],
        ]

    def test_a_huge_text_is_not_held_whole(self):
        content = package(NAME + row(2, '<c r="A2" t="inlineStr"><is><t>' + "x" * 3_000_000 + "</t></is></c>"))
        [read] = opened(content)[1]
        assert [e.code for e in read.errors] == ["cell_too_long"]
        assert len(read.cells[0]) == tables.CELL_LIMIT
        run = sheets.RunText()
        run.start("t")
        for _ in range(9):
            run.add("x" * tables.CELL_LIMIT)
        assert len(run.text) == 2 * tables.CELL_LIMIT

    @pytest.mark.parametrize("rows", ["", "<row r='3'/>", '<row r="1"><c r="A1"/></row>'])
    def test_an_empty_sheet_is_an_empty_file(self, rows):
        assert refusal(package(rows)) == ("file_empty", {})

    def test_a_workbook_without_a_table_is_an_empty_file(self):
        assert refusal(package(workbook=f'<workbook xmlns="{SPREADSHEET}"/>')) == ("file_empty", {})

    @pytest.mark.slow
    def test_memory_stays_flat_however_many_rows_there_are(self, tmp_path):
        book = Workbook(write_only=True)
        written = book.create_sheet()
        written.append(["name", "followers", "bio"])
        for number in range(150_000):
            written.append([f"person {number}", number, "x" * 40])
        path = tmp_path / "long.xlsx"
        book.save(path)
        [(code, _, megabytes, _)] = measured(path)
        assert code == ""
        assert megabytes < 32


def measured(*paths):
    command = [sys.executable, "-m", "tests.crm.formats.hostile_workbooks", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    paths = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile remarks on what we mean to do
        for number, (make, _) in enumerate(ATTACKS.values()):
            paths.append(folder / f"{number}.xlsx")
            paths[-1].write_bytes(make())
    before = sorted(folder.iterdir())
    results = dict(zip(ATTACKS, measured(*paths), strict=True))
    assert sorted(folder.iterdir()) == before
    return results


class TestAttacks:
    """Reliability row I4: refused in under a second, with under 64 MB, touching nothing but the file."""

    @pytest.mark.parametrize("attack", ATTACKS)
    def test_it_is_refused_quickly_and_quietly(self, results, attack):
        code, seconds, megabytes, touched = results[attack]
        assert code == ATTACKS[attack][1]
        assert seconds < 1
        assert megabytes < 64
        assert touched == []

    def test_entries_without_end_are_not_even_listed(self, results):
        """zipfile would build an object for each before they can be counted."""
        _, seconds, megabytes, _ = results["entries that are not counted"]
        assert seconds < 0.05
        assert megabytes < 8

    def test_what_is_hand_made_is_refused_for_the_attack_alone(self):
        assert opened(package())[0].header == ("name",)
        few = many(3)
        with zipfile.ZipFile(io.BytesIO(few)) as archive:
            assert archive.testzip() is None
            assert archive.namelist()[-3:] == [f"xl/media/{number}.png" for number in range(3)]
        assert opened(few)[0].header == ("name",)

    @pytest.mark.slow
    def test_what_has_more_entries_than_a_plain_zip_can_count_is_hand_made_well_too(self):
        with zipfile.ZipFile(io.BytesIO(many(66_000))) as archive:
            assert archive.namelist()[-1] == "xl/media/65999.png"


class TestRecognising:
    def test_a_workbook_is_known_by_its_parts(self):
        assert is_workbook(saved(sheet_of(["name"])))
        assert is_workbook(io.BytesIO(package(extra={"xl/vbaProject.bin": "x"})))  # refused when opened, in words

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"PK",
            b"PK\x03\x04\x14\x00",
            b"name,email\r\nPK,[Content_Types].xml xl/workbook.xml",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 xl/workbook.xml",
            package()[:200],
        ],
    )
    def test_what_is_none_is_not(self, content):
        stream = io.BytesIO(content)
        assert not is_workbook(stream)

    @pytest.mark.parametrize("part", ["word/document.xml", "content.xml", "xl/workbook.bin"])
    def test_other_zips_are_not(self, part):
        content = package().replace(b"xl/workbook.xml", part.encode()[:15].ljust(15, b"_"))
        assert not is_workbook(io.BytesIO(content))

    def test_every_reader_of_text_says_what_it_is_instead(self):
        with pytest.raises(DomainError) as caught:
            tables.open_table(saved(sheet_of(["name"])))
        assert (caught.value.code, caught.value.params) == ("file_not_text", {"kind": "workbook"})
        assert workbooks.is_workbook(saved(sheet_of(["name"])))
