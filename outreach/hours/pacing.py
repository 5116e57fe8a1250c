"""How many messages one sender sends in a day, and when in it: never in one burst, and at first few."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final


@dataclass(frozen=True)
class WarmUp:
    """What a sender that mail servers do not know yet sends on its first day, and by how much more on each next one."""

    first: int = 10
    percent: int = 50

    def __post_init__(self) -> None:
        if self.first < 1 or self.percent < 1:
            raise ValueError("A warm-up begins with a message and grows")


WARM_UP: Final = WarmUp()


def allowance(day_number: int, *, daily_limit: int, warm_up: WarmUp | None = WARM_UP) -> int:
    """How many messages may leave on a sender's working day number `day_number`, counted from 1.

    Each day's is the day before's and so many percent of it, rounded down but at least one more: 10, 15, 22, 33, 49, 73
    …, up to the limit. It never falls from one day to the next. ValueError: a day before the first, a limit below 0.
    """
    if day_number < 1 or daily_limit < 0:
        raise ValueError("Days count from 1, and a limit is not below 0")
    if warm_up is None:
        return daily_limit
    allowed = warm_up.first
    for _ in range(1, day_number):
        if allowed >= daily_limit:
            break
        allowed += max(1, allowed * warm_up.percent // 100)
    return min(allowed, daily_limit)


def day_number(since: date, on: date, *, weekdays: Set[int]) -> int:
    """Which working day of a sender `on` is, or was last, when its first day is `since`: at least 1. Weekdays count
    from 0, Monday.
    """
    days = (on - since).days + 1
    weeks, left = divmod(max(days, 0), 7)
    rest = sum((since + timedelta(days=place)).weekday() in weekdays for place in range(left))
    return max(1, weeks * len(weekdays) + rest)
