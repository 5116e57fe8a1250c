"""One report about a creator, read value by value: the path of a value ("profile.contacts[0].value") is its column."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Literal, TypeVar

from crm.errors import DomainError
from crm.formats.cells import TITLE_LENGTH, Cells, check_storable, clean_text, storable
from crm.formats.documents import Document, Documents
from crm.formats.rows import InfluencerRow, Parsed, RowError
from crm.handles import parse_average, parse_count, parse_rate, parse_share
from crm.handles.numbers import COUNT_LIMIT, is_scientific

T = TypeVar("T")
Scalar = str | int | float
Unit = Literal["fraction", "percent"]

UNKNOWN_LIMIT = 50  # paths that are told as not understood
_RAW_LENGTH = 20_000
_NAME_LENGTH = 100


class Report:
    """What is wrong piles up instead of ending at the first: as an error, which refuses the report, or with `ignore` as
    a note, and the value says nothing. Null, "" and what is not there say nothing either.

    `names` says by which path a report calls our columns. Only what was read is kept as raw row: a report also holds
    other people's names and guesses about ethnicity, which nobody asked for.
    """

    def __init__(self, document: Document) -> None:
        self.line = document.number
        self.names: dict[str, str] = {}
        self.notes: list[RowError] = []
        self._body = document.value
        self._raw: dict[str, str] = {}
        self._cells = Cells(self.line, self._raw, self.names, raw=self._raw)

    @property
    def raw(self) -> Mapping[str, str]:
        return self._raw

    @property
    def is_sound(self) -> bool:
        return not self._cells.errors

    def verdict(self, row: InfluencerRow) -> Parsed:
        if self.is_sound and not (row.external_id or row.name or row.email or row.accounts):
            self.fail("", "identity_missing")
        said = (self._raw.get(self.names.get(column, ""), "") for column in ("name", "handle"))
        title = " ".join(next(filter(None, said), "")[:TITLE_LENGTH].split())
        return replace(self._cells.verdict(row, tuple(self.notes)), title=title)

    def fail(self, path: str, code: str, **params: object) -> None:
        self._cells.fail(path, code, **params)

    def note(self, path: str, code: str, **params: object) -> None:
        self.notes.append(RowError(self.line, path, code, params))

    def value(self, path: str) -> object:
        """Whatever stands there; None where nothing does."""
        value = self._body
        for step in re.findall(r"[^.\[\]]+", path):
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
                value = value[int(step)]
            else:
                return None
        return value

    def has(self, path: str) -> bool:
        return self.value(path) not in (None, "", [], {})

    def entries(self, path: str, *, limit: int) -> Iterator[tuple[str, object]]:
        """The entries of a list with their paths, at most so many: vendors write what weighs most first."""
        value = self.value(path)
        if isinstance(value, list):
            yield from ((f"{path}[{at}]", entry) for at, entry in enumerate(islice(value, limit)))
        elif value:
            self.note(path, "value_ignored", reason="value_invalid")

    def take(self, path: str, parse: Callable[[Scalar], T], *, ignore: bool = False) -> T | None:
        """The text or number as `parse` reads it."""
        value = self.value(path)
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        try:
            scalar = _scalar(value)
            self._raw[path] = storable(str(scalar)[:_RAW_LENGTH])
            return parse(check_storable(scalar).strip() if isinstance(scalar, str) else scalar)
        except DomainError as error:
            if ignore:
                self.note(path, "value_ignored", reason=error.code)
            else:
                self.fail(path, error.code, **error.params)
            return None

    def read(self, path: str, parse: Callable[[str], T], *, ignore: bool = False) -> T | None:
        """As `take`, a number as its digits."""
        return self.take(path, lambda value: parse(str(value)), ignore=ignore)

    def text(self, path: str, *, limit: int) -> str:
        """On one line."""
        return " ".join(self.prose(path, limit=limit).split())

    def prose(self, path: str, *, limit: int) -> str:
        return self.read(path, lambda text: clean_text(text, limit=limit), ignore=True) or ""

    def identifier(self, path: str, *, ignore: bool = False) -> str:
        """The platform's own id. A number with a fraction or an exponent has gone through a spreadsheet."""
        return self.take(path, _identifier, ignore=ignore) or ""

    def count(self, path: str, *, ignore: bool = False) -> int | None:
        return self.take(path, _count, ignore=ignore)

    def average(self, *paths: str, ignore: bool = False) -> float | None:
        """The first of these figures that is above zero: vendors write 0 for what they did not count."""
        said = [value for path in paths if (value := self.take(path, _average, ignore=ignore)) is not None]
        return next(filter(None, said), said[0] if said else None)

    def rate(self, path: str, *, unit: Unit) -> float | None:
        """As 0–1. One above 1 may be true of a small account, but it is no part of a whole: noted."""
        return self.read(path, lambda text: parse_rate(text, unit=unit), ignore=True)

    def share(self, path: str, *, unit: Unit) -> float | None:
        """A part of a whole as 0–1; anything else is noted."""
        return self.read(path, lambda text: parse_share(text, unit=unit), ignore=True)


def read_reports(
    documents: Documents, is_report: Callable[[object], bool], verdict: Callable[[Report], Parsed]
) -> Iterator[Parsed]:
    """Every document with its verdict; one that is no such report is refused."""
    for document in documents:
        if document.problem:
            code, params = document.problem, {"line": document.number}
        elif not isinstance(document.value, dict):
            code, params = "item_not_an_object", {}
        elif not is_report(document.value):
            code, params = "report_shape_unknown", {}
        else:
            yield verdict(Report(document))
            continue
        yield Parsed(document.number, errors=(RowError(document.number, "", code, params),))


def unknown_keys(documents: Documents, known: frozenset[str]) -> tuple[str, ...]:
    """The paths that no reader reads ("profile.audience.ethnicities"), of all reports, at most UNKNOWN_LIMIT. What
    stands inside a known list or inside something unknown is not told.
    """
    parents = frozenset(path[: dot.start()] for path in known for dot in re.finditer(r"\.", path))
    found: dict[str, None] = {}
    for document in documents:
        if isinstance(document.value, dict):
            found |= dict.fromkeys(_unknown(document.value, "", known, parents))
        if len(found) >= UNKNOWN_LIMIT:
            break
    return tuple(found)[:UNKNOWN_LIMIT]


def _unknown(body: Mapping[str, object], prefix: str, known: frozenset[str], parents: frozenset[str]) -> Iterator[str]:
    for key, value in body.items():
        path = f"{prefix}{key}"
        if path in known:
            continue
        if path not in parents:
            yield prefix + _shown(key)
        elif isinstance(value, dict):
            yield from _unknown(value, f"{path}.", known, parents)


def _shown(key: str) -> str:
    """Keys are shown and logged, and a map may have people for keys."""
    looks_like_data = "@" in key or "://" in key or re.search(r"\d{7}", key)
    return "…" if looks_like_data else storable(key[:_NAME_LENGTH])


def _scalar(value: object) -> Scalar:
    if isinstance(value, bool) or not isinstance(value, Scalar):
        raise DomainError("value_invalid")
    return value


def _identifier(value: Scalar) -> str:
    text = str(value)
    if is_scientific(text):
        raise DomainError("id_scientific")
    if isinstance(value, float):
        raise DomainError("value_invalid")
    return clean_text(text, limit=100)


def _count(value: Scalar) -> int:
    """A JSON number is what it says: 1.234 is no count, where the text "1.234" is one of 1234."""
    if isinstance(value, str):
        return parse_count(value)
    _check_size(value)
    if value != int(value):
        raise DomainError("count_not_whole")
    return int(value)


def _average(value: Scalar) -> float:
    if isinstance(value, str):
        return parse_average(value)
    _check_size(value)
    return float(value)


def _check_size(value: float) -> None:
    if value < 0:
        raise DomainError("count_negative")
    if value > COUNT_LIMIT:  # also 1e999, which is infinite
        raise DomainError("count_too_big", limit=COUNT_LIMIT)
