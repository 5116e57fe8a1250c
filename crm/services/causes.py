"""What we ask, of whom, and who should hear it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from crm.errors import DomainError
from crm.formats.cells import slug_of
from crm.formats.rows import CauseRow, GoalReading
from crm.models import AudienceShare, AudienceTarget, Cause, Goal, HashtagPick, Topic
from crm.services import topics

# Whoever lets first messages go says for which causes that is theirs to do; an app above holds everybody to it.
MAY_ASK_APPROVAL = "outreach.approve_first_contact"
_LISTS = ("languages", "countries", "hashtags", "conflicts", "platforms", "values", "link_hosts")
_TEXTS = ("name", "description", "website", "tone", "transparency", "transparency_source")


@dataclass
class Stored:
    """What storing one row did: `changes` maps a field to [old, new]."""

    cause: Cause
    verdict: str  # ImportRow.Verdict: created, updated, unchanged
    changes: dict[str, list[Any]] = field(default_factory=dict)


@transaction.atomic
def store(*, row: CauseRow) -> Stored:
    """Create or complete the cause a row speaks of, found by its slug. What the row leaves blank stays as it is.

    Raises DomainError: topic_unknown, transparency_without_source, cause_name_missing (a new cause has none).
    """
    chosen = _topics(row)
    cause = Cause.objects.filter(slug=row.slug).first()
    if cause is None and not row.name:
        raise DomainError("cause_name_missing")
    stored = Stored(cause or Cause(slug=row.slug), "unchanged" if cause else "created")
    _set_columns(stored, _values(row))
    if chosen:
        _set_topics(stored, chosen)
    for dimension, shares in _audience(row).items():
        _set_targets(stored, dimension, shares)
    for goal in row.goals:
        _set_goal(stored, goal, {name: value for name, value in _wanted(goal).items() if name != "due_date" or value})
    return _settled(stored)


@transaction.atomic
def write(*, cause: Cause | None, brief: CauseRow) -> Stored:
    """Make a cause (None), or let one say exactly what the brief says: what is blank there is cleared.

    A blank short name is made from the name, or stays as it is.
    Raises DomainError: name_blank, cause_slug_taken (slug), topic_unknown (topics), goal_repeated (kind),
    transparency_without_source.
    """
    if not brief.name.strip():
        raise DomainError("name_blank")
    chosen = _topics(brief)
    stored = Stored(cause or Cause(), "unchanged" if cause else "created")
    values: dict[str, Any] = {name: list(getattr(brief, name)) for name in _LISTS}
    texts = {name: getattr(brief, name) for name in _TEXTS}
    _set_columns(stored, values | texts | _asks_approval(brief) | {"slug": _slug(cause, brief)})
    _set_topics(stored, chosen)
    audience = _audience(brief)
    for dimension in AudienceShare.Dimension.values:
        _set_targets(stored, dimension, audience.get(dimension, {}))
    _set_goals(stored, brief)
    return _settled(stored)


def check_rankable(cause: Cause) -> None:
    """Raises DomainError: cause_says_nothing, when there is neither a text nor a topic to rank by."""
    if not cause.description.strip() and not cause.topics.exists():
        raise DomainError("cause_says_nothing", cause=cause.slug)


def unsaid(cause: Cause) -> list[str]:
    """What a brief leaves open, as codes: nobody is ranked, counted or held back by what it does not say."""
    dimensions = {target.dimension for target in cause.targets.all()}
    said = {
        "description": bool(cause.description.strip()),
        "topics": bool(cause.topics.all()),
        "languages": bool(cause.languages),
        "countries": bool(cause.countries) or "country" in dimensions,
        "audience": bool(dimensions & {"age", "gender", "interest"}),
        "hashtags": bool(cause.hashtags),
        "goals": bool(cause.goals.all()),
        "conflicts": bool(cause.conflicts),
        "transparency": bool(cause.transparency.strip()),
    }
    return [name for name, is_said in said.items() if not is_said]


def _values(row: CauseRow) -> dict[str, Any]:
    """The columns a row has something to say about."""
    said: dict[str, Any] = {name: list(getattr(row, name)) for name in _LISTS if getattr(row, name)}
    return said | {name: value for name in _TEXTS if (value := getattr(row, name))} | _asks_approval(row)


def _asks_approval(row: CauseRow) -> dict[str, Any]:
    """Whether a manager approves first messages, where the row says anything of that."""
    return {} if row.asks_approval is None else {"asks_approval": row.asks_approval}


def _topics(row: CauseRow) -> list[Topic]:
    named = {word: topic for word, topic in topics.named(row.topics).items() if topic.kind == Topic.Kind.CONCERN}
    if unknown := sorted(set(row.topics) - named.keys()):
        raise DomainError("topic_unknown", topics=unknown)
    return list(named.values())


def _audience(row: CauseRow) -> dict[str, dict[str, float | None]]:
    said: dict[str, dict[str, float | None]] = {}
    for target in row.audience:
        said.setdefault(target.dimension, {})[target.key] = target.share
    return said


def _slug(cause: Cause | None, brief: CauseRow) -> str:
    """The short name that was asked for; without one, the present one, or the first free one made from the name."""
    others = Cause.objects.exclude(pk=cause.pk) if cause else Cause.objects.all()
    if brief.slug:
        if others.filter(slug=brief.slug).exists():
            raise DomainError("cause_slug_taken", slug=brief.slug)
        return brief.slug
    if cause:
        return cause.slug
    made = slug_of(brief.name)
    taken = set(others.filter(slug__startswith=made).values_list("slug", flat=True))
    numbered = (f"{made}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (made, *numbered) if slug not in taken)


def _set_columns(stored: Stored, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if getattr(stored.cause, name) != value:
            stored.changes[name] = [getattr(stored.cause, name), value]
            setattr(stored.cause, name, value)
    if stored.cause.transparency.strip() and not stored.cause.transparency_source.strip():
        raise DomainError("transparency_without_source")
    if stored.changes or stored.cause.pk is None:
        try:
            with transaction.atomic():
                stored.cause.save()
        except IntegrityError as error:  # somebody took the short name since we looked
            if "slug" not in str(error):
                raise
            raise DomainError("cause_slug_taken", slug=stored.cause.slug) from error
    if "hashtags" in stored.changes:
        HashtagPick.objects.filter(cause=stored.cause).exclude(hashtag__in=stored.cause.hashtags).delete()


def _set_topics(stored: Stored, topics: list[Topic]) -> None:
    have = set(stored.cause.topics.values_list("slug", flat=True))
    want = {topic.slug for topic in topics}
    if want != have:
        stored.cause.topics.set(topics)
        stored.changes["topics"] = [sorted(have), sorted(want)]


def _set_targets(stored: Stored, dimension: str, shares: dict[str, float | None]) -> None:
    rows = stored.cause.targets.filter(dimension=dimension)
    have = dict(rows.values_list("key", "share"))
    if have == shares:
        return
    rows.delete()
    AudienceTarget.objects.bulk_create(
        AudienceTarget(cause=stored.cause, dimension=dimension, key=key, share=share) for key, share in shares.items()
    )
    stored.changes[f"audience.{dimension}"] = [have, shares]


def _set_goals(stored: Stored, brief: CauseRow) -> None:
    """These goals and no others."""
    units = [(goal.kind, goal.currency) for goal in brief.goals]
    if twice := [kind for kind, currency in units if units.count((kind, currency)) > 1]:
        raise DomainError("goal_repeated", kind=twice[0])
    for known in stored.cause.goals.all():
        if (known.kind, known.currency) not in units:
            known.delete()
            stored.changes[f"goal.{known.kind}"] = [_plain(_wanted(known)), None]
    for goal in brief.goals:
        _set_goal(stored, goal, _wanted(goal))


def _wanted(goal: Goal | GoalReading) -> dict[str, Any]:
    return {"quantity": goal.quantity, "amount_minor": goal.amount_minor, "due_date": goal.due_date}


def _plain(wanted: dict[str, Any]) -> dict[str, Any]:
    """As it can be kept with the verdict on a row."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in wanted.items()}


def _set_goal(stored: Stored, goal: GoalReading, want: dict[str, Any]) -> None:
    known, is_new = Goal.objects.get_or_create(
        cause=stored.cause, kind=goal.kind, currency=goal.currency or "", defaults=want
    )
    have = {name: getattr(known, name) for name in want}
    if is_new or have != want:
        Goal.objects.filter(pk=known.pk).update(**want)
        stored.changes[f"goal.{goal.kind}"] = [None if is_new else _plain(have), _plain(want)]


def _settled(stored: Stored) -> Stored:
    if stored.verdict == "unchanged" and stored.changes:
        stored.verdict = "updated"
    return stored
