"""The demo's people in the database, as three files told of them over ten weeks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from config.demo.profiles import SOURCES, Profile, Report
from crm.formats.rows import AccountReading, InfluencerRow
from crm.models import Address, Influencer
from crm.services import addresses, influencers


def settle(profiles: Sequence[Profile], *, at: datetime) -> list[int]:
    """Store everybody, file by file in the order of time, then what they published; their ids."""
    reports = [report for profile in profiles for report in profile.reports]
    for (read_at, source), told in groupby(sorted(reports, key=_file), key=_file):
        influencers.store_all(rows=_lines(report.row for report in told), source=source, at=read_at)
    known = Influencer.objects.filter(external_id__in=[profile.external_id for profile in profiles])
    people = {person.external_id: person for person in known}
    for profile in profiles:
        if profile.consent:
            _note_consent(people[profile.external_id], profile)
    published = [
        AccountReading(platform, handle, published=readings)
        for profile in profiles
        for (platform, handle), readings in profile.posts.items()
    ]
    influencers.store_all(
        rows=_lines(InfluencerRow(line=0, accounts=(reading,)) for reading in published), source=SOURCES[-1], at=at
    )
    return [people[profile.external_id].pk for profile in profiles]


def _file(report: Report) -> tuple[datetime, str]:
    return report.at, report.source


def _lines(rows: Iterable[InfluencerRow]) -> list[InfluencerRow]:
    return [replace(row, line=line) for line, row in enumerate(rows, start=2)]


def _note_consent(person: Influencer, profile: Profile) -> None:
    assert profile.consent
    addresses.add(
        influencer=person,
        email=profile.consent.email,
        kind=profile.consent.kind,
        basis=Address.Basis.CONSENT,
        source=profile.consent.source,
    )
