"""People, brands and agencies: found again, created, changed. One code path for files, forms and the API."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Q

from crm.errors import DomainError
from crm.formats.rows import AccountReading, InfluencerRow, Parsed
from crm.handles import canonical_email, handle_key
from crm.models import Address, Influencer, SocialAccount, Topic, User
from crm.services import activity, addresses, erased, identity
from crm.services.bulk import lists, staging, verdicts
from crm.services.bulk.run import applied

_PLAIN_FIELDS = ("kind", "country", "city", "timezone", "bio", "notes")


@dataclass
class Stored:
    """What storing one row did: `changes` maps a field to [old, new]; `remarks` are codes of what was left unstored."""

    influencer: Influencer
    verdict: str  # ImportRow.Verdict: created, updated, unchanged
    changes: dict[str, list[Any]] = field(default_factory=dict)
    remarks: list[dict[str, Any]] = field(default_factory=list)


@transaction.atomic
def store(*, row: InfluencerRow, source: str, at: datetime, by: User | None = None) -> Stored:
    """Create or complete the person a row speaks of. What the row leaves blank stays as it is.

    Who that is, by these rules: external id; e-mail; platform id; handle on its platform. An account with another
    platform id than the row's is somebody else, whatever its handle: handles are passed on. Blank never matches blank.
    `by`: who told us by hand; a file tells by itself. Never touches consent, suppressions, stages or vetting.
    Raises DomainError: identity_conflict, when two rules name two people; name_missing (somebody new has neither a
    name nor a handle); person_erased_before (on).
    """
    run = uuid4()
    for _count in staging.stage(run=run, rows=[Parsed(row.line, row)]):
        pass
    with applied(run=run, source=source, at=at, by=by):
        [one] = verdicts.each(run)
    staging.forget(run=run)
    if one.influencer is None or one.verdict == "rejected":
        raise DomainError(one.remarks[0]["code"], **one.remarks[0]["params"])
    return Stored(Influencer.objects.get(pk=one.influencer), one.verdict, one.changes, one.remarks)


@transaction.atomic
def store_all(*, rows: Iterable[InfluencerRow], source: str, at: datetime) -> list[int]:
    """The same of many rows at once, as of a file; the ids of those they speak of, in the order of the rows' lines.

    Raises DomainError: what the first row that is refused is refused for; then nothing is stored.
    """
    run = uuid4()
    for _count in staging.stage(run=run, rows=[Parsed(row.line, row) for row in rows]):
        pass
    with applied(run=run, source=source, at=at):
        told = verdicts.each(run)
    staging.forget(run=run)
    for one in told:
        if one.influencer is None or one.verdict == "rejected":
            raise DomainError(one.remarks[0]["code"], **one.remarks[0]["params"])
    return [one.influencer for one in told if one.influencer]


@transaction.atomic
def change(
    *, influencer: Influencer, profile: InfluencerRow, source: str, at: datetime, by: User, register: str | None = None
) -> Stored:
    """Let a person's page say exactly what the profile says: what is blank there is cleared, its topics are the topics.

    `register`: how one says "you" to them, which no file tells; without it, it stays.
    Their id elsewhere and their interests stay; an e-mail address or an account that stands in the profile is added.
    Figures of accounts are not read: they come with files.
    Raises DomainError: name_blank, topic_unknown (topics), email_invalid, address_taken, account_taken, person_erased,
    person_erased_before (on), when an address or account is of somebody else who was erased.
    """
    identity.keep()
    erased.check(profile)
    locked = lists.hold([influencer.pk]).get(influencer.pk)
    if locked is None:
        raise DomainError("person_erased")
    if not profile.name.strip():
        raise DomainError("name_blank")
    stored = Stored(locked, "unchanged")
    plain = {name: getattr(profile, name) for name in ("name", *_PLAIN_FIELDS)}
    plain |= {} if register is None else {"register": register}
    _set_columns(stored, plain | {"languages": list(profile.languages), "hashtags": list(profile.hashtags)})
    _set_topics(stored, profile.topics)
    if profile.email:
        _add_address(stored, profile)
    for reading in profile.accounts:
        _add_account(stored, reading, source=source, at=at)
    if stored.changes:
        stored.verdict = "updated"
        fields = sorted(stored.changes)
        activity.record(influencer=locked, kind="edited", at=at, by=by, source=source, fields=fields)
        lists.refresh([locked.pk])
    return stored


@transaction.atomic
def address_as(*, influencer: Influencer, register: str, source: str, at: datetime, by: User) -> Influencer:
    """Note how one says "you" to somebody: "formal", "informal", "" unknown. Raises DomainError: person_erased."""
    locked = lists.hold([influencer.pk]).get(influencer.pk)
    if locked is None:
        raise DomainError("person_erased")
    stored = Stored(locked, "unchanged")
    _set_columns(stored, {"register": register})
    if stored.changes:
        activity.record(influencer=locked, kind="edited", at=at, by=by, source=source, fields=["register"])
    return locked


def _set_columns(stored: Stored, values: dict[str, Any]) -> None:
    influencer = stored.influencer
    for name, value in values.items():
        if getattr(influencer, name) != value:
            stored.changes[name] = [getattr(influencer, name), value]
            setattr(influencer, name, value)
    if stored.changes:
        influencer.save(update_fields=[*stored.changes, "updated_at"])


def _set_topics(stored: Stored, slugs: tuple[str, ...]) -> None:
    topics = list(Topic.objects.filter(slug__in=slugs))
    if unknown := sorted(set(slugs) - {topic.slug for topic in topics}):
        raise DomainError("topic_unknown", topics=unknown)
    have = set(stored.influencer.topics.values_list("slug", flat=True))
    if have != set(slugs):
        stored.influencer.topics.set(topics)
        stored.changes["topics"] = [sorted(have), sorted(slugs)]


def _add_address(stored: Stored, row: InfluencerRow) -> None:
    """What is recorded about one that is theirs already is changed on purpose (addresses.correct), never by the way."""
    key = canonical_email(row.email)
    if Address.objects.filter(influencer=stored.influencer, email_key=key).exists():
        return
    kind = row.email_kind or Address.Kind.PERSONAL
    basis = row.basis if row.basis != Address.Basis.CONSENT else Address.Basis.UNKNOWN  # recorded with its proof only
    addresses.add(influencer=stored.influencer, email=row.email, kind=kind, basis=basis, source=row.email_source)
    said = {"addresses": kind, "email_source": row.email_source, "basis": basis}
    # Not the address itself: a timeline is read by more people than may see one.
    stored.changes |= {name: [None, value] for name, value in said.items() if value}


def _add_account(stored: Stored, reading: AccountReading, *, source: str, at: datetime) -> None:
    key, known = handle_key(reading.platform, reading.handle), SocialAccount.objects.filter(platform=reading.platform)
    same = Q(platform_id=reading.platform_id) if reading.platform_id else Q(pk=None)
    if account := known.filter(same | Q(handle_key=key)).first():
        if account.influencer_id != stored.influencer.pk:
            raise DomainError("account_taken")
        return
    SocialAccount.objects.create(
        influencer=stored.influencer,
        platform=reading.platform,
        handle=reading.handle,
        handle_key=key,
        platform_id=reading.platform_id or None,
        url=reading.url,
        source=source,
        observed_at=at,
    )
    stored.changes[f"{reading.platform}.handle"] = [None, reading.handle]
