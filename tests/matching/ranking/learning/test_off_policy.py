"""What would have come of people a ranker did not show, from some who were drawn by lot: held against a known truth."""

from dataclasses import replace

import numpy as np
import pytest

from matching.ranking import lots
from matching.ranking.learning import off_policy
from matching.ranking.learning.evaluation import Evaluation, evaluate
from matching.ranking.learning.labelled import Labelled
from matching.ranking.learning.trainers import Constant, Fixed

LISTS, PEOPLE, PLACES, SHARE = 150, 300, 60, 0.3
SHOWN = PLACES - lots.number(PLACES, SHARE)
CONTENDERS = [Fixed("good", "good"), Fixed("logging", "logging"), Constant()]


def simulated(*, share=SHARE, seed=0, lists=LISTS):
    """Lists that a ranker made by a trait nothing hangs on, and what in truth comes of whom each contender shows."""
    rng = np.random.default_rng(seed)
    values, grades, propensity, truth = [], [], [], []
    for number in range(lists):
        traits = rng.normal(size=(PEOPLE, 2))
        says_yes = 1 / (1 + np.exp(1.0 - 1.5 * traits[:, 0]))
        order = np.argsort(-traits[:, 1])
        first = [np.argsort(-traits[:, 0])[:SHOWN], order[:SHOWN], order]
        truth.append([says_yes[rows].mean() for rows in first])
        drawing = lots.draw(PEOPLE, PLACES, share=share, seed=number)
        rows = order[drawing.standing]
        values.append(traits[rows])
        grades.append(3.0 * (rng.random(PLACES) < says_yes[rows]))
        propensity.append(drawing.propensity)
    rows = Labelled(
        ("good", "logging"),
        np.vstack(values),
        np.concatenate(grades),
        np.repeat(np.arange(lists), PLACES),
        propensity=np.concatenate(propensity),
    )
    return rows, dict(zip(("good", "logging", "chance"), np.mean(truth, axis=0).tolist(), strict=True))


@pytest.fixture(scope="module")
def planted():
    rows, truth = simulated()
    return rows, truth, evaluate(rows, CONTENDERS)


def test_the_truth_lies_within_the_interval_and_what_was_shown_says_otherwise(planted):
    rows, truth, evaluation = planted
    found = off_policy.estimate(rows, evaluation)
    naive = off_policy.estimate(replace(rows, propensity=np.where(rows.propensity < 1, 1 - 1e-9, 1.0)), evaluation)
    for name, value in truth.items():
        assert found.value(name).low <= value <= found.value(name).high, name
    assert truth["good"] > 2 * truth["logging"]
    assert naive.value("good").high < truth["good"] - 0.2
    assert abs(rows.grades.mean() / 3 - truth["good"]) > 0.2
    assert (len(found.shown), found.drawn) == (LISTS, LISTS * 18)
    assert found.stands_for == pytest.approx((PEOPLE - SHOWN) / 18)


def test_a_difference_is_paired_by_list(planted):
    rows, truth, evaluation = planted
    found = off_policy.estimate(rows, evaluation)
    good, same = found.against_shown("good"), found.against_shown("logging")
    assert good.low <= truth["good"] - truth["logging"] <= good.high
    assert good.low > 0.3
    assert same.low <= 0 <= same.high
    assert same.high - same.low < good.high - good.low


def test_where_few_are_drawn_a_difference_is_told_smaller_never_larger():
    rows, truth = simulated(share=0.05)  # three a list, each for eighty
    found = off_policy.estimate(rows, evaluate(rows, CONTENDERS))
    assert truth["logging"] < found.value("good").low
    assert found.value("good").high < truth["good"]


def scored(rows, *scores):
    return Evaluation(("one", "other")[: len(scores)], np.empty((0, 0)), np.empty((0, 0)), np.array(scores), False)


@pytest.fixture
def five():
    """One list: three by rank and two drawn, each of whom stands for two."""
    return Labelled(
        ("x",),
        np.zeros((5, 1)),
        np.array([3.0, 0.0, 1.0, 2.0, 0.0]),
        np.array([4, 4, 4, 4, 4]),
        propensity=np.array([1.0, 1.0, 1.0, 0.5, 0.5]),
    )


def test_the_first_of_a_contenders_order_as_many_as_were_shown_by_rank(five):
    found = off_policy.estimate(five, scored(five, [1.0, 2.0, 3.0, 9.0, 0.0], [0.1, 0.2, 0.9, 0.8, 0.7]))
    assert found.values[:, 0] == pytest.approx([(2 * 2 + 1) / 9, (1 + 2 * 2) / 9])
    assert found.shown.tolist() == pytest.approx([4 / 9])
    assert (found.drawn, found.stands_for) == (2, 2.0)


def test_whoever_stands_on_the_border_counts_in_part(five):
    found = off_policy.estimate(five, scored(five, [0.9, 0.8, 0.1, 0.7, 0.2]))  # 3, 0, and half of 2
    assert found.values[0, 0] == pytest.approx((3 + 0 + 2) / 9)


def test_those_who_tie_come_in_together(five):
    found = off_policy.estimate(five, scored(five, [1.0] * 5))
    assert found.values[0, 0] == pytest.approx((3 + 0 + 1 + 2 * 2 + 2 * 0) / 7 / 3)


def test_those_of_whom_something_is_known_stand_for_the_others_shown_as_they_were(five):
    """Of both who were drawn something is known, of three of six shown by rank: those weigh two each."""
    rows = replace(five, told=np.array([0.5, 0.5, 0.5, 1.0, 1.0]))
    found = off_policy.estimate(rows, scored(rows, [0.1, 0.2, 0.9, 0.8, 0.7]))  # 1 twice, 2 twice, 0 twice
    assert found.values[0, 0] == pytest.approx((2 * 1 + 2 * 2 + 2 * 0) / 18)
    assert found.shown.tolist() == pytest.approx([4 / 9])


def test_without_lots_there_is_nothing_to_tell(five):
    scores = scored(five, [1.0, 2.0, 3.0, 9.0, 0.0])
    assert off_policy.estimate(replace(five, propensity=None), scores) is None
    assert off_policy.estimate(replace(five, propensity=np.ones(5)), scores) is None
    assert off_policy.estimate(replace(five, propensity=np.full(5, 0.5)), scores) is None


def test_forward_in_time_only_what_was_tried_counts(five):
    rows = replace(five, times=np.arange(5.0))
    found = off_policy.estimate(rows, scored(rows, [np.nan, np.nan, np.nan, 0.1, 0.2]))
    assert found is None  # none of those tried stood there by rank


def test_a_report_is_plain_and_names_everybody(five):
    found = off_policy.estimate(five, scored(five, [1.0, 2.0, 3.0, 9.0, 0.0])).report()
    same = {"mean": pytest.approx(5 / 9), "low": pytest.approx(5 / 9), "high": pytest.approx(5 / 9)}
    assert found == {
        "lists": 1,
        "drawn": 2,
        "stands_for": 2.0,
        "shown": dict.fromkeys(("mean", "low", "high"), pytest.approx(4 / 9)),
        "contenders": [
            {"name": "one", "value": same, "difference": dict.fromkeys(("mean", "low", "high"), pytest.approx(1 / 9))}
        ],
    }
