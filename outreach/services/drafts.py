"""First messages: from a text, in the version that their reader reads, each hole filled once; whom none could be filled
in for becomes a task. Nothing goes out from here: a person reads and approves every draft (messages.py).
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, F, When

from crm.errors import DomainError
from crm.models import Address, Influencer, SocialAccount, User
from crm.services import addresses
from matching.models import Exclusion
from matching.services import exclusions
from matching.services.quotations import Listener
from outreach import rendering, versions
from outreach.models import Message, MessageTemplate, Outreach
from outreach.services import campaigns, locks, merging, personal
from outreach.services.personal import Reader


@dataclass(frozen=True)
class Unwritten:
    """Somebody for whom a text could not be filled in, and why: also kept with the conversation, as a task."""

    outreach: Outreach
    error: DomainError


@dataclass(frozen=True)
class Text:
    """What a message begins from: a text with holes, in one version."""

    subject: str
    body: str
    version: versions.Version
    remarks: tuple[versions.Remark, ...] = ()


def draft_each(*, outreaches: Iterable[Outreach], name: str, at: datetime, by: User) -> list[Unwritten]:
    """The first message of each, from the text of this name in the version that its reader reads.

    Nobody stops the others: for whom it cannot be filled in, that becomes a task, and is answered here.
    """
    listeners: dict[int, Listener] = {}
    unwritten = []
    for outreach in outreaches:
        cause = outreach.campaign.cause
        listener = listeners.get(cause.pk) or listeners.setdefault(cause.pk, Listener(cause))
        try:
            draft_by_name(outreach=outreach, name=name, at=at, by=by, listener=listener)
        except DomainError as error:
            outreach.unwritten = {"code": error.code, "params": error.params, "text": name}
            outreach.save(update_fields=["unwritten", "updated_at"])
            unwritten.append(Unwritten(outreach, error))
    return unwritten


@transaction.atomic
def draft_by_name(
    *,
    outreach: Outreach,
    name: str,
    at: datetime,
    by: User,
    listener: Listener | None = None,
    account: SocialAccount | None = None,
) -> Message:
    """The first message of a conversation, from the text of this name in the version that its reader reads.

    `account`: by hand to this one, whatever address is known. Raises DomainError: what `draft` and
    campaigns.choose_template raise.
    """
    begun = _begin(outreach, at=at, account=account)
    if isinstance(begun, Message):
        return begun
    template, remarks = campaigns.choose_template(name=name, reader=begun.reader, cause=begun.outreach.campaign.cause)
    text = Text(template.subject, template.body, template.version, remarks)
    return _written(begun, text, at=at, by=by, listener=listener)


@transaction.atomic
def draft(*, outreach: Outreach, template: MessageTemplate, at: datetime, by: User) -> Message:
    """The first message of a conversation, its holes filled, for a person to read. Asking twice gives the same draft.

    Another one is drafted only where those before are known to have reached nobody. Without an address we may write to
    it becomes a task: the text to copy into a direct message, sent by hand.
    Raises DomainError: conversation_merged, person_said_no, person_barred (reason), no_usable_address,
    written_already, placeholder_value_missing (names), and what rendering.check raises.
    """
    begun = _begin(outreach, at=at)
    if isinstance(begun, Message):
        return begun
    remarks = campaigns.remarks_on(template=template, reader=begun.reader, cause=begun.outreach.campaign.cause)
    text = Text(template.subject, template.body, template.version, remarks)
    return _written(begun, text, at=at, by=by)


@transaction.atomic
def compose(
    *, outreach: Outreach, subject: str, body: str, language: str, register: str, at: datetime, by: User
) -> Message:
    """A first message written for this one person; it may have holes, like any text. Raises DomainError: as `draft`."""
    begun = _begin(outreach, at=at)
    if isinstance(begun, Message):
        return begun
    version = versions.Version(language, versions.register_in(language, register))
    return _written(begun, Text(subject, body, version), at=at, by=by)


def reader_of(outreach: Outreach, *, at: datetime) -> Reader:
    """Who would read what is written in this conversation. Raises DomainError: message_without_person."""
    person = _person(outreach)
    return Reader.at(_address(outreach, person, at=at), person)


def fill_in(
    *, outreach: Outreach, reader: Reader, version: versions.Version, by: User, at: datetime
) -> dict[str, personal.Known]:
    """What every placeholder would say in this conversation. A value nobody knows is blank, and blocks the message."""
    return personal.known(
        outreach=outreach, reader=reader, version=version, by=by, at=at, names=list(rendering.PLACEHOLDERS)
    )


@dataclass(frozen=True)
class Preview:
    """How a text would read in a conversation; nothing, where placeholders are `missing`."""

    subject: str
    body: str
    missing: tuple[str, ...]
    inserted: list[dict[str, Any]]


def preview(*, template: MessageTemplate, outreach: Outreach, by: User, at: datetime) -> Preview:
    """Raises DomainError: message_without_person, rendered_too_long."""
    subject, body = template.subject, template.body
    found = personal.known(
        outreach=outreach,
        reader=reader_of(outreach, at=at),
        version=template.version,
        by=by,
        at=at,
        names=rendering.named(subject, body),
    )
    values, kept = personal.values(found), personal.inserted(found)
    if missing := rendering.missing(subject, body, values):
        return Preview("", "", missing, kept)
    filled = rendering.fill(subject, body, values)
    return Preview(filled.subject, filled.body, (), kept)


@dataclass(frozen=True)
class Begun:
    """A conversation held, in which nothing speaks against a message, and where it would go."""

    outreach: Outreach
    reader: Reader
    address: Address | None
    account: SocialAccount | None


def _begin(outreach: Outreach, *, at: datetime, account: SocialAccount | None = None) -> "Begun | Message":
    """What a first message needs; the one there is, where it was drafted already."""
    outreach = locks.conversation(outreach.pk, with_addresses=True)  # of two clerks, one drafts
    if known := outreach.messages.asking().exclude(state__in=Message.NEVER_SENT).order_by("pk").first():
        return known
    person = _person(outreach)
    check_open(outreach, person, at=at)
    address = None
    if account is None:
        address, account = way_to(outreach, person, at=at)
    if merging.was_written_to(outreach, address=address.pk if address else None):
        raise DomainError("written_already")
    return Begun(outreach, Reader.at(address, person), address, account)


def check_open(outreach: Outreach, person: Influencer, *, at: datetime) -> None:
    """Raises DomainError: conversation_merged, person_said_no, person_barred (reason)."""
    if outreach.stage == Outreach.Stage.MERGED:
        raise DomainError("conversation_merged")
    if addresses.has_said_no(person, at=at):
        raise DomainError("person_said_no")
    if reason := exclusions.barred(cause=outreach.campaign.cause, people=[person.pk]).get(person.pk):
        raise DomainError("person_barred", reason=reason)


def way_to(outreach: Outreach, person: Influencer, *, at: datetime) -> tuple[Address | None, SocialAccount | None]:
    """An address; without one we may write to, an account. Raises DomainError: no_usable_address."""
    address = _address(outreach, person, at=at)
    account = None if address else largest_account(person)
    if address is None and account is None:
        raise DomainError("no_usable_address")
    return address, account


def _address(outreach: Outreach, person: Influencer, *, at: datetime) -> Address | None:
    """Where mail for them goes: to their agent first, but not to one who is barred."""
    barred = Exclusion.objects.open().barring(outreach.campaign.cause).people()
    reachable = Address.objects.usable(at=at).reaching(person).exclude(influencer__in=barred)
    ordered = reachable.order_by(Case(When(influencer=person, then=1), default=0), "pk")
    return ordered.select_related("influencer").first()


def _written(begun: Begun, text: Text, *, at: datetime, by: User, listener: Listener | None = None) -> Message:
    message = filled(begun, text, reference=f"outreach:{begun.outreach.pk}:first", at=at, by=by, listener=listener)
    message.save()
    return message


def filled(
    begun: Begun, text: Text, *, reference: str, at: datetime, by: User, listener: Listener | None = None
) -> Message:
    """A message of this conversation, each hole filled once and what was inserted kept with it; not stored yet.

    Raises DomainError: placeholder_value_missing (names), and what rendering.check raises.
    """
    rendering.check(text.subject, text.body)
    found = personal.known(
        outreach=begun.outreach,
        reader=begun.reader,
        version=text.version,
        by=by,
        at=at,
        names=rendering.named(text.subject, text.body),
        listener=listener,
    )
    said = rendering.fill(text.subject, text.body, personal.values(found))
    if begun.outreach.unwritten:
        begun.outreach.unwritten = {}
        begun.outreach.save(update_fields=["unwritten", "updated_at"])
    return Message(
        purpose=Message.Purpose.PARTNERSHIP,
        reference=reference,
        outreach=begun.outreach,
        address=begun.address,
        account=begun.account,
        channel=Message.Channel.EMAIL if begun.address else Message.Channel.MANUAL,
        language=text.version.language,
        register=text.version.register,
        fallback=[asdict(remark) for remark in text.remarks],
        inserted=personal.inserted(found),
        subject=said.subject,
        body=said.body,
    )


def largest_account(person: Influencer, *, platform: str = "") -> SocialAccount | None:
    """`platform`: of those on this one; blank: of all."""
    theirs = person.accounts.filter(platform=platform) if platform else person.accounts.all()
    return theirs.order_by(F("followers").desc(nulls_last=True), "pk").first()


def _person(outreach: Outreach) -> Influencer:
    if outreach.influencer is None:
        raise DomainError("message_without_person")
    return outreach.influencer
