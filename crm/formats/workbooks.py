"""A sheet of a workbook (.xlsx) as a table, row by row, in constant memory but for its shared texts.

Formulas are never evaluated: what the spreadsheet stored as their result is read, and a formula without a result is
refused. Spreadsheets keep 15 digits of a number, so that a longer id has lost some (see sheet_numbers). Of several
sheets the first visible one is read, or the first whose header is known.
"""

import itertools
import posixpath
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from crm.errors import DomainError
from crm.formats.decoding import LINE_LIMIT
from crm.formats.packages import Package, PartHandler, is_package, open_package
from crm.formats.rows import RowError
from crm.formats.sheet_numbers import NumberStyle, built_in_style, read_style
from crm.formats.sheets import RunText, Sheet, SheetRow
from crm.formats.tables import COLUMN_LIMIT, LINES_ABOVE, Table, TableRow, name_columns

IsHeader = Callable[[frozenset[str]], bool]

_CONTENT_TYPES = "[Content_Types].xml"
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_INDEX_LIMIT_MB = 4  # of the parts that say where the others are
_STYLES_LIMIT_MB = 16
_SHEETS_LOOKED_AT = 20
_COLUMNS = 2  # fewer make no table
_TEXTS_LIMIT_MB = 128  # of the shared texts, which are held


def is_workbook(stream: BinaryIO) -> bool:
    """Whether a seekable stream is an .xlsx, well or badly made. Other zips and older workbooks are not."""
    return is_package(stream, (_CONTENT_TYPES, _WORKBOOK))


def open_workbook(
    stream: BinaryIO,
    is_header: IsHeader | None = None,
    is_known: IsHeader | None = None,
) -> Table:
    """Read the header of a seekable stream and prepare to read its rows: as crm.formats.tables.open_table does, also
    with notes above the header. `is_known` says by its keys whether a sheet with such a header is the one to read;
    where none is, the first is that has columns at all, and a title alone in its row is no header.

    Raises DomainError, also while rows are walked: workbook_damaged; workbook_too_large (megabytes);
    workbook_macros; file_empty; header_unreadable (line, problem); columns_too_many (limit).
    """
    package = open_package(stream)
    kinds = _ContentTypes()
    package.read(_CONTENT_TYPES, kinds, megabytes=_INDEX_LIMIT_MB)
    if kinds.has_macros:
        raise DomainError("workbook_macros")
    book = _open_book(package)
    sheet = book.find(is_header, is_known)
    if sheet is None:
        raise DomainError("file_empty")
    header, keys = _header(sheet.top)
    return Table(header, keys, ",", "utf-8", (_table_row(row, header) for row in sheet.below))


@dataclass(frozen=True)
class _Opened:
    """A sheet with something in it: its header, and what stands below."""

    top: SheetRow
    below: Iterator[SheetRow]

    @property
    def keys(self) -> tuple[str, ...]:
        return _named(self.top)[1]


def _header(row: SheetRow) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if row.width > COLUMN_LIMIT:
        raise DomainError("columns_too_many", limit=COLUMN_LIMIT)
    problem = "row_too_long" if row.is_too_long else next((code for _, code, _ in row.problems), "")
    if problem:
        raise DomainError("header_unreadable", line=row.line, problem=problem)
    return _named(row)


def _named(row: SheetRow) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return name_columns(row.texts(row.width))


def _open_book(package: Package) -> "_Opener":
    relations, book = _Relations(), _Book()
    package.read(_RELATIONS, relations, megabytes=_INDEX_LIMIT_MB)
    package.read(_WORKBOOK, book, megabytes=_INDEX_LIMIT_MB)
    styles, texts = _Styles(), _SharedTexts()
    if part := relations.first("styles"):
        package.read(part, styles, megabytes=_STYLES_LIMIT_MB)
    if part := relations.first("sharedStrings"):
        package.read(part, texts, megabytes=_TEXTS_LIMIT_MB)
    parts = [relations.parts[key] for name in book.sheets if (key := ("worksheet", name)) in relations.parts]
    seen = [key for name in book.visible if (key := ("worksheet", name)) in relations.parts]
    return _Opener(package, parts, max(len(seen), 1), texts, styles.of_cells, book.since_1904)


@dataclass(frozen=True)
class _Opener:
    """The sheets of a workbook, those that a person sees first; `visible`: how many these are, or one."""

    package: Package
    parts: list[str]
    visible: int
    texts: Mapping[int, str]
    styles: list[NumberStyle]
    since_1904: bool

    def find(self, is_header: IsHeader | None, is_known: IsHeader | None) -> _Opened | None:
        first = None
        for number in range(min(self.visible, _SHEETS_LOOKED_AT) if is_known else 1):
            sheet = self._open(number, is_header, is_known)
            if sheet and (is_known is None or is_known(frozenset(sheet.keys))):
                return sheet
            if sheet and (first is None or len(first.keys) < _COLUMNS <= len(sheet.keys)):
                first = sheet
        return first

    def _open(self, number: int, is_header: IsHeader | None, is_known: IsHeader | None) -> _Opened | None:
        rows = self._rows(number)
        head = list(itertools.islice(rows, LINES_ABOVE if is_header else 1))
        if not head:
            return None
        above = next((n for n, row in enumerate(head) if is_header and is_header(frozenset(_named(row)[1]))), 0)
        if not above and is_known and not is_known(frozenset(_named(head[0])[1])):
            above = next((n for n, row in enumerate(head) if len(row.cells) >= _COLUMNS), 0)
        return _Opened(head[above], itertools.chain(head[above + 1 :], rows))

    def _rows(self, number: int) -> Iterator[SheetRow]:
        if number >= len(self.parts):
            return
        sheet = Sheet(self.texts, self.styles, since_1904=self.since_1904)
        for _ in self.package.walk(self.parts[number], sheet):
            yield from sheet.take_rows()


def _table_row(row: SheetRow, header: tuple[str, ...]) -> TableRow:
    columns = len(header)
    cells = row.texts(columns)
    if row.is_too_long:
        return TableRow(row.line, cells, (RowError(row.line, "", "row_too_long", {"limit": LINE_LIMIT}),))
    if row.width > columns:
        counts = {"cells": row.width, "columns": columns, "last_line": row.line}
        return TableRow(row.line, row.texts(row.width), (RowError(row.line, "", "row_ragged", counts),))
    errors = (RowError(row.line, header[column - 1], code, params) for column, code, params in row.problems)
    return TableRow(row.line, cells, tuple(errors))


class _ContentTypes(PartHandler):
    has_macros = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        kind = attributes.get("ContentType", "").lower()
        self.has_macros |= "macroenabled" in kind or "vbaproject" in kind or "activex" in kind


class _Relations(PartHandler):
    """Where the parts of a workbook are, by kind and id. What lies outside the file is nowhere."""

    def __init__(self) -> None:
        self.parts: dict[tuple[str, str], str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        if name != "Relationship" or attributes.get("TargetMode", "").lower() == "external":
            return
        kind = attributes.get("Type", "").rpartition("/")[2]
        target = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", "")))
        self.parts[kind, attributes.get("Id", "")] = target.removeprefix("/")

    def first(self, kind: str) -> str:
        return next((part for (found, _), part in self.parts.items() if found == kind), "")


class _Book(PartHandler):
    """`sheets`: ids of the sheets, those that a person sees first."""

    since_1904 = False

    def __init__(self) -> None:
        self.visible: list[str] = []
        self._hidden: list[str] = []

    @property
    def sheets(self) -> list[str]:
        return [*self.visible, *self._hidden]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        if name == "workbookPr":
            self.since_1904 = attributes.get("date1904", "") in {"1", "true"}
        elif name == "sheet":
            ids = (value for key, value in attributes.items() if key.rpartition(":")[2] == "id")
            is_hidden = attributes.get("state", "visible") != "visible"
            (self._hidden if is_hidden else self.visible).append(next(ids, ""))


class _Styles(PartHandler):
    """`of_cells`: what the cells' style numbers make of a number, in their order."""

    def __init__(self) -> None:
        self.of_cells: list[NumberStyle] = []
        self._own: dict[int, NumberStyle] = {}
        self._in_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        if name == "numFmt":
            self._own[int(attributes.get("numFmtId", "0"))] = read_style(attributes.get("formatCode", ""))
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            number = int(attributes.get("numFmtId", "0"))
            self.of_cells.append(self._own.get(number) or built_in_style(number))

    def end(self, name: str) -> None:
        super().end(name)
        if name == "cellXfs":
            self._in_cells = False


class _SharedTexts(PartHandler, Mapping[int, str]):
    """The texts that cells name by number, in two flat arrays: a million small strings would cost three times that."""

    def __init__(self) -> None:
        self._run = RunText()
        self._bytes = bytearray()
        self._ends = array("Q")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        self._run.start(name)
        if name == "si":
            self._run.clear()

    def end(self, name: str) -> None:
        super().end(name)
        self._run.end(name)
        if name == "si":
            self._bytes += self._run.text.encode()
            self._ends.append(len(self._bytes))

    def text(self, text: str) -> None:
        self._run.add(text)

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self._ends):
            raise KeyError(number)
        start = self._ends[number - 1] if number else 0
        return self._bytes[start : self._ends[number]].decode()

    def __len__(self) -> int:
        return len(self._ends)

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self._ends)))
