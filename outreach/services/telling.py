"""Events of sources on their way into the ledger, and a note of what became of each."""

import hashlib
import json
from datetime import datetime

from django.db import transaction
from django.db.models import F

from crm.errors import DomainError
from crm.failpoints import reach
from crm.models import User
from outreach.models import Conversion, ConversionId, Source, SourceEvent
from outreach.services import conversions, ledger
from outreach.sources.events import Event

_OUTCOME = SourceEvent.Outcome
WHY_LIMIT = 300


def tell(
    *, event: Event, door: str, at: datetime, channel: Source | None = None, is_verified: bool = True
) -> SourceEvent:
    """Take one event in and say what became of it. What contradicts the ledger is noted and waits for a person.

    Raises DomainError: what `conversions.record` refuses as it stands, which leaves nothing but a note (`channel`).
    """
    try:
        with transaction.atomic():
            row, is_new = conversions.record(event=event, door=door, at=at, is_verified=is_verified)
            reach("action.written")
            outcome = _outcome(row, is_new=is_new)
            kept = _note(event, outcome, row=row, door=door, at=at, channel=channel)
            reach("action.noted")
            return kept
    except DomainError as error:
        if error.code != "conversion_conflict":
            if channel:
                _note(event, _OUTCOME.REFUSED, code=error.code, door=door, at=at, channel=channel)
            raise
    ids = ConversionId.objects.filter(source=event.source, external_id__in=[event.external_id, *event.also])
    known = Conversion.objects.filter(pk__in=ids.values("conversion")).order_by("-is_verified", "pk").first()
    return _note(event, _OUTCOME.CONFLICT, row=known, door=door, at=at, channel=channel)


def note_refused(*, code: str, door: str, at: datetime, channel: Source) -> None:
    """Something came that no event could be read from."""
    _note(None, _OUTCOME.REFUSED, code=code, door=door, at=at, channel=channel)
    Source.objects.filter(pk=channel.pk).update(error=code, error_at=at)


def note_ignored(*, door: str, at: datetime, channel: Source) -> None:
    """Something came that is no action: a visit, a test, a card that was refused."""
    _note(None, _OUTCOME.IGNORED, door=door, at=at, channel=channel)


def settle(*, conflict: SourceEvent, by: User, at: datetime, why: str) -> None:
    """What stands in the ledger is right. Raises DomainError: settled_already, settling_reason_blank,
    settling_reason_too_long (limit)."""
    if not why.strip():
        raise DomainError("settling_reason_blank")
    if len(why) > WHY_LIMIT:
        raise DomainError("settling_reason_too_long", limit=WHY_LIMIT)
    open_one = SourceEvent.objects.filter(pk=conflict.pk, outcome=_OUTCOME.CONFLICT, settled_at=None)
    if not open_one.update(settled_at=at, settled_by=by, settled_why=why.strip()):
        raise DomainError("settled_already")


def _outcome(row: Conversion, *, is_new: bool) -> str:
    if row.refund_of and ledger.waiting().filter(pk=row.pk).exists():
        return _OUTCOME.WAITING
    return _OUTCOME.COUNTED if is_new else _OUTCOME.REPEATED


def _note(
    event: Event | None,
    outcome: str,
    *,
    door: str,
    at: datetime,
    channel: Source | None,
    row: Conversion | None = None,
    code: str = "",
) -> SourceEvent:
    """Of what comes again the number is counted. Facts only: who acted, and how they came here, is left out."""
    facts = {}
    if event is not None:
        facts = {
            "source": event.source,
            "external_id": event.external_id[:200],
            "kind": event.kind,
            "quantity": event.quantity,
            "amount_minor": event.amount_minor,
            "currency": event.currency,
            "refund_of": event.refund_of,
        }
    said = SourceEvent(
        channel=channel, door=door, outcome=outcome, code=code, conversion=row, first_at=at, at=at, **facts
    )
    said.digest = _digest(said, is_total=event is not None and event.is_total)
    if channel is None and outcome != _OUTCOME.CONFLICT:
        return said  # the ledger itself says it; what waits for a person is kept from every door
    kept, is_new = SourceEvent.objects.get_or_create(
        channel=channel,
        door=door,
        outcome=outcome,
        digest=said.digest,
        defaults=facts | {"code": code, "conversion": row, "first_at": at, "at": at},
    )
    if not is_new:
        SourceEvent.objects.filter(pk=kept.pk).update(times=F("times") + 1, at=at)
    return kept


def _digest(said: SourceEvent, *, is_total: bool) -> str:
    quantity = None if said.quantity is None else format(said.quantity.normalize(), "f")
    facts = [said.source, said.external_id, said.kind, quantity, said.amount_minor, said.currency, said.refund_of]
    return hashlib.sha256(json.dumps([*facts, is_total, said.code]).encode()).hexdigest()
