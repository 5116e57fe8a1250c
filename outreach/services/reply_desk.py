"""Where a reply lies for the team: whose it is, until when it waits, whether it is done with."""

from datetime import datetime, time
from typing import Final

from django.db import transaction
from django.utils import timezone

from crm.errors import DomainError
from crm.models import User
from crm.services import staff
from outreach.models import InboundMessage
from outreach.replies.classes import ReplyClass
from outreach.services import reply_effects

ANSWER: Final = ":reply:"  # in the reference of a message, before the id of the letter that it answers
_MORNING: Final = time(9)


@transaction.atomic
def assign(*, inbound: InboundMessage, owner: User | None, by: User, at: datetime) -> InboundMessage:
    """Who looks after it from now on; None: nobody. Raises DomainError: owner_gone."""
    if owner is not None and not staff.colleagues().filter(pk=owner.pk).exists():
        raise DomainError("owner_gone")
    held = _held(inbound)
    held.owner = owner
    held.save(update_fields=["owner", "updated_at"])
    return held


@transaction.atomic
def snooze(*, inbound: InboundMessage, until: datetime, by: User, at: datetime) -> InboundMessage:
    """Put off until then. What it holds back stays held back. Raises DomainError: snooze_in_past."""
    if until <= at:
        raise DomainError("snooze_in_past")
    return lay(_held(inbound), InboundMessage.Desk.SNOOZED, at=at, until=until)


def wake_snoozed(at: datetime) -> int:
    """What was put off until now lies open again; how many."""
    desk = InboundMessage.Desk
    due = InboundMessage.objects.filter(desk=desk.SNOOZED, snoozed_until__lte=at)
    return due.update(desk=desk.OPEN, desk_at=at)


@transaction.atomic
def done(*, inbound: InboundMessage, by: User, at: datetime) -> InboundMessage:
    """A person has looked, nothing more is to be done. Where they may be asked on a later day, it comes back then.

    Raises DomainError: scope_unsaid (an agent said no, and nobody knows yet whether it is meant for all).
    """
    held = _held(inbound)
    if held.no_scope == InboundMessage.Scope.ASKED:
        raise DomainError("scope_unsaid")
    held = finish(held, at=at)
    reply_effects.release(people=reply_effects.concerned(held), at=at)
    return held


@transaction.atomic
def reopen(*, inbound: InboundMessage, by: User, at: datetime) -> InboundMessage:
    return lay(_held(inbound), InboundMessage.Desk.OPEN, at=at)


def open_again(*, reference: str, at: datetime) -> None:
    """The letter that a message of this reference answers: the answer did not arrive, so that another is owed."""
    _outreach, is_answer, letter = reference.partition(ANSWER)
    if is_answer:
        done = InboundMessage.objects.filter(public_id=letter, desk=InboundMessage.Desk.DONE)
        done.update(desk=InboundMessage.Desk.OPEN, desk_at=at)


def finish(held: InboundMessage, *, at: datetime) -> InboundMessage:
    """For whoever holds it. An agent's "no" of which nobody knows whom it is meant for stays, to be asked about."""
    if held.no_scope == InboundMessage.Scope.ASKED:
        return held
    if held.what == ReplyClass.LATER and held.until_date and held.until_date > timezone.localdate(at):
        morning = timezone.make_aware(datetime.combine(held.until_date, _MORNING))
        return lay(held, InboundMessage.Desk.SNOOZED, at=at, until=morning)
    return lay(held, InboundMessage.Desk.DONE, at=at)


def lay(held: InboundMessage, desk: str, *, at: datetime, until: datetime | None = None) -> InboundMessage:
    held.desk, held.desk_at, held.snoozed_until = desk, at, until
    held.save(update_fields=["desk", "desk_at", "snoozed_until", "updated_at"])
    return held


def _held(inbound: InboundMessage) -> InboundMessage:
    rows = InboundMessage.objects.select_for_update(of=("self",)).defer("raw")
    return rows.select_related("sender__influencer", "answers__address__influencer").get(pk=inbound.pk)
