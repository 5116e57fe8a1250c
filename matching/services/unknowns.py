"""What is missing of people in a list, and whether filling it in could change where they stand: exact, from what the
list stored and the tables of the ranker that made it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from crm.errors import DomainError
from matching.models import Match, MatchList
from matching.ranking import unknowns
from matching.ranking.arrays import Floats, Integers
from matching.ranking.ranker import Ranker


@dataclass(frozen=True)
class Span:
    """From which rank to which somebody could stand. `worst` None: they could drop out of the list. Of whoever was
    drawn by lot, it is where they would stand by rank; `best` None: not in the list at all.
    """

    best: int | None
    worst: int | None

    def as_dict(self) -> dict[str, int | None]:
        return {"best_rank": self.best, "worst_rank": self.worst}


@dataclass(frozen=True)
class Unknowns:
    """Of one match: what each missing feature could do alone, the widest span first, and all of them `together`; None
    where nothing is missing that weighs. `rank` None: they stand there by lot, and not by rank.
    """

    rank: int | None
    spans: Mapping[str, Span]
    together: Span | None


def of(match_list: MatchList, matches: Sequence[Match]) -> dict[int, Unknowns] | None:
    """By match of this list: what its cause asks for, its ranker weighs and nobody knows. None where the ranker that
    made the list is of an earlier schema: its tables are not read any more.
    """
    ranker = _ranker(match_list)
    if ranker is None:
        return None
    asked = [name for name in _features(ranker) if name not in match_list.cause_missing]
    weighed = unknowns.weighed(ranker, asked)
    standings = _Standings.of(match_list)
    return {match.pk: _of(match, ranker, weighed, standings) for match in matches}


def _of(match: Match, ranker: Ranker, weighed: Collection[str], standings: "_Standings") -> Unknowns:
    missing = [name for name in weighed if match.values[name]["value"] is None]
    added = {side: parts["contributions"] for side, parts in match.sides.items()}

    def span(names: Collection[str]) -> Span:
        reach = unknowns.reach(ranker, added, names)
        best, worst = standings.place(match, reach.high), standings.place(match, reach.low)
        return Span(best[0], None if worst[1] else worst[0])

    spans = {name: span([name]) for name in missing}
    ordered = sorted(spans, key=lambda name: _narrow(spans[name]))
    rank = None if match.is_drawn else match.rank
    return Unknowns(rank, {name: spans[name] for name in ordered}, span(missing) if missing else None)


def _narrow(span: Span) -> tuple[int, int]:
    """The more, the narrower."""
    if span.best is None:
        return 2, 0
    return (0, 0) if span.worst is None else (1, span.best - span.worst)


def _features(ranker: Ranker) -> list[str]:
    return list(dict.fromkeys(name for side in ranker.sides for name in side.features))


def _ranker(match_list: MatchList) -> Ranker | None:
    try:
        return Ranker.from_manifest(match_list.ranker.manifest) if match_list.ranker else None
    except DomainError:  # of another schema, or altered: nothing is worked out from tables that one cannot trust
        return None


@dataclass(frozen=True, eq=False)
class _Standings:
    """All who stand in a list by rank, in its order. `is_whole`: it shows everybody who was considered."""

    ids: Integers
    ranks: Integers
    scores: Floats
    is_whole: bool

    @classmethod
    def of(cls, match_list: MatchList) -> Self:
        rows = list(match_list.matches.ranked().order_by("rank").values_list("influencer", "rank", "score"))
        ids, ranks, scores = zip(*rows, strict=True) if rows else ((), (), ())
        is_whole = match_list.considered <= match_list.limit
        return cls(np.array(ids, dtype=np.int64), np.array(ranks, dtype=np.int64), np.array(scores), is_whole)

    def place(self, match: Match, score: float) -> tuple[int | None, bool]:
        """The rank with this score instead, and whether somebody below the list could then stand before them. None:
        whoever was drawn by lot would not stand there by rank.
        """
        is_ahead = (self.scores > score) | ((self.scores == score) & (self.ids < match.influencer_id))
        if match.is_drawn:
            return next(iter(self.ranks[~is_ahead].tolist()), None), False
        if score == match.score:
            return match.rank, False
        if score > match.score:
            passed = self.ranks[~is_ahead & (self.ranks < match.rank)]
            return int(passed.min(initial=match.rank)), False
        behind = self.ranks > match.rank
        rank = int(self.ranks[is_ahead & behind].max(initial=match.rank))
        return rank, not self.is_whole and not (behind & ~is_ahead).any()
