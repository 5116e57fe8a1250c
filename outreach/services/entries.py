"""How a report of an action becomes rows of the ledger; whoever calls holds the transaction and the source's turn."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from django.db import connection

from crm import keyring
from outreach.models import Assignment, AttributionCredit, Balance, Conversion, ConversionId, ConversionMark
from outreach.services import credits, ledger
from outreach.sources.events import UNNUMBERED, Event

_LOCK = 0x1ED6  # any number that no other pair of advisory locks of ours begins with


def take_turns(source: str) -> None:
    """Reports of one source are taken in one after the other, until the end of the transaction: two doors may tell of
    one action at once, and a refund may come in the same second as its gift."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, source])


def numbered(event: Event) -> Event:
    """What came without an id is known by what it says and who acted: under every key that they may be hashed with."""
    if not event.external_id.startswith(UNNUMBERED) or not event.supporter:
        return event
    said = [f"{event.external_id} {who}" for who in supporter_digests(event)]
    ids = [f"{UNNUMBERED}{hashlib.sha256(each.encode()).hexdigest()}" for each in said]
    return replace(event, external_id=ids[0], also=tuple(ids[1:]))


def known(event: Event) -> list[Conversion]:
    """The rows that its ids lead to, the verified and the oldest first."""
    ids = ConversionId.objects.filter(source=event.source, external_id__in=[event.external_id, *event.also])
    rows = Conversion.objects.filter(pk__in=ids.values("conversion"))
    return list(rows.order_by("-is_verified", "pk"))


def write(event: Event, *, door: str, at: datetime, is_verified: bool) -> Conversion:
    crypto = event.crypto
    return Conversion.objects.create(
        source=event.source,
        external_id=event.external_id,
        kind=event.kind,
        quantity=event.quantity,
        amount_minor=event.amount_minor,
        currency=event.currency,
        refund_of=event.refund_of,
        is_total=event.is_total,
        is_restoration=event.is_restoration,
        crypto_asset=crypto.asset if crypto else "",
        crypto_network=crypto.network if crypto else "",
        crypto_hash=crypto.tx_hash if crypto else "",
        crypto_quantity=crypto.quantity if crypto else None,
        rate_source=crypto.rate_source if crypto else "",
        occurred_at=event.occurred_at,
        received_at=at,
        door=door,
        is_verified=is_verified,
        click_ids=list(event.click_ids),
        code=event.code,
        utm=dict(event.utm),
        referrer=event.referrer,
        supporter=_called(event),
    )


def lead_here(row: Conversion, event: Event, others: Iterable[Conversion]) -> None:
    """Every id of the event leads to this row from now on, and so do those of rows that are shown to be the same."""
    rows = sorted(others, key=lambda other: other.pk)
    if rows:
        credits.take_turn()  # whoever is crediting one of them is waited for
    for other in rows:
        ConversionId.objects.filter(conversion=other).update(conversion=row)
        AttributionCredit.objects.filter(conversion=other).delete()
        Balance.objects.filter(conversion=other).delete()
        said = Assignment.objects.filter(conversion=other).order_by("pk")
        Assignment.objects.bulk_create(
            [Assignment(conversion=row, link=each.link, by=each.by, at=each.at, why=each.why) for each in said]
        )
    ids = dict.fromkeys([event.external_id, *event.also])
    ConversionId.objects.bulk_create(
        [ConversionId(conversion=row, source=event.source, external_id=ident) for ident in ids], ignore_conflicts=True
    )


def note_marks(row: Conversion, event: Event, others: Iterable[Conversion], *, door: str, at: datetime) -> bool:
    """Note what this report, and rows that are shown to be the same, bring that was not known; whether they did.

    What an unverified row says is not taken over: anybody can call a pixel.
    """
    told = _said(event.click_ids, event.code, event.utm, event.referrer)
    names = [supporter_digests(event)]
    for other in others:
        if other.is_verified:
            told |= _brought(other)
            names += [(who,) for who in ledger.supporters_of(other)]
    who = ledger.supporters_of(row)
    fresh = told - _brought(row)
    unnamed = {each[0] for each in names if each[0] and not who & set(each)}
    return bool(_note(row, fresh, unnamed, door=door, at=at))


_Said = tuple[str, str]  # what kind of mark, or which UTM parameter, and what it says


def _brought(row: Conversion) -> set[_Said]:
    """By every report of it."""
    found = _said(row.click_ids, row.code, row.utm, row.referrer)
    for mark in row.marks.all():
        found |= _said(mark.click_ids, mark.code, mark.utm, mark.referrer)
    return found


def _said(click_ids: Iterable[str], code: str, utm: Mapping[str, str], referrer: str) -> set[_Said]:
    others = {("code", code), ("referrer", referrer), *((f"utm {name}", value) for name, value in utm.items())}
    return {("click", click) for click in click_ids} | {(name, value) for name, value in others if value}


def _note(row: Conversion, fresh: set[_Said], names: set[str], *, door: str, at: datetime) -> int:
    """As many rows as it takes: each has room for one code, one referrer, one of each parameter and one supporter."""
    left, rows = sorted(fresh), list[ConversionMark]()
    waiting = sorted(names)
    while left or waiting:
        here = dict[str, str]()
        clicks = [value for name, value in left if name == "click"]
        rest = list[_Said]()
        for name, value in left:
            if name != "click" and here.setdefault(name, value) != value:
                rest.append((name, value))
        rows.append(
            ConversionMark(
                conversion=row,
                received_at=at,
                door=door,
                click_ids=clicks,
                code=here.pop("code", ""),
                referrer=here.pop("referrer", ""),
                utm={name.removeprefix("utm "): value for name, value in here.items()},
                supporter=waiting.pop(0) if waiting else "",
            )
        )
        left = rest
    ConversionMark.objects.bulk_create(rows)
    return len(rows)


def _called(event: Event) -> str:
    """Who acted, by the hash that they are known by already: a new key makes nobody another supporter."""
    newest, *older = supporter_digests(event)
    if older:
        rows = Conversion.objects.filter(supporter__in=older).order_by("pk").values_list("supporter", flat=True)
        return rows.first() or newest
    return newest


def supporter_digests(event: Event) -> tuple[str, ...]:
    """Who acted, as a hash under every key we ever had, the newest first; blank when nobody was named."""
    supporter = event.supporter.strip().casefold()
    return keyring.digests("supporter", supporter) if supporter else ("",)
