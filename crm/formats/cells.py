"""The cells of one row, read one by one; what is wrong with them piles up instead of ending at the first."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Literal, TypeVar
from zoneinfo import available_timezones

from crm.errors import DomainError
from crm.formats import french
from crm.formats.formulas import meant
from crm.formats.rows import CauseRow, InfluencerRow, Parsed, RowError
from crm.formats.tables import Table
from crm.handles import (
    PLATFORMS,
    ascii_host,
    fold,
    normalise,
    parse_average,
    parse_count,
    parse_rate,
    parse_share,
    read_profile_url,
    safe_url,
)
from crm.handles.folding import without_invisible
from crm.handles.numbers import is_scientific

T = TypeVar("T")
RateUnit = Literal["fraction", "percent"]

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
SLUG_LIMIT = 80  # leaves room for what tells two of the same name apart
ITEM_LIMIT = 50  # entries of a list in one cell
ITEM_LENGTH = 100  # characters of one entry
TITLE_LENGTH = 200
_TITLES = (
    *("name", "handle", "slug", "url", "media_url", "profile_url", "linkedin_url"),
    *("external_id", "influencer_id", "lead_id", "uid", "id"),
)
_OTHER_PLATFORM_NAMES = {"twitter": "x", "x (twitter)": "x", "fb": "facebook", "ig": "instagram"}
_NOTHING = frozenset({"-", "–", "—", "n/a", "#n/a", "na", "nan", "null", "none"})


class Cells:
    """One row by column key.

    `values` holds what the file has; `names` says how it calls the columns. Empty and missing cells read as nothing.
    """

    def __init__(
        self,
        line: int,
        values: Mapping[str, str],
        names: Mapping[str, str],
        *,
        decimal_comma: bool = False,
        day_first: bool | None = None,
        rate_unit: RateUnit = "fraction",
        share_unit: RateUnit = "fraction",
        raw: Mapping[str, str] | None = None,
    ) -> None:
        self.line = line
        self.raw = values if raw is None else raw
        self.errors: list[RowError] = []
        self._values = values
        self._names = names
        self._decimal_comma = decimal_comma
        self._day_first = day_first if day_first is not None or not decimal_comma else True
        self._rate_unit: RateUnit = rate_unit
        self._share_unit: RateUnit = share_unit

    def under(self, prefix: str, *shared: str, **said: str) -> "Cells":
        """The cells of the columns "prefix.…", by what follows, where there are any: with the `shared` columns, and
        with what is said beside them. Errors count for both.
        """
        start = f"{prefix}."
        values = {key.removeprefix(start): cell for key, cell in self._values.items() if key.startswith(start)}
        if values:
            values = {key: self._values[key] for key in shared if key in self._values} | values | said
        names = {key.removeprefix(start): name for key, name in self._names.items() if key.startswith((start, *shared))}
        cells = Cells(
            self.line, values, names, decimal_comma=self._decimal_comma, day_first=self._day_first,
            rate_unit=self._rate_unit, share_unit=self._share_unit, raw=self.raw,
        )  # fmt: skip
        cells.errors = self.errors
        return cells

    def verdict(self, row: InfluencerRow | CauseRow | None, notes: tuple[RowError, ...] = ()) -> Parsed:
        """The row, unless something was wrong with it."""
        if self.errors:
            return Parsed(self.line, errors=tuple(self.errors), title=self._title(), names=self._names, raw=self.raw)
        return Parsed(self.line, row, notes=notes, title=self._title(), names=self._names, raw=self.raw)

    def _title(self) -> str:
        """What a person finds the row again by, also when it was refused."""
        said = (meant(self._values.get(column, "").strip()) for column in _TITLES)
        return " ".join(storable(next(filter(None, said), ""))[:TITLE_LENGTH].split())

    def has(self, *columns: str) -> bool:
        return any(text.strip() for text in map(self._values.get, columns) if text)

    def is_plain_number(self, column: str) -> bool:
        """Whether a figure is written out in digits, which no abbreviation is."""
        return self._values.get(column, "").strip().isdecimal()

    def fail(self, column: str, code: str, **params: object) -> None:
        self.errors.append(RowError(self.line, self._names.get(column, column), code, params))

    def read(self, column: str, parse: Callable[[str], T]) -> T | None:
        """The cell as `parse` reads it; None where it is empty, or refused, which is then on record."""
        text = self._values.get(column)
        if text is None:  # as most columns of most rows
            return None
        text = text.strip()
        if not text:
            return None
        if text[0] == "'":
            text = meant(text)
        try:
            return parse(text)
        except DomainError as error:
            self.fail(column, error.code, **error.params)
            return None

    def text(self, column: str, *, limit: int) -> str:
        """On one line."""
        return " ".join(self.prose(column, limit=limit).split())

    def prose(self, column: str, *, limit: int) -> str:
        return self.read(column, lambda text: clean_text(text, limit=limit)) or ""

    def identifier(self, column: str, *, limit: int) -> str:
        return self.read(column, lambda text: _identifier(text, limit)) or ""

    def choice(self, column: str, known: tuple[str, ...]) -> str:
        return self.read(column, lambda text: _choice(text, known)) or ""

    def day(self, column: str) -> datetime | date | None:
        return self.read(column, lambda text: parse_day(text, day_first=self._day_first))

    def items(self, column: str, parse: Callable[[str], T]) -> tuple[T, ...]:
        """The entries between "|", each once, in their order. Blank entries are skipped."""
        return self.read(column, lambda text: parse_items(text, parse)) or ()

    def count(self, column: str) -> int | None:
        return self.read(
            column, lambda text: None if is_nothing(text) else parse_count(text, decimal_comma=self._decimal_comma)
        )

    def average(self, column: str) -> float | None:
        return self.read(
            column, lambda text: None if is_nothing(text) else parse_average(text, decimal_comma=self._decimal_comma)
        )

    def rate(self, column: str) -> float | None:
        return self.read(column, lambda text: parse_rate(text, unit=self._rate_unit))

    def share(self, column: str) -> float | None:
        return self.read(column, lambda text: None if is_nothing(text) else parse_share(text, unit=self._share_unit))


def read_rows(table: Table, columns: Mapping[str, int], verdict: Callable[[Cells], Parsed]) -> Iterator[Parsed]:
    """Every row of a table with its verdict; `columns` says at which position which key stands."""
    names = {key: table.header[position] for key, position in columns.items()}
    for row in table.rows:
        raw = table.raw(row)
        if row.errors:
            yield Parsed(row.line, errors=row.errors, raw=raw)
            continue
        values = {key: cell for key, position in columns.items() if (cell := row.cells[position])}
        yield verdict(Cells(row.line, values, names, decimal_comma=table.decimal_comma, raw=raw))


def clean_text(text: str, *, limit: int) -> str:
    """The text as people read it: composed, without controls or direction overrides; line breaks stay.

    Raises DomainError: text_too_long (limit).
    """
    if len(text) > limit:
        raise DomainError("text_too_long", limit=limit)
    if text.isascii() and text.isprintable():
        return text.strip()
    return "\n".join(without_invisible(line).rstrip() for line in normalise("NFC", text).split("\n")).strip()


def storable(text: str) -> str:
    """The text as a database takes it: NUL and lone surrogates stand as U+FFFD."""
    if text.isascii() and "\0" not in text:
        return text
    return "".join("\ufffd" if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in text)


def check_storable(text: str) -> str:
    """The text of a JSON string. Raises DomainError: cell_nul; cell_undecodable (encoding)."""
    if "\0" in text:
        raise DomainError("cell_nul")
    if not text.isascii() and storable(text) != text:
        raise DomainError("cell_undecodable", encoding="json")
    return text


def clean_word(text: str) -> str:
    """An entry of a list, on one line. Raises DomainError: text_too_long (limit)."""
    return " ".join(clean_text(text, limit=ITEM_LENGTH).split())


@lru_cache(maxsize=4096)
def clean_hashtag(text: str) -> str:
    """A hashtag without "#". Raises DomainError: hashtag_invalid; text_too_long (limit)."""
    tag = clean_word(text).lstrip("#＃")
    if not tag or not all(c == "_" or unicodedata.category(c)[0] in "LMN" or c in "\u200c\u200d·" for c in tag):
        raise DomainError("hashtag_invalid")
    return tag


def parse_items(text: str, parse: Callable[[str], T]) -> tuple[T, ...]:
    """Raises DomainError: list_too_long (limit), and what `parse` raises."""
    parts = [part for part in text.split("|") if part.strip()]
    if len(parts) > ITEM_LIMIT:
        raise DomainError("list_too_long", limit=ITEM_LIMIT)
    return tuple(dict.fromkeys(parse(part) for part in parts))


def parse_timezone(text: str) -> str:
    """An IANA name in its own spelling. Raises DomainError: timezone_unknown."""
    name = _timezones().get(text.strip().lower())
    if name is None:
        raise DomainError("timezone_unknown")
    return name


@lru_cache(maxsize=2048)
def parse_day(text: str, *, day_first: bool | None = None) -> datetime | date:
    """A day or an instant: in ISO 8601, or a day as "24.11.2026" or "24/11/2026".

    An instant without its zone keeps its day only. `day_first`: whether the day comes first where the file is
    written, or the month; None: nobody said.
    Raises DomainError: date_invalid; date_ambiguous ("03/04/2026" is two days, where nothing says who writes).
    """
    if found := re.fullmatch(r"(\d{1,2})([./])(\d{1,2})\2(\d{4})", text, re.ASCII):
        return _written_day(
            int(found[1]), int(found[3]), int(found[4]), day_first=True if found[2] == "." else day_first
        )
    if not re.match(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise DomainError("date_invalid")
    try:
        if len(text) == len("2026-11-23"):
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise DomainError("date_invalid") from None
    return moment.date() if moment.tzinfo is None else moment


def _written_day(one: int, two: int, year: int, *, day_first: bool | None) -> date:
    months = 12
    if day_first is None:
        if one != two and max(one, two) <= months:
            raise DomainError("date_ambiguous")
        day_first = one > months
    day, month = (one, two) if day_first else (two, one)
    try:
        return date(year, month, day)
    except ValueError:
        raise DomainError("date_invalid") from None


def parse_link(text: str) -> str:
    """A link, or a profile's link without its "https://". Raises what crm.handles.safe_url raises."""
    return safe_url(text if "://" in text or read_profile_url(text) is None else f"https://{text}")


def clean_host(text: str) -> str:
    """The name of a server, also where a whole address is given, as browsers ask for it: in small ASCII letters.

    Raises DomainError: host_invalid.
    """
    written = text.strip()
    rest = written.partition("://")[2] if "://" in written else written
    name = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    host = ascii_host(name.removesuffix("."))
    if host is None or not _HOST.fullmatch(host):
        raise DomainError("host_invalid")
    return host


def clean_slug(text: str) -> str:
    """A short name for links. Raises DomainError: slug_invalid."""
    slug = text.strip().lower()
    if len(slug) > SLUG_LIMIT or not re.fullmatch(r"[a-z0-9]+(?:[_-][a-z0-9]+)*", slug):
        raise DomainError("slug_invalid")
    return slug


def slug_of(name: str) -> str:
    """A slug made from a name, always the same; without Latin letters or digits it is a digest of the name."""
    slug = "-".join(re.findall(r"[a-z0-9]+", fold(name)))
    if len(slug) > SLUG_LIMIT:
        slug = slug[:SLUG_LIMIT].rpartition("-")[0] or slug[:SLUG_LIMIT]
    return slug or "cause-" + hashlib.sha256(fold(name).encode()).hexdigest()[:10]


def platform_name(text: str) -> str:
    """One of crm.handles.PLATFORMS. Raises DomainError: platform_unknown (known)."""
    name = fold(text[:ITEM_LENGTH])
    name = _OTHER_PLATFORM_NAMES.get(name, name)
    if name not in PLATFORMS:
        raise DomainError("platform_unknown", known=list(PLATFORMS))
    return name


def _identifier(text: str, limit: int) -> str:
    if is_scientific(text):
        raise DomainError("id_scientific")
    return clean_text(text, limit=limit)


@lru_cache(maxsize=2048)
def _choice(text: str, known: tuple[str, ...]) -> str:
    value = re.sub(r"[\s-]+", "_", fold(text[:ITEM_LENGTH]))
    value = french.CHOICES.get(value, value)
    if value not in known:
        raise DomainError("choice_unknown", known=list(known))
    return value


def is_nothing(text: str) -> bool:
    """Whether a cell says in a word or a sign that it says nothing."""
    return text.lower() in _NOTHING


@cache
def _timezones() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}
