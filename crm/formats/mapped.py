"""A table of anybody's, read by what somebody said of its columns: our own reader, under other names.

Beside our template's columns such a table may give a name in two parts, the fake followers instead of the real ones,
and one column per platform, as agencies do. Lists may be written with commas, and "-" or "n/a" stands for nothing.
"""

import re
from collections.abc import Iterator, Mapping

from crm.formats import own
from crm.formats.cells import Cells
from crm.formats.field_maps import MANY, NAMES, FieldMap, places
from crm.formats.rows import AccountReading, Parsed
from crm.formats.tables import Table, TableRow
from crm.handles import PLATFORMS

_BETWEEN = re.compile(r"[|;,/\n•]")
_BLANK = frozenset({"-", "–", "—", "/", "?", "n/a", "#n/a", "n.a.", "n.c.", "nc"})
_FIGURES = frozenset((*own.ACCOUNT, own.FAKE)) - {"platform"}


def read(table: Table, said: FieldMap) -> Iterator[Parsed]:
    """Every row with its verdict. Raises what field_maps.places raises, before the first row."""
    return _rows(table, said, places(table, said))


def unread(table: Table, said: FieldMap) -> tuple[str, ...]:
    """The names of the columns that are left out."""
    taken = {at for positions in places(table, said).values() for at in positions}
    return tuple(name for at, name in enumerate(table.header) if at not in taken)


def _rows(table: Table, said: FieldMap, found: Mapping[str, tuple[int, ...]]) -> Iterator[Parsed]:
    names = {target: table.header[positions[0]] for target, positions in found.items()}
    if "name" not in names and (parts := [names[part] for part in NAMES if part in names]):
        names["name"] = parts[0]
    comma = table.decimal_comma if not said.numbers else said.numbers == "european"
    day_first = {"day_first": True, "month_first": False}.get(said.dates)
    for row in table.rows:
        raw = table.raw(row)
        if row.errors:
            yield Parsed(row.line, errors=row.errors, raw=raw)
            continue
        values = _values(table, row, found) if not said.constants else _with(said.constants, _values(table, row, found))
        cells = Cells(
            row.line, values, names, decimal_comma=comma, day_first=day_first, rate_unit=said.rates or "fraction",
            share_unit=said.shares or "fraction", raw=raw,
        )  # fmt: skip
        yield cells.verdict(own.influencer(cells, _of_platforms(cells)))


def _values(table: Table, row: TableRow, found: Mapping[str, tuple[int, ...]]) -> dict[str, str]:
    values = {}
    for target, positions in found.items():
        told = [(at, cell) for at in positions if (cell := row.cells[at].strip()) and cell.lower() not in _BLANK]
        if not told:
            continue
        if target == "notes" and len(positions) > 1:
            values[target] = "\n".join(f"{table.header[at]}: {cell}" for at, cell in told)
        elif target in MANY and target != "notes":
            values[target] = "|".join(_BETWEEN.sub("|", cell) for _, cell in told)
        else:
            values[target] = told[0][1]
    if parts := [values.pop(part) for part in NAMES if part in values]:
        values["name"] = " ".join(parts)
    return values


def _with(constants: Mapping[str, str], values: dict[str, str]) -> dict[str, str]:
    """What holds for every row where it says nothing itself; of accounts, where it speaks of one."""
    has_account = any(name in _FIGURES for name in values)
    said = {name: text for name, text in constants.items() if has_account or name != "platform"}
    return said | values if values else values


def _of_platforms(cells: Cells) -> tuple[AccountReading, ...]:
    under = (cells.under(platform, "observed_at", platform=platform) for platform in PLATFORMS)
    return tuple(reading for found in under for reading in own.accounts(found))
