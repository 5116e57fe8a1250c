"""Numbers as people and vendors write them: "409.8M", "12,4 k", "12 400", "3.4 %"."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from crm.errors import DomainError

COUNT_LIMIT = 10**15
_LENGTH_LIMIT = 40  # characters; also keeps int and Decimal away from endless digits
_SUFFIXES = {
    1: ("",),
    10**3: ("k", "tsd"),
    10**6: ("m", "mio", "mln", "mn"),
    10**9: ("b", "bn", "md", "mds", "mrd"),
}
_FACTORS = {suffix: factor for factor, suffixes in _SUFFIXES.items() for suffix in suffixes}
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " ", "’": "'"})
_COUNT = re.compile(r"([0-9][0-9 ',.]*?)(?: ?([a-z]+)\.?)?", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?P<whole>[0-9]+|[0-9]{1,3}(?:(?P<group>[ ',.])[0-9]{3})(?:(?P=group)[0-9]{3})*)"
    r"(?:(?P<point>[,.])(?P<fraction>[0-9]+))?"
)
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:[,.][0-9]*)?e[+-]?[0-9]+", re.IGNORECASE)
_FRACTION = re.compile(r"((?:[0-9]+(?:[,.][0-9]*)?|[,.][0-9]+)(?:e-?[0-9]{1,2})?) ?(%?)", re.IGNORECASE)

_PLAIN_DIGITS = 10  # fewer of them are below every limit


def parse_count(text: str, *, decimal_comma: bool = False) -> int:
    """A whole number of people or things.

    `decimal_comma` tells that the file it stands in writes 1,5 for one and a half. The rule for a single dot or comma:
    - before exactly three digits and without a suffix it groups thousands, whatever the file's habit, because a count
      is whole: "1.234" and "1,234" are 1234;
    - before a suffix it is the decimal sign ("12,4 k", "1.234M"), unless it is the sign this file groups with and three
      digits follow ("1,234K" in a file with decimal dots): that is refused as ambiguous;
    - anywhere else it is the decimal sign, and without a suffix only zeros may follow it ("12.0", as pandas writes).

    Raises DomainError: count_invalid; count_negative; count_scientific ("1.22158E+17": digits are lost);
    count_ambiguous; count_not_whole; count_too_big (limit).
    """
    if len(text) < _PLAIN_DIGITS and text.isascii() and text.isdigit():  # the quick way to the same
        return int(text)
    number, factor = _parse(text, decimal_comma=decimal_comma, is_whole=True)
    if factor == 1 and number != int(number):
        raise DomainError("count_not_whole")
    return int((number * factor).to_integral_value())


def parse_average(text: str, *, decimal_comma: bool = False) -> float:
    """An average of counts, such as likes per post. As parse_count, but it need not be whole, so that a single dot or
    comma before three digits means what it means in the rest of the file: with `decimal_comma`, "1.234" is 1234.0 and
    "1,234" is 1.234; without, the other way round. Raises what parse_count raises, but count_not_whole.
    """
    if len(text) < _PLAIN_DIGITS and text.isascii() and text.isdigit():
        return float(text)
    number, factor = _parse(text, decimal_comma=decimal_comma, is_whole=False)
    return float(number * factor)


def parse_rate(text: str, *, unit: Literal["fraction", "percent"] = "fraction") -> float:
    """A rate as 0–1. A % sign always means percent; without one the number is taken in `unit`, as the source states it,
    and never guessed from its size. Raises DomainError: rate_invalid; rate_out_of_range, also for "3.4" as a fraction.
    """
    return _parse_fraction(text, "rate", unit)


def parse_share(text: str, *, unit: Literal["fraction", "percent"] = "fraction") -> float:
    """A part of a whole as 0–1, read as parse_rate reads. Raises DomainError: share_invalid, share_out_of_range."""
    return _parse_fraction(text, "share", unit)


def is_scientific(text: str) -> bool:
    """Whether a spreadsheet has turned this id into 1.22158E+17."""
    return len(text) <= _LENGTH_LIMIT and _SCIENTIFIC.fullmatch(text.strip()) is not None


def _parse(text: str, *, decimal_comma: bool, is_whole: bool) -> tuple[Decimal, int]:
    text = text.translate(_SPACES).strip()
    _refuse_unusable(text)
    parts = _COUNT.fullmatch(text)
    factor = _FACTORS.get((parts[2] or "").lower()) if parts else None
    if parts is None or factor is None:
        raise DomainError("count_invalid")
    number = _decimal(parts[1].strip(), has_suffix=factor > 1, decimal_comma=decimal_comma, is_whole=is_whole)
    if number * factor > COUNT_LIMIT:
        raise DomainError("count_too_big", limit=COUNT_LIMIT)
    return number, factor


def _refuse_unusable(text: str) -> None:
    if len(text) > _LENGTH_LIMIT:
        raise DomainError("count_invalid")
    if _SCIENTIFIC.fullmatch(text):
        raise DomainError("count_scientific")
    if re.match(r"[-−–(] ?[0-9]", text):
        raise DomainError("count_negative")


def _decimal(body: str, *, has_suffix: bool, decimal_comma: bool, is_whole: bool) -> Decimal:
    found = _NUMBER.fullmatch(body)
    if found is None or (found["point"] and found["point"] == found["group"]):
        raise DomainError("count_invalid")
    whole = re.sub(r"[^0-9]", "", found["whole"])
    fraction = found["fraction"] or ""
    if re.fullmatch(r"[1-9][0-9]{0,2}[,.][0-9]{3}", body):  # the one shape that two habits read differently
        is_grouping_here = found["point"] == ("." if decimal_comma else ",")
        if has_suffix and is_grouping_here:
            raise DomainError("count_ambiguous")
        if not has_suffix and (is_whole or is_grouping_here):
            whole, fraction = whole + fraction, ""
    return Decimal(f"{whole}.{fraction or 0}")


@lru_cache(maxsize=4096)  # files repeat themselves
def _parse_fraction(text: str, what: str, unit: str) -> float:
    text = text.translate(_SPACES).strip()
    found = _FRACTION.fullmatch(text) if len(text) <= _LENGTH_LIMIT else None
    if found is None:
        raise DomainError(f"{what}_invalid")
    number = Decimal(found[1].replace(",", "."))
    value = float(number / 100 if found[2] or unit == "percent" else number)
    if value > 1:
        raise DomainError(f"{what}_out_of_range")
    return value
