"""When one may write to somebody, by what their own clock and calendar show.

A window is open at an instant where the recipient's clock shows an allowed weekday, no holiday, and a time from `start`
up to, but not including, `end`. Everything follows from that, on the days on which clocks are changed too: a local time
that is left out is never shown, so what would begin then begins with the next minute there is; of one that is shown
twice the first counts, and a window is open again where the clock shows its hours again.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from crm.errors import DomainError

HORIZON: Final = timedelta(days=366)  # what does not open within it never opens
MAX_DELAY: Final = 260  # working days of a year of Mondays to Fridays
_DAY = timedelta(days=1)
_MIDNIGHT = time(0)


@dataclass(frozen=True)
class Window:
    """Weekdays (Monday is 0) and local times, `end` not included; midnight as `end` is the end of the day.

    Raises DomainError: window_without_days, window_day_unknown (day), window_reversed (start, end).
    ValueError: a time with a zone of its own.
    """

    weekdays: frozenset[int] = frozenset(range(5))
    start: time = time(9)
    end: time = time(18)

    def __post_init__(self) -> None:
        if self.start.tzinfo or self.end.tzinfo:
            raise ValueError("A window has the zone of whoever is written to, not one of its own")
        if not self.weekdays:
            raise DomainError("window_without_days")
        if unknown := self.weekdays - frozenset(range(7)):
            raise DomainError("window_day_unknown", day=min(unknown))
        if self.end != _MIDNIGHT and self.end <= self.start:
            raise DomainError("window_reversed", start=f"{self.start:%H:%M}", end=f"{self.end:%H:%M}")

    @property
    def hours(self) -> range:
        """The hours of the day, 0 to 23, that lie in the window, whole or in part."""
        begun = self.end.minute or self.end.second or self.end.microsecond
        return range(self.start.hour, 24 if self.end == _MIDNIGHT else self.end.hour + bool(begun))

    def has_day(self, day: date, holidays: Container[date]) -> bool:
        """Whether it is an allowed weekday and no holiday."""
        return day.weekday() in self.weekdays and day not in holidays

    def on(self, day: date) -> tuple[datetime, datetime]:
        """Its two ends on a day, as a clock on the wall shows them."""
        last = day + _DAY if self.end == _MIDNIGHT else day
        return datetime.combine(day, self.start), datetime.combine(last, self.end)


@dataclass(frozen=True)
class Stretch:
    """Instants (UTC) from `opens` up to, but not including, `closes`, all within one local day."""

    opens: datetime
    closes: datetime


def is_open(window: Window, zone: ZoneInfo, holidays: Container[date], at: datetime) -> bool:
    """ValueError: `at` is naive."""
    local = _aware(at).astimezone(zone)
    start, end = window.on(local.date())
    return window.has_day(local.date(), holidays) and start <= local.replace(tzinfo=None) < end


def opens(window: Window, zone: ZoneInfo, holidays: Container[date], after: datetime) -> datetime:
    """The first instant (UTC), not before `after`, at which the window is open. Raises what `stretch` raises."""
    return stretch(window, zone, holidays, after).opens


def stretch(window: Window, zone: ZoneInfo, holidays: Container[date], after: datetime) -> Stretch:
    """The first open instants that follow each other without a break, from `after` on.

    Raises DomainError: window_never_opens (days: how far was looked). ValueError: `after` is naive.
    """
    found = _open(window, zone, holidays, after)
    first = next(found, None)
    if first is None:
        raise DomainError("window_never_opens", days=HORIZON.days)
    day, opening, closing = first
    for same_day, start, end in found:
        if same_day != day or start != closing:
            break
        closing = end
    return Stretch(opening, closing)


def working_days(window: Window, zone: ZoneInfo, holidays: Container[date], start: datetime, days: int) -> datetime:
    """The instant (UTC) that lies so many of the recipient's working days after `start`.

    It keeps the local time of day of `start`, and from there is moved on to when the window is open: what was begun at
    20:00 on a Monday is due after three days on Thursday at 20:00, so on Friday morning. The day of `start` itself
    never counts. Raises DomainError: delay_out_of_range (limit), window_never_opens (days). ValueError: naive `start`.
    """
    if not 0 <= days <= MAX_DELAY:
        raise DomainError("delay_out_of_range", limit=MAX_DELAY)
    local = _aware(start).astimezone(zone)
    if not days:
        return opens(window, zone, holidays, start)
    day = local.date()
    for _ in range(days):
        day = _next_day(window, holidays, day)
    return opens(window, zone, holidays, _instant(zone, datetime.combine(day, local.time())))


def at_hour(window: Window, zone: ZoneInfo, holidays: Container[date], due: datetime, hour: int) -> datetime:
    """The beginning (UTC) of that hour on the local day of `due`; `due` itself where the window is not open then."""
    wanted = _instant(zone, datetime.combine(_aware(due).astimezone(zone).date(), time(hour)))
    return wanted if is_open(window, zone, holidays, wanted) else due


def _next_day(window: Window, holidays: Container[date], day: date) -> date:
    for _ in range(HORIZON.days):
        day += _DAY
        if window.has_day(day, holidays):
            return day
    raise DomainError("window_never_opens", days=HORIZON.days)


def _open(
    window: Window, zone: ZoneInfo, holidays: Container[date], after: datetime
) -> Iterator[tuple[date, datetime, datetime]]:
    """The local day, start and end of whatever is open from `after` on, in order; one stretch may come in parts."""
    for begin, finish, offset in _even(zone, after):
        # In between a clock runs evenly: what it shows is UTC plus the offset.
        shown, until = (at.replace(tzinfo=None) + offset for at in (begin, finish))
        day = shown.date()
        while day <= until.date():
            start, end = window.on(day)
            start, end = max(start, shown), min(end, until)
            if start < end and window.has_day(day, holidays):
                yield day, (start - offset).replace(tzinfo=UTC), (end - offset).replace(tzinfo=UTC)
            day += _DAY


def _even(zone: ZoneInfo, after: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Time from `after` to the horizon in pieces of at most a day (UTC), none with a change of the clock inside it.

    No zone changes its clock twice within 24 hours, so that equal offsets at both ends are those in between.
    """
    begin = _aware(after).astimezone(UTC)
    horizon = begin + HORIZON
    while begin < horizon:
        finish, offset = begin + _DAY, _offset(zone, begin)
        if _offset(zone, finish) != offset:
            finish = _change(zone, begin, finish)
        yield begin, finish, offset
        begin = finish


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first instant with the new offset, between two that differ."""
    old = _offset(zone, before)
    while after - before > timedelta.resolution:
        middle = before + (after - before) // 2
        before, after = (middle, after) if _offset(zone, middle) == old else (before, middle)
    return after


def _instant(zone: ZoneInfo, shown: datetime) -> datetime:
    """When a clock shows this: the first time where it does so twice, the next minute there is where it never does."""
    first = shown.replace(tzinfo=zone).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == shown:
        return first
    return _change(zone, shown.replace(tzinfo=zone, fold=1).astimezone(UTC), first)


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def _aware(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError("An instant needs a time zone")
    return at
