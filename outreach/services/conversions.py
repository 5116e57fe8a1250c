"""The ledger of concrete actions, and who gets credit for them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from crm.errors import DomainError
from crm.formats.goals import CURRENCIES
from crm.models import User
from outreach.models import Assignment, AttributionCredit, Conversion, Door, Link
from outreach.services import credits, entries, ledger
from outreach.services.paths import CLOCK_SLACK, DEFAULT_DAYS
from outreach.sources.events import Event

BY_HAND = "by hand"  # the source of what an officer writes down
DEFAULT_RULE = credits.DEFAULT_RULE
DEFAULT_WINDOW = timedelta(days=DEFAULT_DAYS)
WHY_LIMIT = 300
_REACH = timedelta(days=7305)  # twenty years; what lies further back is a mistyped year


@transaction.atomic
def record(*, event: Event, door: str, at: datetime, is_verified: bool = True) -> tuple[Conversion, bool]:
    """Write one action, or the taking back of one, down, once: (row, is it new). The same again, by whatever door and
    in whatever order, changes nothing but for marks that were not known yet.

    With `is_verified=False`, which is what a pixel says, it gives way to what anybody else says of the same id.
    Raises DomainError: refund_of_itself, currency_unknown, occurs_in_future, occurs_too_early (years),
    conversion_conflict (an id of it is stored with other facts).
    """
    _check(event, at=at)
    event = entries.numbered(event)
    entries.take_turns(event.source)
    known = entries.known(event)
    if known and not is_verified:
        return known[0], False
    told = [row for row in known if row.is_verified]
    if any(ledger.as_event(row).facts != event.facts for row in told):
        raise DomainError("conversion_conflict", source=event.source, external_id=event.external_id)
    row = told[0] if told else entries.write(event, door=door, at=at, is_verified=is_verified)
    others = [other for other in known if other != row]
    entries.lead_here(row, event, others)
    has_marks = bool(told) and entries.note_marks(row, event, others, door=door, at=at)
    _follow(row, is_other=has_marks or bool(others))
    return row, not told


@transaction.atomic
def record_by_hand(*, event: Event, at: datetime) -> tuple[Conversion, bool]:
    """Write down what an officer tells, and credit it at once: (row, is it new).

    Raises DomainError: what `record` raises, but for a receipt number taken by another action receipt_taken (receipt).
    """
    try:
        row, is_new = record(event=event, door=Door.HAND, at=at)
    except DomainError as error:
        if error.code != "conversion_conflict":
            raise
        raise DomainError("receipt_taken", receipt=event.external_id) from error
    if is_new and not row.refund_of:
        credits.give_first(actions=[row.pk])
    return row, is_new


def attribute_due() -> int:
    """Give credit for conversions nobody has looked at, a batch at a time; how many there were."""
    return credits.give_due()


def attribute(*, conversion: Conversion, rule: str = DEFAULT_RULE) -> list[AttributionCredit]:
    """Compute one action's credits under one rule anew, by every mark that came since."""
    return credits.give(actions=[conversion.pk], rule=rule)


def credit_again(*, action: Conversion) -> None:
    """Compute what was credited for an action anew, under each rule that was asked; what nobody looked at yet waits."""
    credits.again(actions=[action.pk])


def credit_named(*, click_ids: Iterable[str]) -> int:
    """Clicks that were stored only after the action they led to, or turned out to be a robot's: credit those actions
    again; how many."""
    wanted = list(click_ids)
    if not wanted:
        return 0
    named = Q(click_ids__overlap=wanted) | Q(marks__click_ids__overlap=wanted)
    rows = set(Conversion.objects.actions().filter(named).values_list("pk", flat=True))
    credits.again(actions=rows)
    return len(rows)


@transaction.atomic
def assign(*, conversion: Conversion, link: Link | None, by: User, at: datetime, why: str = "") -> Assignment:
    """Give an action to a partner, as if their code had been spoken, or say that it is nobody's; and credit it anew.

    Of a taking back whose action never came: nobody looks for that any more. Raises DomainError:
    taking_back_has_nobody, assigning_reason_blank (a partner was named), assigning_reason_too_long (limit).
    """
    if link and conversion.refund_of:
        raise DomainError("taking_back_has_nobody")
    if link and not why.strip():
        raise DomainError("assigning_reason_blank")
    if len(why) > WHY_LIMIT:
        raise DomainError("assigning_reason_too_long", limit=WHY_LIMIT)
    said = Assignment.objects.create(conversion=conversion, link=link, by=by, at=at, why=why.strip())
    if not conversion.refund_of:
        credits.give_first(actions=[conversion.pk])
        credit_again(action=conversion)  # under other rules, too, where any was asked
    return said


def _check(event: Event, *, at: datetime) -> None:
    if event.refund_of in {event.external_id, *event.also}:
        raise DomainError("refund_of_itself")
    if event.currency and event.currency not in CURRENCIES:
        raise DomainError("currency_unknown", currency=event.currency)
    if event.occurred_at > at + CLOCK_SLACK:
        raise DomainError("occurs_in_future")
    if event.occurred_at < at - _REACH:
        raise DomainError("occurs_too_early", years=_REACH.days // 365)


def _follow(row: Conversion, *, is_other: bool) -> None:
    """What this report changes in what is left of an action and in its credits."""
    action = ledger.action_of(row)
    if action is not None and (ledger.refresh(action=action) or is_other):
        credit_again(action=action)
