"""People, brands and agencies: found again, created, changed. One code path for files, forms and the API."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Q

from crm.errors import DomainError
from crm.formats.rows import AccountReading, InfluencerRow, Parsed
from crm.handles import canonical_email, handle_key
from crm.models import AccountSnapshot, Address, AudienceShare, Influencer, SocialAccount, Topic, User
from crm.services import activity, addresses, erased, identity
from crm.services.bulk import lists, staging, verdicts
from crm.services.bulk.run import applied

_SNAPSHOT_FIELDS = (
    "followers",
    "following",
    "posts",
    "avg_engagements",
    "avg_likes",
    "avg_comments",
    "avg_shares",
    "avg_views",
    "engagement_rate",
)
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
def change(*, influencer: Influencer, profile: InfluencerRow, source: str, at: datetime, by: User) -> Stored:
    """Let a person's page say exactly what the profile says: what is blank there is cleared, its topics are the topics.

    Their id elsewhere and their interests stay; an e-mail address or an account that stands in the profile is added.
    Raises DomainError: name_blank, topic_unknown (topics), email_invalid, address_taken, account_taken, person_erased,
    person_erased_before (on), when an address or account is of somebody else who was erased.
    """
    identity.keep()
    erased.check(profile)
    locked = Influencer.objects.present().select_for_update().filter(pk=influencer.pk).first()
    if locked is None:
        raise DomainError("person_erased")
    if not profile.name.strip():
        raise DomainError("name_blank")
    stored = Stored(locked, "unchanged")
    plain = {name: getattr(profile, name) for name in ("name", *_PLAIN_FIELDS)}
    _set_columns(stored, plain | {"languages": list(profile.languages), "hashtags": list(profile.hashtags)})
    _set_topics(stored, profile.topics)
    if profile.email:
        _store_address(stored, profile)
    for reading in profile.accounts:
        known = _find_account(reading)
        if known and known.influencer_id != locked.pk:
            raise DomainError("account_taken")
        _store_account(stored, reading, source=source, at=at)
    if stored.changes:
        stored.verdict = "updated"
        _tell(stored, at=at, by=by, source=source)
        refresh_search(locked)
    return stored


def refresh_search(influencer: Influencer) -> None:
    """Keep what lists are searched, narrowed and sorted by."""
    lists.refresh([influencer.pk])


def _find_account(reading: AccountReading) -> SocialAccount | None:
    accounts = SocialAccount.objects.select_related("influencer").filter(platform=reading.platform)
    if reading.platform_id and (known := accounts.filter(platform_id=reading.platform_id).first()):
        return known
    if not reading.handle:
        return None
    same_id = Q(platform_id=None) | Q(platform_id=reading.platform_id) if reading.platform_id else Q()
    return accounts.filter(same_id, handle_key=handle_key(reading.platform, reading.handle)).first()


def _tell(stored: Stored, *, at: datetime, by: User | None, source: str) -> None:
    kind, fields = "edited" if by else "updated", sorted(stored.changes)
    activity.record(influencer=stored.influencer, kind=kind, at=at, by=by, source=source, fields=fields)


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


def _store_address(stored: Stored, row: InfluencerRow) -> None:
    key = canonical_email(row.email)
    if known := Address.objects.filter(email_key=key).first():
        if known.influencer_id != stored.influencer.pk:
            raise DomainError("address_taken", influencer=str(known.influencer.public_id))
        return  # what is recorded about an address is changed on purpose (addresses.correct), never by the way
    basis = row.basis
    if basis == Address.Basis.CONSENT:
        basis = Address.Basis.UNKNOWN
        stored.remarks.append({"column": "basis", "code": "consent_not_imported", "params": {}})
    addresses.add(
        influencer=stored.influencer,
        email=row.email,
        kind=row.email_kind or Address.Kind.PERSONAL,
        basis=basis,
        source=row.email_source,  # a file name does not tell a person where we have their address from
    )
    kind = row.email_kind or Address.Kind.PERSONAL
    said = {"addresses": kind, "email_source": row.email_source, "basis": basis}
    # Not the address itself: an import is read by more people than may see one.
    stored.changes |= {name: [None, value] for name, value in said.items() if value}
    if kind == Address.Kind.PERSONAL:
        return  # never written to without consent, which no file brings
    missing = {"email_source": row.email_source, "basis": basis}
    stored.remarks += [
        {"column": column, "code": f"address_without_{column}", "params": {}}
        for column, said in missing.items()
        if not said
    ]


def _store_account(stored: Stored, reading: AccountReading, *, source: str, at: datetime) -> None:
    account = _find_account(reading)
    if account is None:
        account = SocialAccount(influencer=stored.influencer, platform=reading.platform)
    observed_at = _instant(reading, at)
    changes = _account_changes(account, reading)
    is_newer = account.observed_at is None or observed_at >= account.observed_at
    if not is_newer:
        changes = {name: change for name, change in changes.items() if name not in {"followers", "engagement_rate"}}
    figures = {name: getattr(reading, name) for name in _SNAPSHOT_FIELDS if getattr(reading, name) is not None}
    is_told_again = account.pk and not reading.observed_at and _says_the_same(account, figures)
    for name, (_, new) in changes.items():
        setattr(account, name, new)
    if changes or (figures and not is_told_again and is_newer and account.observed_at != observed_at):
        account.handle_key = handle_key(account.platform, account.handle)
        account.source = source
        account.observed_at = max(filter(None, [account.observed_at, observed_at]))
        account.save()
    stored.changes |= {f"{reading.platform}.{name}": change for name, change in changes.items()}
    if figures and not is_told_again:
        _snapshot, is_new = AccountSnapshot.objects.get_or_create(
            account=account, observed_at=observed_at, source=source, defaults=figures
        )
        if is_new and not changes:
            stored.changes[f"{reading.platform}.snapshot"] = [None, observed_at.date().isoformat()]
    _store_audience(stored, account, reading, source=source, observed_at=observed_at)


def _account_changes(account: SocialAccount, reading: AccountReading) -> dict[str, list[Any]]:
    names = ("handle", "platform_id", "url", "followers", "engagement_rate")
    said = {name: value for name in names if (value := getattr(reading, name)) not in (None, "")}
    return {name: [getattr(account, name), value] for name, value in said.items() if getattr(account, name) != value}


def _says_the_same(account: SocialAccount, figures: dict[str, Any]) -> bool:
    """An undated reading is news only when it differs from the newest snapshot."""
    newest = account.snapshots.order_by("-observed_at").first()
    return newest is not None and all(getattr(newest, name) == value for name, value in figures.items())


def _store_audience(
    stored: Stored, account: SocialAccount, reading: AccountReading, *, source: str, observed_at: datetime
) -> None:
    said: dict[str, dict[str, float | None]] = {}
    for share in reading.audience:
        said.setdefault(share.dimension, {})[share.key] = share.share
    for dimension, shares in said.items():
        rows = account.audience.filter(dimension=dimension)
        newest = rows.order_by("-observed_at").values_list("observed_at", flat=True).first()
        have = dict(rows.filter(observed_at=newest).values_list("key", "share")) if newest else {}
        if have == shares:
            continue
        AudienceShare.objects.bulk_create(
            [
                AudienceShare(
                    account=account, dimension=dimension, key=key, share=share, observed_at=observed_at, source=source
                )
                for key, share in shares.items()
            ],
            update_conflicts=True,
            unique_fields=["account", "dimension", "key", "observed_at"],
            update_fields=["share", "source"],
        )
        stored.changes[f"{reading.platform}.audience.{dimension}"] = [have, shares]


def _instant(reading: AccountReading, at: datetime) -> datetime:
    """When a reading was true: the instant or the day it names, else now."""
    if reading.observed_at is None:
        return at
    if isinstance(reading.observed_at, datetime):
        return reading.observed_at
    return datetime.combine(reading.observed_at, time.min, tzinfo=UTC)
