"""What came before a conversion."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Touch:
    """A dated click, code or contact. `channel` is who gets the credit: any stable name, such as a link's id."""

    channel: str
    at: datetime
    is_direct: bool = False

    def __post_init__(self) -> None:
        _must_be_aware(self.at)


@dataclass(frozen=True)
class Path:
    """The touches of one conversion, in any order; some may be older than any window, or later than the conversion."""

    touches: tuple[Touch, ...]
    converted_at: datetime

    def __post_init__(self) -> None:
        _must_be_aware(self.converted_at)

    def within(self, window: timedelta) -> tuple[Touch, ...]:
        """The touches from `window` before the conversion up to it, both ends included, oldest first.

        Touches of one instant come in reverse order of their channel, so that no order of rows changes a credit.
        """
        # In UTC: two moments in one zone with summer time are compared by Python as wall clocks, an hour out.
        end = self.converted_at.astimezone(UTC)
        inside = [touch for touch in self.touches if end - window <= touch.at.astimezone(UTC) <= end]
        inside.sort(key=lambda touch: touch.channel, reverse=True)
        inside.sort(key=lambda touch: touch.at.astimezone(UTC))
        return tuple(inside)


def _must_be_aware(at: datetime) -> None:
    if at.utcoffset() is None:
        raise ValueError("a moment without a time zone")
