"""Events as a table (CSV): what spreadsheets and automation tools make of a source's records, a row each.

A column is called as the field is, with dots where fields lie in one another: "donor.email", or with a number
"person.email_addresses.0.address". Rows are read by the source's own reader, with three allowances for cells: what is
empty is not there, amounts may have groups of thousands ("1,234.50", or "1.234,50" where semicolons part the cells),
and what is a number or yes and no in the source's JSON is made so again. A moment needs its time zone here, too.
"""

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from crm.errors import DomainError
from crm.formats.tables import open_table
from outreach.sources import action_network, donorbox, generic, givewp, mobilize, money
from outreach.sources.documents import Node, check_size, malformed
from outreach.sources.events import Event

_AMOUNTS: Final = {"amount", "amount_refunded", "credited_amount", "value"}
_NUMBERS: Final = {"amount_minor", "valueInMinorUnits", "donorId"}
_FLAGS: Final = {"voided", "attended", "primary"}
_MOMENTS: Final = {"created_date", "modified_date"}  # seconds with Mobilize, texts with OSDI
_DEPTH: Final = 6
_LIST_LIMIT: Final = 20
_COLUMN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_:]*(?:\.[A-Za-z0-9_:]+)*")


@dataclass(frozen=True)
class Row:
    """What one line says: its events, or why it was refused."""

    line: int
    events: tuple[Event, ...] = ()
    error: DomainError | None = None


def _osdi(entry: Node) -> list[Event]:
    """A row says what it is in a column `type`, such as "osdi:donation"; of other types there is nothing to tell."""
    name = entry.at("type").word()
    kind = action_network.KINDS.get(name)
    return action_network.record(entry, kind, source=action_network.SOURCE) if kind else []


RECORDS: Final[Mapping[str, Callable[[Node], list[Event]]]] = {
    generic.SOURCE: lambda entry: [generic.one(entry)],
    donorbox.SOURCE: donorbox.record,
    givewp.SOURCE: givewp.record,
    action_network.SOURCE: _osdi,
    mobilize.SOURCE: mobilize.record,
}


def read_rows(body: bytes, *, source: str = generic.SOURCE) -> Iterator[Row]:
    """Row by row; a bad one spoils no other. Raises DomainError: event_too_long, file_empty, file_not_text and what
    else makes a table unreadable; event_malformed, where a column's name is no field."""
    check_size(body)
    table = open_table(io.BytesIO(body))
    columns = [name.strip() if _COLUMN.fullmatch(name.strip()) else "" for name in table.header]
    if not any(columns):
        malformed("header")
    for row in table.rows:
        if row.errors:
            yield Row(row.line, error=DomainError("event_malformed", field="row"))
            continue
        try:
            cells = zip(columns, row.cells, strict=False)
            entry = _entry(cells, decimal_comma=table.decimal_comma)
            yield Row(row.line, tuple(RECORDS[source](Node(entry))))
        except DomainError as error:
            yield Row(row.line, error=error)


def read(body: bytes, headers: Mapping[str, str]) -> list[Event]:
    """A table of our own columns, all of it or nothing. Raises DomainError as `generic.read`, of the first bad row."""
    found: list[Event] = []
    for row in read_rows(body):
        if row.error:
            raise DomainError(row.error.code, **row.error.params | {"line": row.line})
        found += row.events
    return found


def _entry(cells: Iterator[tuple[str, str]], *, decimal_comma: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for column, cell in cells:
        if column and (text := cell.strip()):
            names = column.split(".")
            _put(entry, names, _value(names[-1], text, decimal_comma=decimal_comma))
    return {name: _lists(value) if isinstance(value, dict) else value for name, value in entry.items()}


def _value(name: str, text: str, *, decimal_comma: bool) -> object:
    if name in _AMOUNTS:
        return money.plain(text, decimal_comma=decimal_comma)
    if name in _NUMBERS or (name in _MOMENTS and text.isascii() and text.isdigit()):
        return int(text) if re.fullmatch(r"-?[0-9]{1,17}", text) else text
    if name in _FLAGS:
        return {"true": True, "false": False}.get(text.lower(), text)
    return text


def _put(entry: dict[str, Any], names: list[str], value: object) -> None:
    if len(names) > _DEPTH:
        malformed("header")
    for name in names[:-1]:
        inner = entry.setdefault(name, {})
        if not isinstance(inner, dict):
            malformed("header")  # "donor" and "donor.email"
        entry = inner
    if names[-1] in entry:
        malformed("header")
    entry[names[-1]] = value


def _lists(found: dict[str, Any]) -> Any:
    """Where the names are numbers, a list is meant."""
    inner = {name: _lists(value) if isinstance(value, dict) else value for name, value in found.items()}
    if inner and all(re.fullmatch(r"[0-9]{1,2}", name) for name in inner) and len(inner) <= _LIST_LIMIT:
        return [inner[name] for name in sorted(inner, key=int)]
    return inner
