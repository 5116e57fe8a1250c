"""Numbers, dates, money and names of places and languages, as the reader's language writes them."""

from datetime import datetime, timedelta
from decimal import Decimal

from babel import Locale
from babel.dates import format_timedelta
from babel.numbers import (
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
)
from babel.units import format_unit
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from crm.formats.goals import minor_digits

_THOUSAND = 1000
_SMALL_SHARE = 0.1


def reader() -> Locale:
    """The reader's locale."""
    return Locale.parse(to_locale(get_language() or "en"))


def number(value: float) -> str:
    return str(format_decimal(value, locale=reader()))


def short_number(value: float) -> str:
    """12.4K or 12,4 k: for figures that nobody needs to the last digit."""
    return str(format_compact_decimal(value, locale=reader(), fraction_digits=1 if value >= _THOUSAND else 0))


def percent(share: float) -> str:
    """Of a share between 0 and 1; with a decimal where it would otherwise say 0 %."""
    pattern = reader().percent_formats[None].pattern
    if 0 < share < _SMALL_SHARE:
        pattern = pattern.replace("0", "0.0", 1)
    return str(format_percent(share, format=pattern, locale=reader()))


def distance(at: datetime, *, now: datetime) -> str:
    """ "3 days ago" or "in 2 hours", by the largest unit."""
    if abs(at - now) < timedelta(minutes=1):
        return _("just now")
    return str(format_timedelta(at - now, granularity="minute", threshold=1, add_direction=True, locale=reader()))


def lasting(since: datetime, *, now: datetime) -> str:
    """ "for 12 days": in days for two months, so that what stands side by side compares; then by the largest unit."""
    lasted = max(now - since, timedelta())
    if lasted < timedelta(minutes=1):
        return _("just now")
    if timedelta(days=1) <= lasted < timedelta(days=61):
        said = format_unit(lasted.days, "duration-day", locale=reader())
    else:
        said = format_timedelta(lasted, granularity="minute", threshold=1, locale=reader())
    return _("for %(time)s") % {"time": said}


def country(code: str) -> str:
    return str(reader().territories.get(code, code))


def language(code: str) -> str:
    return str(reader().languages.get(code, code))


def labelled(what: object, said: object) -> str:
    """ "ages: 18–24": the mark between the two is the language's own."""
    return _("%(what)s: %(said)s") % {"what": what, "said": said}


def unknown() -> str:
    return _("unknown")


def money(amount_minor: int, currency: str) -> str:
    """An amount as the reader's locale writes it: 1 234,50 € or €1,234.50."""
    amount = Decimal(amount_minor).scaleb(-minor_digits(currency))
    return str(format_currency(amount, currency, locale=reader()))


def amount_in(amount_minor: int, currency: str) -> str:
    """The same without its sign, where the currency stands above a whole column."""
    digits = minor_digits(currency)
    places = f".{'0' * digits}" if digits else ""
    return str(format_decimal(Decimal(amount_minor).scaleb(-digits), format=f"#,##0{places}", locale=reader()))


def currency(code: str) -> str:
    return str(reader().currencies.get(code, code))
