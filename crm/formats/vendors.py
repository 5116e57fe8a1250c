"""Lists of people that other tools write: Upfluence, Aspire and OpenOutreach. One row is one person.

What they have in common: names may be split into first and last, ids are the tool's own (kept as "aspire:17", because
two tools both have a 17), and nothing is measured. Postal addresses, phone numbers, notes of the tool's own judgement
and everything else without a place here stay unread, and are listed as unknown columns.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from crm.formats.cells import Cells, parse_link, read_rows
from crm.formats.rows import AccountReading, InfluencerRow, Parsed, RowError
from crm.formats.tables import Table
from crm.handles import clean_email, clean_handle, profile_url, read_profile_url

_OWN = frozenset({"platform", "handle"})  # our template's columns: such a file is ours, whatever else it has
_NAMES = ("name", "first_name", "last_name")
_ID_LIMIT = 150  # leaves room for the tool's name

_PROFILE_NAME = {"profile_name": "name"}
UPFLUENCE = ("influencer_id", "media_url", "email", *_NAMES)
ASPIRE_KEYS = ("uid", "id")
ASPIRE_PLATFORMS = ("instagram", "tiktok", "youtube")
ASPIRE = (*ASPIRE_KEYS, "email", *_NAMES, *ASPIRE_PLATFORMS)
# The first in what it exports, the second in what it takes.
_OPENOUTREACH_LINKS = ("linkedin_url", "profile_url")
OPENOUTREACH = ("lead_id", "email", *_NAMES, *_OPENOUTREACH_LINKS)


def matches_upfluence(keys: frozenset[str]) -> bool:
    return "media_url" in keys and not keys & _OWN


def matches_aspire(keys: frozenset[str]) -> bool:
    """Aspire names a platform per column, and a person by e-mail or one of its ids."""
    platforms = keys & {*ASPIRE_PLATFORMS, "pinterest"}
    return bool((platforms and keys & {*ASPIRE_KEYS, "email"}) or len(platforms) > 1) and not keys & _OWN


def matches_openoutreach(keys: frozenset[str]) -> bool:
    links = keys & frozenset(_OPENOUTREACH_LINKS)
    names = keys & {"lead_id", "first_name", "last_name"}
    return bool(links) and (bool(names) or keys == links) and not keys & _OWN


def read_upfluence(table: Table, filename: str) -> Iterator[Parsed]:
    table = table.also_called(_PROFILE_NAME)
    return read_rows(table, table.first(UPFLUENCE), partial(_upfluence, link=_called(table, "media_url")))


def read_aspire(table: Table, filename: str) -> Iterator[Parsed]:
    return read_rows(table, table.first(ASPIRE), _aspire)


def read_openoutreach(table: Table, filename: str) -> Iterator[Parsed]:
    return read_rows(table, table.first(OPENOUTREACH), partial(_openoutreach, link=_called(table, "profile_url")))


def unknown_columns_upfluence(table: Table) -> tuple[str, ...]:
    return table.also_called(_PROFILE_NAME).unread(UPFLUENCE)


def unknown_columns_aspire(table: Table) -> tuple[str, ...]:
    return table.unread(ASPIRE)


def unknown_columns_openoutreach(table: Table) -> tuple[str, ...]:
    return table.unread(OPENOUTREACH)


def _called(table: Table, key: str) -> str:
    return table.header[table.positions[key][0]] if key in table.positions else key


def _upfluence(cells: Cells, link: str) -> Parsed:
    """A link may lead to a blog, which is no account: the person is taken all the same, with a note."""
    accounts, notes = _linked(cells, "media_url", link)
    return _verdict(cells, _identifier(cells, {"influencer_id": "upfluence"}), accounts, notes)


def _aspire(cells: Cells) -> Parsed:
    readings = (_named(cells, platform) for platform in ASPIRE_PLATFORMS)
    accounts = tuple(reading for reading in readings if reading)
    return _verdict(cells, _identifier(cells, {"uid": "aspire-uid", "id": "aspire"}), accounts)


def _openoutreach(cells: Cells, link: str) -> Parsed:
    identifier = _identifier(cells, {"lead_id": "openoutreach"})
    if cells.has("linkedin_url"):
        reading = _named(cells, "linkedin", column="linkedin_url")
        return _verdict(cells, identifier, (reading,) if reading else ())
    return _verdict(cells, identifier, *_linked(cells, "profile_url", link))


def _verdict(
    cells: Cells, external_id: str, accounts: tuple[AccountReading, ...], notes: tuple[RowError, ...] = ()
) -> Parsed:
    row = InfluencerRow(
        line=cells.line,
        external_id=external_id,
        name=_name(cells),
        email=cells.read("email", clean_email) or "",
        accounts=accounts,
        raw=cells.raw,
    )
    if not cells.errors and not (row.external_id or row.name or row.email or row.accounts):
        cells.fail("", "identity_missing")
    return cells.verdict(row, notes)


def _name(cells: Cells) -> str:
    """First and last name where the file has both, for letters greet by them; else what the profile is called."""
    name, first, last = (cells.text(column, limit=200) for column in _NAMES)
    return f"{first} {last}"[:200] if first and last else name or first or last


def _identifier(cells: Cells, columns: Mapping[str, str]) -> str:
    """The first id there is, under the tool's name."""
    said = ((tool, cells.identifier(column, limit=_ID_LIMIT)) for column, tool in columns.items())
    return next((f"{tool}:{identifier}" for tool, identifier in said if identifier), "")


def _named(cells: Cells, platform: str, *, column: str = "") -> AccountReading | None:
    """The account in a column that belongs to one platform: a handle, with or without "@", or a link."""
    handle = cells.read(column or platform, partial(clean_handle, platform))
    return AccountReading(platform, handle, url=profile_url(platform, handle)) if handle else None


def _linked(cells: Cells, column: str, name: str) -> tuple[tuple[AccountReading, ...], tuple[RowError, ...]]:
    """The account a link leads to, on whichever platform; or a note on the column of that name: it leads to none."""
    url = cells.read(column, parse_link)
    if url is None:
        return (), ()
    found = read_profile_url(url)
    if found is None:
        return (), (RowError(cells.line, name, "link_ignored"),)
    return (AccountReading(*found, url=url),), ()
