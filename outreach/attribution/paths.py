"""What came before a conversion."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Final

ALIKE_FROM: Final = Fraction(9, 10)  # with so many single touches, models say the same of nearly everything


@dataclass(frozen=True)
class Touch:
    """A dated click, code or contact. `channel` is who gets the credit: any stable name, such as a link's id."""

    channel: str
    at: datetime
    is_direct: bool = False

    def __post_init__(self) -> None:
        _must_be_aware(self.at)

    @property
    def moment(self) -> datetime:
        """In UTC: two moments in one zone with summer time are compared by Python as wall clocks, an hour out."""
        return self.at.astimezone(UTC)


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
        end = self.converted_at.astimezone(UTC)
        inside = [touch for touch in self.touches if end - window <= touch.moment <= end]
        inside.sort(key=lambda touch: touch.channel, reverse=True)
        inside.sort(key=lambda touch: touch.moment)
        return tuple(inside)


def single_touch_share(paths: Iterable[Path], *, window: timedelta) -> Fraction:
    """Of the paths with a touch in the window, the share that has one only; 0 where there is no path."""
    lengths = [length for path in paths if (length := len(path.within(window)))]
    return Fraction(lengths.count(1), len(lengths)) if lengths else Fraction(0)


def models_can_differ(single_touches: Fraction) -> bool:
    """Every model gives a single touch everything. Where nearly all are, comparing models tells nothing."""
    return single_touches < ALIKE_FROM


def _must_be_aware(at: datetime) -> None:
    if at.utcoffset() is None:
        raise ValueError("a moment without a time zone")
