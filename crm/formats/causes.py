"""Our own causes.csv, in English or French, and a JSON list of objects with the same keys."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from crm.errors import DomainError
from crm.formats import french
from crm.formats.cells import (
    Cells,
    check_storable,
    clean_hashtag,
    clean_slug,
    clean_word,
    parse_link,
    platform_name,
    read_rows,
    slug_of,
    storable,
)
from crm.formats.countries import country_code
from crm.formats.documents import Items
from crm.formats.goals import parse_goals
from crm.formats.languages import language_tag
from crm.formats.own import AUDIENCE, read_audience
from crm.formats.rows import CauseRow, Parsed, RowError
from crm.formats.tables import Table, header_key

COLUMNS = (
    *("slug", "name", "description", "topics", "languages", "countries", "hashtags"),
    *(column for column in AUDIENCE if column != "audience_languages"),
    *("audience_languages", "goals", "conflicts", "platforms", "website"),
    *("values", "tone", "transparency", "transparency_source"),
)


_FRENCH = {header_key(name): key for name, key in french.CAUSE_NAMES.items()}


def matches(keys: frozenset[str]) -> bool:
    return bool({_FRENCH.get(key, key) for key in keys} & {"slug", "name"})


def read(table: Table, filename: str) -> Iterator[Parsed]:
    """Every row with its verdict. A cause that stands twice is noted when it says the same, else refused."""
    known: dict[str, CauseRow] = {}
    table = table.also_called(french.CAUSE_NAMES)
    return read_rows(table, table.first(COLUMNS), lambda cells: _verdict(cells, known))


def read_list(items: Items, filename: str) -> Iterator[Parsed]:
    """The same for JSON: a value is a text as in the CSV, a number, a list of those, or for shares an object."""
    known: dict[str, CauseRow] = {}
    for line, item in items.entries:
        if not isinstance(item, dict):
            yield Parsed(line, errors=(RowError(line, "", "item_not_an_object"),))
            continue
        values, errors = _texts(line, item)
        cells = Cells(line, values, {header_key(name): name for name in map(_column, item)})
        cells.errors += errors
        yield _verdict(cells, known)


def unknown_columns(table: Table) -> tuple[str, ...]:
    return table.also_called(french.CAUSE_NAMES).unread(COLUMNS)


def unknown_keys(items: Items) -> tuple[str, ...]:
    names = dict.fromkeys(_column(name) for _, item in items.entries if isinstance(item, dict) for name in item)
    return tuple(name for name in names if header_key(name) not in COLUMNS)


def matches_list(items: Items) -> bool:
    return all(isinstance(item, dict) and matches(frozenset(map(header_key, item))) for _, item in items.entries[:1])


def _verdict(cells: Cells, known: dict[str, CauseRow]) -> Parsed:
    cause = _cause(cells)
    if cells.errors:
        return cells.verdict(None)
    first = known.setdefault(cause.slug, cause)
    if first is cause:
        return cells.verdict(cause)
    if replace(first, line=cause.line) != cause:
        cells.fail("slug", "slug_repeated", first_line=first.line)
    return cells.verdict(cause, (RowError(cells.line, "", "row_repeated", {"first_line": first.line}),))


def _cause(cells: Cells) -> CauseRow:
    name = cells.text("name", limit=200)
    slug = cells.read("slug", clean_slug) if cells.has("slug") else slug_of(name) if name else ""
    if not slug and not name and not cells.errors:
        cells.fail("name", "name_missing")
    return CauseRow(
        line=cells.line,
        slug=slug or "",
        name=name,
        description=cells.prose("description", limit=20_000),
        topics=cells.items("topics", _topic),
        languages=cells.items("languages", language_tag),
        countries=cells.items("countries", country_code),
        hashtags=cells.items("hashtags", clean_hashtag),
        audience=read_audience(cells),
        goals=cells.read("goals", parse_goals) or (),
        conflicts=cells.items("conflicts", clean_word),
        platforms=cells.items("platforms", platform_name),
        website=cells.read("website", parse_link) or "",
        values=cells.items("values", clean_word),
        tone=cells.prose("tone", limit=2_000),
        transparency=cells.prose("transparency", limit=5_000),
        transparency_source=cells.text("transparency_source", limit=500),
    )


def _topic(text: str) -> str:
    return clean_word(text).lower()


def _texts(line: int, item: Mapping[str, object]) -> tuple[dict[str, str], list[RowError]]:
    values: dict[str, str] = {}
    errors: list[RowError] = []
    for name, value in item.items():
        try:
            values.setdefault(header_key(_column(name)), _text(value))
        except DomainError as error:
            errors.append(RowError(line, _column(name), error.code, error.params))
    return values, errors


def _column(name: str) -> str:
    return storable(name[:100])


def _text(value: object) -> str:
    """As the CSV would have it. Raises DomainError: value_invalid, cell_nul, cell_undecodable (encoding)."""
    if isinstance(value, list):
        return "|".join(_scalar(entry) for entry in value)
    if isinstance(value, dict):
        return "|".join(
            f"{_scalar(key)}:{_scalar(entry)}" if entry is not None else _scalar(key) for key, entry in value.items()
        )
    return _scalar(value)


def _scalar(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise DomainError("value_invalid")
    return check_storable(str(value))
