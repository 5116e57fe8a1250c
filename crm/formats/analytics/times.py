"""Days, instants and durations as statistics pages write them: "Fri, Jun 5, 2026", "09/15/2026 18:00", "1:02:03"."""

import re
from datetime import UTC, datetime

from crm.errors import DomainError
from crm.handles import fold

_LENGTH_LIMIT = 60  # characters; keeps the patterns away from endless digits
_CLOCK = (
    r"(?:,? (?:(?:at|um|a) )?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?: ?(?P<half>[ap])\.?m\.?)?)?"
)
_NUMBERS = re.compile(r"(?P<one>\d{1,2})(?P<sign>[./])(?P<two>\d{1,2})(?P=sign)(?P<year>\d{4})" + _CLOCK, re.ASCII)
_WORDS = tuple(
    re.compile(r"(?:[a-z]{2,10}\.?,? )?" + order + _CLOCK, re.ASCII)
    for order in (
        r"(?P<month>[a-z]{3,10})\.? (?P<day>\d{1,2}),? (?P<year>\d{4})",
        r"(?P<day>\d{1,2})\.? (?P<month>[a-z]{3,10})\.?,? (?P<year>\d{4})",
    )
)
_WITHOUT_YEAR = re.compile(r"[a-z]{3,10}\.? \d{1,2}|\d{1,2}\.? [a-z]{3,10}\.?", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_OFFSET = re.compile(r" (?=[+-]\d\d:?\d\d$)")
# By how they begin, in English, French and German.
_BEGINNINGS = """
jan
feb fev
mar
apr avr
may mai
jun juin
jul juil
aug aou
sep
oct okt
nov
dec dez
"""
_MONTHS = {
    beginning: number for number, line in enumerate(_BEGINNINGS.strip().splitlines(), 1) for beginning in line.split()
}
_DURATION = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,7})(?:[.,](\d{1,6}))?", re.ASCII)
_HALF_DAY = 12


def parse_moment(text: str, *, day_first: bool = False) -> datetime:
    """An instant in UTC. A day is its midnight, and a time without its zone is taken as UTC.

    `day_first`: who wrote the file writes 15/09/2026, not 09/15/2026; with dots the day is first anyway. Months may be
    words. Raises DomainError: date_invalid, also for a day without its year.
    """
    if len(text) > _LENGTH_LIMIT:
        raise DomainError("date_invalid")
    try:
        return _iso(text) if _ISO.match(text) else _written(fold(text), day_first=day_first)
    except ValueError:
        raise DomainError("date_invalid") from None


def is_without_year(text: str) -> bool:
    """Whether a day is written as "September 4" or "23 August"."""
    return len(text) <= _LENGTH_LIMIT and _WITHOUT_YEAR.fullmatch(fold(text)) is not None


def parse_duration(text: str) -> int:
    """Whole seconds of "1:02:03", "4:05" or "245". Raises DomainError: duration_invalid."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise DomainError("duration_invalid")
    hours, minutes, seconds = (int(part or 0) for part in found.groups()[:3])
    return round(hours * 3600 + minutes * 60 + seconds + float(f"0.{found[4] or 0}"))


def _iso(text: str) -> datetime:
    moment = datetime.fromisoformat(_OFFSET.sub("", text.removesuffix(" UTC")))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _written(text: str, *, day_first: bool) -> datetime:
    if found := _NUMBERS.fullmatch(text):
        one, two = int(found["one"]), int(found["two"])
        day, month = (one, two) if day_first or found["sign"] == "." else (two, one)
        return datetime(int(found["year"]), month, day, *_clock(found), tzinfo=UTC)
    if found := next(filter(None, (shape.fullmatch(text) for shape in _WORDS)), None):
        word = found["month"]
        month = _MONTHS.get(word[:4]) or _MONTHS.get(word[:3]) or 0
        return datetime(int(found["year"]), month, int(found["day"]), *_clock(found), tzinfo=UTC)
    raise DomainError("date_invalid")


def _clock(found: re.Match[str]) -> tuple[int, int, int]:
    hour = int(found["hour"] or 0)
    if found["half"]:
        if not 1 <= hour <= _HALF_DAY:
            raise DomainError("date_invalid")
        hour = hour % _HALF_DAY + (_HALF_DAY if found["half"] == "p" else 0)
    return hour, int(found["minute"] or 0), int(found["second"] or 0)
