"""An import taken back, while nothing has been built on what it brought."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, Subquery

from crm.errors import DomainError
from crm.handles import handle_key, sort_key
from crm.models import (
    AccountDay,
    AccountHandle,
    AccountSnapshot,
    Activity,
    Address,
    AudienceShare,
    AuditEvent,
    ImportBatch,
    ImportRow,
    Influencer,
    Merge,
    Platform,
    Post,
    Representation,
    SocialAccount,
    Topic,
    User,
)
from crm.services import activity, identity
from crm.services.bulk import lists

_ROOTS: tuple[type[Model], ...] = (Influencer, SocialAccount, Address)
_TELL_OF_THEM = {Activity, AuditEvent, ImportRow, ImportBatch, AccountHandle}  # go with what they tell of
_OF_ACCOUNTS = ("handle", "platform_id", "url", "followers", "engagement_rate")
_OF_PEOPLE = (
    *("external_id", "name", "kind", "languages", "country", "city", "timezone", "bio", "notes", "hashtags"),
    "interests",
)


@transaction.atomic
def undo(*, batch: ImportBatch, by: User, at: datetime) -> None:
    """Whom it made is not there any more, and what it changed is as before.

    Figures of posts and days that were known before keep their newer values.
    Raises DomainError: import_not_stored; import_built_upon (what: labels of the models whose rows rest on it).
    """
    identity.keep()
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.state != ImportBatch.State.COMMITTED or locked.subject != ImportBatch.Subject.INFLUENCERS:
        raise DomainError("import_not_stored")
    _hold(locked)
    if what := sorted(_built_upon(locked)):
        raise DomainError("import_built_upon", what=what)
    touched = _restore(locked)
    looked_at = list(AccountSnapshot.objects.filter(batch=locked).values_list("account", flat=True))
    for model in (Post, AccountDay, AudienceShare, AccountSnapshot, Address, SocialAccount, Influencer):
        model._default_manager.filter(batch=locked).delete()
    _date(looked_at)
    lists.refresh(touched)
    for person in Influencer.objects.filter(pk__in=touched):
        activity.record(influencer=person, kind="import_undone", at=at, by=by, source=locked.filename)
    ImportBatch.objects.filter(pk=locked.pk).update(state=ImportBatch.State.UNDONE, finished_at=at)


def _hold(batch: ImportBatch) -> None:
    """In the order of the house: addresses, then people, and those they speak for, as lists.hold does."""
    changed = _changed(batch).values("influencer")
    spoken_for = Representation.objects.filter(agent__in=changed).values("influencer")
    people = Influencer.objects.filter(Q(batch=batch) | Q(pk__in=changed) | Q(pk__in=spoken_for))
    addresses = Address.objects.filter(influencer__in=people.values("pk"))
    for rows in (addresses, people):
        list(rows.select_for_update().order_by("pk").values_list("pk"))


def _changed(batch: ImportBatch) -> Any:
    return batch.rows.filter(verdict=ImportRow.Verdict.UPDATED, influencer__isnull=False)


def _built_upon(batch: ImportBatch) -> Iterator[str]:
    """Rows of any app that speak of what the import made, and that it did not bring itself."""
    for root in _ROOTS:
        for relation in root._meta.related_objects:
            other: Any = relation.related_model
            if other in _TELL_OF_THEM:
                continue
            rows = other._default_manager.filter(**{f"{relation.field.name}__batch": batch})
            if any(field.name == "batch" for field in other._meta.fields):
                rows = rows.exclude(batch=batch)
            if rows.exists():
                yield other._meta.label_lower
    # Rows of one person that became another's would go with whom they are not of, and could not be given back.
    people = batch.rows.filter(influencer__isnull=False).values("influencer")
    if Merge.objects.standing().filter(winner__in=people, at__gte=batch.finished_at).exists():
        yield "crm.merge"
    by_hand = Activity.objects.filter(influencer__batch=batch, by__isnull=False)
    if by_hand.exclude(kind__in=["merged", "unmerged"]).exists():
        yield "crm.activity"


def _restore(batch: ImportBatch) -> set[int]:
    """Everybody it changed and did not make, as they were; who that is."""
    touched: set[int] = set()
    seen: set[tuple[int, str]] = set()
    rows = _changed(batch).exclude(influencer__batch=batch).select_related("influencer").order_by("-line")
    for row in rows.iterator(chunk_size=500):
        person = row.influencer
        assert person is not None
        for field, (old, new) in row.changes.items():
            is_last = (person.pk, field) not in seen
            seen.add((person.pk, field))
            _take_back(Influencer.objects.get(pk=person.pk), field, old, new, batch=batch, is_last=is_last)
        _blank(person, row.changes, batch=batch)
        touched.add(person.pk)
    return touched


def _take_back(person: Influencer, field: str, old: Any, new: Any, *, batch: ImportBatch, is_last: bool) -> None:
    """One field. The last thing the file said of it must still stand there, or somebody has worked on it since."""
    platform, _dot, name = field.partition(".")
    if field in _OF_PEOPLE:
        _put(person, field, old, new, must_stand=is_last)
    elif field == "topics":
        if is_last and sorted(person.topics.values_list("slug", flat=True)) != new:
            raise DomainError("import_built_upon", what=["crm.influencer"])
        person.topics.set(Topic.objects.filter(slug__in=old))
    elif platform in Platform.values and name in _OF_ACCOUNTS:
        accounts = SocialAccount.objects.filter(influencer=person, platform=platform).exclude(batch=batch)
        account = next((each for each in accounts if getattr(each, name) == new), None)
        if account is not None:
            _put(account, name, old, new, must_stand=False)
        elif old is not None and is_last:  # without an old value it is an account that the import brought
            raise DomainError("import_built_upon", what=["crm.socialaccount"])


def _blank(person: Influencer, changes: dict[str, Any], *, batch: ImportBatch) -> None:
    """What a row added to a reading that the same file, as it was before, had brought."""
    for field, (_old, new) in changes.items():
        platform, _dot, name = field.partition(".")
        if name == "credible_share":
            day = datetime.fromisoformat(changes[f"{platform}.snapshot"][1]).replace(tzinfo=UTC)
            that_day = {"observed_at__gte": day, "observed_at__lt": day + timedelta(days=1)}
            whose = {"account__influencer": person, "account__platform": platform, "source": batch.filename[:200]}
            completed = AccountSnapshot.objects.filter(**that_day, **whose, credible_share=new)
            completed.exclude(batch=batch).update(credible_share=None)


def _date(accounts: list[int]) -> None:
    """Accounts that the import looked at say when, and in what, they were looked at before."""
    before = AccountSnapshot.objects.filter(account=OuterRef("pk")).order_by("-observed_at", "-pk")
    SocialAccount.objects.filter(Exists(before), pk__in=accounts).update(
        observed_at=Subquery(before.values("observed_at")[:1]), source=Subquery(before.values("source")[:1])
    )


def _put(row: Influencer | SocialAccount, field: str, old: Any, new: Any, *, must_stand: bool) -> None:
    if must_stand and getattr(row, field) != new:
        raise DomainError("import_built_upon", what=[row._meta.label_lower])
    setattr(row, field, old)
    if isinstance(row, Influencer) and field == "name":
        row.sort_name = sort_key(old)[:200]
    if isinstance(row, SocialAccount) and field == "handle":
        row.handle_key = handle_key(row.platform, old)
        AccountHandle.objects.filter(account=row, handle=old).delete()
    row.save()
