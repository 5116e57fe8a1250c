"""A body of JSON, and finding one's way in it without believing anything about it."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, NoReturn

from crm.errors import DomainError
from outreach.sources import money

BODY_LIMIT: Final = 1 << 20  # bytes
ITEMS_LIMIT: Final = 1000
ID_LIMIT: Final = 150
_ID: Final = re.compile(
    r"[^\s\x00-\x1f\x7f\ud800-\udfff](?:[^\x00-\x1f\x7f\ud800-\udfff]*[^\s\x00-\x1f\x7f\ud800-\udfff])?"
)
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?\s?(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2})"
)
_SECONDS: Final = range(946_684_800, 4_102_444_800)  # this century, but for its last year
_NAME_LIMIT: Final = 40


def check_size(body: bytes) -> None:
    """Raises DomainError: event_too_long (limit)."""
    if len(body) > BODY_LIMIT:
        raise DomainError("event_too_long", limit=BODY_LIMIT)


def malformed(field: str) -> NoReturn:
    raise DomainError("event_malformed", field=field[:_NAME_LIMIT])


@dataclass(frozen=True)
class Node:
    """A place in a document, and how our code got there: only names that we wrote ourselves go into errors."""

    value: Any
    path: str = "body"

    def __repr__(self) -> str:
        return f"<{self.path}>"  # what stands there may be somebody's

    def at(self, name: str) -> "Node":
        """What stands under the name; nothing where there is no such name, or nothing to look in."""
        inner = self.value.get(name) if isinstance(self.value, dict) else None
        return Node(inner, name if self.path == "body" else f"{self.path}.{name}")

    def down(self, *names: str) -> "Node":
        place = self
        for name in names:
            place = place.at(name)
        return place

    def fail(self) -> NoReturn:
        malformed(self.path)

    def record(self) -> "Node":
        """Raises DomainError: event_malformed, where no object stands here."""
        return self if isinstance(self.value, dict) else self.fail()

    def items(self) -> list["Node"]:
        """The entries of a list; none where nothing stands here. Raises DomainError: event_malformed."""
        if self.value is None:
            return []
        if not isinstance(self.value, list) or len(self.value) > ITEMS_LIMIT:
            self.fail()
        return [Node(value, self.path) for value in self.value]

    def identity(self) -> str:
        """An id as text. Raises DomainError: event_malformed."""
        said = str(self.value) if type(self.value) is int and 0 < self.value < 10**30 else self.value
        return said if isinstance(said, str) and len(said) <= ID_LIMIT and _ID.fullmatch(said) else self.fail()

    def identity_or_blank(self) -> str:
        """The same, of what may be missing; of an object that was sent in an id's place, the id within."""
        if self.value in (None, ""):
            return ""
        return self.at("id").identity() if isinstance(self.value, dict) else self.identity()

    def word(self) -> str:
        """A code of the source's ("paid"). Raises DomainError: event_malformed."""
        return self.identity() if isinstance(self.value, str) else self.fail()

    def text(self, limit: int = 254) -> str:
        """What somebody wrote: blank where it is missing, too long, or nothing a database takes."""
        said = self.value.strip() if isinstance(self.value, str) else ""
        return said if len(said) <= limit and not re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", said) else ""

    def flag(self) -> bool:
        """Raises DomainError: event_malformed, where neither true nor false stands here."""
        return self.value if isinstance(self.value, bool) else self.fail()

    def moment(self) -> datetime:
        """ISO 8601 with its time zone, or seconds since 1970, in UTC. Raises DomainError: event_malformed."""
        said = self.value
        if type(said) is int and said in _SECONDS:
            return datetime.fromtimestamp(said, UTC)
        if not isinstance(said, str) or not _MOMENT.fullmatch(said):
            self.fail()
        try:
            return datetime.fromisoformat(re.sub(r"\s?(?:UTC|Z)$", "+00:00", said)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail()

    def minor(self) -> int:
        return money.minor_units(self.value)

    def major(self, currency: str) -> int:
        return money.from_major(self.value, currency)

    def currency(self) -> str:
        return money.currency_code(self.value)

    def is_zero(self) -> bool:
        """Whether an amount of nought stands here, in one of the ways sources write it."""
        if isinstance(self.value, str):
            return bool(re.fullmatch(r"0{1,20}(?:\.0{1,20})?", self.value))
        return type(self.value) in {int, Decimal} and self.value == 0

    def is_nothing(self) -> bool:
        return self.value in (None, "") or self.is_zero()


def read_json(body: bytes) -> Node:
    """The document. Fractions are Decimals. Raises DomainError: event_too_long, event_malformed."""
    check_size(body)
    try:
        found = json.loads(
            body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_refused, object_pairs_hook=_once
        )
    except (ValueError, ArithmeticError, RecursionError):  # not UTF-8, not JSON, a number of thousands of digits
        found = None
    return Node(found) if isinstance(found, dict | list) else malformed("body")


def _refused(name: str) -> NoReturn:
    raise ValueError(name)


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Of a name that stands there twice, two readers may read two things."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError("a name stands there twice")
        found[name] = value
    return found
