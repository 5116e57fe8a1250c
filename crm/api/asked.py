"""The values of filters, read by what they mean. What cannot be read is refused: filter_value_invalid (name)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time

from django.utils.dateparse import parse_date, parse_datetime

from crm.errors import DomainError

_LARGEST = 2**63 - 1  # what the widest column counts to


@dataclass(frozen=True)
class Asked:
    said: dict[str, str]

    def one_of(self, name: str, known: Collection[str]) -> str:
        """Blank where it was not asked."""
        value = self.said.get(name)
        if value is not None and value not in known:
            raise DomainError("filter_value_invalid", name=name)
        return value or ""

    def whole(self, name: str) -> int | None:
        value = self.said.get(name)
        if value is None:
            return None
        if not (value.isascii() and value.isdigit() and int(value[:20]) <= _LARGEST):
            raise DomainError("filter_value_invalid", name=name)
        return int(value)

    def share(self, name: str) -> float | None:
        """A part of a whole, 0–1."""
        value = self.said.get(name)
        if value is None:
            return None
        try:
            share = float(value)
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:  # not a number is neither
            raise DomainError("filter_value_invalid", name=name)
        return share

    def instant(self, name: str) -> datetime | None:
        """An instant, or the beginning of a day; in UTC where it says nothing else."""
        value = self.said.get(name)
        if value is None:
            return None
        try:
            at = parse_datetime(value)
            day = None if at else parse_date(value)
        except ValueError:  # the 31st of June
            at = day = None
        if day:
            at = datetime.combine(day, time.min, tzinfo=UTC)
        if at is None:
            raise DomainError("filter_value_invalid", name=name)
        return at if at.tzinfo else at.replace(tzinfo=UTC)

    def yes_or_no(self, name: str) -> bool | None:
        value = self.one_of(name, ("true", "false"))
        return None if not value else value == "true"
