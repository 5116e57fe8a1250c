"""Whether a learned ranker still knows the people it ranks: worker only by habit, it reads many rows."""

from datetime import datetime, timedelta
from typing import Final

import numpy as np
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from matching.models import Match, RankerVersion, RelevanceLabel, Served
from matching.models.match import MatchQuerySet
from matching.ranking import lots
from matching.ranking.metrics import psi
from matching.services import rankers

MOST: Final = 0.2  # population stability index of the fit index
_EACH: Final = 500  # people of its first and of its newest lists
_SEASON = timedelta(days=90)
_FEWEST_ANSWERS: Final = 50
_SHIFT: Final = 0.15  # of the share that says yes


def watch(*, at: datetime) -> str:
    """Let the scorecard serve where the learned ranker in use has drifted; what was found: "", "people", "answers"."""
    version, _ = rankers.serving(at=at)
    if version.kind != RankerVersion.Kind.LEARNED:
        return ""
    found = "people" if _people(version) > MOST else "answers" if _answers(version, at=at) > _SHIFT else ""
    if found:
        rankers.start(at=at, why=Served.Why.DRIFTED)
    return found


def _people(version: RankerVersion) -> float:
    """How far the fit index of its newest lists is from that of its first ones; 0 until there are enough."""
    scores = _comparable(Match.objects.filter(match_list__ranker=version)).order_by("match_list__as_of", "pk")
    number = scores.count()
    if number < 2 * _EACH:
        return 0.0
    first = np.array(scores.values_list("score", flat=True)[:_EACH])
    newest = np.array(scores.values_list("score", flat=True)[number - _EACH :])
    return psi(first, newest)


def _comparable(matches: MatchQuerySet) -> MatchQuerySet:
    """Once people are drawn by lot, only so many of the first by rank as every list has, whatever is drawn: else the
    lots themselves would look like other people.
    """
    if not matches.drawn().exists():
        return matches
    standing = Window(RowNumber(), partition_by="match_list", order_by="rank")
    return matches.ranked().annotate(standing=standing).filter(standing__lte=F("match_list__limit") * (1 - lots.MOST))


def _answers(version: RankerVersion, *, at: datetime) -> float:
    """How far the share of yes among the answers of the last season is from that of what was learned from."""
    known = RelevanceLabel.objects.outcomes().filter(at__gt=at - _SEASON, at__lte=at).known(at=at)
    known = known.exclude(match__propensity__lt=1)  # whoever was drawn by lot says yes as often as anybody
    kinds = list(known.values_list("kind", flat=True))
    if len(kinds) < _FEWEST_ANSWERS:
        return 0.0
    return abs(kinds.count(RelevanceLabel.Kind.ACCEPTED) / len(kinds) - float(version.report["accept_rate"]))
