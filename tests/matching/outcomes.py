"""Lists that were shown and what came of the people in them, planted by a known truth."""

from datetime import timedelta

import numpy as np

from crm.models import Influencer
from matching.models import Match, MatchList, RankerVersion, RelevanceLabel
from matching.ranking.features import Basis, FeatureMatrix
from matching.ranking.schema import FEATURES
from matching.ranking.scorecard import scorecard
from matching.services import rankers
from tests.factories import NOW, CauseFactory

# Who says yes, and whom a cause wants, in truth: not as the scorecard has it.
TRUTH = {"audience_age": 5.0, "audience_geo": 4.0, "language_reach": 0.0, "topic_fit": 0.0, "reply_rate": 5.0}


def plant(*, causes=8, lists=2, each=25, truth=None, seed=0, leak="") -> None:
    """`each` people shown in each of `lists` lists of each cause, a month before NOW, and what came of all of them.

    `leak`: a feature that is what came of it.
    """
    rng = np.random.default_rng(seed)
    shown_to = people(each * lists)
    version, _ = rankers.serving(at=NOW - timedelta(days=60))
    for cause in CauseFactory.create_batch(causes):
        for number in range(lists):
            values = np.column_stack([rng.uniform(one.low, one.high, each) for one in FEATURES])
            shown = shown_to[number * each : (number + 1) * each]
            _one(cause, number, shown, values, version, truth or TRUTH, rng, leak)


def people(number: int) -> list[Influencer]:
    return Influencer.objects.bulk_create(Influencer(name=f"Person {n}") for n in range(number))


def _one(cause, number, people, values, version, truth, rng, leak):
    names = tuple(one.name for one in FEATURES)
    basis = np.full(values.shape, Basis.MEASURED, dtype=np.int8)
    scored = scorecard(truth).score(FeatureMatrix(names, values, basis))
    at = NOW - timedelta(days=40 - number)
    ready = MatchList.objects.create(
        cause=cause, ranker=version, state="ready", requested_at=at, as_of=at, ready_at=at, considered=len(people)
    )
    accepts = rng.random(len(people)) < scored.accepts.probability
    wants = rng.random(len(people)) < scored.wants.probability
    if leak:
        values[:, names.index(leak)] = (accepts & wants) * 0.9
    matches = Match.objects.bulk_create(
        Match(
            match_list=ready,
            influencer=person,
            rank=place + 1,
            score=0.5,
            percentile=50,
            sides={},
            values={name: {"value": value, "basis": "measured"} for name, value in zip(names, row, strict=True)},
        )
        for place, (person, row) in enumerate(zip(people, values.tolist(), strict=True))
    )
    known = at + timedelta(days=31)
    RelevanceLabel.objects.bulk_create(
        label
        for match, yes, fits in zip(matches, accepts, wants, strict=True)
        for label in (
            _label(
                match, cause, known, "accepts", "accepted" if yes else "declined", 2 if yes else 0, about="outreach:1"
            ),
            _label(match, cause, known, "wants", "fit" if fits else "not_fit", 2 if fits else 0),
        )
    )


def _label(match, cause, at, side, kind, grade, about=""):
    return RelevanceLabel(
        cause=cause,
        influencer=match.influencer,
        side=side,
        kind=kind,
        grade=grade,
        about=about,
        origin=f"{side}:{match.pk}",
        match=match,
        at=at,
    )


def learned() -> RankerVersion:
    """A ranker learned from what is planted."""
    from matching.services import training

    asked = rankers.request_training(at=NOW)
    training.build(training=asked, at=NOW)
    asked.refresh_from_db()
    assert asked.error is None
    return asked.ranker
