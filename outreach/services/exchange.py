"""What one currency was worth in another, as an administrator wrote it down. No rate is ever looked up or guessed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal

from django.db import IntegrityError, transaction

from crm.errors import DomainError
from crm.formats.goals import CURRENCIES, minor_digits
from crm.models import User
from outreach.models import ExchangeRate

_PLACES = Decimal("0.0000000001")
_MOST = Decimal(10) ** 9


@dataclass(frozen=True)
class Converted:
    """Amounts of several currencies as one, with the rates that made it one. `missing`: currencies without a rate;
    where there is one, there is no sum.
    """

    currency: str
    amount_minor: int | None
    rates: tuple[ExchangeRate, ...]
    missing: tuple[str, ...]


def record(*, base: str, quote: str, rate: Decimal, on_date: date, source: str, by: User, at: datetime) -> ExchangeRate:
    """One of `base` is worth `rate` of `quote`. What was written down for a day stays: a mistake is removed first.

    Raises DomainError: currency_unknown, currencies_same, rate_not_positive, rate_without_source, rate_taken.
    """
    if base not in CURRENCIES or quote not in CURRENCIES:
        raise DomainError("currency_unknown")
    if base == quote:
        raise DomainError("currencies_same")
    if not rate.is_finite() or not _PLACES <= rate < _MOST:
        raise DomainError("rate_not_positive")
    if not source.strip():
        raise DomainError("rate_without_source")
    said = {"rate": rate.quantize(_PLACES), "source": source.strip(), "by": by, "created_at": at}
    try:
        with transaction.atomic():
            return ExchangeRate.objects.create(base=base, quote=quote, on_date=on_date, **said)
    except IntegrityError:
        raise DomainError("rate_taken", base=base, quote=quote) from None


def remove(*, rate: ExchangeRate) -> None:
    rate.delete()


def convert(amounts: Iterable[tuple[str, int]], *, into: str, on: date) -> Converted:
    """The sum of (currency, minor units) in `into`, by the newest rates of `on` or before. A rate serves both ways."""
    total, used, missing = 0, [], []
    for currency, minor in amounts:
        if currency == into:
            total += minor
        elif (rate := _rate(currency, into, on=on)) is None:
            missing.append(currency)
        else:
            used.append(rate)
            total += _minor(minor, currency, into, rate)
    return Converted(into, None if missing else total, tuple(used), tuple(missing))


def _rate(one: str, other: str, *, on: date) -> ExchangeRate | None:
    known = ExchangeRate.objects.filter(base__in=[one, other], quote__in=[one, other], on_date__lte=on)
    return known.order_by("-on_date", "-pk").first()


def _minor(minor: int, currency: str, into: str, rate: ExchangeRate) -> int:
    amount = Decimal(minor).scaleb(-minor_digits(currency))
    worth = amount * rate.rate if rate.base == currency else amount / rate.rate
    return int(worth.scaleb(minor_digits(into)).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
