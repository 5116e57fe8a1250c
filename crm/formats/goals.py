"""What a cause wants: "donation:20000 EUR by 2026-12-31|signature:5000"."""

import re
from datetime import date, datetime

from crm.errors import DomainError
from crm.formats import french
from crm.formats.cells import parse_day, parse_items
from crm.formats.rows import GoalReading
from crm.handles import fold, parse_count

KINDS = ("donation", "sign_up", "signature", "attendance", "volunteer_hours", "other")
_SUMS = frozenset({"donation", "other"})  # the actions that may be wanted as a sum of money
_OTHER_NAMES = {
    "donations": "donation",
    "signup": "sign_up",
    "signups": "sign_up",
    "sign_ups": "sign_up",
    "signatures": "signature",
}
# ISO 4217: how many digits stand after the decimal sign.
_CURRENCIES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC
    CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES
    KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR
    NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT
    TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
}
_DIGITS = {code: digits for digits, codes in _CURRENCIES.items() for code in codes.split()}
CURRENCIES = frozenset(_DIGITS)
# The day by which it is wanted, as English and French say it.
_DUE = re.compile(
    r"\s+(?:by|before|until|avant le|avant|d['’]ici(?: le| au)?|jusqu['’]au)\s+(?P<day>[0-9]\S*)\s*", re.IGNORECASE
)
_MONEY = re.compile(r"(?P<before>[A-Za-z]{3})?\s*(?P<amount>[0-9].*?)\s*(?P<after>[A-Za-z]{3})?")


def minor_digits(currency: str) -> int:
    """How many digits an amount in minor units has after the decimal sign: 2 for EUR, 0 for JPY. Unknown ones: 2."""
    return _DIGITS.get(currency, 2)


def parse_goals(text: str) -> tuple[GoalReading, ...]:
    """Numbers of actions, and sums; each may say by which day.

    Raises DomainError: goal_invalid; goal_kind_unknown (known); goal_repeated (kind), for the same action in the same
    unit; list_too_long (limit); and what parse_amount, parse_count and parse_day raise.
    """
    goals = parse_items(text, _goal)
    units = [(goal.kind, goal.currency) for goal in goals]
    for unit in units:
        if units.count(unit) > 1:
            raise DomainError("goal_repeated", kind=unit[0])
    return goals


def parse_amount(text: str, currency: str) -> int:
    """A sum in minor units. As in parse_count, three digits after a single dot or comma are thousands ("20,000 EUR").

    Raises DomainError: currency_unknown; amount_invalid; amount_ambiguous, for three digits where the currency itself
    has three decimals ("20.000 TND"); and what parse_count raises.
    """
    digits = _DIGITS.get(currency)
    if digits is None:
        raise DomainError("currency_unknown")
    whole, fraction = text, ""
    if found := re.fullmatch(r"(.*[0-9])([.,])([0-9]{1,2})", text):
        whole, fraction = found[1], found[3]
        if found[2] in whole:
            raise DomainError("amount_invalid")
    if digits > 2 and re.search(r"[.,][0-9]{3}$", text):  # noqa: PLR2004
        raise DomainError("amount_ambiguous")
    if len(fraction) > digits and fraction.strip("0"):
        raise DomainError("amount_invalid")
    minor = int(fraction.ljust(digits, "0")[:digits] or 0)
    return parse_count(whole) * int(10**digits) + minor


def _goal(part: str) -> GoalReading:
    name, colon, wanted = part.partition(":")
    kind = re.sub(r"[\s-]+", "_", fold(name[:100]))
    kind = _OTHER_NAMES.get(kind, french.CHOICES.get(kind, kind))
    if kind not in KINDS:
        raise DomainError("goal_kind_unknown", known=list(KINDS))
    wanted, due_date = _due(wanted[:200])
    found = _MONEY.fullmatch(wanted.strip()) if colon and len(wanted) <= 100 else None  # noqa: PLR2004
    if found is None or (found["before"] and found["after"]):
        raise DomainError("goal_invalid")
    currency = (found["before"] or found["after"] or "").upper()
    if currency and kind not in _SUMS:
        raise DomainError("goal_invalid")
    number = parse_amount(found["amount"], currency) if currency else parse_count(found["amount"])
    if not number:
        raise DomainError("goal_invalid")
    if currency:
        return GoalReading(kind, amount_minor=number, currency=currency, due_date=due_date)
    return GoalReading(kind, quantity=number, due_date=due_date)


def _due(wanted: str) -> tuple[str, date | None]:
    """What is wanted, and by which day. "03/04/2026" is the third of April where a French word stands before it."""
    found = next((due for due in _DUE.finditer(wanted) if due.end() == len(wanted)), None)
    if found is None:
        return wanted, None
    is_french = found[0].split()[0].lower() not in {"by", "before", "until"}
    day = parse_day(found["day"], day_first=is_french or None)
    return wanted[: found.start()], day.date() if isinstance(day, datetime) else day
