import codecs
import csv
import io
import time
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm.errors import DomainError
from crm.formats import tables
from crm.formats.rows import RowError
from crm.formats.tables import CELL_LIMIT, open_table


def table_of(content: str | bytes):
    table = open_table(io.BytesIO(content.encode() if isinstance(content, str) else content))
    return table, list(table.rows)


def refused(content: str | bytes) -> tuple[str, dict[str, object]]:
    with pytest.raises(DomainError) as caught:
        table_of(content)
    return caught.value.code, caught.value.params


def seen(rows) -> list[tuple[int, tuple[str, ...] | str]]:
    """Line, and the cells or the code of what is wrong."""
    return [(row.line, row.errors[0].code if row.errors else row.cells) for row in rows]


# Dialects


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_dialect_reads_the_same(delimiter, end, encoding):
    rows = [["name", "bio"], ["Zoé", 'a, b; c | d\te "f"'], ["Léa", ""]]
    quoted = [delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    table, found = table_of(end.join(quoted).encode(encoding))
    assert (table.header, table.delimiter) == (("name", "bio"), delimiter)
    assert [row.cells for row in found] == [tuple(row) for row in rows[1:]]
    assert [row.line for row in found] == [2, 3]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("name;followers\nAnn;12,4 k\nBob;1,2 M\n", ";"),  # commas in every row, but not in the header
        ("name,topics\nAnn,a;b;c\nBob,d;e;f\n", ","),
        ("name,topics\nAnn,a|b\nBob,c|d\n", ","),
        ("name\tbio\nAnn\tx, y\nBob\tz, w\n", "\t"),
        ("name;bio\nAnn;x, y, z\nBob;\n", ";"),
        ("name;a,b\nAnn;1,2\nBob;3\n", ";"),  # both fit the first rows; the semicolon fits all
        ("name\nAnn\nBob\n", ","),
        ("name,bio", ","),
        ("sep=;\nname;a,b,c\nx;1,2,3\n", ";"),
    ],
)
def test_the_delimiter_is_found_by_evidence(text, delimiter):
    assert table_of(text)[0].delimiter == delimiter


def test_excel_s_declaration_is_no_header_but_a_line():
    table, rows = table_of("sep=|\r\nname|bio\r\nAnn|x\r\n")
    assert (table.header, seen(rows)) == (("name", "bio"), [(3, ("Ann", "x"))])


def test_only_semicolon_files_have_decimal_commas():
    assert [table_of(f"a{d}b\n")[0].decimal_comma for d in ",;\t|"] == [False, True, False, False]


# Headers


def test_headers_are_named_as_a_person_sees_them_and_each_once():
    table, _ = table_of('Followers,"\nCountry", Followers ,followers,,Eng. (Avg.),"a\n b",Followers (2),,\n')
    assert table.header == (
        *(
            "Followers",
            "Country",
            "Followers (2)",
            "followers (3)",
            "column 5",
            "Eng. (Avg.)",
            "a b",
            "Followers (2) (2)",
        ),
    )
    assert table.keys[:6] == ("followers", "country", "followers", "followers", "column_5", "eng_avg")
    assert table.positions["followers"] == (0, 2, 3)


def test_a_file_without_header_does_not_show_its_first_person():
    table, _ = table_of("Ann,ann@example.org,+33612345678,https://example.org/ann\n")
    assert table.header == ("Ann", "column 2", "column 3", "column 4")


def test_a_line_break_in_the_header_moves_every_line():
    _, rows = table_of('name,"\ncountry","\r\nviews"\r\nAnn,FR,1\nBob,BE,2\n')
    assert [row.line for row in rows] == [4, 5]


@pytest.mark.parametrize("content", ["", "\n\n", " \n", "\ufeff", b"\xff\xfe"])
def test_a_file_without_a_cell_is_empty(content):
    assert refused(content) == ("file_empty", {})


def test_a_header_alone_is_a_table_without_rows():
    assert table_of("name,bio\r\n")[1] == []


def test_a_header_that_cannot_be_trusted_ends_it():
    assert refused("a,b\0,c\nd,e,f\ng,h,i\nj,k,l\n") == ("header_unreadable", {"line": 1, "problem": "cell_nul"})
    assert refused('\na,"b\nc,d\n') == ("header_unreadable", {"line": 2, "problem": "quote_unclosed"})
    assert refused(b"\xc3\xa9\xc3\xa9,\xff\n") == ("header_unreadable", {"line": 1, "problem": "cell_undecodable"})


def test_five_thousand_columns_are_the_limit():
    names = [f"c{n}" for n in range(5001)]
    assert len(table_of(",".join(names[:5000]))[0].header) == 5000
    assert refused(",".join(names)) == ("columns_too_many", {"limit": 5000})


# Rows


def test_lines_are_counted_as_a_person_counts_them():
    text = 'name,bio\r\n\r\nAnn,"one\r\ntwo\r\n\r\nthree"\r\nBob,x\n\rCid,"a\rb"\nDan,y'
    assert seen(table_of(text)[1]) == [
        (3, ("Ann", "one\ntwo\n\nthree")),
        (7, ("Bob", "x")),
        (9, ("Cid", "a\nb")),
        (11, ("Dan", "y")),
    ]


def test_a_row_of_another_width_is_never_guessed_at():
    _, rows = table_of('a,b,c\n1,2\n1,2,3,4\n1,2,3,,\n"1\n1",2\n')
    assert seen(rows) == [(2, "row_ragged"), (3, "row_ragged"), (4, ("1", "2", "3")), (5, "row_ragged")]
    assert rows[3].errors == (RowError(5, "", "row_ragged", {"cells": 2, "columns": 3, "last_line": 6}),)
    assert [row.cells for row in rows if row.errors] == [("1", "2"), ("1", "2", "3", "4"), ("1\n1", "2")]


def test_a_stray_quote_loses_its_own_row_only():
    _, rows = table_of('a,b\n1,"2\n3,4\n5,"6"\n"7"x,8\n"9",""\n')
    assert seen(rows) == [
        (2, "quote_unclosed"),
        (3, ("3", "4")),
        (4, ("5", "6")),
        (5, "quote_misplaced"),
        (6, ("9", "")),
    ]


def test_a_quote_that_is_never_closed_loses_its_own_row_only():
    _, rows = table_of('a,b\n1,2\n3,"4\n' + "5,6\n" * 1000)
    assert seen(rows[:3]) == [(2, ("1", "2")), (3, "quote_unclosed"), (4, ("5", "6"))]
    assert (len(rows), rows[-1].line) == (1002, 1003)


def test_quotes_inside_a_cell_are_letters():
    assert seen(table_of('a,b\n5\'10" tall,x "y" z\n')[1]) == [(2, ("5'10\" tall", 'x "y" z'))]


def test_a_cell_that_cannot_be_stored_rejects_its_row_by_name():
    content = "name,bio\nZoé,é\nA\0nn,x\n".encode() + b"Bob,\xff\n" + f"Cid,{'x' * (CELL_LIMIT + 1)}\n".encode()
    table, rows = table_of(content + f"Dan,{'x' * CELL_LIMIT}\n".encode())
    assert [row.errors for row in rows] == [
        (),
        (RowError(3, "name", "cell_nul"),),
        (RowError(4, "bio", "cell_undecodable", {"encoding": "utf-8"}),),
        (RowError(5, "bio", "cell_too_long", {"limit": CELL_LIMIT}),),
        (),
    ]
    assert table.raw(rows[1]) == {"name": "A\ufffdnn", "bio": "x"}
    assert table.raw(rows[2]) == {"name": "Bob", "bio": "\ufffd"}


def test_raw_names_the_cells_beyond_the_header_too():
    table, rows = table_of("a,b\n1,2,3\n")
    assert table.raw(rows[0]) == {"a": "1", "b": "2", "column 3": "3"}


def test_a_line_of_megabytes_is_one_rejected_row(monkeypatch):
    monkeypatch.setattr("crm.formats.decoding.LINE_LIMIT", 1000)
    monkeypatch.setattr(tables, "LINE_LIMIT", 1000)
    _, rows = table_of("a,b\n" + "x," * 2000 + "\n1,2\n")
    assert seen(rows) == [(2, "row_too_long"), (3, ("1", "2"))]


# Guarantees


@pytest.mark.parametrize(
    "line", ['x","', '"', *(pytest.param(line, marks=pytest.mark.slow) for line in ('a,"', '"""', 'x","\ny'))]
)
def test_stray_quotes_cost_time_in_proportion(line, monkeypatch):
    monkeypatch.setattr(tables, "_RETRIES", 20_000)
    begun = time.perf_counter()
    _, rows = table_of("a,b\n" + f"{line}\n" * 20_000)
    assert len(rows) >= 9_999 or not line.strip('"')  # a cell of line breaks alone is no row
    assert [row.line for row in rows] == sorted({row.line for row in rows})
    assert time.perf_counter() - begun < 20


def test_a_file_is_never_held_whole(tmp_path):
    path = tmp_path / "big.csv"
    with path.open("w", newline="") as file:
        file.write("name,bio\n")
        for n in range(40_000):
            file.write(f'Person {n},"{"é" * 150}\n{"x" * 150}"\n')
    assert path.stat().st_size > 15_000_000
    tracemalloc.start()
    with path.open("rb") as stream:
        count = sum(1 for row in open_table(stream).rows if not row.errors)
        assert not stream.closed
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 40_000
    assert peak < 4_000_000


def test_the_stream_stays_the_caller_s():
    stream = io.BytesIO(b"a,b\n1,2\n3,4\n")
    next(open_table(stream).rows)
    stream.close()


CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=20), st.sampled_from([",", ";", "\t", "|"]))
@example([['"', "\r", "\n"]], ",")
def test_what_a_csv_writer_wrote_is_read_back_with_its_lines(rows, delimiter):
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["first", "second", "third"])
    starts = []
    for row in rows:
        text = file.getvalue().replace("\r\n", "\n").replace("\r", "\n")
        starts.append(text.count("\n") + 1)
        writer.writerow(row)
    _, found = table_of(file.getvalue())
    assert [row.cells for row in found] == [
        tuple(cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row) for row in rows
    ]
    assert [row.line for row in found] == starts


@given(st.binary(max_size=300) | st.text('ab,;"\n\r\t\0é|', max_size=200).map(str.encode))
@example(codecs.BOM_UTF16_LE + b"a\x00\n")
@example(b'a,b\n"')
def test_no_bytes_make_it_fail_otherwise(content):
    with suppress(DomainError):
        table, rows = table_of(content)
        assert len(set(table.header)) == len(table.header) == len(table.keys)
        lines = [row.line for row in rows]
        assert lines == sorted(set(lines))
        for row in rows:
            assert row.errors or len(row.cells) == len(table.header)
            "".join(table.raw(row).values()).encode()  # storable


GOOD = ["1,2", '"1",2', '"1\n2",3', '1,2"', "é,2", ",", "1,2,,"]
BAD = ["1\0,2", "1", "1,2,3", '"1"x,2']


@given(st.lists(st.sampled_from(GOOD + BAD)))
def test_accepted_and_rejected_rows_are_all_rows(lines):
    _, rows = table_of("a,b\n" + "".join(f"{line}\n" for line in lines))
    assert [not row.errors for row in rows] == [line in GOOD for line in lines]
    starts = [2 + sum(line.count("\n") + 1 for line in lines[:n]) for n in range(len(lines))]
    assert [row.line for row in rows] == starts
