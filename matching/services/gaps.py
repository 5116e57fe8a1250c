"""What a brief leaves open, and what that costs the ranking, from the tables of the ranker in use and its lists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from django.db.models import Q

from crm.models import Cause
from crm.services.causes import unsaid
from matching.models import MatchList, RankerVersion
from matching.ranking.ranker import Ranker
from matching.ranking.schema import SCHEMA_VERSION
from matching.ranking.scorecard import scorecard
from matching.services import weights as cause_weights

# The features that live on a part of the brief. Where the ranker in use weighs none of them, the part costs nothing
# today, and says so.
_FEATURES: Mapping[str, tuple[str, ...]] = {
    "description": ("topic_fit",),
    "topics": ("topic_fit",),
    "languages": ("language_reach",),
    "countries": ("audience_geo",),
    "audience": ("audience_age", "audience_gender", "audience_interest"),
    "hashtags": ("hashtag_overlap",),
}
# Parts without which their feature still says something, from what else the brief holds.
_PARTIAL = frozenset({"description", "topics"})
_LISTS = 20  # the newest of so many causes are looked at


@dataclass(frozen=True)
class Gap:
    """One open part. `features`: those of them that the ranker weighs. `share`: what they carry of what sets people
    apart, 0 to 1; None for a part the ranking has no use for. `is_partial`: they still say something without it.
    """

    part: str
    features: tuple[str, ...]
    share: float | None
    is_partial: bool


@dataclass(frozen=True)
class Gaps:
    """`lists` and `people`: on how many match lists and considered people the shares were measured; with none, they are
    estimated from the ranker's tables alone.
    """

    gaps: list[Gap]
    lists: int
    people: int


def of(*, cause: Cause) -> Gaps:
    """The open parts, the dearest first; then those the ranking has no use for, as the brief is ordered."""
    version, ranker = _serving()
    own = cause_weights.ranker_for(cause=cause)
    lists = _newest_lists(cause, version)
    weights = _weights(cause, own or ranker, lists, moved=cause_weights.of(cause=cause) if own else {})
    whole = sum(weights.values()) or 1.0
    found = [_gap(part, weights, whole) for part in unsaid(cause)]
    found.sort(key=lambda gap: -1.0 if gap.share is None else -gap.share - 1.0)
    return Gaps(found, len(lists), sum(one.considered for one in lists))


def _gap(part: str, weights: Mapping[str, float], whole: float) -> Gap:
    features = tuple(name for name in _FEATURES.get(part, ()) if name in weights)
    share = sum(weights[name] for name in features) / whole if part in _FEATURES else None
    return Gap(part, features, share, part in _PARTIAL)


def _serving() -> tuple[RankerVersion | None, Ranker]:
    version = RankerVersion.objects.filter(is_serving=True, manifest__schema_version=SCHEMA_VERSION).first()
    return version, Ranker.from_manifest(version.manifest) if version else scorecard()


def _newest_lists(cause: Cause, version: RankerVersion | None) -> list[MatchList]:
    """The newest list of every cause by this ranker, this cause's own first; while it is the starting scorecard, also
    lists by that with a cause's own weights.
    """
    by_it = Q(ranker=version)
    if version is not None and version.kind == RankerVersion.Kind.SCORECARD:
        by_it |= ~Q(ranker__weights={}) & Q(ranker__manifest__schema_version=SCHEMA_VERSION)
    ready = (
        MatchList.objects.ready().filter(by_it).exclude(weight={}).select_related("ranker").defer("ranker__manifest")
    )
    newest = ready.order_by("cause", "-as_of", "-pk").distinct("cause")
    return sorted(newest, key=lambda one: (one.cause_id != cause.pk, -one.pk))[:_LISTS]


def _weights(cause: Cause, ranker: Ranker, lists: list[MatchList], *, moved: Mapping[str, float]) -> dict[str, float]:
    """How far each feature sets people apart: as in this cause's own list; where that did not use it, as in the lists
    of other causes; and without any, as the ranker's table alone would over values that are all equally likely.
    """
    tables = _by_table(ranker)
    used = [(one, cause_weights.carried(one, weights=moved)) for one in lists]
    measured = {name: _measured(name, used, cause) for name in tables}
    return {name: tables[name] if known is None else known for name, known in measured.items()}


def _measured(name: str, lists: Iterable[tuple[MatchList, Mapping[str, float]]], cause: Cause) -> float | None:
    """None: no list used it. Nothing is something else: it was used, and set nobody apart."""
    using = [(one, carried) for one, carried in lists if name not in one.cause_missing and name in carried]
    own = [(one, carried) for one, carried in using if one.cause_id == cause.pk]
    return float(np.mean([carried[name] for _one, carried in own or using])) if using else None


def _by_table(ranker: Ranker) -> dict[str, float]:
    """Of every feature that makes a difference at all."""
    tables: dict[str, float] = {}
    for side in ranker.sides:
        for table in side.tables:
            tables[table.name] = tables.get(table.name, 0.0) + float(table.cells.var())
    return {name: variance for name, variance in tables.items() if variance}
