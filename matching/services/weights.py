"""The starting scorecard's weights, moved for one cause within bounds. Light enough for the web.

They hold while the starting scorecard serves: a ranker that learned from outcomes has no such weights.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from django.db import transaction

from crm.errors import DomainError
from crm.models import Cause, User
from matching.models import CauseWeights, MatchList, RankerVersion
from matching.ranking import lots, manifest
from matching.ranking.moves import Move, matrix_of, moves
from matching.ranking.ranker import Ranker
from matching.ranking.schema import SCHEMA_VERSION
from matching.ranking.scorecard import WEIGHTS, scorecard

_MARK = 16  # letters of a digest


@dataclass(frozen=True)
class Preview:
    """What weights would do to the people of `match_list`, the newest of its cause: `moves`, as they would then stand.

    `is_as_listed`: before, they stand as in the list; where a learned ranker made it, as the cause's weights of today
    would have them. `outside`: how many were considered and do not stand in the list by rank. `drawn`: how many of them
    stand in it by lot. They are left aside, and keep their places; of the others nothing is kept to compute with.
    """

    match_list: MatchList
    is_as_listed: bool
    outside: int
    drawn: int
    moves: tuple[Move, ...]

    @property
    def moved(self) -> int:
        """How many change places."""
        return sum(move.places != 0 for move in self.moves)

    @property
    def bar(self) -> float:
        """The lowest score before: what it takes today to be in the list."""
        return min(move.score_before for move in self.moves)

    @property
    def below(self) -> tuple[Move, ...]:
        """Who would score lower than that, so that the next list may do without them: none where all are in it."""
        return tuple(move for move in self.moves if move.score_after < self.bar) if self.outside else ()

    def top(self, number: int) -> tuple[Move, ...]:
        """The first so many."""
        return tuple(move for move in self.moves if move.after <= number)

    def displaced(self, number: int) -> tuple[Move, ...]:
        """Who would be among the first so many no more."""
        gone = (move for move in self.moves if move.before <= number < move.after)
        return tuple(sorted(gone, key=lambda move: move.before))


def of(*, cause: Cause) -> dict[str, float]:
    """The cause's own weights, those that differ from the default; what later bounds do not allow is brought within."""
    held = CauseWeights.objects.filter(cause=cause).values_list("weights", flat=True).first() or {}
    within = {name: min(max(held[name], WEIGHTS[name].low), WEIGHTS[name].high) for name in held if name in WEIGHTS}
    return differing(within)


def is_scorecard_serving() -> bool:
    """Whether the starting scorecard serves, so that weights make a difference."""
    learned = RankerVersion.objects.exclude(kind=RankerVersion.Kind.SCORECARD)
    return not learned.filter(is_serving=True, manifest__schema_version=SCHEMA_VERSION).exists()


def ranker_for(*, cause: Cause) -> Ranker | None:
    """What a list of this cause would be ranked with, where that is not the ranker in use."""
    own = of(cause=cause)
    return scorecard(own) if own and is_scorecard_serving() else None


def mark(weights: Mapping[str, float]) -> str:
    """Short, and another for other weights: by it one says which one has seen."""
    return manifest.digest(weights)[:_MARK]


@transaction.atomic
def set(
    *, cause: Cause, weights: Mapping[str, float], by: User, at: datetime, seen: Container[str] | None = None
) -> dict[str, float]:
    """Give a cause exactly these weights, and the default ones to whatever is not named; what came of it, as in `of`.

    `seen`: marks, one of which must be that of the weights held until now. Lists that were made stay as they are.
    Raises DomainError: feature_unknown, weight_out_of_bounds (feature, low, high), weights_moved_meanwhile.
    """
    scorecard(weights)
    Cause.objects.select_for_update().get(pk=cause.pk)
    held, moved = of(cause=cause), differing(weights)
    if seen is not None and mark(held) not in seen:
        raise DomainError("weights_moved_meanwhile")
    if moved != held:
        CauseWeights.objects.update_or_create(cause=cause, defaults={"weights": moved, "by": by, "at": at})
    return moved


def reset(*, cause: Cause, by: User, at: datetime, seen: Container[str] | None = None) -> None:
    """Put every weight back to its default. Raises DomainError: weights_moved_meanwhile."""
    set(cause=cause, weights={}, by=by, at=at, seen=seen)


def carried(match_list: MatchList, *, weights: Mapping[str, float]) -> dict[str, float]:
    """How far each feature would have set the people of a list apart with these weights, as in MatchList.weight.

    What a feature adds grows with its weight, so this is exact. Left out: whatever weighed nothing then and would now,
    since nobody has measured it.
    """
    assert match_list.ranker
    then = match_list.ranker.weights
    found = {}
    for name, variance in match_list.weight.items():
        was, now = (_weight(name, moved) for moved in (then, weights))
        if was or not now:
            found[name] = variance * (now / was) ** 2 if was else 0.0
    return found


def preview(*, cause: Cause, weights: Mapping[str, float]) -> Preview | None:
    """What these weights would do to the cause's newest list, from what it keeps. None: there is none to go by.

    Raises DomainError: feature_unknown, weight_out_of_bounds (feature, low, high).
    """
    after = scorecard(weights)
    match_list = MatchList.objects.newest_of(cause)
    version = match_list.ranker if match_list else None
    if match_list is None or version is None or version.manifest.get("schema_version") != SCHEMA_VERSION:
        return None
    stored = dict(match_list.matches.ranked().order_by("rank").values_list("influencer", "values"))
    if not stored:
        return None
    is_as_listed = version.kind == RankerVersion.Kind.SCORECARD
    before = Ranker.from_manifest(version.manifest) if is_as_listed else scorecard(of(cause=cause))
    matrix = matrix_of(list(stored.values()))
    drawn = list(match_list.matches.drawn().values_list("rank", flat=True))
    told = (
        replace(move, before=lots.place(move.before, drawn), after=lots.place(move.after, drawn))
        for move in moves(before, after, np.array(list(stored), dtype=np.int64), matrix)
    )
    outside = max(match_list.considered - match_list.limit, 0) + len(drawn)
    return Preview(match_list, is_as_listed, outside, len(drawn), tuple(told))


def differing(weights: Mapping[str, float]) -> dict[str, float]:
    """Those of known features that are not the default."""
    return {name: float(weight) for name, weight in weights.items() if weight != WEIGHTS[name].default}


def _weight(name: str, moved: Mapping[str, float]) -> float:
    """1 for a feature that the scorecard does not weigh: nobody can move it."""
    return moved.get(name, WEIGHTS[name].default if name in WEIGHTS else 1.0)
