"""A table of paths from a CSV file, as ChannelAttribution publishes and reads them.

`path;total_conversions;total_conversion_value;total_null`, the channels of a path separated by ">". Without the last
column nothing is known of paths that led nowhere, without the third nothing of what conversions are worth.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Final

from outreach.attribution.tables import Row, Table

DIRECT: Final = ("direct", "(direct)")  # as Google Analytics and others call who comes from nowhere
_PATH, _CONVERSIONS, _VALUE, _NULL = COLUMNS = "path", "total_conversions", "total_conversion_value", "total_null"
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_OTHER_SEPARATORS = {",": "commas", "\t": "tabs", "|": "bars"}


class BadFileError(ValueError):
    """What is wrong, where, and what to do about it, for whoever made the file."""


def read(file: Path, *, direct: Iterable[str] = DIRECT) -> Table:
    """BadFileError: what cannot be read, a cell that is not what its column says, a file without a row.

    `direct`: the channels that lead here from nowhere; capital letters and small ones are the same.
    """
    rows = _rows(_text(file))
    places = _places(next(rows, (1, []))[1])
    told = [_row(number, cells, places) for number, cells in rows]
    if not told:
        raise BadFileError("There is no row below the names of the columns. Write one row for each path.")
    wanted = {name.casefold() for name in direct}
    met = {channel for channels, *_ in told for channel in channels if channel.casefold() in wanted}
    return Table.of(told, has_values=_VALUE in places, direct=met)


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise BadFileError("There is no such file. Look at its name and its folder.") from None
    except OSError as error:
        raise BadFileError(f"It cannot be read: {error.strerror}. Name a file that you may read.") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadFileError(f"Line {line} is not UTF-8. Save the file as CSV in UTF-8.") from None


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each line that is not blank. A row that goes over several lines has the number of its last."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=";", strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        what = f"Line {reader.line_num} is no CSV: {error}"
        raise BadFileError(f"{what}. Look for a quotation mark that is not closed or stands inside a cell.") from None


def _places(names: Sequence[str]) -> dict[str, int]:
    """Where each column stands."""
    if not names:
        raise BadFileError(f"The file is empty. Its first line must name the columns: {';'.join(COLUMNS)}.")
    found = [name.strip().casefold() for name in names]
    for name in (_PATH, _CONVERSIONS):
        if name not in found:
            seen = ", ".join(f"“{name.strip()}”" for name in names)
            between = next((word for sign, word in _OTHER_SEPARATORS.items() if sign in names[0]), "")
            if len(names) == 1 and between:
                raise BadFileError(f"Line 1 separates its columns by {between}. Separate them by semicolons.")
            raise BadFileError(f"Line 1 names no column “{name}”, but {seen}. Write {';'.join(COLUMNS)} there.")
    for name in COLUMNS:
        if found.count(name) > 1:
            raise BadFileError(f"Line 1 names the column “{name}” twice. Take one of them away.")
    return {name: found.index(name) for name in COLUMNS if name in found}


def _row(line: int, cells: Sequence[str], places: dict[str, int]) -> Row:
    if len(cells) <= max(places.values()):
        what = f"Line {line} has {len(cells)} cells, fewer than line 1 has names"
        raise BadFileError(f"{what}. Write all of them, separated by semicolons.")
    channels = [channel.strip() for channel in cells[places[_PATH]].split(">")]
    if not all(channels):
        what = f"Line {line}: the path “{cells[places[_PATH]]}” has a channel without a name"
        raise BadFileError(f"{what}. Name each, separated by “ > ”, or take the row away.")
    figures = {name: _number(line, name, cells[place]) for name, place in places.items() if name != _PATH}
    return channels, figures[_CONVERSIONS], figures.get(_VALUE, 0.0), figures.get(_NULL, 0.0)


def _number(line: int, column: str, cell: str) -> float:
    said = cell.strip()
    what = f"Line {line}, {column}: “{said}”"
    if not said:
        raise BadFileError(f"Line {line}, {column}: the cell is empty. Write 0 where there was none.")
    if not _NUMBER.fullmatch(said):
        hint = "Write decimals with a point, 1.5" if "," in said else "Write digits only, such as 12 or 1.5"
        raise BadFileError(f"{what} is not a number. {hint}.")
    number = float(said)
    if number < 0:
        raise BadFileError(f"{what} is below zero. Take what was paid back off the row that it belongs to.")
    if number > 2**53:
        raise BadFileError(f"{what} is too large to be counted exactly. Look whether digits were added.")
    return number
