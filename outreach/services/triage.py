"""What a person has to look at in the ledger: nothing is dropped, and nothing guessed."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from outreach.models import Assignment, AttributionCredit, Conversion, SourceEvent
from outreach.models.conversion import ConversionQuerySet
from outreach.services import ledger
from outreach.services.conversions import BY_HAND, DEFAULT_RULE


@dataclass(frozen=True)
class Waiting:
    """`unmatched`: actions that nobody is credited for. `conflicts`: reports that contradict the ledger. `lost`:
    takings back of what never came. `overdrawn`: more was given back than given, which is for information."""

    unmatched: ConversionQuerySet
    conflicts: QuerySet[SourceEvent]
    lost: ConversionQuerySet
    overdrawn: ConversionQuerySet


def waiting() -> Waiting:
    return Waiting(
        unmatched=unmatched().order_by("-occurred_at", "-pk"),
        conflicts=conflicts().order_by("-at", "-pk"),
        lost=_undecided(ledger.waiting()).order_by("-occurred_at", "-pk"),
        overdrawn=Conversion.objects.actions().filter(balance__is_overdrawn=True).order_by("-occurred_at", "-pk"),
    )


def count() -> int:
    """How much waits for a person."""
    found = waiting()
    return found.unmatched.count() + found.conflicts.count() + found.lost.count()


def unmatched() -> ConversionQuerySet:
    """Actions that were looked at and led to nobody, and of which nobody said whose they are. Whoever writes one down
    by hand says it there."""
    credits = AttributionCredit.objects.filter(conversion=OuterRef("pk"), rule=DEFAULT_RULE)
    rows = Conversion.objects.actions().exclude(source=BY_HAND).exclude(balance__is_void=True)
    looked_at = rows.filter(Exists(credits), ~Exists(credits.filter(link__isnull=False)))
    return _undecided(looked_at)


def conflicts() -> QuerySet[SourceEvent]:
    return SourceEvent.objects.filter(outcome=SourceEvent.Outcome.CONFLICT, settled_at=None)


def _undecided(rows: ConversionQuerySet) -> ConversionQuerySet:
    return rows.filter(~Exists(Assignment.objects.filter(conversion=OuterRef("pk"))))
