"""What a person has to look at in the ledger: nothing is dropped, and nothing guessed."""

from dataclasses import dataclass, fields
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from outreach.models import Assignment, AttributionCredit, Conversion, SourceEvent
from outreach.models.conversion import ConversionQuerySet
from outreach.services import ledger
from outreach.services.conversions import BY_HAND, DEFAULT_RULE


@dataclass(frozen=True)
class Waiting:
    """`unmatched`: actions that nobody is credited for. `conflicts`: reports that contradict the ledger. `lost`:
    takings back of what never came. For information: `unverified`, what only a pixel told of and nobody is credited
    for, and `overdrawn`, of which more was given back than given."""

    unmatched: ConversionQuerySet
    conflicts: QuerySet[SourceEvent]
    lost: ConversionQuerySet
    unverified: ConversionQuerySet
    overdrawn: ConversionQuerySet

    def of(self, kind: str) -> ConversionQuerySet | QuerySet[SourceEvent]:
        """All of one of KINDS, the newest first."""
        found: ConversionQuerySet | QuerySet[SourceEvent] = getattr(self, kind)
        return found


KINDS: Final = tuple(field.name for field in fields(Waiting))


def waiting() -> Waiting:
    return Waiting(
        unmatched=unmatched().order_by("-occurred_at", "-pk"),
        unverified=_nobodys().filter(is_verified=False).order_by("-occurred_at", "-pk"),
        conflicts=conflicts().select_related("channel", "conversion").order_by("-at", "-pk"),
        lost=_undecided(ledger.waiting()).order_by("-occurred_at", "-pk"),
        overdrawn=Conversion.objects.actions().filter(balance__is_overdrawn=True).order_by("-occurred_at", "-pk"),
    )


def behind(rows: QuerySet[Any], *, pk: int) -> QuerySet[Any]:
    """Those that stand behind one of them; all, where that is none. One that was decided meanwhile marks its place."""
    when = "at" if rows.model is SourceEvent else "occurred_at"
    mark = rows.model._default_manager.filter(pk=pk).values_list(when, flat=True).first()
    return rows if mark is None else rows.filter(Q(**{f"{when}__lt": mark}) | Q(**{when: mark}, pk__lt=pk))


def count() -> int:
    """How much waits for a person."""
    found = waiting()
    return found.unmatched.count() + found.conflicts.count() + found.lost.count()


def unmatched() -> ConversionQuerySet:
    """Actions that were looked at and led to nobody, and of which nobody said whose they are. What only a pixel told of
    is none: anybody can call one, as often as they like."""
    return _nobodys().filter(is_verified=True)


def _nobodys() -> ConversionQuerySet:
    """Whoever writes an action down by hand says there whose it is."""
    credits = AttributionCredit.objects.filter(conversion=OuterRef("pk"), rule=DEFAULT_RULE)
    rows = Conversion.objects.actions().exclude(source=BY_HAND).exclude(balance__is_void=True)
    looked_at = rows.filter(Exists(credits), ~Exists(credits.filter(link__isnull=False)))
    return _undecided(looked_at)


def conflicts() -> QuerySet[SourceEvent]:
    return SourceEvent.objects.filter(outcome=SourceEvent.Outcome.CONFLICT, settled_at=None)


def _undecided(rows: ConversionQuerySet) -> ConversionQuerySet:
    return rows.filter(~Exists(Assignment.objects.filter(conversion=OuterRef("pk"))))
