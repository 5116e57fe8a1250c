"""Amounts as sources write them, into minor units. No floats: what does not fit the currency exactly is refused."""

import re
from decimal import Decimal
from typing import Final

from crm.errors import DomainError
from crm.formats.goals import CURRENCIES, minor_digits

LARGEST: Final = 2**53  # minor units; as the API
_PLAIN: Final = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?")
_CODE: Final = re.compile(r"[A-Za-z]{3}")
_GROUPED: Final = {  # by their decimal sign: groups of three, which "1,234" alone cannot show to be groups
    ".": re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]{1,3}"),
    ",": re.compile(r"[0-9]{1,3}(?:[. \u00a0\u202f][0-9]{3})*,[0-9]{1,3}"),
}


def currency_code(said: object) -> str:
    """ISO 4217 in capitals. Raises DomainError: currency_missing, currency_unknown."""
    if said is None or said == "":
        raise DomainError("currency_missing")
    if not isinstance(said, str) or not _CODE.fullmatch(said) or said.upper() not in CURRENCIES:
        raise DomainError("currency_unknown")
    return said.upper()


def minor_units(said: object) -> int:
    """An amount that the source writes in minor units already. Raises DomainError: amount_missing, amount_invalid,
    amount_not_positive."""
    if said is None:
        raise DomainError("amount_missing")
    if type(said) is not int:
        raise DomainError("amount_invalid")
    return _within(Decimal(said))


def from_major(said: object, currency: str) -> int:
    """An amount in whole units and decimals ("12.50", 12.5) in minor units of the currency (capitals).

    Raises DomainError: amount_missing, amount_not_positive, and amount_invalid: not a plain decimal number ("1,234.50",
    "NaN", true), too large, or finer than the currency is.
    """
    number = _number(said)
    scaled = number.scaleb(minor_digits(currency))
    if scaled != scaled.to_integral_value():
        raise DomainError("amount_invalid")
    return _within(scaled)


def plain(text: str, *, decimal_comma: bool) -> str:
    """An amount as a table for people has it, without groups of thousands and with a point: "1,234.50" is 1234.50.

    What could be read in two ways ("1,234" in a table with decimal points) is left for `from_major` to refuse.
    """
    if _GROUPED["."].fullmatch(text):
        return text.replace(",", "")
    if decimal_comma and _GROUPED[","].fullmatch(text):
        return re.sub(r"[. \u00a0\u202f]", "", text).replace(",", ".")
    return text


def rescaled(said: object, *, digits: int, currency: str) -> int:
    """Minor units of a source that counts other digits than ISO 4217 does for this currency."""
    return from_major(Decimal(minor_units(said)).scaleb(-digits), currency)


def exact(said: object) -> Decimal:
    """A number above zero that is no money, as it is. Raises DomainError: amount_invalid, amount_not_positive."""
    number = _number(said)
    if number <= 0:
        raise DomainError("amount_not_positive")
    return number.normalize() + 0


def _number(said: object) -> Decimal:
    if said is None or said == "":
        raise DomainError("amount_missing")
    if isinstance(said, str) and _PLAIN.fullmatch(said):
        said = Decimal(said)
    if type(said) is int and abs(said) <= LARGEST:
        said = Decimal(said)
    # The exponents are looked at before anything is scaled: 1e999999999 is a short text and a very long number.
    if not isinstance(said, Decimal) or not said.is_finite() or not -20 <= said.adjusted() <= 20:  # noqa: PLR2004
        raise DomainError("amount_invalid")
    exponent = said.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -20:  # noqa: PLR2004
        raise DomainError("amount_invalid")
    return said


def _within(amount: Decimal) -> int:
    if amount <= 0:
        raise DomainError("amount_not_positive")
    if amount > LARGEST:
        raise DomainError("amount_invalid")
    return int(amount)
