"""A learned ranker that no longer knows the people it ranks stops serving."""

from datetime import timedelta

import numpy as np
import pytest

from matching.models import Match, MatchList, RelevanceLabel, Served
from matching.ranking.scorecard import scorecard
from matching.services import drift, rankers
from tests.factories import NOW, CauseFactory, InfluencerFactory
from tests.matching import outcomes

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    made = rankers.keep(scorecard({"topic_fit": 1.0}), kind="learned", at=NOW, report={"accept_rate": 0.4})
    return rankers.serve(made, why="promoted", at=NOW)


def listed(version, *, scores, at):
    people = outcomes.people(len(scores))
    ready = MatchList.objects.create(
        cause=CauseFactory(), ranker=version, state="ready", requested_at=at, as_of=at, ready_at=at
    )
    Match.objects.bulk_create(
        Match(match_list=ready, influencer=person, rank=place, score=score, percentile=50, sides={}, values={})
        for place, (person, score) in enumerate(zip(people, scores, strict=True), start=1)
    )


def answered(yes, no):
    cause = CauseFactory()
    RelevanceLabel.objects.bulk_create(
        RelevanceLabel(
            cause=cause,
            influencer=InfluencerFactory(),
            side="accepts",
            kind="accepted" if number < yes else "declined",
            grade=0,
            about=f"outreach:{number}",
            origin=f"answer:{number}",
            at=NOW - timedelta(days=3),
        )
        for number in range(yes + no)
    )


@pytest.mark.parametrize(("shift", "found"), [(0.0, ""), (0.3, "people")])
def test_people_unlike_those_of_its_first_lists(version, shift, found):
    rng = np.random.default_rng(0)
    listed(version, scores=rng.uniform(0.1, 0.5, 500), at=NOW - timedelta(days=50))
    listed(version, scores=rng.uniform(0.1, 0.5, 500) + shift, at=NOW - timedelta(days=1))
    assert drift.watch(at=NOW) == found
    assert rankers.serving(at=NOW)[0].kind == ("scorecard" if found else "learned")
    assert Served.objects.order_by("-pk").first().why == ("drifted" if found else "promoted")


@pytest.mark.parametrize(("yes", "no", "found"), [(22, 30, ""), (5, 50, "answers"), (1, 20, "")])
def test_answers_unlike_those_it_learned_from(version, yes, no, found):
    answered(yes, no)
    assert drift.watch(at=NOW) == found


def test_the_scorecard_knows_nobody_and_cannot_drift():
    answered(0, 60)
    assert drift.watch(at=NOW) == ""
