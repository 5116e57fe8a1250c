"""Building a ranked list, in the worker."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import numpy as np
from django.conf import settings
from django.db import IntegrityError, transaction
from psycopg.errors import ForeignKeyViolation

from crm.errors import DomainError
from crm.models import Cause, Influencer
from crm.services.causes import check_rankable
from matching.columns import causes, rows
from matching.models import LeftOut, Match, MatchList, RankerVersion
from matching.ranking import lots
from matching.ranking.arrays import Floats
from matching.ranking.candidates import CauseProfile
from matching.ranking.explain import Explanation
from matching.ranking.ranker import Ranker
from matching.ranking.scorecard import scorecard
from matching.ranking.snapshot.scan import scan
from matching.ranking.snapshot.standings import Standings
from matching.services import conflicts, considered, encoding, rankers, snapshot
from matching.services import weights as cause_weights

_Findings = dict[int, list[dict[str, Any]]]
_LEASE = timedelta(minutes=15)
_SPREAD_STEPS = 48
_NINE_OF_TEN = (0.05, 0.95)
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
    everybody = snapshot.refresh(at=match_list.as_of, beat=_lease(match_list, at))
    version, ranker = serving(at=at, cause=match_list.cause)
    profile = causes.profile(match_list.cause)
    vector = encoding.vector(everybody, profile.text)
    standings = scan(everybody, ranker, profile, left_out=considered.rules(match_list), vector=vector)
    if not len(standings):
        raise DomainError("nobody_to_rank")
    conflicting, warned = _conflicts(match_list, standings)
    standings = standings.without(np.array(list(conflicting), dtype=np.int64))
    if not len(standings):
        raise DomainError("everybody_conflicts")
    matches = _matches(match_list, standings, profile, version, warned)
    _store(match_list, standings, version=version, matches=matches, conflicting=conflicting, at=at)


def _matches(
    match_list: MatchList,
    standings: Standings,
    profile: CauseProfile,
    version: RankerVersion,
    warned: _Findings,
) -> list[Match]:
    """Who stands in the list, in its order."""
    reach = _reach(match_list)
    drawing = lots.draw(len(standings), match_list.limit, share=settings.RANDOMISED_SLOTS, seed=match_list.pk)
    explanations = standings.explanations(reach, drawing.standing)
    intervals = _intervals(standings.under(rankers.resamples(version), reach, drawing.standing))
    rests_on = rows.of([one.id for one in explanations], profile, at=match_list.as_of)
    return [
        _match(match_list, one, warned, rests_on, interval, propensity)
        for one, interval, propensity in zip(explanations, intervals, drawing.propensity.tolist(), strict=True)
    ]


@transaction.atomic
def _store(
    match_list: MatchList,
    standings: Standings,
    *,
    version: RankerVersion,
    matches: list[Match],
    conflicting: _Findings,
    at: datetime,
) -> None:
    if not MatchList.objects.select_for_update().filter(pk=match_list.pk, state=MatchList.State.REQUESTED):
        return  # another worker took this one for dead, and was quicker
    left = (LeftOut(match_list=match_list, influencer_id=pk, findings=found) for pk, found in conflicting.items())
    LeftOut.objects.bulk_create(left, batch_size=_BATCH)
    Match.objects.bulk_create(matches, batch_size=_BATCH)
    low, high, counts = standings.spread(_SPREAD_STEPS)
    MatchList.objects.filter(pk=match_list.pk).update(
        state=MatchList.State.READY,
        ranker=version,
        considered=len(standings),
        left_out={**standings.left_out, **({"conflict": len(conflicting)} if conflicting else {})},
        spread={"low": low, "high": high, "counts": counts},
        cause_missing=list(standings.cause_missing),
        weight=standings.weight(),
        ready_at=at,
        lease_until=None,
    )


def _lease(match_list: MatchList, at: datetime) -> Callable[[], None]:
    """Says that this worker is still at it: a new snapshot of many people takes longer than a lease."""
    began = monotonic()

    def renew() -> None:
        until = at + timedelta(seconds=monotonic() - began) + _LEASE
        MatchList.objects.filter(pk=match_list.pk, state=MatchList.State.REQUESTED).update(lease_until=until)

    return renew


def _reach(match_list: MatchList) -> int:
    """How far down somebody may rank who stands in this list."""
    return lots.reach(match_list.limit, settings.RANDOMISED_SLOTS)


def _conflicts(match_list: MatchList, standings: Standings) -> tuple[_Findings, _Findings]:
    """Who conflicts with the cause, and of whom one is only warned: of those who rank first, as far down as the list
    reaches, and of `conflicts.LOOKED_AT` at least. Whoever may be drawn by lot is among them.

    Whom somebody looked at and cleared for this cause is never left out: a person's judgement goes before a word's.
    """
    out: _Findings = {}
    warned: _Findings = {}
    looked, reach = 0, _reach(match_list)
    while looked < len(standings) and (looked < conflicts.LOOKED_AT or looked - len(out) < reach):
        people = standings.ids[standings.order(looked + conflicts.LOOKED_AT)][looked:].tolist()
        looked += len(people)
        found = conflicts.findings(cause=match_list.cause, people=people, at=match_list.as_of)
        cleared = set(
            Influencer.objects.with_clearance(cause=match_list.cause).filter(pk__in=found).values_list("pk", flat=True)
        )
        for pk, findings in found.items():
            is_out = pk not in cleared and any(one.is_hard for one in findings)
            (out if is_out else warned)[pk] = [finding.as_dict() for finding in findings]
    return out, warned


def _intervals(scores: Floats) -> list[tuple[float | None, float | None]]:
    """Of each person, where nine of ten of the scores (samples × people) lie; nothing where there are no samples."""
    if not len(scores):
        return [(None, None)] * scores.shape[1]
    low, high = np.quantile(scores, _NINE_OF_TEN, axis=0)
    return list(zip(low.tolist(), high.tolist(), strict=True))


def _match(
    match_list: MatchList,
    explanation: Explanation,
    warned: _Findings,
    rests_on: Mapping[int, rows.Rows],
    interval: tuple[float | None, float | None],
    propensity: float,
) -> Match:
    return Match(
        match_list=match_list,
        influencer_id=explanation.id,
        rank=explanation.rank,
        propensity=propensity,
        score=explanation.score,
        score_low=interval[0],
        score_high=interval[1],
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
