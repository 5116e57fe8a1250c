"""Building a ranked list. Worker only: this imports scikit-learn."""

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from psycopg.errors import ForeignKeyViolation

from crm.errors import DomainError
from crm.models import Cause, Influencer, VettingCheck
from crm.services.causes import check_rankable
from matching.columns import causes, profiles, rows
from matching.models import LeftOut, Match, MatchList, RankerVersion
from matching.ranking.explain import Explanation
from matching.ranking.ranker import Ranker
from matching.ranking.scorecard import scorecard
from matching.ranking.text import TextSpace
from matching.services import conflicts, exclusions, rankers
from matching.services import weights as cause_weights

_Findings = dict[int, list[dict[str, Any]]]
_LEASE = timedelta(minutes=15)
_SPREAD_STEPS = 48
_BATCH = 1_000  # rows a statement
_log = logging.getLogger(__name__)


def build(*, match_list: MatchList, at: datetime) -> None:
    """Rank everybody who may be considered and store the list, once. A list that cannot be ranked says why."""
    free = MatchList.objects.due(at=at).order_by().filter(pk=match_list.pk)
    if not free.update(lease_until=at + _LEASE):
        return
    match_list.refresh_from_db()
    try:
        _build(match_list, at=at)
    except DomainError as error:
        MatchList.objects.filter(pk=match_list.pk).update(
            state=MatchList.State.FAILED,
            error={"code": error.code, "params": error.params},
            lease_until=None,
        )
    except IntegrityError as error:
        if not isinstance(error.__cause__, ForeignKeyViolation):
            raise
        # Somebody who was ranked is not there any more: the next sweep ranks those who are.
        _log.warning("match list %s waits to be ranked again: somebody in it is gone", match_list.pk)
        MatchList.objects.filter(pk=match_list.pk).update(lease_until=None)


def serving(*, at: datetime, cause: Cause) -> tuple[RankerVersion, Ranker]:
    """The ranker in use; while that is the starting scorecard, a cause with weights of its own has one made of them."""
    version, ranker = rankers.serving(at=at)
    if version.kind != RankerVersion.Kind.SCORECARD or not (own := cause_weights.of(cause=cause)):
        return version, ranker
    ranker = scorecard(own)
    return rankers.keep(ranker, kind=RankerVersion.Kind.SCORECARD, at=at, weights=own), ranker


def _build(match_list: MatchList, *, at: datetime) -> None:
    check_rankable(match_list.cause)
    people, left_out = _considered(match_list)
    if not people:
        raise DomainError("nobody_to_rank")
    conflicting, warned = _conflicts(match_list, people)
    people = [pk for pk in people if pk not in conflicting]
    if not people:
        raise DomainError("everybody_conflicts")
    if conflicting:
        left_out["conflict"] = len(conflicting)
    everybody = profiles.of(Influencer.objects.all(), at=match_list.as_of)
    is_considered = np.isin(everybody.ids, people)
    # The text space is that of everybody: a filter leaves people out, it never changes the score of the others.
    texts = TextSpace.fit(everybody.texts).take(is_considered)
    candidates = everybody.take(is_considered)
    version, ranker = serving(at=at, cause=match_list.cause)
    profile = causes.profile(match_list.cause)
    ranking = ranker.rank(candidates, profile, texts, top=match_list.limit)
    rests_on = rows.of(ranking.ids.tolist(), profile, at=match_list.as_of)
    low, high, counts = ranking.spread(_SPREAD_STEPS)
    with transaction.atomic():
        left = (LeftOut(match_list=match_list, influencer_id=pk, findings=found) for pk, found in conflicting.items())
        LeftOut.objects.bulk_create(left, batch_size=_BATCH)
        matches = (_match(match_list, ranking.explanation(n), warned, rests_on) for n in range(len(ranking)))
        Match.objects.bulk_create(matches, batch_size=_BATCH)
        MatchList.objects.filter(pk=match_list.pk).update(
            state=MatchList.State.READY,
            ranker=version,
            considered=len(candidates),
            left_out=left_out,
            spread={"low": low, "high": high, "counts": counts},
            cause_missing=list(ranking.cause_missing),
            weight=ranking.weight(),
            ready_at=at,
            lease_until=None,
        )


def _considered(match_list: MatchList) -> tuple[list[int], dict[str, int]]:
    """Ids of whom to rank, and how many were left out for which reason: the first that holds."""
    everybody = Influencer.objects.all()
    newest = (
        VettingCheck.objects.filter(cause=match_list.cause)
        .order_by("influencer", "-at", "-pk")
        .distinct("influencer")
        .values_list("influencer_id", "verdict")
    )
    barred = exclusions.barred(cause=match_list.cause)
    refused = [pk for pk, verdict in newest if verdict == VettingCheck.Verdict.REFUSED and pk not in barred]
    allowed = everybody.exclude(pk__in=[*barred, *refused])
    wanted = _filtered(allowed, match_list)
    ids = list(wanted.values_list("pk", flat=True))
    left_out = {
        **Counter(barred.values()),
        "vetting_refused": everybody.filter(pk__in=refused).count(),
        "filtered": allowed.count() - len(ids),
    }
    return ids, {reason: number for reason, number in left_out.items() if number}


def _filtered(people: QuerySet[Influencer], match_list: MatchList) -> QuerySet[Influencer]:
    said = match_list.filters
    accounts = {
        "accounts__platform": said.get("platform"),
        "accounts__followers__gte": said.get("min_followers"),
        "accounts__followers__lte": said.get("max_followers"),
    }
    if on_one_account := {lookup: value for lookup, value in accounts.items() if value not in (None, "")}:
        people = people.filter(**on_one_account)
    if said.get("country"):
        people = people.filter(country=said["country"])
    if said.get("language"):
        people = people.filter(languages__contains=[said["language"]])
    return people.distinct()


def _conflicts(match_list: MatchList, people: list[int]) -> tuple[_Findings, _Findings]:
    """Who of these conflicts with the cause, and of whom one is only warned.

    Whom somebody looked at and cleared for this cause is never left out: a person's judgement goes before a word's.
    """
    found = conflicts.findings(cause=match_list.cause, people=people, at=match_list.as_of)
    cleared = set(
        Influencer.objects.with_clearance(cause=match_list.cause).filter(pk__in=found).values_list("pk", flat=True)
    )
    stored = {pk: [finding.as_dict() for finding in findings] for pk, findings in found.items()}
    hard = {pk for pk, findings in found.items() if pk not in cleared and any(one.is_hard for one in findings)}
    return {pk: stored[pk] for pk in stored if pk in hard}, {pk: stored[pk] for pk in stored if pk not in hard}


def _match(
    match_list: MatchList, explanation: Explanation, warned: _Findings, rests_on: Mapping[int, rows.Rows]
) -> Match:
    return Match(
        match_list=match_list,
        influencer_id=explanation.id,
        rank=explanation.rank,
        score=explanation.score,
        percentile=explanation.percentile,
        sides={
            side.side: {
                "intercept": side.intercept,
                "probability": side.probability,
                "contributions": dict(side.contributions),
            }
            for side in explanation.sides
        },
        warnings=warned.get(explanation.id, []),
        rows=rests_on[explanation.id],
        values={name: {"value": value.value, "basis": value.basis.code} for name, value in explanation.values.items()},
    )
