"""Tables in text files: any encoding and dialect in use, row by row, in constant memory."""

import csv
import io
import itertools
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import BinaryIO

from crm.errors import DomainError
from crm.formats.decoding import LINE_LIMIT, MARK, detect_encoding, read_lines
from crm.formats.raw import CELL_LIMIT, RawRow
from crm.formats.rows import RowError
from crm.handles import fold
from crm.handles.folding import without_invisible

COLUMN_LIMIT = 5_000
_NAME_LIMIT = 100
_SNIFFED = 1 << 16  # characters of the file's beginning that the dialect is judged by
_SNIFFED_LINES = 200
_DELIMITERS = (",", ";", "\t", "|")  # in this order where the evidence is equal
LINES_ABOVE = 5  # among which a header is looked for
_RETRIES = 4 * LINE_LIMIT  # characters that may be read again because of stray quotes


@dataclass(frozen=True)
class TableRow:
    """One row. With errors it cannot be trusted, and `cells` is what there is to show of it."""

    line: int  # in the file, as a person counts, where the row begins
    cells: tuple[str, ...]
    errors: tuple[RowError, ...] = ()


@dataclass(frozen=True)
class Table:
    """A header, and rows that are read as they are walked.

    `header`: names as the file has them, on one line, each once (a second "Followers" is "Followers (2)"); a name that
    is empty or looks like somebody's data is "column 3". `keys`: the same for comparing ("Eng. (Avg.)" → "eng_avg"),
    repeated where the file repeats them.
    """

    header: tuple[str, ...]
    keys: tuple[str, ...]
    delimiter: str
    encoding: str
    rows: Iterator[TableRow]

    @property
    def decimal_comma(self) -> bool:
        """Who divides cells by ";" does so because the comma is taken: European spreadsheets."""
        return self.delimiter == ";"

    @cached_property
    def positions(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        for position, key in enumerate(self.keys):
            found[key] = (*found.get(key, ()), position)
        return found

    def first(self, keys: Iterable[str]) -> dict[str, int]:
        """Where the columns stand that a reader knows; of a repeated one, the first."""
        return {key: self.positions[key][0] for key in keys if key in self.positions}

    def unread(self, keys: Iterable[str]) -> tuple[str, ...]:
        """The names of all columns but those: unknown ones, and repetitions."""
        read = set(self.first(keys).values())
        return tuple(name for position, name in enumerate(self.header) if position not in read)

    def also_called(self, names: Mapping[str, str]) -> "Table":
        """The same table with our keys where a column bears another name for one; a column with our own name wins."""
        others = {header_key(name): key for name, key in names.items()}
        ours = set(self.keys)
        keys = (others[key] if key in others and others[key] not in ours else key for key in self.keys)
        return replace(self, keys=tuple(keys))

    def raw(self, row: TableRow) -> RawRow:
        return RawRow(self.header, row.cells)


def open_table(stream: BinaryIO, is_header: Callable[[frozenset[str]], bool] | None = None) -> Table:
    """Read the header of a seekable stream and prepare to read its rows. Lines without any cell are no rows.

    Some exports have a note above their header: `is_header` says by its keys whether a line is one, and the first such
    among the first lines is taken, with nothing read of those above it. Where none is, the first line is the header.
    Raises DomainError: file_empty; file_not_text (kind); header_unreadable (line, problem: the code a row would get);
    columns_too_many (limit).
    """
    encoding = detect_encoding(stream)
    head = _beginning(stream, encoding)
    declared, skipped = _declared(head) or ("", 0)
    if is_header:
        skipped = max(skipped, _lines_above(head, is_header))
    delimiter = declared or _sniff(_without_lines(head, skipped))
    records = _Records(read_lines(stream, encoding), delimiter, skipped)
    record = next(records, None)
    if record is None:
        raise DomainError("file_empty")
    errors = _cell_errors(record, "".join(record.cells), (), encoding)
    problem = record.problem or next((error.code for error in errors), "")
    if problem:
        raise DomainError("header_unreadable", line=record.line, problem=problem)
    if len(record.cells) > COLUMN_LIMIT:
        raise DomainError("columns_too_many", limit=COLUMN_LIMIT)
    header, keys = name_columns(record.cells)
    return Table(header, keys, delimiter, encoding, _rows(records, header, encoding))


def header_key(name: str) -> str:
    """A column name for comparing: no case, accents or punctuation."""
    return re.sub(r"[^\w]+", "_", fold(name)).strip("_")


@dataclass(frozen=True)
class _Record:
    line: int
    last_line: int
    cells: tuple[str, ...] = ()
    problem: str = ""


class _TooLong(Exception):  # noqa: N818
    pass


class _Records:
    """Rows out of lines. Where quotes do not add up, only the line on which they begin is lost; reading goes on after.

    A file made of nothing but stray quotes would be read again and again; after _RETRIES characters every line counts
    as a row of its own, so that the work stays in proportion to the file.
    """

    def __init__(self, lines: Iterator[str], delimiter: str, skipped: int) -> None:
        csv.field_size_limit(max(csv.field_size_limit(), 2 * LINE_LIMIT))  # we count ourselves, and say it better
        self._lines = itertools.islice(lines, skipped, None)
        self._delimiter = delimiter
        self._again: deque[str] = deque()
        self._line = skipped
        self._taken: list[str] = []
        self._size = 0
        self._retries = _RETRIES
        self._reader = self._new_reader()

    def __iter__(self) -> Iterator[_Record]:
        return self

    def __next__(self) -> _Record:
        while True:
            first, self._taken, self._size = self._line + 1, [], 0
            try:
                cells = next(self._reader)
            except (csv.Error, _TooLong) as error:
                return self._problem(first, error)
            if len(cells) > 1 or (cells and cells[0].strip()):
                return _Record(first, self._line, tuple(cells))

    def _new_reader(self) -> Iterator[list[str]]:
        return csv.reader(self._feed(), delimiter=self._delimiter, strict=True, skipinitialspace=True)

    def _feed(self) -> Iterator[str]:
        while self._retries > 0 or not self._taken:
            line = self._again.popleft() if self._again else next(self._lines, None)
            if line is None:
                return
            self._line += 1
            self._taken.append(line)
            self._size += len(line)
            if self._size >= LINE_LIMIT:
                raise _TooLong
            yield line

    def _problem(self, first: int, error: Exception) -> _Record:
        last, again = self._line, self._taken[1:]
        self._again.extendleft(reversed(again))
        self._line = first
        self._retries -= sum(map(len, again))
        self._reader = self._new_reader()
        if again or "unexpected end" in str(error):
            return _Record(first, last, (self._taken[0].rstrip("\r\n"),), "quote_unclosed")
        return _Record(
            first, last, (self._taken[0],), "row_too_long" if isinstance(error, _TooLong) else "quote_misplaced"
        )


def _rows(records: Iterator[_Record], header: tuple[str, ...], encoding: str) -> Iterator[TableRow]:
    columns = len(header)
    for record in records:
        cells = record.cells
        if record.problem:
            params = {"limit": LINE_LIMIT} if record.problem == "row_too_long" else {}
            yield TableRow(record.line, cells, (RowError(record.line, "", record.problem, params),))
            continue
        if len(cells) > columns and not any(map(str.strip, cells[columns:])):
            cells = cells[:columns]  # trailing delimiters say nothing
        if len(cells) != columns:
            counts = {"cells": len(cells), "columns": columns, "last_line": record.last_line}
            yield TableRow(record.line, cells, (RowError(record.line, "", "row_ragged", counts),))
            continue
        whole = "".join(cells)
        errors = _cell_errors(record, whole, header, encoding)
        if "\r" in whole:
            cells = tuple(cell.replace("\r\n", "\n").replace("\r", "\n") for cell in cells)
        yield TableRow(record.line, cells, tuple(errors))


def _cell_errors(record: _Record, whole: str, header: tuple[str, ...], encoding: str) -> list[RowError]:
    if len(whole) <= CELL_LIMIT and "\0" not in whole and MARK not in whole:
        return []
    errors: list[RowError] = []
    for name, cell in itertools.zip_longest(header, record.cells[: len(header) or None], fillvalue=""):
        if "\0" in cell:
            errors.append(RowError(record.line, name, "cell_nul"))
        if MARK in cell:
            errors.append(RowError(record.line, name, "cell_undecodable", {"encoding": encoding.removesuffix("-sig")}))
        if len(cell) > CELL_LIMIT:
            errors.append(RowError(record.line, name, "cell_too_long", {"limit": CELL_LIMIT}))
    return errors


def _beginning(stream: BinaryIO, encoding: str) -> str:
    """Whole lines of the file's beginning; at least the first one."""
    kept: list[str] = []
    with closing(read_lines(stream, encoding)) as lines:
        for line in lines:
            kept.append(line)
            if sum(map(len, kept)) > _SNIFFED or len(kept) >= _SNIFFED_LINES:
                break
    return "".join(kept)


def _lines_above(head: str, is_header: Callable[[frozenset[str]], bool]) -> int:
    """How many lines stand above the header, which may itself be broken over several."""
    for above in range(LINES_ABOVE):
        rest = _without_lines(head, above)
        with suppress(csv.Error):
            cells = next(csv.reader(io.StringIO(rest, newline=""), delimiter=_sniff(rest), skipinitialspace=True), [])
            if is_header(frozenset(name_columns(tuple(cells))[1])):
                return above
    return 0


def _without_lines(head: str, count: int) -> str:
    return "".join(itertools.islice(io.StringIO(head, newline=""), count, None))


def _declared(head: str) -> tuple[str, int] | None:
    """Excel's own declaration, a first line "sep=;": the delimiter, and one line to skip."""
    found = re.match(r'"?sep=(.)"?\s*(?:\r\n|\r|\n)', head)
    return (found[1], 1) if found and found[1] not in '"\r\n' else None


def _sniff(head: str) -> str:
    """The delimiter under which most rows have as many cells as the header; the wider header where that is equal."""
    best, choice = (0.0, 0), ","
    for delimiter in _DELIMITERS:
        try:
            rows = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, skipinitialspace=True)
            widths = [len(row) for row in itertools.islice(rows, _SNIFFED_LINES) if row]
        except csv.Error:  # a cell wider than the module's limit
            continue
        if len(widths) == 0 or widths[0] < 2:  # noqa: PLR2004
            continue
        evidence = (sum(width == widths[0] for width in widths) / len(widths), widths[0])
        if evidence > best:
            best, choice = evidence, delimiter
    return choice


def name_columns(cells: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = [" ".join(without_invisible(cell).split())[:_NAME_LIMIT] for cell in cells]
    while names and not names[-1]:
        names.pop()
    names = [f"column {n}" if not name or _is_data(name) else name for n, name in enumerate(names, 1)]
    keys = tuple(map(header_key, names))
    seen: dict[str, int] = {}
    header: list[str] = []
    for name in names:
        unique = name
        while unique.lower() in seen:
            seen[name.lower()] += 1
            unique = f"{name} ({seen[name.lower()]})"
        seen.setdefault(unique.lower(), 1)
        header.append(unique)
    return tuple(header), keys


def _is_data(name: str) -> bool:
    """A file without a header has somebody's data where the names should be, and names are shown and logged."""
    return "@" in name or "://" in name or re.search(r"\d{7}", name) is not None
