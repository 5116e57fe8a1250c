"""Which reader reads which file: by its header, never by its name."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO

from crm.errors import DomainError
from crm.formats import causes, ngos, own, ranked_lists
from crm.formats.documents import Items, is_json, read_items
from crm.formats.rows import Parsed, Reading
from crm.formats.tables import Table, header_key, open_table

AUTO = "auto"


@dataclass(frozen=True)
class TableFormat:
    name: str
    matches: Callable[[frozenset[str]], bool]
    read: Callable[[Table, str], Iterator[Parsed]]
    unknown_columns: Callable[[Table], tuple[str, ...]]


@dataclass(frozen=True)
class ListFormat:
    name: str
    matches: Callable[[Items], bool]
    read: Callable[[Items, str], Iterator[Parsed]]
    unknown_keys: Callable[[Items], tuple[str, ...]]


# The narrower ones first: our own takes any header that says who a row is about.
_INFLUENCERS = (
    TableFormat(
        "ranked-instagram",
        ranked_lists.matches_instagram,
        ranked_lists.read_instagram,
        ranked_lists.unknown_columns_instagram,
    ),
    TableFormat(
        "ranked-youtube", ranked_lists.matches_youtube, ranked_lists.read_youtube, ranked_lists.unknown_columns_youtube
    ),
    TableFormat("own", own.matches, own.read, own.unknown_columns),
)
_CAUSES = TableFormat("own", causes.matches, causes.read, causes.unknown_columns)
_CAUSE_LISTS = (
    ListFormat("globalgiving", ngos.matches, ngos.read_list, ngos.unknown_keys),
    ListFormat("own", causes.matches_list, causes.read_list, causes.unknown_keys),
)
INFLUENCER_FORMATS = tuple(form.name for form in _INFLUENCERS)
CAUSE_FORMATS = tuple(form.name for form in _CAUSE_LISTS)


def detect(header: tuple[str, ...]) -> TableFormat:
    """The reader of influencers that knows a header. Raises DomainError: format_unknown (columns)."""
    keys = frozenset(map(header_key, header))
    for form in _INFLUENCERS:
        if form.matches(keys):
            return form
    raise DomainError("format_unknown", columns=list(header[:50]))


def read_influencers(
    stream: BinaryIO, filename: str, format: str = AUTO, mapping: Mapping[str, str] | None = None
) -> Reading:
    """Read a seekable stream of influencers. `mapping` renames the file's columns to ours ("" leaves one out).

    Raises DomainError: format_unknown (columns); format_not_offered (known); format_mismatch (format, columns);
    mapping_unknown (columns, known), mapping_missing (columns); and what open_table raises.
    """
    _check_offered(format, INFLUENCER_FORMATS)
    table = open_table(stream)
    if mapping is not None:
        table, format = _renamed(table, mapping), "own"
    form = detect(table.header) if format == AUTO else next(form for form in _INFLUENCERS if form.name == format)
    _check_matches(form, table)
    return Reading(form.name, form.unknown_columns(table), form.read(table, filename))


def read_causes(stream: BinaryIO, filename: str, format: str = AUTO) -> Reading:
    """Read a seekable stream of causes: our CSV, our JSON, or globalgiving's list.

    Raises DomainError: format_unknown (columns); format_not_offered (known); format_mismatch (format, columns); and
    what open_table and read_items raise.
    """
    _check_offered(format, CAUSE_FORMATS)
    if is_json(stream):
        return _read_cause_list(read_items(stream), filename, format)
    table = open_table(stream)
    if format not in {AUTO, _CAUSES.name}:
        raise DomainError("format_mismatch", format=format, columns=list(table.header[:50]))
    if not _CAUSES.matches(frozenset(table.keys)):
        raise DomainError("format_unknown", columns=list(table.header[:50]))
    return Reading(_CAUSES.name, _CAUSES.unknown_columns(table), _CAUSES.read(table, filename))


def _read_cause_list(items: Items, filename: str, format: str) -> Reading:
    forms = [form for form in _CAUSE_LISTS if format in {AUTO, form.name}]
    form = next((form for form in forms if form.matches(items)), None)
    if form is None:
        columns = list(forms[-1].unknown_keys(items)[:50])
        if format == AUTO:
            raise DomainError("format_unknown", columns=columns)
        raise DomainError("format_mismatch", format=format, columns=columns)
    return Reading(form.name, form.unknown_keys(items), form.read(items, filename))


def _check_offered(format: str, known: tuple[str, ...]) -> None:
    if format not in {AUTO, *known}:
        raise DomainError("format_not_offered", known=[AUTO, *known])


def _check_matches(form: TableFormat, table: Table) -> None:
    if not form.matches(frozenset(table.keys)):
        raise DomainError("format_mismatch", format=form.name, columns=list(table.header[:50]))


def _renamed(table: Table, mapping: Mapping[str, str]) -> Table:
    ours = {header_key(name): target for name, target in mapping.items()}
    if unknown := sorted({target for target in ours.values() if target and target not in own.COLUMNS}):
        raise DomainError("mapping_unknown", columns=unknown, known=list(own.COLUMNS))
    if missing := sorted(name for name in mapping if header_key(name) not in table.keys):
        raise DomainError("mapping_missing", columns=missing)
    # A column that is mapped takes the place of one that bears our name by chance.
    taken = set(ours.values())
    keys = (ours.get(key, "" if key in taken else key) for key in table.keys)
    return replace(table, keys=tuple(keys))
