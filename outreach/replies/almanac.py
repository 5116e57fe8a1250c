"""Days and stretches of days, as whoever wrote on some day means them."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Period:
    """From `first` to `last`, named at text[start:end]. `is_day`: one day, or what means one ("mid-January")."""

    first: date
    last: date
    start: int
    end: int

    @property
    def is_day(self) -> bool:
        return self.first == self.last


@dataclass(frozen=True)
class Calendar:
    """Of whoever wrote on `written`. `reach`: days that a date without a year may lie ahead in a later year."""

    written: date
    day_first: bool
    reach: int

    def on(self, day: int, month: int, year: int | None = None) -> date | None:
        """That day, of the year in which it comes next."""
        if year is not None:
            return date_of(year, month, day)
        this = date_of(self.written.year, month, day)
        if this and this >= self.written:
            return this
        coming = date_of(self.written.year + 1, month, day)
        return coming if coming and (coming - self.written).days <= self.reach else None

    def month(self, month: int, year: int | None = None) -> tuple[date, date] | None:
        """The whole month; the one that runs is meant while it lasts."""
        if year is None and month == self.written.month:
            year = self.written.year
        first = self.on(1, month, year)
        return (first, last_of(first)) if first else None

    def weekday(self, number: int) -> date:
        """The next one after the day of writing."""
        return self.written + timedelta(days=(number - self.written.weekday() - 1) % 7 + 1)

    def week(self, ahead: int) -> tuple[date, date]:
        """Monday to Sunday."""
        monday = self.written + timedelta(days=7 * ahead - self.written.weekday())
        return monday, monday + timedelta(days=6)

    def months(self, ahead: int) -> date:
        """The same day so many months later, or the last one of a shorter month."""
        year, month = divmod(self.written.year * 12 + self.written.month - 1 + ahead, 12)
        return date(year, month + 1, min(self.written.day, monthrange(year, month + 1)[1]))


def date_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:  # 31 June
        return None


def last_of(first: date) -> date:
    return first.replace(day=monthrange(first.year, first.month)[1])


def months_after(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def easter(year: int) -> date:
    """Easter Monday (Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    month, day = divmod(h + k - 7 * m + 114, 31)
    return date(year, month, day + 1) + timedelta(days=1)
