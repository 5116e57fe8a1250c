"""Learning from what came of people who were shown."""

from datetime import timedelta

import numpy as np
import pytest

from matching.columns import labels
from matching.models import Match, MatchList, RelevanceLabel, Training
from matching.ranking.learning.suspects import suspects
from matching.services import rankers, training
from tests.factories import NOW
from tests.matching import outcomes

pytestmark = pytest.mark.django_db


def test_a_planted_leak_is_caught_and_never_promoted():
    """What is caught here is not promoted: tests/matching/services/test_rankers.py."""
    outcomes.plant(causes=6, leak="authenticity")
    assert list(suspects(labels.learnable(at=NOW).outcomes)) == ["authenticity"]


def test_with_few_outcomes_nothing_is_learned():
    outcomes.plant(causes=3, lists=1, each=20)
    asked = rankers.request_training(at=NOW)
    assert rankers.request_training(at=NOW) == asked
    training.build(training=asked, at=NOW)
    asked.refresh_from_db()
    assert asked.state == "failed"
    assert asked.error == {
        "code": "outcomes_too_few",
        "params": {"labels": 60, "groups": 3, "least_labels": 100, "least_groups": 10},
    }
    assert asked.ranker is None


def test_a_training_that_somebody_does_is_done_by_nobody_else():
    asked = rankers.request_training(at=NOW)
    Training.objects.update(lease_until=NOW + timedelta(minutes=5))
    training.build(training=asked, at=NOW)
    asked.refresh_from_db()
    assert asked.state == "requested"
    assert list(Training.objects.due(at=NOW + timedelta(minutes=6))) == [asked]


def test_outcomes_grown_by_a_fifth_are_learned_from_by_themselves():
    assert training.request_due(at=NOW) is None
    outcomes.plant(causes=6, lists=2, each=20)
    asked = training.request_due(at=NOW)
    assert asked.state == "requested"
    assert training.request_due(at=NOW + timedelta(hours=1)) is None
    Training.objects.update(state="failed", error={"code": "x", "params": {}})
    assert training.request_due(at=NOW + timedelta(days=2)) is not None


def test_nothing_known_later_is_looked_at():
    outcomes.plant(causes=2, lists=1, each=10)
    before = labels.learnable(at=NOW)
    match = Match.objects.select_related("match_list").first()
    later = MatchList.objects.get(pk=match.match_list_id)
    later.pk, later.public_id, later.as_of = None, None, NOW - timedelta(days=1)
    later.public_id = "00000000-0000-4000-8000-000000000001"
    later.save(force_insert=True)
    values = match.values | {"reply_rate": {"value": 0.99, "basis": "measured"}}
    Match.objects.create(
        match_list=later, influencer=match.influencer, rank=1, score=0.5, percentile=50, sides={}, values=values
    )
    RelevanceLabel.objects.create(
        cause=later.cause,
        influencer=match.influencer,
        side="wants",
        kind="actions",
        about="outreach:1",
        origin="later",
        actions=9,
        reached=1000,
        at=NOW + timedelta(days=1),
    )
    after = labels.learnable(at=NOW)
    for name in ("values", "grades", "accepts", "wants", "groups"):
        assert np.array_equal(getattr(before.outcomes, name), getattr(after.outcomes, name), equal_nan=True)
    known = labels.learnable(at=NOW + timedelta(days=2)).outcomes
    assert 3.0 in known.grades or known.accepts[known.groups == match.match_list_id][0] == 0
    assert np.array_equal(known.values, before.outcomes.values, equal_nan=True)


def test_who_was_never_shown_and_what_was_measured_otherwise_are_left_aside():
    outcomes.plant(causes=2, lists=1, each=10)
    first, second = MatchList.objects.order_by("pk")
    Match.objects.filter(match_list=first, rank__lte=3).delete()
    version = second.ranker
    version.pk, version.digest, version.manifest = None, "0" * 64, version.manifest | {"schema_version": 1}
    version.is_serving, version.public_id = False, "00000000-0000-4000-8000-000000000002"
    version.save(force_insert=True)
    MatchList.objects.filter(pk=second.pk).update(ranker=version)
    found = labels.learnable(at=NOW)
    assert found.left_aside == {"never_shown": 3, "measured_otherwise": 10}
    assert len(found.outcomes) == 7


def test_one_no_is_a_no_and_what_was_done_counts_most():
    outcomes.plant(causes=1, lists=1, each=4)
    cause = MatchList.objects.get().cause
    people = [match.influencer for match in Match.objects.order_by("rank")]
    for number, (person, verdict, answer, actions) in enumerate(
        zip(
            people,
            ("fit", "fit", "not_fit", "fit"),
            ("accepted", "declined", "accepted", "accepted"),
            (None, None, None, 4),
            strict=True,
        )
    ):
        for side, kind, about in (("wants", verdict, ""), ("accepts", answer, "outreach:1")):
            RelevanceLabel.objects.create(
                cause=cause,
                influencer=person,
                side=side,
                kind=kind,
                about=about,
                grade=0,
                origin=f"{number}:{side}",
                at=NOW,
            )
        if actions is not None:
            RelevanceLabel.objects.create(
                cause=cause,
                influencer=person,
                side="wants",
                kind="actions",
                about="outreach:1",
                actions=actions,
                reached=1000,
                origin=f"{number}:actions",
                at=NOW,
            )
    assert labels.learnable(at=NOW).outcomes.grades.tolist() == [2.0, 0.0, 0.0, 3.0]
