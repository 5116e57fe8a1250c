"""Two people whom the organisation knows twice, as it happens: for the page that asks whether they are one person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from config.demo.profiles import SOURCES
from crm.formats.rows import AccountReading, InfluencerRow
from crm.handles import fold
from crm.models import Influencer, Platform
from crm.services import duplicates, influencers

_ENOUGH = 6  # letters of a handle that tell it from others


def bring(*, at: datetime) -> list[int]:
    """A second profile of one person under a handle alike, and one whose bio has another's address; their ids."""
    known = Influencer.objects.filter(outreaches=None, kind=Influencer.Kind.PERSON).order_by("external_id")
    with_handle, with_address, *_others = (
        person
        for person in known.filter(addresses__isnull=False, accounts__isnull=False).distinct()
        if len(_bare(person)) >= _ENOUGH
    )
    rows = [
        _row(with_handle, 1, handle=f"{_bare(with_handle)}officiel", bio=""),
        _row(with_address, 2, handle="", bio=f"Contact : {with_address.addresses.order_by('email')[0].email}"),
    ]
    read_at = at - timedelta(days=2)
    stored = [influencers.store(row=row, source=SOURCES[-1], at=read_at).influencer.pk for row in rows]
    duplicates.find(at=at)
    return stored


def _bare(person: Influencer) -> str:
    first = person.accounts.order_by("platform", "handle")[0]
    return "".join(letter for letter in first.handle.lower() if letter.isalnum())


def _row(person: Influencer, number: int, *, handle: str, bio: str) -> InfluencerRow:
    return InfluencerRow(
        line=number,
        external_id=f"double-{number}",
        name=fold(person.name).title(),
        languages=tuple(person.languages),
        bio=bio,
        accounts=tuple(_account(person, handle)),
    )


def _account(person: Influencer, handle: str) -> Iterator[AccountReading]:
    taken = set(person.accounts.values_list("platform", flat=True))
    if handle:
        platform = next(name for name in (Platform.YOUTUBE, Platform.TIKTOK, Platform.X) if name not in taken)
        yield AccountReading(platform=platform, handle=handle[:15], followers=2_300)
