"""Outcomes, each with what was known of the person when a list showed them: labels and exposure log together."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from django.db.models import Count, Q

from matching.models import Match, RelevanceLabel
from matching.ranking.arrays import Floats
from matching.ranking.learning.outcomes import Outcomes
from matching.ranking.schema import FEATURES, SCHEMA_VERSION

_KIND = RelevanceLabel.Kind
_YES = frozenset({_KIND.FIT, _KIND.ACCEPTED})


@dataclass(frozen=True)
class Learnable:
    """`outcomes`: a row for each person and cause with any outcome, grouped by list, in blocks by cause; `in_time`: the
    same, to be tried forward in time. `causes`: of how many. `left_aside`: how many were not, for which reason.
    `until`: the newest label.
    """

    outcomes: Outcomes
    in_time: Outcomes
    causes: int
    left_aside: dict[str, int]
    until: datetime


def learnable(*, at: datetime) -> Learnable:
    """What is known at an instant. A person's features are those of the newest list of the cause that showed them
    before anything came of it: nothing that came after was known then.
    """
    pairs = _pairs(RelevanceLabel.objects.known(at=at).order_by("at", "pk"))
    shown = _shown(pairs)
    rows, left_aside = [], Counter[str]()
    for pair, told in pairs.items():
        match = shown.get(pair)
        if match is None:
            left_aside["never_shown"] += 1
        elif match.match_list.ranker is None or match.match_list.ranker.manifest["schema_version"] != SCHEMA_VERSION:
            left_aside["measured_otherwise"] += 1
        else:
            rows.append((pair, told, match))
    outcomes = _outcomes(rows)
    times = np.array([told.at.timestamp() for _, told, _ in rows], dtype=np.float64)
    until = max((told.at for _, told, _ in rows), default=at)
    causes = len({cause for (cause, _), _, _ in rows})
    return Learnable(outcomes, replace(outcomes, times=times, blocks=None), causes, dict(left_aside), until)


@dataclass
class _Told:
    """What is known of one person for one cause: 1 yes, 0 no, NaN nothing. `at`: since when the newest is."""

    first: datetime
    at: datetime
    accepts: float = np.nan
    verdict: float = np.nan
    actions: float = np.nan

    @property
    def wants(self) -> float:
        """What people did says more than what staff expected."""
        return self.verdict if np.isnan(self.actions) else float(self.actions > 0)

    @property
    def grade(self) -> float:
        """0 to 3: a no of either side is none; else as far as it came."""
        if self.accepts == 0 or self.wants == 0:
            return 0.0
        if self.actions > 0:
            return 3.0
        return 2.0 if self.accepts == 1 else 1.0


_Pair = tuple[int, int]  # cause, person


def _pairs(known: Iterable[RelevanceLabel]) -> dict[_Pair, _Told]:
    """Labels in order of time: a later one takes the place of an earlier."""
    pairs: dict[_Pair, _Told] = {}
    for label in known:
        told = pairs.setdefault((label.cause_id, label.influencer_id), _Told(label.at, label.at))
        told.at = label.at
        if label.kind == _KIND.ACTIONS:
            told.actions = float(label.actions or 0.0)
        elif label.side == RelevanceLabel.Side.ACCEPTS:
            told.accepts = float(label.kind in _YES)
        else:
            told.verdict = float(label.kind in _YES)
    return pairs


def _shown(pairs: Mapping[_Pair, _Told]) -> dict[_Pair, Match]:
    """The newest match of each pair whose list is not later than the first that came of it."""
    causes, people = {cause for cause, _ in pairs}, {person for _, person in pairs}
    matches = (
        Match.objects.filter(match_list__cause__in=causes, influencer__in=people)
        .select_related("match_list__ranker")
        .defer("sides", "warnings")
        .order_by("match_list__as_of", "pk")
    )
    found: dict[_Pair, Match] = {}
    for match in matches.iterator(chunk_size=2_000):
        pair = (match.match_list.cause_id, match.influencer_id)
        if pair in pairs and match.match_list.as_of <= pairs[pair].first:
            found[pair] = match
    return found


def _outcomes(rows: list[tuple[_Pair, _Told, Match]]) -> Outcomes:
    names = tuple(one.name for one in FEATURES)
    values = [[_value(match, name) for name in names] for _, _, match in rows]
    return Outcomes(
        names=names,
        values=np.array(values, dtype=np.float64).reshape(len(rows), len(names)),
        grades=np.array([told.grade for _, told, _ in rows], dtype=np.float64),
        groups=np.array([match.match_list_id for _, _, match in rows], dtype=np.int64),
        blocks=np.array([cause for (cause, _), _, _ in rows], dtype=np.int64),
        accepts=np.array([told.accepts for _, told, _ in rows], dtype=np.float64),
        wants=np.array([told.wants for _, told, _ in rows], dtype=np.float64),
        **_lots([match for _, _, match in rows]),
    )


def _lots(matches: list[Match]) -> dict[str, Floats]:
    """The columns `propensity` and `told` of the rows that these matches are; none where nobody was drawn by lot."""
    if not any(match.is_drawn for match in matches):
        return {}
    known = Counter((match.match_list_id, match.is_drawn) for match in matches)
    lists = {match.match_list_id for match in matches}
    by_lot = Match.objects.filter(match_list__in=lists).annotate(by_lot=Q(propensity__lt=1)).order_by()
    shown = {
        (row["match_list"], row["by_lot"]): row["number"]
        for row in by_lot.values("match_list", "by_lot").annotate(number=Count("pk"))
    }
    kinds = [(match.match_list_id, match.is_drawn) for match in matches]
    return {
        "propensity": np.array([match.propensity for match in matches], dtype=np.float64),
        "told": np.array([known[kind] / shown[kind] for kind in kinds], dtype=np.float64),
    }


def _value(match: Match, name: str) -> float:
    value = match.values.get(name, {}).get("value")
    return np.nan if value is None else float(value)
