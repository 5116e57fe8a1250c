"""The cells of one sheet of a workbook, as its XML is walked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from crm.errors import DomainError
from crm.formats.decoding import LINE_LIMIT
from crm.formats.packages import PartHandler
from crm.formats.raw import CELL_LIMIT
from crm.formats.sheet_numbers import NumberStyle, number_text
from crm.formats.tables import COLUMN_LIMIT

_LAST_ROW = 1_048_576  # of any spreadsheet
_LAST_COLUMN = 16_384
_UNKNOWN = "#N/A"  # a value that is not there: a blank; every other error is something gone wrong
_BOOLEANS = {"1": "TRUE", "0": "FALSE"}


@dataclass
class SheetRow:
    """The cells that say something, by column (from 1), and what is wrong with them: column, code, params."""

    line: int
    cells: dict[int, str] = field(default_factory=dict)
    problems: list[tuple[int, str, dict[str, object]]] = field(default_factory=list)
    width: int = 0  # the last column that says something
    size: int = 0

    @property
    def is_too_long(self) -> bool:
        return self.size > LINE_LIMIT

    def texts(self, columns: int) -> tuple[str, ...]:
        return tuple(self.cells.get(column, "") for column in range(1, min(columns, COLUMN_LIMIT) + 1))

    def add(self, column: int, text: str) -> None:
        self.width = max(self.width, column)
        self.size += len(text)
        if column <= COLUMN_LIMIT and not self.is_too_long:
            self.cells[column] = text

    def fail(self, column: int, code: str, **params: object) -> None:
        self.width = max(self.width, column)
        if len(self.problems) < COLUMN_LIMIT:
            self.problems.append((column, code, params))


class RunText:
    """A text in runs of different looks ("<r><t>Zo</t></r><r><t>é</t></r>"), without its reading aids."""

    def __init__(self) -> None:
        self.clear()
        self._is_open = self._is_aid = False

    def clear(self) -> None:
        self._pieces: list[str] = []
        self._size = 0

    @property
    def text(self) -> str:
        return "".join(self._pieces).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")

    def start(self, name: str) -> None:
        if name == "t":
            self._is_open = not self._is_aid
        elif name == "rPh":
            self._is_aid = True

    def end(self, name: str) -> None:
        if name == "t":
            self._is_open = False
        elif name == "rPh":
            self._is_aid = False

    def add(self, text: str, *, anyway: bool = False) -> None:
        if (self._is_open or anyway) and self._size <= CELL_LIMIT:  # one piece more shows that it is too long
            self._pieces.append(text)
            self._size += len(text)


class Sheet(PartHandler):
    """Rows with something in them, in their order; take them as often as you like."""

    def __init__(self, texts: Mapping[int, str], styles: Sequence[NumberStyle], *, since_1904: bool) -> None:
        self._texts, self._styles, self._since_1904 = texts, styles, since_1904
        self._rows: list[SheetRow] = []
        self._row = SheetRow(0)
        self._column = 0
        self._run = RunText()
        self._kind = self._style = ""
        self._is_data = self._is_value = self._is_formula = False

    def take_rows(self) -> list[SheetRow]:
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if not self._is_data:  # before and after the cells stand buttons and rules, which have rows and formulas too
            self._is_data = name == "sheetData"
        elif name == "c":
            self._start_cell(attributes)
        elif name == "v":
            self._is_value = True
        elif name == "row":
            self._start_row(attributes)
        elif name == "f":
            self._is_formula = True
        else:
            self._run.start(name)

    def end(self, name: str) -> None:
        self.depth -= 1
        if not self._is_data:
            return
        if name == "c":
            self._end_cell()
        elif name == "v":
            self._is_value = False
        elif name == "row":
            if self._row.width:
                self._rows.append(self._row)
        elif name == "sheetData":
            self._is_data = False
        else:
            self._run.end(name)

    def text(self, text: str) -> None:
        self._run.add(text, anyway=self._is_value)

    def _start_row(self, attributes: dict[str, str]) -> None:
        line = int(attributes.get("r") or self._row.line + 1)
        if not self._row.line < line <= _LAST_ROW:
            raise DomainError("workbook_damaged")
        self._row, self._column = SheetRow(line), 0

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        column = _column(reference.rstrip("0123456789")) if reference else self._column + 1
        if not self._column < column <= _LAST_COLUMN:  # two cells in one place: two readers would read two tables
            raise DomainError("workbook_damaged")
        self._column = column
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._is_formula = False
        self._run.clear()

    def _end_cell(self) -> None:
        text = self._cell_text(self._run.text)
        if len(text) > CELL_LIMIT:
            self._row.fail(self._column, "cell_too_long", limit=CELL_LIMIT)
            text = text[:CELL_LIMIT]
        if text.strip():
            self._row.add(self._column, text)

    def _cell_text(self, stored: str) -> str:
        if self._is_formula and not stored and self._kind != "str":  # an empty text is a result
            self._row.fail(self._column, "cell_not_calculated")
            return ""
        if self._kind == "e":
            if stored != _UNKNOWN:
                self._row.fail(self._column, "cell_shows_error")
            return ""
        if self._kind == "s":
            return self._shared(stored)
        if self._kind == "b":
            return _BOOLEANS.get(stored, stored)
        if self._kind == "d":
            return stored.removesuffix("T00:00:00")
        return number_text(stored, self._number_style(), since_1904=self._since_1904) if self._kind == "n" else stored

    def _shared(self, stored: str) -> str:
        text = self._texts.get(int(stored)) if stored else ""
        if text is None:
            raise DomainError("workbook_damaged")
        return text

    def _number_style(self) -> NumberStyle:
        number = int(self._style or 0)
        return self._styles[number] if 0 <= number < len(self._styles) else NumberStyle.PLAIN


@lru_cache(maxsize=_LAST_COLUMN)
def _column(letters: str) -> int:
    """The place of column "AB", from 1."""
    if not 1 <= len(letters) <= 3 or not letters.isascii() or not letters.isalpha():  # noqa: PLR2004
        raise DomainError("workbook_damaged")
    column = 0
    for letter in letters.upper():
        column = 26 * column + ord(letter) - ord("A") + 1
    return column
