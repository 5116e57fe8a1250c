"""Systems that tell us of actions: how each is set up, by which address it comes in, and what it says."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from crm import keyring
from crm.errors import DomainError
from crm.failpoints import reach
from outreach.models import Campaign, Door, Source, SourceEvent
from outreach.services import telling
from outreach.services.conversions import BY_HAND
from outreach.sources import action_network, generic, marks, samples, signatures, tables
from outreach.sources.documents import Node
from outreach.sources.events import KINDS, Event
from outreach.sources.registry import SOURCES

_SEALED, _HOOK, _PIXEL = "source", "source-hook", "source-pixel"
OURS: Final = frozenset({"generic", "csv"})  # kinds whose events may name a source of their own
_TAKEN: Final = frozenset({*SOURCES, BY_HAND}) - OURS
LABEL_LIMIT: Final = 50


@dataclass(frozen=True)
class Said:
    """How a source is set up. `secret`: by which it signs; blank keeps the one that is known."""

    name: str
    kind: str
    label: str = ""
    campaign: Campaign | None = None
    has_pixel: bool = False
    secret: str = ""

    def __repr__(self) -> str:
        return f"Said({self.name!r})"


@transaction.atomic
def save(*, said: Said, at: datetime, source: Source | None = None) -> Source:
    """Note how a source is set up: a new one, or `source` anew. Its kind stays.

    Raises DomainError: source_name_taken, source_label_invalid, source_kind_stays, secret_unsigned (this kind does not
    sign), secret_malformed.
    """
    row = Source.objects.select_for_update().get(pk=source.pk) if source else Source(kind=said.kind)
    _check(said, row)
    row.name, row.campaign, row.has_pixel = said.name.strip(), said.campaign, said.has_pixel
    row.label = _label(said)
    if said.secret:
        row.secret, row.secret_at = keyring.seal(_SEALED, said.secret.encode()), at
    row.save()
    return row


def turn(*, source: Source, is_on: bool) -> None:
    """Listen to it, or answer at its address that there is nothing."""
    Source.objects.filter(pk=source.pk).update(is_on=is_on)


def move(*, source: Source) -> None:
    """Give it new addresses, for its hook and its pixel: the old ones are shut from now on."""
    Source.objects.filter(pk=source.pk).update(key_number=F("key_number") + 1)


def hook_key(source: Source) -> str:
    return keyring.sign(_HOOK, _named(source))


def pixel_key(source: Source) -> str:
    """It stands in a page for all to read, so it opens nothing but the pixel."""
    return keyring.sign(_PIXEL, _named(source))


def by_hook_key(*, kind: str, key: str) -> Source | None:
    """The source whose address this is, while it is listened to."""
    return _by_key(_HOOK, key, kind=kind, is_on=True)


def by_pixel_key(*, key: str) -> Source | None:
    return _by_key(_PIXEL, key, is_on=True, has_pixel=True)


def hear(*, source: Source, body: bytes, headers: Mapping[str, str], at: datetime) -> list[SourceEvent]:
    """What a message says, taken in, event by event: what became of each. All of it is stored when this returns.

    Raises DomainError: those of the reader and of the signature; of several events the first that was refused, after
    the others were taken in.
    """
    try:
        _check_signature(source, body, headers, at=at)
        found = [_own(source, event) for event in SOURCES[source.kind].read(body, headers)]
    except DomainError as error:
        telling.note_refused(code=error.code, door=Door.HOOK, at=at, channel=source)
        raise
    if not found:
        telling.note_ignored(door=Door.HOOK, at=at, channel=source)
    reach("action.read")
    noted, refused = list[SourceEvent](), list[DomainError]()
    for event in found:
        try:
            noted.append(telling.tell(event=event, door=Door.HOOK, at=at, channel=source))
        except DomainError as error:
            refused.append(error)
    reach("action.stored")
    Source.objects.filter(pk=source.pk).update(last_at=at)
    if refused:
        Source.objects.filter(pk=source.pk).update(error=refused[0].code, error_at=at)
        raise refused[0]
    return noted


@dataclass(frozen=True)
class Line:
    """What became of one line of a table: an event, or why there is none."""

    line: int
    event: SourceEvent | None = None
    error: DomainError | None = None


def read_table(*, file: bytes, label: str, at: datetime) -> list[Line]:
    """Take in a table of our own columns, line by line; a bad one spoils no other.

    Raises DomainError: those of `tables.read_rows`, source_label_invalid.
    """
    _check_label(label)
    found = list[Line]()
    for row in tables.read_rows(file):
        if row.error:
            found.append(Line(row.line, error=row.error))
        for event in row.events:
            named = replace(event, source=label) if event.source == generic.SOURCE else event
            try:
                _check_label(named.source)
                found.append(Line(row.line, telling.tell(event=named, door=Door.FILE, at=at)))
            except DomainError as error:
                found.append(Line(row.line, error=error))
    return found


def see(*, source: Source, query: Mapping[str, str], referrer: str, at: datetime) -> SourceEvent | None:
    """What a page's pixel says: an unverified action, without money, once by its id. None: it could not be read.

    Raises DomainError: pixel_too_fast, where more came in a minute than a page can mean. All of that is one row.
    """
    if not _counted(source, at=at):
        telling.note_refused(code="pixel_too_fast", door=Door.PIXEL, at=at, channel=source)
        raise DomainError("pixel_too_fast")
    asked = Node(dict(query))
    try:
        kind = asked.at("kind").text()
        came = marks.joined([marks.in_fields(asked), marks.in_url(Node(referrer))])
        event = Event(
            source=source.label,
            external_id=asked.at("id").identity(),
            kind=kind if kind in KINDS else asked.at("kind").fail(),
            occurred_at=at,
            click_ids=came.click_ids,
            code=came.code,
            utm=came.utm,
            referrer=came.referrer,
        )
    except DomainError as error:
        telling.note_refused(code=error.code, door=Door.PIXEL, at=at, channel=source)
        return None
    Source.objects.filter(pk=source.pk).update(last_at=at)
    return telling.tell(event=_own(source, event), door=Door.PIXEL, at=at, channel=source, is_verified=False)


def _counted(source: Source, *, at: datetime) -> bool:
    """Whether this call of the pixel is one of those that its minute has room for. Two that begin a minute at once are
    both counted."""
    row, minute = Source.objects.filter(pk=source.pk), at.replace(second=0, microsecond=0)
    room = row.filter(pixel_minute=minute, pixel_number__lt=settings.PIXEL_PER_MINUTE)
    other = row.filter(Q(pixel_minute=None) | ~Q(pixel_minute=minute))
    return bool(
        room.update(pixel_number=F("pixel_number") + 1)
        or other.update(pixel_minute=minute, pixel_number=1)
        or room.update(pixel_number=F("pixel_number") + 1)
    )


def try_out(*, source: Source) -> list[Event]:
    """What would be counted of a message such as this source sends: read as those are, and not taken in.

    Raises DomainError: secret_missing, where it signs and its secret is not here.
    """
    if SOURCES[source.kind].always_signs and not source.secret:
        raise DomainError("secret_missing")
    body = samples.BODIES[source.kind]
    return [_own(source, event) for event in SOURCES[source.kind].read(body, {})]


def _check_signature(source: Source, body: bytes, headers: Mapping[str, str], *, at: datetime) -> None:
    known = SOURCES[source.kind]
    if known.verify is None or not (source.secret or known.always_signs):
        return
    secret = keyring.open_sealed(_SEALED, source.secret).decode() if source.secret else ""
    known.verify(body, headers, secret, at=at)


def _own(source: Source, event: Event) -> Event:
    """With what is known of the source: its name in the ledger, and the campaign that it is for.

    Raises DomainError: source_not_theirs (source), where it speaks for a system that speaks for itself.
    """
    if event.source in {generic.SOURCE, action_network.OSDI}:  # the latter has another name in the ledger
        event = replace(event, source=source.label)
    if source.kind in OURS and event.source in _TAKEN:
        raise DomainError("source_not_theirs", source=event.source)
    names_one = {"utm_id", "utm_campaign"} & set(event.utm)
    if source.campaign is None or names_one or event.refund_of:
        return event
    ours = {"utm_campaign": source.campaign.slug, "utm_id": str(source.campaign.public_id)}
    return replace(event, utm=dict(event.utm) | ours)


def _check(said: Said, row: Source) -> None:
    if row.kind != said.kind or said.kind not in SOURCES:
        raise DomainError("source_kind_stays")
    if Source.objects.filter(name=said.name.strip()).exclude(pk=row.pk).exists():
        raise DomainError("source_name_taken", name=said.name.strip())
    if said.kind in OURS:
        _check_label(_label(said))
    if said.secret and SOURCES[said.kind].verify is None:
        raise DomainError("secret_unsigned")
    if said.secret and said.kind in OURS:
        try:
            signatures.standard_key(said.secret)
        except DomainError:
            raise DomainError("secret_malformed") from None


def _check_label(label: str) -> None:
    if not label.strip() or not label.isprintable() or len(label) > LABEL_LIMIT or label in _TAKEN:
        raise DomainError("source_label_invalid", label=label[:LABEL_LIMIT])


def _label(said: Said) -> str:
    if said.kind == "osdi":
        return action_network.SOURCE  # the same system, asked instead of telling
    return (said.label.strip() or generic.SOURCE) if said.kind in OURS else said.kind


def _named(source: Source) -> str:
    return f"{source.public_id.hex}.{source.key_number}"


def _by_key(purpose: str, key: str, **wanted: object) -> Source | None:
    try:
        public_id, _dot, number = keyring.unsign(purpose, key).partition(".")
    except DomainError as error:
        if error.code != "token_invalid":  # our own keyring is damaged: that must not look like a wrong key
            raise
        return None
    found = Source.objects.select_related("campaign").filter(public_id=UUID(public_id), **wanted).first()
    return found if found and hmac.compare_digest(number, str(found.key_number)) else None
