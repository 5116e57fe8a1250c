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


def answered(yes, no, *, said_no=None):
    cause = CauseFactory()
    RelevanceLabel.objects.bulk_create(
        RelevanceLabel(
            cause=cause,
            influencer=InfluencerFactory(),
            side="accepts",
            kind="accepted" if number < yes else "declined",
            grade=0,
            about=f"outreach:{number}",
            origin=f"answer:{number}:{said_no and said_no.pk}",
            at=NOW - timedelta(days=3),
            match=None if number < yes else said_no,
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


def drawn_into(version, *, at, scores, each=3, of=10):
    """Lists of ten, of which so many are drawn by lot among people of any score; the others are its best."""
    best = np.sort(scores.reshape(-1, of), axis=1)[:, ::-1].copy()
    best[:, of - each :] = 0.01
    said = {"cause": CauseFactory(), "ranker": version, "state": "ready", "limit": of}
    lists = MatchList.objects.bulk_create(
        MatchList(**said, requested_at=at, as_of=at, ready_at=at) for _number in range(len(best))
    )
    people = iter(outcomes.people(best.size))
    Match.objects.bulk_create(
        Match(
            **{"match_list": one, "influencer": next(people), "rank": place, "score": score},
            **{"percentile": 50, "sides": {}, "values": {}, "propensity": 0.03 if place > of - each else 1.0},
        )
        for one, shown in zip(lists, best.tolist(), strict=True)
        for place, score in enumerate(shown, start=1)
    )


@pytest.mark.parametrize(("shift", "found"), [(0.0, ""), (0.3, "people")])
def test_lots_that_are_turned_on_are_no_other_people(version, shift, found):
    rng = np.random.default_rng(0)
    drawn_into(version, scores=rng.uniform(0.1, 0.5, 1_000), at=NOW - timedelta(days=50), each=0)
    drawn_into(version, scores=rng.uniform(0.1, 0.5, 1_000) + shift, at=NOW - timedelta(days=1))
    assert drift.watch(at=NOW) == found


@pytest.mark.parametrize(("propensity", "found"), [(0.05, ""), (1.0, "answers")])
def test_what_those_drawn_by_lot_answer_is_no_drift(version, propensity, found):
    listed(version, scores=[0.5], at=NOW - timedelta(days=9))
    Match.objects.update(propensity=propensity)
    answered(22, 33)
    answered(0, 60, said_no=Match.objects.get())
    assert drift.watch(at=NOW) == found
