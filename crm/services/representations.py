"""Who speaks for whom. Both are profiles; the agent's addresses, and their "no", are theirs like anybody's."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from crm.errors import DomainError
from crm.models import Influencer, Representation, User
from crm.services import activity
from crm.services.bulk import lists


@transaction.atomic
def begin(
    *,
    influencer: Influencer,
    agent: Influencer,
    territory: str = "",
    since_date: date | None = None,
    notes: str = "",
    by: User,
    at: datetime,
) -> Representation:
    """Raises DomainError: representation_of_oneself, representation_known, date_to_come, person_erased."""
    if influencer.pk == agent.pk:
        raise DomainError("representation_of_oneself")
    if since_date and since_date > timezone.localdate(at):
        raise DomainError("date_to_come")
    if len(lists.hold([influencer.pk, agent.pk])) < len({influencer.pk, agent.pk}):
        raise DomainError("person_erased")
    same = {"influencer": influencer, "agent": agent, "territory": territory.strip(), "until_date": None}
    if Representation.objects.filter(**same).exists():
        raise DomainError("representation_known")
    made = Representation.objects.create(**same, since_date=since_date, notes=notes.strip())
    _note(made, "represented", by=by, at=at)
    return made


@transaction.atomic
def end(*, representation: Representation, until_date: date, by: User, at: datetime) -> None:
    """From now on nothing for the influencer goes to the agent. Raises DomainError: date_to_come, dates_crossed."""
    if until_date > timezone.localdate(at):
        raise DomainError("date_to_come")
    lists.hold([representation.influencer_id])
    locked = Representation.objects.select_for_update().get(pk=representation.pk)
    if locked.since_date and until_date < locked.since_date:
        raise DomainError("dates_crossed")
    if locked.until_date is None:
        locked.until_date = until_date
        locked.save(update_fields=["until_date", "updated_at"])
        _note(locked, "representation_ended", by=by, at=at)


def _note(representation: Representation, kind: str, *, by: User, at: datetime) -> None:
    """On the timeline without the agent's name, which would outlive their erasure there."""
    lists.refresh([representation.influencer_id])
    activity.record(influencer=representation.influencer, kind=kind, at=at, by=by)
