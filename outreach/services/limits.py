"""How this installation behaves towards people, as a manager said it."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any, Final

from django.db import transaction

from crm.errors import DomainError
from outreach.models import Limits

_ONLY = 1
# The least and the most of each number; the database holds to the same.
BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "person_hours": (1, 720),
    "sender_daily": (1, 10_000),
    "gap_seconds": (0, 3600),
    "cause_daily": (1, 10_000),
    "steps": (1, 6),
    "cooling_off_days": (0, 365),
    "asks_a_year": (1, 12),
    "silence_days": (7, 180),
    "lateness_hours": (1, 168),
}
_OTHERS: Final = frozenset({"weekdays", "opens", "closes", "keeps_holidays", "warming_since", "is_paused"})


def current() -> Limits:
    """What is held to now: as on day one, while nobody changed anything."""
    return Limits.objects.filter(pk=_ONLY).first() or Limits(pk=_ONLY)


@transaction.atomic
def change(**said: int | bool | time | date | list[int] | None) -> Limits:
    """Say some of it anew. What waits already is judged by it, too: the gate asks at the moment of sending.

    Raises DomainError: limit_unknown (name), limit_out_of_bounds (name, least, most), weekdays_none,
    weekday_unknown (day), hours_crossed.
    """
    Limits.objects.bulk_create([Limits(pk=_ONLY)], ignore_conflicts=True)
    limits = Limits.objects.select_for_update().get(pk=_ONLY)
    for name, value in said.items():
        _check(name, value)
        setattr(limits, name, sorted(set(value)) if isinstance(value, list) else value)
    if limits.closes != time(0) and limits.closes <= limits.opens:
        raise DomainError("hours_crossed")
    limits.save()
    return limits


def _check(name: str, value: Any) -> None:
    if name in BOUNDS:
        least, most = BOUNDS[name]
        is_without = name == "cause_daily" and value is None
        if not is_without and not least <= value <= most:
            raise DomainError("limit_out_of_bounds", name=name, least=least, most=most)
    elif name not in _OTHERS:
        raise DomainError("limit_unknown", name=name)
    elif name == "weekdays":
        if not value:
            raise DomainError("weekdays_none")
        if unknown := set(value) - set(range(1, 8)):
            raise DomainError("weekday_unknown", day=min(unknown))
