"""What partnerships cost, and what one action of a campaign cost: per currency, and never added without a rate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum

from crm.errors import DomainError
from crm.formats.goals import CURRENCIES
from crm.models import User
from outreach.models import Campaign, Cost, Outreach
from outreach.services import exchange

_MOST = 10**12  # minor units


@dataclass(frozen=True)
class CostLine:
    """What was spent in one currency. `per_action_minor`: None while there was no action."""

    currency: str
    amount_minor: int
    number: int
    per_action_minor: int | None


@dataclass(frozen=True)
class Costs:
    """`total`: all currencies as one, where there are several; by stored rates only."""

    lines: tuple[CostLine, ...]
    total: exchange.Converted | None = None
    total_per_action_minor: int | None = None


def record(
    *, outreach: Outreach, kind: str, amount_minor: int, currency: str, on_date: date, by: User, note: str = ""
) -> Cost:
    """Raises DomainError: cost_kind_unknown (kind, known), amount_not_positive, count_too_big, currency_unknown."""
    if kind not in Cost.Kind.values:
        raise DomainError("cost_kind_unknown", kind=kind, known=Cost.Kind.values)
    if amount_minor < 1:
        raise DomainError("amount_not_positive")
    if amount_minor > _MOST:
        raise DomainError("count_too_big", limit=_MOST)
    if currency not in CURRENCIES:
        raise DomainError("currency_unknown")
    said = {"kind": kind, "note": note.strip(), "on_date": on_date, "by": by}
    return Cost.objects.create(outreach=outreach, amount_minor=amount_minor, currency=currency, **said)


def remove(*, cost: Cost) -> None:
    cost.delete()


def of_campaign(*, campaign: Campaign, actions: float, on: date, into: str = "") -> Costs:
    """What the campaign cost until `on`. `into`: the currency of the total; blank: that of the cause's goal, else the
    one most often spent.
    """
    rows = (
        Cost.objects.filter(outreach__campaign=campaign, on_date__lte=on)
        .values("currency")
        .annotate(amount=Sum("amount_minor"), number=Count("pk"))
        .order_by("currency")
    )
    lines = tuple(
        CostLine(row["currency"], row["amount"], row["number"], _each(row["amount"], actions)) for row in rows
    )
    wanted = into or _currency_of(campaign, lines)
    if not lines or all(line.currency == wanted for line in lines):
        return Costs(lines)
    total = exchange.convert([(line.currency, line.amount_minor) for line in lines], into=wanted, on=on)
    each = None if total.amount_minor is None else _each(total.amount_minor, actions)
    return Costs(lines, total, each)


def of_people(*, campaign: Campaign, heir_of: Mapping[int, int], on: date) -> dict[int, dict[str, int]]:
    """{outreach: {currency: minor units}}. `heir_of`: {a conversation closed by a merge: the one that goes on}."""
    found: dict[int, dict[str, int]] = {}
    rows = Cost.objects.filter(outreach__campaign=campaign, on_date__lte=on).order_by("outreach", "currency")
    for pk, currency, amount in rows.values_list("outreach", "currency").annotate(amount=Sum("amount_minor")):
        theirs = found.setdefault(heir_of.get(pk, pk), {})
        theirs[currency] = theirs.get(currency, 0) + amount
    return found


def _each(amount_minor: int, actions: float) -> int | None:
    return round(amount_minor / actions) if actions else None


def _currency_of(campaign: Campaign, lines: Sequence[CostLine]) -> str:
    goals = campaign.cause.goals.exclude(currency="").order_by("pk")
    wanted = goals.values_list("currency", flat=True).first()
    return (
        wanted
        or max(lines, key=lambda line: (line.number, line.currency), default=CostLine("EUR", 0, 0, None)).currency
    )
