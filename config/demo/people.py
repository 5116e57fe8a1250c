"""The demo's people in the database, as three files told of them over ten weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from config.demo.profiles import SOURCES, Profile
from crm.models import Address, Influencer, SocialAccount
from crm.services import addresses, influencers, posts


def settle(profiles: Sequence[Profile], *, at: datetime) -> list[int]:
    """Store everybody, report by report in the order of time, then what they published; their ids."""
    people: dict[str, Influencer] = {}
    reports = [report for profile in profiles for report in profile.reports]
    for report in sorted(reports, key=lambda report: report.at):
        stored = influencers.store(row=report.row, source=report.source, at=report.at)
        if report.row.external_id:
            people[report.row.external_id] = stored.influencer
    for profile in profiles:
        if profile.consent:
            _note_consent(people[profile.external_id], profile)
    _publish(profiles, list(people.values()), at=at)
    return [person.pk for person in people.values()]


def _note_consent(person: Influencer, profile: Profile) -> None:
    assert profile.consent
    addresses.add(
        influencer=person,
        email=profile.consent.email,
        kind=profile.consent.kind,
        basis=Address.Basis.CONSENT,
        source=profile.consent.source,
    )


def _publish(profiles: Sequence[Profile], people: Sequence[Influencer], *, at: datetime) -> None:
    known = SocialAccount.objects.filter(influencer__in=people)
    accounts = {(account.platform, account.handle): account for account in known}
    for profile in profiles:
        for presence, readings in profile.posts.items():
            posts.store(account=accounts[presence], readings=readings, source=SOURCES[-1], at=at)
