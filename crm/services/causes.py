"""What we ask, of whom, and who should hear it."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from crm.errors import DomainError
from crm.formats.rows import CauseRow
from crm.models import AudienceTarget, Cause, Goal, Topic

_LISTS = ("languages", "countries", "hashtags", "conflicts", "platforms")


@dataclass
class Stored:
    """What storing one row did: `changes` maps a field to [old, new]."""

    cause: Cause
    verdict: str  # ImportRow.Verdict: created, updated, unchanged
    changes: dict[str, list[Any]] = field(default_factory=dict)


@transaction.atomic
def store(*, row: CauseRow) -> Stored:
    """Create or complete the cause a row speaks of, found by its slug. What the row leaves blank stays as it is.

    Raises DomainError: topic_unknown, cause_name_missing (a new cause has none).
    """
    topics = _topics(row)
    cause = Cause.objects.filter(slug=row.slug).first()
    if cause is None and not row.name:
        raise DomainError("cause_name_missing")
    stored = Stored(cause or Cause(slug=row.slug), "unchanged" if cause else "created")
    for name, value in _values(row).items():
        if getattr(stored.cause, name) != value:
            stored.changes[name] = [getattr(stored.cause, name), value]
            setattr(stored.cause, name, value)
    if stored.changes or stored.cause.pk is None:
        stored.cause.save()
    _store_topics(stored, topics)
    _store_targets(stored, row)
    _store_goals(stored, row)
    if stored.verdict == "unchanged" and stored.changes:
        stored.verdict = "updated"
    return stored


def check_rankable(cause: Cause) -> None:
    """Raises DomainError: cause_says_nothing, when there is neither a text nor a topic to rank by."""
    if not cause.description.strip() and not cause.topics.exists():
        raise DomainError("cause_says_nothing", cause=cause.slug)


def _values(row: CauseRow) -> dict[str, Any]:
    said: dict[str, Any] = {name: list(getattr(row, name)) for name in _LISTS if getattr(row, name)}
    return said | {name: value for name in ("name", "description", "website") if (value := getattr(row, name))}


def _topics(row: CauseRow) -> list[Topic]:
    topics = list(Topic.objects.filter(slug__in=row.topics))
    if unknown := sorted(set(row.topics) - {topic.slug for topic in topics}):
        raise DomainError("topic_unknown", topics=unknown)
    return topics


def _store_topics(stored: Stored, topics: list[Topic]) -> None:
    have = set(stored.cause.topics.values_list("slug", flat=True))
    want = {topic.slug for topic in topics}
    if want and want != have:
        stored.cause.topics.set(topics)
        stored.changes["topics"] = [sorted(have), sorted(want)]


def _store_targets(stored: Stored, row: CauseRow) -> None:
    want: dict[str, dict[str, float | None]] = {}
    for target in row.audience:
        want.setdefault(target.dimension, {})[target.key] = target.share
    for dimension, shares in want.items():
        rows = stored.cause.targets.filter(dimension=dimension)
        have = dict(rows.values_list("key", "share"))
        if have == shares:
            continue
        rows.delete()
        AudienceTarget.objects.bulk_create(
            AudienceTarget(cause=stored.cause, dimension=dimension, key=key, share=share)
            for key, share in shares.items()
        )
        stored.changes[f"audience.{dimension}"] = [have, shares]


def _store_goals(stored: Stored, row: CauseRow) -> None:
    for goal in row.goals:
        want = {"quantity": goal.quantity, "amount_minor": goal.amount_minor}
        known, is_new = Goal.objects.get_or_create(
            cause=stored.cause, kind=goal.kind, currency=goal.currency or "", defaults=want
        )
        have = {"quantity": known.quantity, "amount_minor": known.amount_minor}
        if is_new or have != want:
            Goal.objects.filter(pk=known.pk).update(**want)
            stored.changes[f"goal.{goal.kind}"] = [None if is_new else have, want]
