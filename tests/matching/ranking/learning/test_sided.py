"""Whole rankers learned from outcomes."""

import numpy as np
import pytest

from crm.errors import DomainError
from matching.ranking.learning.evaluation import evaluate
from matching.ranking.learning.logistic import AdditiveLogistic
from matching.ranking.learning.outcomes import Outcomes
from matching.ranking.learning.sided import Given, Sided, Way, sided
from matching.ranking.ranker import Ranker
from matching.ranking.schema import feature
from matching.ranking.scorecard import scorecard


@pytest.mark.parametrize("trainer", sided(scorecard(), 5_000), ids=lambda one: one.name)
def test_every_trainer_makes_a_ranker_that_can_be_stored(trainer, outcomes):
    ranker = trainer.fit(outcomes())
    again = Ranker.from_manifest(ranker.manifest())
    assert again.digest == ranker.digest
    assert again.name == trainer.name
    for side in ranker.sides:
        assert side.features == scorecard().wants.features or side.name == "accepts"
        for table in side.tables:
            assert np.isin(table.edges, feature(table.name).edges).all()


def test_what_is_learned_beats_the_scorecard_where_that_is_wrong(outcomes):
    """The truth weighs what the scorecard hardly does, and the other way round."""
    truth = {"audience_age": 5.0, "language_reach": 0.0, "topic_fit": 0.0, "audience_geo": 0.0}
    rows = outcomes(causes=30, weights=truth)
    found = evaluate(
        rows, [Given("scorecard", scorecard()), Sided("learned", scorecard(), [Way(AdditiveLogistic, {"l2": 3.0})])]
    )
    assert found.verdict("learned", "scorecard") == "better"


def test_a_side_without_outcomes_stays_as_it_was(outcomes):
    rows = outcomes(causes=4)
    silent = Outcomes(
        names=rows.names,
        values=rows.values,
        grades=rows.grades,
        groups=rows.groups,
        accepts=np.full(len(rows), np.nan),
        wants=np.ones(len(rows)),
    )
    for trainer in sided(scorecard(), 5_000):
        learned = trainer.fit(silent)
        assert [side.to_json() for side in learned.sides] == [side.to_json() for side in scorecard().sides]


def test_sides_are_calibrated_from_fifty_labels_on(outcomes):
    way = [Way(AdditiveLogistic, {"l2": 3.0})]
    many, few = (Sided("learned", scorecard(), way).fit(outcomes(causes=2, each=each)) for each in (60, 20))
    assert [side.calibration.is_identity for side in many.sides] == [False, False]
    assert [side.calibration.is_identity for side in few.sides] == [True, True]


def test_a_feature_can_be_taken_away(outcomes):
    rows = outcomes(causes=3)
    bare = rows.without("topic_fit")
    assert np.isnan(bare.matrix.select(["topic_fit"])).all()
    assert not np.isnan(rows.matrix.select(["topic_fit"])).all()
    assert bare.take(np.arange(5)).accepts.shape == (5,)


def test_outcomes_that_do_not_fit_together_are_refused(outcomes):
    rows = outcomes(causes=2)
    with pytest.raises(DomainError, match="labels_misaligned"):
        Outcomes(
            names=rows.names,
            values=rows.values,
            grades=rows.grades,
            groups=rows.groups,
            accepts=rows.accepts[:2],
            wants=rows.wants,
        )
