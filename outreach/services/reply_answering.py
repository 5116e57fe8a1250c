"""Answering what somebody wrote, in the same thread; and noting what they said elsewhere."""

import hashlib
from datetime import date, datetime

from django.db import transaction

from crm.errors import DomainError
from crm.models import User
from outreach.models import InboundMessage, Message, Outreach
from outreach.replies import reading
from outreach.replies.classes import VERSION
from outreach.services import notices, pipeline, reply_confirming, reply_desk, reply_effects
from outreach.services.reply_reading import fit

_THREAD = 20  # ids of what went before, the newest of them


@transaction.atomic
def answer(*, inbound: InboundMessage, subject: str, body: str, language: str, by: User, at: datetime) -> Message:
    """Plan the answer to a letter, once; it is done with then. Raises DomainError: reply_not_matched, and what
    notices.write_to_person raises.
    """
    outreach = InboundMessage.objects.defer("raw").get(pk=inbound.pk).outreach
    if outreach is None:
        raise DomainError("reply_not_matched")
    message = notices.write_to_person(
        outreach=outreach,
        reference=f"outreach:{outreach.pk}{reply_desk.ANSWER}{inbound.public_id}",
        language=language,
        subject=subject,
        body=body,
        at=at,
        by=by,
    )
    held = InboundMessage.objects.select_for_update(of=("self",)).get(pk=inbound.pk)
    if not message.in_reply_to and held.message_id:
        message.in_reply_to, message.references = held.message_id, _thread(held)
        message.save(update_fields=["in_reply_to", "references", "updated_at"])
    reply_desk.finish(held, at=at)
    reply_effects.release(people=reply_effects.concerned(held), at=at)
    return message


def _thread(held: InboundMessage) -> str:
    """What the answer refers to (RFC 5322): what their letter referred to, and their letter."""
    before = reading.read(bytes(held.raw)).references if held.raw else ()
    ids = [fit(each) for each in before if " " not in each][-_THREAD:]
    return " ".join(dict.fromkeys([*ids, held.message_id]))


@transaction.atomic
def note_by_hand(*, outreach: Outreach, text: str, kind: str, on: date, at: datetime, by: User) -> InboundMessage:
    """What they said by another way: on which day, what it is, and in which words (may be blank). The same, noted
    twice, is one. Raises DomainError: reply_kind_unknown, and what pipeline.answered raises.
    """
    if kind not in InboundMessage.Kind:
        raise DomainError("reply_kind_unknown", kind=kind)
    words = fit(text.strip())
    told = "\0".join(("by_hand", str(outreach.pk), on.isoformat(), kind, words))
    identity = hashlib.sha256(told.encode()).hexdigest()
    if known := InboundMessage.objects.filter(identity=identity).first():
        return known
    answered = pipeline.answered(outreach=outreach, text=words, on=on, at=at, by=by)
    noted, _is_new = InboundMessage.objects.get_or_create(
        identity=identity,
        defaults={
            **{"door": InboundMessage.Door.BY_HAND, "state": InboundMessage.State.READ, "nature": "personal"},
            **{
                "text": words,
                "said": words,
                "received_at": at,
                "outreach": answered,
                "influencer": answered.influencer,
            },
            **{"matched_by": InboundMessage.MatchedBy.PERSON, "kind": kind, "confidence": 1, "read_by": "person"},
            **{"rules_version": VERSION, "desk_at": at, "owner": by},
            "moved_from": outreach.stage if outreach.stage != answered.stage else "",
        },
    )
    return reply_confirming.confirm(inbound=noted, kind=kind, by=by, at=at)
