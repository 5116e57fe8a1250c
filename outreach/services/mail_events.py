"""What a mail service tells of a message that went: noted once, and with the same effects as a report by mail."""

from datetime import datetime

from django.db import transaction

from crm.errors import DomainError
from crm.handles import canonical_email
from crm.models import Suppression
from crm.services import addresses
from outreach.models import MailEvent, Message
from outreach.replies.letter import Report
from outreach.replies.rules import is_hard
from outreach.services import settling
from outreach.sources.mail import Told


@transaction.atomic
def note(*, provider: str, told: Told, at: datetime) -> bool:
    """Let it take effect, once. False where it is known. Raises DomainError: mail_event_conflict (the same id with
    other content).
    """
    message = _message(told.message_id)
    said = {"digest": told.digest, "kind": told.kind, "message": message, "at": at}
    event, is_new = MailEvent.objects.get_or_create(provider=provider, event_id=told.event_id, defaults=said)
    if event.digest != told.digest:
        raise DomainError("mail_event_conflict")
    if is_new:
        _follow(told, message, at=at)
    return is_new


def _follow(told: Told, message: Message | None, *, at: datetime) -> None:
    email = (message.recipient if message else "") or _usable(told.recipient)
    kind = MailEvent.Kind
    if told.kind == kind.BOUNCED and email and _says_nobody_there(told):
        addresses.bounced(email=email, at=at)
    elif told.kind == kind.COMPLAINED and email:
        addresses.complained(email=email, at=at)
    elif told.kind == kind.UNSUBSCRIBED and email:
        addresses.refuse(email=email, reason=Suppression.Reason.UNSUBSCRIBED, at=at)
    if told.message_id and told.kind in {kind.DELIVERED, kind.BOUNCED, kind.REJECTED}:
        settling.settle_by_event(message_id=told.message_id, has_arrived=told.kind == kind.DELIVERED, at=at)


def _says_nobody_there(told: Told) -> bool:
    """Without a status, the service has looked at it itself."""
    return not told.status or is_hard(Report(action="failed", status=told.status))


def _message(message_id: str) -> Message | None:
    known = Message.objects.select_related("address", "user").filter(message_id=message_id) if message_id else None
    return known.first() if known is not None else None


def _usable(email: str) -> str:
    try:
        canonical_email(email)
    except DomainError:
        return ""
    return email
