"""Numbers as a spreadsheet stores them, written as a person would: dates and percentages are numbers with a style."""

import re
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum

_DIGITS = 15  # what a spreadsheet keeps of a number
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[Ee][+-]?[0-9]{1,3})?")
_LENGTH_LIMIT = 40
_FORMAT_LIMIT = 255
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]')
_DAYS = 2_958_466  # up to and with 9999-12-31
_PHANTOM = 60  # the 29 February 1900 that spreadsheets believe in
_SECONDS = 86_400


class NumberStyle(Enum):
    PLAIN = ""
    PERCENT = "percent"
    DATE = "date"
    TIME = "time"  # of a day, or elapsed


# The formats that have a number and no text in the file. 27–36 and 50–58 are dates of East Asian spreadsheets.
_BUILT_IN = {
    **dict.fromkeys((9, 10), NumberStyle.PERCENT),
    **dict.fromkeys((*range(14, 18), 22, *range(27, 37), *range(50, 59)), NumberStyle.DATE),
    **dict.fromkeys((18, 19, 20, 21, 45, 46, 47), NumberStyle.TIME),
}


def built_in_style(number: int) -> NumberStyle:
    return _BUILT_IN.get(number, NumberStyle.PLAIN)


def read_style(code: str) -> NumberStyle:
    """What a number format ("dd/mm/yyyy", "0.0%") makes of a number."""
    letters = _QUOTED.sub("", code[:_FORMAT_LIMIT]).partition(";")[0].lower()
    if letters in {"general", "standard"}:
        return NumberStyle.PLAIN
    if "%" in letters:
        return NumberStyle.PERCENT
    has_clock, has_day = re.search("[hs]", letters), re.search("[dy]", letters)
    if "[" in letters or (has_clock and not has_day):
        return NumberStyle.TIME
    return NumberStyle.DATE if has_day or "m" in letters else NumberStyle.PLAIN


def number_text(stored: str, style: NumberStyle, *, since_1904: bool = False) -> str:
    """48000 → "48000", 4.1000000000000002E-2 → "0.041" or "4.1%", 46350 → "2026-11-24".

    What has more digits than a spreadsheet keeps comes in scientific notation. What is no number comes as it is: the
    reader of its column says what is wrong with it.
    """
    stored = stored.strip()
    if len(stored) > _LENGTH_LIMIT or not _NUMBER.fullmatch(stored):
        return stored
    value = float(stored)
    if style is NumberStyle.DATE and (text := _date_text(value, since_1904=since_1904)):
        return text
    if 0 <= value < {NumberStyle.TIME: _DAYS, NumberStyle.DATE: 1}.get(style, 0):
        return _time_text(value)
    if abs(value) >= 10**_DIGITS:
        return f"{value:.{_DIGITS - 1}e}"
    if style is NumberStyle.PERCENT:
        return f"{_plain(Decimal(repr(value)) * 100)}%"
    text = _plain(Decimal(repr(value)))
    # "12.345" as a text groups thousands where a count is expected; as a number it is twelve and a bit.
    return f"{text}0" if re.fullmatch(r"-?[1-9][0-9]{0,2}\.[0-9]{3}", text) else text


def _plain(number: Decimal) -> str:
    return str(int(number)) if number == int(number) else format(number.normalize(), "f")


def _date_text(serial: float, *, since_1904: bool) -> str:
    """A day, or an instant without its zone; "" for what is no day."""
    if not 0 <= serial < _DAYS:
        return ""
    days, seconds = divmod(round(serial * _SECONDS), _SECONDS)
    days += 1462 if since_1904 else 0
    if not 1 <= days < _DAYS or days == _PHANTOM:
        return ""
    day = date(1899, 12, 31 if days < _PHANTOM else 30) + timedelta(days=days)
    clock = time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    return f"{day.isoformat()}T{clock.isoformat()}" if seconds else day.isoformat()


def _time_text(serial: float) -> str:
    minutes, seconds = divmod(round(serial * _SECONDS), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"
