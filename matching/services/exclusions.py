"""Whom staff never want asked: for one cause, or again. Lists leave them out, and nothing goes out to them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from crm.errors import DomainError
from crm.models import Address, Cause, Influencer, User
from crm.services import activity
from matching.models import Exclusion

# Of two that hold, the one that reaches further is told.
CODES = ("never_again", "never_for_cause")


@transaction.atomic
def exclude(
    *, influencer: Influencer, cause: Cause | None, reason: str, by: User, at: datetime
) -> tuple[Exclusion, bool]:
    """Never ask them for this cause, or without one, never again: (row, is it new). Where that holds already, it stays.

    From its commit on, nothing more for them passes the send gate. Raises DomainError: reason_missing, person_erased.
    """
    if not reason.strip():
        raise DomainError("reason_missing")
    _hold(influencer.pk)
    known = Exclusion.objects.open().filter(influencer=influencer, cause=cause).first()
    if known is not None:
        return known, False
    made = Exclusion.objects.create(influencer=influencer, cause=cause, reason=reason.strip(), by=by, at=at)
    activity.record(influencer=influencer, cause=cause, kind=made.code, at=at, by=by)
    return made, True


@transaction.atomic
def lift(*, exclusion: Exclusion, by: User, at: datetime) -> Exclusion:
    """They may be asked again. What was held back meanwhile stays held back. Lifting twice changes nothing.

    Raises DomainError: person_erased.
    """
    _hold(exclusion.influencer_id)
    held = Exclusion.objects.select_for_update(of=("self",)).select_related("influencer", "cause").get(pk=exclusion.pk)
    if held.lifted_at is None:
        held.lifted_at, held.lifted_by = at, by
        held.save(update_fields=["lifted_at", "lifted_by"])
        activity.record(influencer=held.influencer, cause=held.cause, kind=f"{held.code}_lifted", at=at, by=by)
    return held


def barred(*, cause: Cause, people: Iterable[int] | None = None) -> dict[int, str]:
    """Who may not be asked for this cause, and why as a code: of these people, or of all."""
    rows = Exclusion.objects.open().barring(cause)
    if people is not None:
        rows = rows.filter(influencer__in=list(people))
    found: dict[int, str] = {}
    for exclusion in rows.order_by("pk"):
        if found.get(exclusion.influencer_id) != CODES[0]:
            found[exclusion.influencer_id] = exclusion.code
    return found


def _hold(person: int) -> None:
    """In the order of the house. The send gate holds the person it writes to, and the address of an agent."""
    list(Address.objects.select_for_update().filter(influencer=person).order_by("pk").values_list("pk"))
    if not Influencer.objects.select_for_update().filter(pk=person).exists():
        raise DomainError("person_erased")
