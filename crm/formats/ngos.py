"""The list of organisations of globalgiving.org: {"projects": [{country, name, themes: [{id, name}], url}]}.

Its themes become topics; it holds no texts and no goals.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from crm.errors import DomainError
from crm.formats.cells import check_storable, clean_text, slug_of, storable
from crm.formats.countries import country_code
from crm.formats.documents import Items
from crm.formats.rows import CauseRow, Parsed, RowError
from crm.handles import safe_url

WRAPPER = "projects"
COLUMNS = ("country", "name", "themes", "url")
# Slugs of crm/topics.json. A test over the real list holds the left side complete.
_TOPICS = {
    "animals": ("animals",),
    "art": ("arts",),
    "children": ("children",),
    "climate": ("sdg-13",),
    "democ": ("sdg-16",),
    "disaster": ("humanitarian",),
    "ecdev": ("sdg-08",),
    "edu": ("sdg-04",),
    "env": ("sdg-15",),
    "finance": ("sdg-01", "sdg-08"),
    "gender": ("sdg-05",),
    "health": ("sdg-03",),
    "human": ("humanitarian",),
    "hunger": ("sdg-02",),
    "lgbtq": ("lgbt",),
    "rights": ("sdg-16", "sdg-10"),
    "sport": ("sport",),
    "tech": ("sdg-09",),
}


@dataclass
class _Organisation:
    """All entries of one organisation: same name, country and link."""

    slug: str
    first_line: int
    topics: dict[str, None] = field(default_factory=dict)


def matches(items: Items) -> bool:
    first = next((item for _, item in items.entries), None)
    return items.wrapper == WRAPPER or (isinstance(first, dict) and "themes" in first)


def read_list(items: Items, filename: str) -> Iterator[Parsed]:
    """Every entry with its verdict. An organisation that stands twice has all its themes in both rows, so that storing
    the second changes nothing; it is noted as row_repeated (first_line).
    """
    entries = [_entry(line, item) for line, item in items.entries]
    organisations = _organisations([parsed.row for parsed in entries if isinstance(parsed.row, CauseRow)])
    for parsed in entries:
        if not isinstance(parsed.row, CauseRow):
            yield parsed
            continue
        organisation = organisations[_identity(parsed.row)]
        row = replace(parsed.row, slug=organisation.slug, topics=tuple(organisation.topics))
        notes = parsed.notes
        if parsed.line != organisation.first_line:
            notes += (RowError(parsed.line, "", "row_repeated", {"first_line": organisation.first_line}),)
        yield replace(parsed, row=row, notes=notes)


def unknown_keys(items: Items) -> tuple[str, ...]:
    names = dict.fromkeys(name for _, item in items.entries if isinstance(item, dict) for name in item)
    return tuple(storable(name[:100]) for name in names if name not in COLUMNS)


def _organisations(rows: list[CauseRow]) -> dict[tuple[str, ...], _Organisation]:
    """One slug each: the name, for a second of that name with its country, for a third with a number."""
    found: dict[tuple[str, ...], _Organisation] = {}
    taken: set[str] = set()
    for row in rows:
        identity = _identity(row)
        if identity not in found:
            slug = next(slug for slug in _wanted_slugs(row) if slug not in taken)
            taken.add(slug)
            found[identity] = _Organisation(slug, row.line)
        found[identity].topics |= dict.fromkeys(row.topics)
    return found


def _wanted_slugs(row: CauseRow) -> Iterator[str]:
    yield row.slug
    for country in row.countries:
        yield f"{row.slug}-{country.lower()}"
    for number in itertools.count(2):
        yield f"{row.slug}-{number}"


def _identity(row: CauseRow) -> tuple[str, ...]:
    return (row.slug, *row.countries, row.website.rstrip("/").lower())


def _entry(line: int, item: object) -> Parsed:
    if not isinstance(item, dict):
        return Parsed(line, errors=(RowError(line, "", "item_not_an_object"),))
    raw = {storable(str(key)[:100]): storable(str(value)) for key, value in item.items()}
    errors: list[RowError] = []
    notes: list[RowError] = []
    try:
        name = " ".join(clean_text(_text(item, "name"), limit=200).split())
    except DomainError as error:
        errors.append(RowError(line, "name", error.code, error.params))
        name = ""
    if not name and not errors:
        errors.append(RowError(line, "name", "name_missing"))
    country = _country(line, item, errors)
    topics = _topics(line, item, errors, notes)
    website = _website(line, item, notes)
    row = CauseRow(line, slug_of(name), name, topics=topics, countries=country, website=website)
    return Parsed(line, None if errors else row, tuple(errors), tuple(notes), title=name, raw=raw)


def _country(line: int, item: dict[str, object], errors: list[RowError]) -> tuple[str, ...]:
    try:
        text = _text(item, "country")
        return (country_code(text),) if text.strip() else ()
    except DomainError as error:
        errors.append(RowError(line, "country", error.code, error.params))
        return ()


def _topics(line: int, item: dict[str, object], errors: list[RowError], notes: list[RowError]) -> tuple[str, ...]:
    themes = item.get("themes") or []  # "" where there are none
    if not isinstance(themes, list):
        errors.append(RowError(line, "themes", "value_invalid"))
        return ()
    topics: dict[str, None] = {}
    for theme in themes:
        known = _TOPICS.get(str(theme.get("id"))) if isinstance(theme, dict) else None
        if known is None:
            notes.append(RowError(line, "themes", "theme_ignored"))
        topics |= dict.fromkeys(known or ())
    return tuple(topics)


def _website(line: int, item: dict[str, object], notes: list[RowError]) -> str:
    """A link is worth less than the organisation: one that is none (often a mail address) is set aside."""
    try:
        text = _text(item, "url").strip()
        return safe_url(f"http://{text}" if text.lower().startswith("www.") else text) if text else ""
    except DomainError as error:
        notes.append(RowError(line, "website", "website_ignored", {"reason": error.code}))
        return ""


def _text(item: dict[str, object], key: str) -> str:
    value = item.get(key) or ""
    if not isinstance(value, str):
        raise DomainError("value_invalid")
    return check_storable(value)
