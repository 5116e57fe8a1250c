"""Whose letter it is: by the message it answers, by the address it was sent to, by who wrote it, and when. Else unsure.

A name in a header is no proof: From alone matches nothing unless we wrote to that address, in one conversation only.
What names a message of ours, which nobody makes up, goes before whoever From says.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from crm.errors import DomainError
from crm.handles import canonical_email, fold
from crm.models import Address, Influencer, Representation
from outreach import signing
from outreach.models import InboundMessage, Link, Message, Outreach
from outreach.replies.letter import Letter, Nature

REACH: Final = timedelta(days=90)  # for how long who wrote tells what it answers
_IDS: Final = 100  # of a thread; its newest come first
_OUT = (Message.State.DISPATCHING, Message.State.SENT, Message.State.UNCERTAIN)
OVER = (Outreach.Stage.MERGED, Outreach.Stage.COMPLETED, Outreach.Stage.DECLINED, Outreach.Stage.CONFLICT)
_UNSUBSCRIBING = re.compile(r"/u/([A-Za-z0-9._-]{20,400})")
_FOLLOWING = re.compile(r"/r/([a-z0-9]{8,32})")
_ANSWERING = re.compile(r"(?:\s*(?:re|aw|sv|tr|fw|fwd|réf|rép)\s*(?:\[\d+\])?\s*:)+\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Match:
    """Ids of rows, None where nobody knows. `person`: who is spoken of; `agent`: who wrote it in their place.

    `by`: as InboundMessage.MatchedBy, blank without a conversation. `email`: the address that a report speaks of.
    """

    by: str = ""
    outreach: int | None = None
    message: int | None = None
    person: int | None = None
    agent: int | None = None
    sender: int | None = None
    email: str = ""
    is_ours: bool = False


def match(letter: Letter, *, at: datetime) -> Match:
    """Whose it is, as the rows stand. Changes nothing, holds nothing."""
    if _is_ours(letter):
        return Match(is_ours=True)
    if letter.nature in {Nature.BOUNCE, Nature.COMPLAINT, Nature.RECEIPT}:
        return _of_report(letter, at=at)
    sender = address_of(letter.from_address)
    by = InboundMessage.MatchedBy
    if message := _named((*letter.in_reply_to, *reversed(letter.references))):
        return _answering(message, sender, by=by.MESSAGE_ID)
    if message := _by_token(letter.to):
        return _answering(message, sender, by=by.TOKEN)
    if sender and (message := _only_one(sender, at=at)):
        return _answering(message, sender, by=by.SENDER)
    if sender:
        return Match(person=sender.influencer_id, sender=sender.pk)
    return Match(person=_hinted(letter, at=at) if letter.nature == Nature.PERSONAL else None)


def address_of(email: str) -> Address | None:
    """The address as we have it, under any of its spellings."""
    try:
        key = canonical_email(email)
    except DomainError:
        return None
    return Address.objects.filter(email_key=key).first()


def through(agent: int) -> set[int]:
    """Whose conversations go through this agent: those they speak for who were written to at an address of theirs."""
    spoken_for = Representation.objects.current().filter(agent=agent).values("influencer")
    written = Message.objects.filter(address__influencer=agent, outreach__influencer__in=spoken_for)
    return set(written.values_list("outreach__influencer", flat=True))


def goes_on(outreach: Outreach) -> Outreach:
    """Itself, or the conversation with the same person that it was merged with."""
    if outreach.stage != Outreach.Stage.MERGED:
        return outreach
    others = Outreach.objects.filter(campaign=outreach.campaign_id, influencer=outreach.influencer_id)
    return others.exclude(stage=Outreach.Stage.MERGED).first() or outreach


def _is_ours(letter: Letter) -> bool:
    """A copy of what we sent, found in a folder or come back from a list, is nobody's answer."""
    if letter.nature not in {Nature.PERSONAL, Nature.AUTOMATIC}:
        return False
    is_sent_by_us = letter.from_address == settings.SENDER_ADDRESS.lower()
    return is_sent_by_us or _named([letter.message_id], with_staff=True) is not None


def _named(ids: Iterable[str], *, with_staff: bool = False) -> Message | None:
    """The message of ours that is named first."""
    named = list(dict.fromkeys(filter(None, ids)))[:_IDS]
    known = Message.objects.select_related("outreach", "address").filter(message_id__in=named)
    found = {m.message_id: m for m in (known if with_staff else known.filter(outreach__influencer__isnull=False))}
    return next((found[each] for each in named if each in found), None)


def _by_token(recipients: Iterable[str]) -> Message | None:
    local, _at, domain = settings.SENDER_ADDRESS.lower().rpartition("@")
    for recipient in recipients:
        before, _at, host = recipient.rpartition("@")
        name, plus, token = before.partition("+")
        if (name, plus, host) != (local, "+", domain):
            continue
        try:
            number = signing.read_reply_token(token)
        except DomainError as error:
            if error.code != "token_invalid":
                raise
            continue
        rows = Message.objects.select_related("outreach", "address")
        if found := rows.filter(pk=number, outreach__influencer__isnull=False).first():
            return found
    return None


def _only_one(sender: Address, *, at: datetime) -> Message | None:
    """What was last written to this address, where one conversation alone is open there."""
    written = Message.objects.select_related("outreach", "address").filter(
        address=sender, state__in=_OUT, dispatched_at__gt=at - REACH, outreach__influencer__isnull=False
    )
    is_open = written.exclude(outreach__stage__in=OVER)
    if len(set(is_open.values_list("outreach", flat=True))) != 1:
        return None
    return is_open.order_by("-dispatched_at", "-pk").first()


def _answering(message: Message, sender: Address | None, *, by: str) -> Match:
    assert message.outreach is not None
    outreach = goes_on(message.outreach)
    person = outreach.influencer_id
    read_by = message.address.influencer_id if message.address else person
    if sender and not _speaks_for(sender.influencer_id, person):
        sender = None  # who it says it is from is no party to this
    wrote = sender.influencer_id if sender else read_by
    return Match(
        by=by,
        outreach=outreach.pk,
        message=message.pk,
        person=person,
        agent=None if wrote == person else wrote,
        sender=sender.pk if sender else None,
    )


def _speaks_for(who: int, person: int | None) -> bool:
    return who == person or Representation.objects.current().filter(agent=who, influencer=person).exists()


def _of_report(letter: Letter, *, at: datetime) -> Match:
    """By the message that it brings back; else by the address that it names, if we wrote there lately."""
    by = InboundMessage.MatchedBy
    if message := _named(report.message_id for report in letter.reports):
        assert message.outreach is not None
        outreach, email = goes_on(message.outreach), message.recipient
        told = Match(by=by.MESSAGE_ID, outreach=outreach.pk, message=message.pk, person=outreach.influencer_id)
        return Match(**{**told.__dict__, "email": email, "sender": message.address_id})
    for report in letter.reports:
        address = address_of(report.recipient)
        if address and Message.objects.filter(address=address, state__in=_OUT, dispatched_at__gt=at - REACH).exists():
            return Match(person=address.influencer_id, sender=address.pk, email=address.email)
    return Match()


# Unsure -------------------------------------------------------------------------------------------------------------


def _hinted(letter: Letter, *, at: datetime) -> int | None:
    """Who may have written it: enough to leave them in peace until a person has looked, and for nothing else."""
    return _by_link(letter.text) or _by_subject(letter, at=at)


def _by_link(text: str) -> int | None:
    """By what stands at the foot of our messages, which it quotes."""
    for token in _UNSUBSCRIBING.findall(text)[:5]:
        try:
            subject = signing.read_unsubscribe_token(token.rstrip("."))
        except DomainError:
            continue
        if found := Address.objects.filter(digest=subject).values_list("influencer", flat=True).first():
            return found
    named = Link.objects.filter(code__in=_FOLLOWING.findall(text)[:5], outreach__influencer__isnull=False)
    return named.values_list("outreach__influencer", flat=True).first()


def _by_subject(letter: Letter, *, at: datetime) -> int | None:
    """By the subject of a message that went to somebody of this name, or to an address at the same domain."""
    subject = _ANSWERING.sub("", letter.subject, count=1).strip()
    if not subject or subject == letter.subject.strip():
        return None
    sent = Message.objects.filter(subject__iexact=subject, state__in=_OUT, dispatched_at__gt=at - REACH)
    people = Influencer.objects.filter(outreaches__messages__in=sent)
    named = {
        pk for pk, name in people.values_list("pk", "name") if letter.from_name and fold(name) == fold(letter.from_name)
    }
    host = letter.from_address.rpartition("@")[2]
    near = set(people.filter(addresses__email_key__endswith=f"@{host}").values_list("pk", flat=True)) if host else set()
    found = named or near
    return next(iter(found)) if len(found) == 1 else None
