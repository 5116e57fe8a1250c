"""Facts the ranker learns from, as they become known: what staff judged, and what came of asking. Light: no ranking."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import uuid4

from django.db import transaction

from crm.errors import DomainError
from crm.models import Cause, Influencer, User
from matching.models import Match, RelevanceLabel

MAX_NOTE: Final = 300  # characters
_KIND, _SIDE = RelevanceLabel.Kind, RelevanceLabel.Side
# 0 to 3, as outreach grades outcomes: 0 is a no, 2 a yes. 3 is for what was done, which no verdict knows.
_GRADES: Final[Mapping[str, int]] = MappingProxyType({_KIND.FIT: 2, _KIND.NOT_FIT: 0, _KIND.CONFLICT: 0})
_ACCEPTS = frozenset({_KIND.ACCEPTED, _KIND.DECLINED, _KIND.NO_ANSWER})


def record(
    *,
    cause: Cause,
    influencer: Influencer,
    kind: str,
    origin: str,
    at: datetime,
    side: str = "",
    about: str = "",
    grade: int | None = None,
    reason: str = "",
    note: str = "",
    actions: float | None = None,
    reached: int | None = None,
    match: Match | None = None,
    by: User | None = None,
) -> tuple[RelevanceLabel, bool]:
    """Write one fact down, once: (row, is it new). The same `origin` again changes nothing.

    `at`: when it became known. `side`: of what is withdrawn; every other kind has its own.
    """
    own = _SIDE.ACCEPTS if kind in _ACCEPTS else _SIDE.WANTS
    return RelevanceLabel.objects.get_or_create(
        origin=origin,
        defaults={
            "cause": cause,
            "influencer": influencer,
            "side": side or own,
            "kind": kind,
            "about": about,
            "grade": grade,
            "reason": reason,
            "note": note,
            "actions": actions,
            "reached": reached,
            "match": match,
            "by": by,
            "at": at,
        },
    )


def withdraw_about(*, label: RelevanceLabel, at: datetime, by: User | None = None) -> RelevanceLabel:
    """What this fact said holds no longer, and nothing takes its place. Taking it back twice is doing it once."""
    withdrawn, _is_new = record(
        cause=label.cause,
        influencer=label.influencer,
        kind=_KIND.WITHDRAWN,
        side=label.side,
        about=label.about,
        origin=f"withdrawn:{label.public_id}",
        match=label.match,
        at=at,
        by=by,
    )
    return withdrawn


@transaction.atomic
def judge(
    *,
    cause: Cause,
    influencer: Influencer,
    verdict: str,
    by: User,
    at: datetime,
    reason: str = "",
    note: str = "",
    match: Match | None = None,
) -> tuple[RelevanceLabel, bool]:
    """What staff think of somebody for a cause: (row, is it new). The newest verdict holds; to judge alike again
    changes nothing. It leaves nobody out: that is what exclusions are for.

    Raises DomainError: verdict_unknown, verdict_reason_unknown, verdict_reason_misplaced (a reason for a yes),
    verdict_note_too_long (limit), person_erased.
    """
    note = note.strip()
    _check(verdict, reason, note)
    _hold(influencer)
    holds = verdict_on(cause=cause, influencer=influencer, at=at)
    if holds and (holds.kind, holds.reason, holds.note) == (verdict, reason, note):
        return holds, False
    return record(
        cause=cause,
        influencer=influencer,
        kind=verdict,
        origin=f"verdict:{uuid4()}",
        grade=_GRADES[verdict],
        reason=reason,
        note=note,
        match=match,
        at=at,
        by=by,
    )


@transaction.atomic
def withdraw(*, cause: Cause, influencer: Influencer, by: User, at: datetime) -> RelevanceLabel | None:
    """Take back the verdict that holds; it, or None where none does any more. Raises DomainError: person_erased."""
    _hold(influencer)
    holds = verdict_on(cause=cause, influencer=influencer, at=at)
    if holds:
        withdraw_about(label=holds, at=at, by=by)
    return holds


def verdict_on(*, cause: Cause, influencer: Influencer, at: datetime) -> RelevanceLabel | None:
    return verdicts_on(cause=cause, people=[influencer.pk], at=at).get(influencer.pk)


def verdicts_on(*, cause: Cause, people: Iterable[int], at: datetime) -> dict[int, RelevanceLabel]:
    """The verdict that holds for each of these people, by their ids, with who gave it; those who have one."""
    judged = RelevanceLabel.objects.verdicts().filter(cause=cause, influencer__in=list(people)).known(at=at)
    return {label.influencer_id: label for label in judged.select_related("by")}


def _check(verdict: str, reason: str, note: str) -> None:
    if verdict not in RelevanceLabel.VERDICTS:
        raise DomainError("verdict_unknown", verdict=verdict, known=list(map(str, RelevanceLabel.VERDICTS)))
    if reason and reason not in RelevanceLabel.Reason.values:
        raise DomainError("verdict_reason_unknown", reason=reason, known=RelevanceLabel.Reason.values)
    if reason and verdict not in RelevanceLabel.AGAINST:
        raise DomainError("verdict_reason_misplaced")
    if len(note) > MAX_NOTE:
        raise DomainError("verdict_note_too_long", limit=MAX_NOTE)


def _hold(influencer: Influencer) -> None:
    """Of two who judge the same person at once, one waits; and a merge or an erasure comes before or after, whole."""
    if not Influencer.objects.select_for_update(no_key=True).filter(pk=influencer.pk).exists():
        raise DomainError("person_erased")
