"""People, brands and agencies: found again, created, changed. One code path for files, forms and the API."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import Q

from crm.errors import DomainError
from crm.formats.rows import AccountReading, InfluencerRow
from crm.handles import canonical_email, fold, handle_key, sort_key
from crm.models import AccountSnapshot, Address, AudienceShare, Influencer, SocialAccount, Topic, User
from crm.services import activity, addresses, topics

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


def find(row: InfluencerRow) -> Influencer | None:
    """The person a row speaks of. Rules in this order: external id; e-mail; platform id; handle on its platform.

    An account with another platform id than the row's is somebody else, whatever its handle: handles are passed on.
    Raises DomainError: identity_conflict, when two rules name two people. Blank never matches blank.
    """
    found: list[tuple[str, Influencer]] = []
    if row.external_id and (known := Influencer.objects.filter(external_id=row.external_id).first()):
        found.append(("external_id", known))
    if row.email and (address := Address.objects.filter(email_key=canonical_email(row.email)).first()):
        found.append(("email", address.influencer))
    accounts = filter(None, map(_find_account, row.accounts))
    found += [("handle", account.influencer) for account in accounts]
    if len({influencer.pk for _rule, influencer in found}) > 1:
        raise DomainError("identity_conflict", columns=sorted({rule for rule, _influencer in found}))
    return found[0][1] if found else None


@transaction.atomic
def store(*, row: InfluencerRow, source: str, at: datetime, by: User | None = None) -> Stored:
    """Create or complete the person a row speaks of. What the row leaves blank stays as it is.

    `by`: who told us by hand; a file tells by itself. Never touches consent, suppressions, stages or vetting.
    Raises DomainError: identity_conflict, name_missing (somebody new has neither a name nor a handle).
    """
    influencer = find(row)
    if influencer is None:
        stored = _create(row)
        activity.record(influencer=stored.influencer, kind="added" if by else "imported", at=at, by=by, source=source)
    else:
        stored = Stored(influencer, "unchanged")
        _update(stored, row)
    _store_topics(stored, row)
    if row.email:
        _store_address(stored, row)
    for reading in row.accounts:
        _store_account(stored, reading, source=source, at=at)
    if stored.verdict == "unchanged" and stored.changes:
        stored.verdict = "updated"
        _tell(stored, at=at, by=by, source=source)
    if stored.verdict == "created" or stored.changes:
        refresh_search(stored.influencer)
    return stored


@transaction.atomic
def change(*, influencer: Influencer, profile: InfluencerRow, source: str, at: datetime, by: User) -> Stored:
    """Let a person's page say exactly what the profile says: what is blank there is cleared, its topics are the topics.

    Their id elsewhere and their interests stay; an e-mail address or an account that stands in the profile is added.
    Raises DomainError: name_blank, topic_unknown (topics), email_invalid, address_taken, account_taken, person_erased.
    """
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
    """Keep the normalised columns that lists sort and search by."""
    handles = influencer.accounts.order_by("pk").values_list("handle", flat=True)
    Influencer.objects.filter(pk=influencer.pk).update(
        sort_name=sort_key(influencer.name)[:200],
        search_text=fold(" ".join([influencer.name, *handles])),
    )


def _find_account(reading: AccountReading) -> SocialAccount | None:
    accounts = SocialAccount.objects.select_related("influencer").filter(platform=reading.platform)
    if reading.platform_id and (known := accounts.filter(platform_id=reading.platform_id).first()):
        return known
    if not reading.handle:
        return None
    same_id = Q(platform_id=None) | Q(platform_id=reading.platform_id) if reading.platform_id else Q()
    return accounts.filter(same_id, handle_key=handle_key(reading.platform, reading.handle)).first()


def _values(row: InfluencerRow) -> dict[str, Any]:
    """The columns a row has something to say about."""
    said: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN_FIELDS if getattr(row, name)}
    if row.external_id:
        said["external_id"] = row.external_id
    if row.name:
        said["name"] = row.name
    if row.languages:
        said["languages"] = list(row.languages)
    if row.hashtags:
        said["hashtags"] = list(row.hashtags)
    return said


def _create(row: InfluencerRow) -> Stored:
    said = _values(row)
    if "name" not in said:
        if not row.accounts:
            raise DomainError("name_missing")
        said["name"] = row.accounts[0].handle
    influencer = Influencer.objects.create(**said, sort_name=sort_key(said["name"])[:200])
    return Stored(influencer, "created", {name: [None, value] for name, value in said.items()})


def _update(stored: Stored, row: InfluencerRow) -> None:
    _set_columns(stored, _values(row))


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


def _store_topics(stored: Stored, row: InfluencerRow) -> None:
    """Words that name a known topic become topics; the others are kept as interests, as the source wrote them."""
    if not row.topics:
        return
    named = topics.named(row.topics)
    known = {topic.slug: topic for topic in named.values()}
    have = set(stored.influencer.topics.values_list("slug", flat=True))
    if added := [topic for slug, topic in known.items() if slug not in have]:
        stored.influencer.topics.add(*added)
        stored.changes["topics"] = [sorted(have), sorted(have | known.keys())]
    others = [word for word in row.topics if word not in named]
    interests = list(dict.fromkeys([*stored.influencer.interests, *others]))
    if others:
        stored.remarks.append({"column": "topics", "code": "topics_as_interests", "params": {"words": others}})
    if interests != stored.influencer.interests:
        stored.changes["interests"] = [stored.influencer.interests, interests]
        stored.influencer.interests = interests
        stored.influencer.save(update_fields=["interests", "updated_at"])


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
    stored.changes |= {
        name: [None, value] for name, value in said.items() if value
    }  # not the address itself: an import is read by more people than that
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
