"""What was stored is read: what it says, whose it is, what follows. Once each, however often it is tried."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q

from crm.failpoints import reach
from crm.models import Address, Influencer
from crm.services import addresses
from outreach.models import InboundMessage, Message, Outreach
from outreach.replies import classifying, reading
from outreach.replies.classes import VERSION, Reading
from outreach.replies.letter import Letter
from outreach.services import locks, reply_effects, reply_matching, settling
from outreach.services.reply_matching import Match

_LOG = logging.getLogger(__name__)
_TRIES = 5  # how often whose it is may change hands while one waits for the locks


class _MovedError(Exception):
    """Whose it is was decided anew while one waited."""


def read_waiting(*, at: datetime, limit: int = 200) -> int:
    """Read what was stored, the oldest first; how many. One that cannot be read is left to a person."""
    waiting = InboundMessage.objects.unread().order_by("received_at", "pk").values_list("pk", flat=True)
    return sum(try_to_read(pk=pk, at=at) for pk in list(waiting[:limit]))


def try_to_read(*, pk: int, at: datetime) -> bool:
    """`read`, for whoever has others to read, or has stored it and owes no more. Never raises."""
    try:
        return read(pk=pk, at=at)
    except (OperationalError, InterfaceError) as error:  # the database is away, or chose somebody else: next time
        _LOG.warning("letter %s waits: %s", pk, type(error).__name__)
    except Exception as error:  # (whatever it is, the others are read; and somebody looks at this one)
        _LOG.warning("letter %s cannot be read: %s", pk, type(error).__name__)
        _set_aside(pk, at=at)
    return False


def _set_aside(pk: int, *, at: datetime) -> None:
    kept = InboundMessage.objects.filter(pk=pk, state=InboundMessage.State.STORED)
    kept.update(
        state=InboundMessage.State.READ,
        nature="personal",
        kind=InboundMessage.Kind.OTHER,
        read_by="abstained",
        desk_at=at,
    )


def read(*, pk: int, at: datetime) -> bool:
    """Read one letter and let it take effect, in one transaction. False where it was read before, or nobody has it."""
    row = InboundMessage.objects.unread().filter(pk=pk).first()
    if row is None or row.raw is None:
        return False
    letter = reading.read(bytes(row.raw))
    for _ in range(_TRIES):
        try:
            with transaction.atomic():
                is_new = _take_in(pk, letter, at=at)
                reach("reply.applied")
            reach("reply.read")
            return is_new
        except _MovedError:
            continue
    raise OperationalError("reply_moved")


def _take_in(pk: int, letter: Letter, *, at: datetime) -> bool:
    found = reply_matching.match(letter, at=at)
    outreach = hold(found)
    row = InboundMessage.objects.select_for_update(of=("self",)).defer("raw").filter(pk=pk).first()
    if row is None or row.state != InboundMessage.State.STORED:
        return False
    if reply_matching.match(letter, at=at) != found:
        raise _MovedError
    if found.is_ours:
        _put_away(row, letter, at=at)
        return True
    _belongs(row, found)
    understood = classifying.classify(letter, language=language_of(outreach, row.answers))
    for name, value in (columns(letter) | understanding(understood)).items():
        setattr(row, name, value)
    row.state = InboundMessage.State.READ
    _settle(letter, at=at)
    if outreach:
        outreach = locks.conversation(outreach.pk)  # what was settled may have moved it
    reply_effects.apply(inbound=row, found=found, outreach=outreach, at=at)
    row.save()
    return True


def hold(found: Match, *, emails: Iterable[str] = ()) -> Outreach | None:
    """The conversation, held with everybody's addresses first, as outreach.services.locks has it."""
    sides = [pk for pk in (found.person, found.agent) if pk]
    theirs = Q(influencer__in=sides) | Q(pk=found.sender) if found.sender else Q(influencer__in=sides)
    list(Address.objects.select_for_update(of=("self",)).filter(theirs).order_by("pk"))
    for email in (found.email, *emails):
        addresses.hold_mailbox(email)
    if found.outreach:
        return locks.conversation(found.outreach)
    list(Influencer.objects.select_for_update(of=("self",)).filter(pk__in=sides).order_by("pk"))
    return None


def _belongs(row: InboundMessage, found: Match) -> None:
    row.influencer_id, row.outreach_id, row.answers_id = found.person, found.outreach, found.message
    row.sender_id, row.matched_by = found.sender, found.by


def _put_away(row: InboundMessage, letter: Letter, *, at: datetime) -> None:
    """A copy of our own message: known again by its identity, kept no further."""
    row.nature, row.kind, row.read_by, row.confidence = "automatic", InboundMessage.Kind.AUTOMATIC, "headers", 1
    row.subject, row.from_address, row.raw = fit(letter.subject, 998), fit(letter.from_address, 320), None
    row.state, row.desk, row.desk_at = InboundMessage.State.READ, InboundMessage.Desk.DONE, at
    row.save()


def _settle(letter: Letter, *, at: datetime) -> None:
    """What is reported of a message that was perhaps sent settles it."""
    for report in letter.reports:
        if report.message_id and report.action in {"delivered", "failed"}:
            settling.settle_by_event(message_id=report.message_id, has_arrived=report.action == "delivered", at=at)


def language_of(outreach: Outreach | None, answers: Message | None) -> str:
    """The language of the conversation, as the rules know it: "fr", "en" or blank."""
    person = outreach.influencer if outreach else None
    spoken = [answers.language] if answers else []
    spoken += person.languages if person else []
    return next((each[:2] for each in spoken if each[:2] in {"fr", "en"}), "")


# Columns ------------------------------------------------------------------------------------------------------------


def columns(letter: Letter) -> dict[str, Any]:
    """What reading gave, as the columns hold it: whatever a stranger wrote, it fits."""
    return {
        "nature": letter.nature.value,
        "message_id": whole(letter.message_id, 998),
        "from_address": whole(letter.from_address, 320),
        "from_name": fit(letter.from_name, 300),
        "subject": fit(letter.subject, 998),
        "text": fit(letter.text),
        "said": fit(letter.said),
        "has_html": bool(letter.html),
        "attachments": [
            {"name": fit(a.name, 300), "type": fit(a.type, 100), "said_type": fit(a.said_type, 100), "size": a.size}
            for a in letter.attachments
        ],
        "sent_at": _moment(letter.date),
    }


def understanding(understood: Reading) -> dict[str, Any]:
    return {
        "kind": understood.reply_class.value,
        "confidence": min(1.0, max(0.0, understood.confidence)),
        "read_by": understood.by,
        "until_date": understood.until,
        "contact": whole(understood.contact, 320),
        "rules_version": VERSION,
    }


def fit(text: str, limit: int | None = None) -> str:
    """What Postgres takes: no NUL, no half of a character, no more than so many characters."""
    clean = text.encode("utf-8", "replace").decode().replace("\0", "")
    return clean if limit is None else clean[:limit]


def whole(text: str, limit: int) -> str:
    """The same, or blank: half an address, or half an id, is another one."""
    clean = fit(text)
    return clean if len(clean) <= limit and clean == text else ""


def _moment(date: datetime | None) -> datetime | None:
    """A clock may be at the edge of the calendar, and another zone beyond it."""
    try:
        return date.astimezone(UTC) if date else None
    except OverflowError:
        return None
