"""Replies: taken in by any door, then read, then looked after by a person. One door for callers.

A letter is stored as it came, in a transaction of its own, before anything is made of it. What tells it from every
other is what it says of itself: so it is one, by whichever doors it comes and however often.
"""

import hashlib
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from crm.errors import DomainError
from crm.failpoints import reach
from outreach.models import InboundMessage
from outreach.replies import reading
from outreach.replies.letter import Letter
from outreach.services.reply_answering import answer, note_by_hand
from outreach.services.reply_confirming import confirm, link, scope_of_no
from outreach.services.reply_desk import assign, done, reopen, snooze, wake_snoozed
from outreach.services.reply_reading import fit, read, read_waiting, try_to_read, whole
from outreach.services.reply_replay import replay

__all__ = [
    "MAX_BYTES",
    "answer",
    "assign",
    "confirm",
    "done",
    "link",
    "note_by_hand",
    "read",
    "read_waiting",
    "receive",
    "receive_within",
    "reopen",
    "replay",
    "scope_of_no",
    "snooze",
    "try_to_read",
    "wake_snoozed",
]

MAX_BYTES: Final = 25 * 1024 * 1024


def receive(*, raw: bytes, door: str, at: datetime) -> tuple[InboundMessage, bool]:
    """Store a letter as it came; also, whether it is new. It is read afterwards: `read`, `read_waiting`.

    Committed on return: whoever acknowledges it may. Raises DomainError: letter_empty, letter_too_large (limit).
    """
    said = _as_it_came(raw, door=door, at=at)
    reach("reply.received")
    with transaction.atomic(durable=True):
        kept, is_new = _keep(said)
        reach("reply.stored")
    reach("reply.kept")
    return kept, is_new


def receive_within(*, raw: bytes, door: str, at: datetime) -> tuple[InboundMessage, bool]:
    """The same in the transaction of the caller, who acknowledges it to nobody: of what is made up, as for the demo."""
    return _keep(_as_it_came(raw, door=door, at=at))


def _as_it_came(raw: bytes, *, door: str, at: datetime) -> dict[str, Any]:
    if not raw.strip():
        raise DomainError("letter_empty")
    if len(raw) > MAX_BYTES:
        raise DomainError("letter_too_large", limit=MAX_BYTES)
    letter = reading.read(raw)
    return {
        "identity": _identity(letter, raw),
        "door": door,
        "raw": raw,
        "received_at": at,
        # Already here: until somebody reads it, the gate writes to nobody at this address.
        "from_address": whole(letter.from_address, 320),
        "subject": fit(letter.subject, 998),
    }


def _keep(said: dict[str, Any]) -> tuple[InboundMessage, bool]:
    return InboundMessage.objects.defer("raw").get_or_create(identity=said["identity"], defaults=said)


def _identity(letter: Letter, raw: bytes) -> str:
    """64 hex digits: of what the letter says of itself; where it has no Message-ID, of its bytes."""
    if not letter.message_id:
        return hashlib.sha256(raw).hexdigest()
    date = letter.date.isoformat() if letter.date else ""
    said = "\0".join((letter.message_id, letter.from_address, date, letter.text))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
