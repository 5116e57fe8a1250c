"""Trying what was learned on what it was not learned from."""

import numpy as np
import pytest

from crm.errors import DomainError
from matching.ranking.learning.calibrating import calibrated, reliability
from matching.ranking.learning.choosing import Choosing, Trials
from matching.ranking.learning.evaluation import evaluate, learning_curve, paired
from matching.ranking.learning.labelled import Labelled, soft
from matching.ranking.learning.logistic import AdditiveLogistic
from matching.ranking.learning.splits import forward, groups_out
from matching.ranking.learning.suspects import suspects
from matching.ranking.learning.trainers import Additive, Blend, Constant, Single, learners, mean_ndcg


class Memory:
    """Knows by heart what it saw, and nothing else: what was learned from may never be asked about."""

    name = "memory"

    def train(self, rows):
        seen = {row.tobytes(): grade for row, grade in zip(rows.values, rows.grades, strict=True)}
        return lambda asked: np.array([seen.get(row.tobytes(), -1.0) for row in asked.values])


@pytest.mark.parametrize("times", [False, True])
def test_nothing_is_tried_on_what_it_was_learned_from(labelled, times):
    rows = labelled(times=times)
    found = evaluate(rows, [Memory(), Constant()])
    tried = ~np.isnan(found.scores[0])
    assert set(found.scores[0][tried]) == {-1.0}
    assert tried.sum() == (len(rows) // 2 if times else len(rows))
    assert found.by_time is times
    assert found.mean("memory") == found.mean("chance")


def test_groups_are_left_out_in_whole_and_each_once():
    groups = np.array([3, 3, 7, 9, 9, 9, 12])
    parts = list(groups_out(groups, 3))
    assert len(parts) == 3
    assert sum(tried.astype(int) for _, tried in parts).tolist() == [1] * 7
    for learn, tried in parts:
        assert not set(groups[learn]) & set(groups[tried])
    assert len(list(groups_out(groups, 10))) == 4


def test_forward_in_time_never_looks_back():
    times = np.array([5.0, 1.0, 2.0, 2.0, 9.0, 7.0, 3.0, 4.0])
    for learn, tried in forward(times, 3):
        assert times[learn].max() < times[tried].min()
    assert sum(tried.astype(int) for _, tried in forward(times, 3)).sum() == (times > 3.0).sum()


def test_grades_become_weighted_yes_and_no():
    rows, hits, weights = soft(np.array([0.0, 3.0, 1.0]))
    assert sorted(zip(rows.tolist(), hits.tolist(), weights.round(3).tolist(), strict=True)) == [
        (0, 0, 1.0),
        (1, 1, 1.0),
        (2, 0, 0.667),
        (2, 1, 0.333),
    ]
    assert soft(np.zeros(2))[1].tolist() == [0, 0]


def test_the_best_single_feature_is_found_whichever_way_round(labelled):
    rows = labelled()
    turned = Labelled(rows.names, -rows.values, rows.grades, rows.groups)
    for one, sign in ((rows, 1.0), (turned, -1.0)):
        way = Single().way(one)
        assert (way.place, way.sign) == (0, sign)
    assert Single("x3").way(rows).place == 3
    assert Single().train(Labelled((), np.empty((2, 0)), np.ones(2), np.zeros(2, dtype=int)))(rows).tolist() == [
        0.0
    ] * len(rows)


def test_what_ranks_better_is_chosen_and_losses_are_told(labelled):
    trials = Trials([Single(), Constant(), *learners()[2:3]])
    ours = Choosing(trials, "causeway")
    found = evaluate(labelled(groups=60), [Constant(), Single(), ours])
    assert set(ours.chosen) == {"logistic l2=3"}
    assert found.verdict("causeway", "chance") == found.verdict("causeway", "single feature") == "better"
    assert found.verdict("chance", "causeway") == "worse"
    assert found.verdict("causeway", "causeway") == "unsure"
    told = found.report("causeway")
    assert [row["name"] for row in told["contenders"]] == ["chance", "single feature", "causeway"]
    assert told["contenders"][0]["difference"]["low"] > 0
    assert told["units"] == 60


def test_equals_are_decided_for_the_simpler(labelled):
    rows = labelled(groups=12)
    alike = [Additive("first", AdditiveLogistic), Additive("second", AdditiveLogistic)]
    assert Choosing(Trials(alike), "causeway").choose(rows).name == "first"
    assert Choosing(Trials([Constant(), *alike]), "causeway", among=["chance"]).choose(rows).name == "chance"


def test_a_blend_is_the_mean_of_its_parts(labelled):
    rows = labelled(groups=12)
    parts = learners()[2:3] + learners()[-2:-1]
    mean = np.mean([part.train(rows)(rows) for part in parts], axis=0)
    assert np.array_equal(Blend(parts).train(rows)(rows), mean)
    trainers, means = Trials(parts).of(rows)
    assert [one.name for one in trainers] == [*(part.name for part in parts), "blend"]
    assert set(means) == {one.name for one in trainers}


def test_nothing_to_tell_apart_is_no_order(labelled):
    rows = labelled(groups=6)
    flat = Labelled(rows.names, rows.values, np.zeros(len(rows)), rows.groups)
    for one in learners():
        assert set(one.train(flat)(flat).tolist()) == {0.0}
    assert mean_ndcg(flat, np.zeros(len(flat))) == 0.0
    found = evaluate(flat, [Constant(), Single()])
    assert found.units == 0
    assert found.report("chance")["contenders"][0]["ndcg"] is None


def test_a_paired_interval_covers_what_it_should():
    """Of 200 experiments with a true difference of 0.1, about 95 % of the intervals hold it."""
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(200):
        other = rng.normal(size=60)
        found = paired(other + 0.1 + rng.normal(scale=0.2, size=60), other, samples=400)
        held += found.low <= 0.1 <= found.high
    assert 180 <= held <= 199
    assert np.isnan(paired(np.array([np.nan]), np.array([1.0])).mean)


def test_the_curve_rises_with_the_labels(labelled):
    curve = learning_curve(labelled(groups=60), Additive("logistic", AdditiveLogistic), [20, 800, 10**6])
    assert list(curve) == [20, 800]
    assert curve[800] > curve[20] + 0.02


def test_calibration_finds_the_curve_that_was_planted():
    rng = np.random.default_rng(2)
    logit = rng.normal(scale=2, size=20_000)
    hits = (rng.random(20_000) < 1 / (1 + np.exp(-(0.5 * logit - 1)))).astype(float)
    found = calibrated(logit, hits)
    assert (found.slope, found.offset) == (pytest.approx(0.5, abs=0.03), pytest.approx(-1, abs=0.06))
    parts = reliability(found.apply(logit), hits)
    assert [part.number for part in parts] == [2000] * 10
    assert max(abs(part.given - part.came) for part in parts) < 0.04
    assert calibrated(-logit, hits).slope > 0  # it may flatten, never turn round


def test_rows_that_do_not_fit_together_are_refused(labelled):
    rows = labelled(groups=2)
    for broken in ({"values": rows.values[:, :2]}, {"groups": rows.groups[:3]}, {"times": np.zeros(2)}):
        with pytest.raises(DomainError, match="labels_misaligned"):
            Labelled(
                **{"names": rows.names, "values": rows.values, "grades": rows.grades, "groups": rows.groups} | broken
            )


def test_what_tells_the_outcome_too_well_is_suspect(labelled):
    rows = labelled(groups=40)
    assert suspects(rows) == {}
    leak = np.where(rows.grades > 0, 0.9, 0.1)
    for told in (leak, -leak):
        leaky = Labelled((*rows.names, "leak"), np.column_stack([rows.values, told]), rows.grades, rows.groups)
        assert suspects(leaky) == {"leak": 1.0}
    assert suspects(leaky.take(np.arange(15))) == {}  # of so few, chance may be the reason
