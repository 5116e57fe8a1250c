"""What came of a campaign: counted rows only, amounts per currency and never added across them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from outreach.models import AttributionCredit, Campaign, Click, Message, Outreach
from outreach.services.conversions import DEFAULT_RULE

_REPLIED = ("in_conversation", "agreed", "live", "completed", "declined")


@dataclass(frozen=True)
class ActionTotal:
    """Actions of one kind in one currency ("" where no money is involved) credited to the campaign."""

    kind: str
    currency: str
    number: float
    amount_minor: int | None


@dataclass(frozen=True)
class Report:
    """A campaign's funnel, its totals, and its days: (day, clicks, actions)."""

    people: int
    contacted: int
    replied: int
    agreed: int
    clicks: int
    actions: float
    totals: tuple[ActionTotal, ...]
    days: tuple[tuple[date, int, float], ...]
    rule: str


def campaign(*, campaign: Campaign, rule: str = DEFAULT_RULE) -> Report:
    outreaches = Outreach.objects.filter(campaign=campaign)
    clicks = Click.objects.filter(link__outreach__campaign=campaign).exclude(method="HEAD")
    credits = AttributionCredit.objects.filter(link__outreach__campaign=campaign, rule=rule)
    totals = tuple(
        ActionTotal(row["conversion__kind"], row["conversion__currency"], float(row["number"]), row["amount"])
        for row in credits.values("conversion__kind", "conversion__currency")
        .annotate(number=Sum("share"), amount=Sum("amount_minor"))
        .order_by("conversion__kind", "conversion__currency")
    )
    by_day: dict[date, list[float]] = {}
    for day, number in clicks.annotate(day=TruncDate("at")).values_list("day").annotate(Count("pk")):
        by_day.setdefault(day, [0, 0.0])[0] = number
    for day, share in (
        credits.annotate(day=TruncDate("conversion__occurred_at")).values_list("day").annotate(Sum("share"))
    ):
        by_day.setdefault(day, [0, 0.0])[1] = float(share)
    return Report(
        people=outreaches.count(),
        contacted=outreaches.filter(messages__state=Message.State.SENT).distinct().count(),
        replied=outreaches.filter(stage__in=_REPLIED).count(),
        agreed=outreaches.filter(stage__in=["agreed", "live", "completed"]).count(),
        clicks=clicks.count(),
        actions=sum(total.number for total in totals),
        totals=totals,
        days=tuple((day, int(values[0]), values[1]) for day, values in sorted(by_day.items())),
        rule=rule,
    )
