"""What partnerships of the demo cost, in the currencies they were paid in, and the rates that make one sum of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from crm.models import User
from outreach.models import Campaign, ExchangeRate, Outreach
from outreach.selectors import AGREED
from outreach.services import costs, exchange, weekly

_SPENT = (("fee", 18_000, "EUR"), ("expenses", 6_480, "EUR"), ("goods", 4_500, "EUR"), ("fee", 22_000, "CHF"))
_NOTES = {"fee": "Vidéo et story", "expenses": "Train, deux nuits", "goods": "Gourdes et sacs"}
_RATES = (("CHF", "1.0642", 40), ("GBP", "1.1518", 40))
_SOURCE = "un cours inventé pour la démo"


def spend(users: dict[str, User], *, at: datetime) -> None:
    """Every other partner cost something; some of it was paid in francs. Léa hears of one campaign every week."""
    partners = Outreach.objects.filter(stage__in=AGREED, influencer__isnull=False).order_by("pk")
    for number, outreach in enumerate(partners[::2]):
        kind, amount, currency = _SPENT[number % len(_SPENT)]
        day = (outreach.stage_at + timedelta(days=1)).date()
        costs.record(
            outreach=outreach,
            kind=kind,
            note=_NOTES[kind],
            amount_minor=amount,
            currency=currency,
            on_date=min(day, at.date()),
            by=users["lea"],
        )
    for base, rate, days in _RATES:
        day = (at - timedelta(days=days)).date()
        exchange.record(base=base, quote="EUR", rate=Decimal(rate), on_date=day, source=_SOURCE, by=users["ada"], at=at)
    weekly.choose(user=users["lea"], campaigns=Campaign.objects.order_by("pk")[:1])


def remove() -> None:
    """The rates of the demo; what somebody wrote down themselves is theirs."""
    ExchangeRate.objects.filter(source=_SOURCE).delete()
