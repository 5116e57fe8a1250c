"""What every model gives each partner of a campaign, side by side, by what was known at an instant."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Final

import numpy as np
from django.conf import settings
from django.db.models import Exists, Max, OuterRef, Q

from crm.models import ActionKind
from outreach.attribution import markov, models
from outreach.attribution.money import split_minor
from outreach.attribution.paths import models_can_differ
from outreach.attribution.rules import HALF_LIFE, RULES
from outreach.attribution.tables import Row, Table
from outreach.models import Assignment, AttributionRun, Campaign, Conversion, ConversionMark, Outreach
from outreach.services import balances, paths
from outreach.services.credits import DEFAULT_RULE

SHAPE: Final = 1  # of the body; goes up whenever the same facts may be written otherwise
MODELS: Final = (
    *("last_touch", "first_touch", "last_non_direct", "linear_touch", "position", "time_decay", "markov", "shapley"),
)
ELSEWHERE: Final = ""  # the channel of links of other campaigns
Tell = Callable[[int, int], None]
_AT_ONCE = 2_000
_PLACES = 6  # of a number of actions


@dataclass(frozen=True)
class _Trip:
    """What led to one action of the campaign: channels, the oldest first, and how long before it each was touched."""

    channels: tuple[str, ...]
    ages: tuple[float, ...]
    acts: float
    currency: str
    amount_minor: int | None


def run(
    *,
    campaign: Campaign,
    at: datetime,
    known_at: datetime | None = None,
    is_asked: bool = False,
    tell: Tell | None = None,
) -> AttributionRun:
    """Compute and keep it: for good, where a person asked for it. `known_at`: by what was known then; now, where
    nothing is said. `tell`: is told how many actions of how many are read."""
    known_at = min(known_at or at, at)
    body = compute(campaign=campaign, known_at=known_at, tell=tell)
    return AttributionRun.objects.create(
        campaign=campaign,
        at=at,
        known_at=known_at,
        window_days=campaign.attribution_days,
        body=body,
        digest=hashlib.sha256(body.encode()).hexdigest(),
        is_asked=is_asked,
    )


def run_due(*, at: datetime) -> int:
    """A new comparison for each campaign of which there is none since anything was told; how many."""
    newest = _last_told()
    due = Campaign.objects.filter(outreaches__links__isnull=False).distinct().order_by("pk") if newest else ()
    done = 0
    for campaign in due:
        known = latest(campaign=campaign)
        if known is None or (newest and known.known_at < newest):
            run(campaign=campaign, at=at)
            done += 1
    return done


def forget(*, at: datetime) -> int:
    """Let go of comparisons that nobody asked for after COMPARISON_DAYS; how many. The newest of a campaign stays: its
    page and the API show it."""
    newer = AttributionRun.objects.filter(campaign=OuterRef("campaign"))
    newer = newer.filter(Q(known_at__gt=OuterRef("known_at")) | Q(known_at=OuterRef("known_at"), pk__gt=OuterRef("pk")))
    old = AttributionRun.objects.filter(Exists(newer), is_asked=False, at__lt=at - timedelta(settings.COMPARISON_DAYS))
    return old.delete()[0]


def _last_told() -> datetime | None:
    """When anything came that a comparison goes by."""
    told = [
        Conversion.objects.aggregate(at=Max("received_at"))["at"],
        ConversionMark.objects.aggregate(at=Max("received_at"))["at"],
        Assignment.objects.aggregate(at=Max("at"))["at"],
    ]
    return max((at for at in told if at is not None), default=None)


def latest(*, campaign: Campaign) -> AttributionRun | None:
    return AttributionRun.objects.filter(campaign=campaign).order_by("-known_at", "-pk").first()


def is_same(*, kept: AttributionRun) -> bool:
    """Whether computing it again, by what was known then, gives the same letter for letter."""
    return compute(campaign=kept.campaign, known_at=kept.known_at) == kept.body


def compute(*, campaign: Campaign, known_at: datetime, tell: Tell | None = None) -> str:
    """JSON, the same letter for letter whenever it is asked for the same instant."""
    trips = list(_trips(campaign, known_at, tell))
    table = _table(trips)
    single = table.single_touch_share() if trips else Fraction(0)
    body = {
        "shape": SHAPE,
        "campaign": str(campaign.public_id),
        "known_at": known_at.isoformat(),
        "window_days": campaign.attribution_days,
        "default": DEFAULT_RULE,
        "models": [{"name": name, "version": _version(name)} for name in MODELS],
        "paths": len(trips),
        "single_touch_share": round(float(single), _PLACES),
        "models_can_differ": models_can_differ(single),
        "actions": round(sum(trip.acts for trip in trips), _PLACES),
        "money": _money(trips),
        "partners": _partners(table, trips),
    }
    return json.dumps(body, sort_keys=True, separators=(",", ":"))


def _version(name: str) -> int:
    return markov.VERSION if name == "markov" else RULES[name].version


def _trips(campaign: Campaign, known_at: datetime, tell: Tell | None) -> Iterator[_Trip]:
    """Of every action that a link of the campaign led to."""
    partners = _partner_of(campaign)
    rows = Conversion.objects.actions().filter(is_verified=True, received_at__lte=known_at).order_by("pk")
    last, done, number = 0, 0, rows.count() if tell else 0
    while batch := list(rows.filter(pk__gt=last)[:_AT_ONCE]):
        last, done = batch[-1].pk, done + len(batch)
        kept = balances.kept(batch, known_at=known_at)
        trails = paths.of(kept, known_at=known_at)
        for row in batch:
            if row.pk in kept and (trip := _trip(row, kept[row.pk], trails[row.pk], partners)):
                yield trip
        if tell:
            tell(done, max(done, number))


def _partner_of(campaign: Campaign) -> dict[int, str]:
    """By conversation: the id of the one in which its partner goes on, where two met in a merge."""
    rows = list(Outreach.objects.filter(campaign=campaign).order_by("pk"))
    going_on = {row.influencer_id: row for row in rows if row.influencer_id and row.stage != Outreach.Stage.MERGED}
    one = {
        row.pk: going_on.get(row.influencer_id or 0, row) if row.stage == Outreach.Stage.MERGED else row for row in rows
    }
    return {pk: str(row.public_id) for pk, row in one.items()}


def _trip(row: Conversion, kept: int | None, trail: paths.Trail, partners: Mapping[int, str]) -> _Trip | None:
    touches = trail.path.touches
    channels = tuple(partners.get(trail.links[touch.channel].outreach, ELSEWHERE) for touch in touches)
    if not any(channels):
        return None
    return _Trip(
        channels=channels,
        ages=tuple((trail.path.converted_at - touch.at).total_seconds() for touch in touches),
        acts=1.0 if row.kind == ActionKind.VOLUNTEER_HOURS else float(row.quantity),
        currency=row.currency,
        amount_minor=kept,
    )


def _table(trips: Iterable[_Trip]) -> Table:
    each = list(trips)
    rows: list[Row] = [(trip.channels, trip.acts, 0.0, 0.0) for trip in each]
    ages = np.array([age for trip in each for age in trip.ages], dtype=np.float64)
    return replace(Table.of(rows, has_values=False), ages=ages)


def _currencies(trips: Iterable[_Trip]) -> list[str]:
    return sorted({trip.currency for trip in trips if trip.currency and trip.amount_minor is not None})


def _money(trips: Iterable[_Trip]) -> dict[str, int]:
    each = list(trips)
    return {code: sum(trip.amount_minor or 0 for trip in each if trip.currency == code) for code in _currencies(each)}


def _partners(table: Table, trips: list[_Trip]) -> list[dict[str, Any]]:
    """What each model gives each channel, and the least and the most; other campaigns, as one, have no id."""
    if not trips:
        return []
    acts = _credits(table)
    money = {code: _credits(replace(table, values=_amounts(trips, code))) for code in _currencies(trips)}
    totals = _money(trips)
    shared = {
        code: {name: _whole(table, credits[name], totals[code]) for name in MODELS} for code, credits in money.items()
    }
    rows = []
    for place, channel in enumerate(table.channels):
        given = {
            name: {
                "actions": round(float(acts[name].conversions[place]), _PLACES),
                "money": {code: shared[code][name][channel] for code in shared},
            }
            for name in MODELS
        }
        rows.append({"outreach": channel or None, "models": given, "spread": _spread(given, list(shared))})
    first = MODELS[0]
    return sorted(
        rows, key=lambda row: (row["outreach"] is None, -row["models"][first]["actions"], row["outreach"] or "")
    )


def _amounts(trips: Iterable[_Trip], code: str) -> "np.ndarray[Any, Any]":
    return np.array([float(trip.amount_minor or 0) if trip.currency == code else 0.0 for trip in trips])


def _credits(table: Table) -> dict[str, models.Credit]:
    return models.every(table, half_life=HALF_LIFE.total_seconds())


def _whole(table: Table, credit: models.Credit, total: int) -> dict[str, int]:
    """Money to the cent: what all are given is exactly what there is."""
    assert credit.values is not None
    exact = [Fraction(float(value)) for value in credit.values]
    if not sum(exact):
        return dict.fromkeys(table.channels, 0)
    shares = {channel: value / sum(exact) for channel, value in zip(table.channels, exact, strict=True)}
    return split_minor(total, shares)


def _spread(given: Mapping[str, Any], currencies: list[str]) -> dict[str, Any]:
    def ends(values: Iterable[float]) -> list[float]:
        each = list(values)
        return [min(each), max(each)]

    return {
        "actions": ends(one["actions"] for one in given.values()),
        "money": {code: ends(one["money"][code] for one in given.values()) for code in currencies},
    }
