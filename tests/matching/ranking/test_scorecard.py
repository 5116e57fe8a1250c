import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from crm.errors import DomainError
from matching.ranking.features import Basis, FeatureMatrix
from matching.ranking.schema import BINS, FEATURES, SIDES, feature
from matching.ranking.scorecard import CURVES, WEIGHTS, scorecard


def tables(ranker):
    return {(side.name, table.name): table for side in ranker.sides for table in side.tables}


def test_every_feature_of_the_schema_has_a_curve_and_a_weight():
    names = {feature.name for feature in FEATURES if feature.sides}
    assert set(CURVES) == set(WEIGHTS) == names
    assert set(tables(scorecard())) == {(side, one.name) for one in FEATURES for side in one.sides}


@pytest.mark.parametrize("key", tables(scorecard()))
def test_an_ordinary_value_adds_nothing_and_the_ends_speak(key):
    table, curve, known = tables(scorecard())[key], CURVES[key[1]], feature(key[1])
    assert len(table.cells) == BINS
    assert table.lookup(np.array([curve.neutral, np.nan])).tolist() == [0.0, 0.0]
    assert np.ptp(table.cells) > 0
    assert known.low <= curve.points[0][0] < curve.points[-1][0] <= known.high
    assert {height for _, height in curve.points} <= {*np.clip([height for _, height in curve.points], -1, 1)}
    if known.sign:
        assert (np.diff(table.cells) * known.sign >= 0).all()
        assert table.cells[0] != table.cells[-1]


@pytest.mark.parametrize("name", WEIGHTS)
def test_a_weight_scales_its_feature_and_no_other(name):
    before, after = tables(scorecard({name: 1.0})), tables(scorecard({name: 2.0}))
    for key, table in before.items():
        factor = 2.0 if key[1] == name else 1.0
        assert after[key].cells == pytest.approx(table.cells * factor, abs=1e-11)


@pytest.mark.parametrize("name", WEIGHTS)
def test_a_weight_of_zero_leaves_a_feature_out_of_account(name):
    silenced = [table for (_, feature), table in tables(scorecard({name: 0.0})).items() if feature == name]
    assert all((table.cells == 0).all() for table in silenced)


@pytest.mark.parametrize("name", WEIGHTS)
@pytest.mark.parametrize("beyond", [-0.001, 5.001, float("nan"), float("inf")])
def test_a_weight_stays_within_its_bounds(name, beyond):
    with pytest.raises(DomainError, match="weight_out_of_bounds") as raised:
        scorecard({name: beyond})
    bounds = WEIGHTS[name]
    assert raised.value.params == {"feature": name, "low": bounds.low, "high": bounds.high}
    assert scorecard({name: bounds.low}).digest != scorecard({name: bounds.high}).digest


def test_a_weight_for_nothing_is_refused():
    with pytest.raises(DomainError, match="feature_unknown"):
        scorecard({"luck": 1.0})
    with pytest.raises(DomainError, match="feature_unknown"):
        scorecard({"log_followers": 1.0})  # known, and weighed by nobody


def test_the_default_weights_are_the_default():
    assert scorecard({name: weight.default for name, weight in WEIGHTS.items()}).digest == scorecard().digest
    assert tuple(side.name for side in scorecard().sides) == SIDES


def test_a_fitting_creator_comes_first_and_one_nobody_knows_stands_between(people, rank):
    fits = {"topics": ["ocean", "climate"], "languages": {"fr": 0.9}, "countries": {"FR": 0.7, "BE": 0.2}}
    does_not = {"topics": ["health"], "languages": {"de": 1.0}, "countries": {"DE": 1.0}}
    half = {"topics": ["ocean"], "languages": {"fr": 0.6}, "countries": {"FR": 0.4, "US": 0.6}}
    assert rank(scorecard(), people(does_not, half, {}, fits)).ids.tolist() == [4, 2, 3, 1]


@given(
    weights=some.fixed_dictionaries({name: some.floats(one.low, one.high) for name, one in WEIGHTS.items()}),
    others=some.lists(some.floats(0, 1), min_size=len(FEATURES), max_size=len(FEATURES)),
    followers=some.lists(some.floats(0, 9) | some.just(np.nan), min_size=2, max_size=5),
)
def test_whoever_differs_in_followers_alone_is_an_equal_whatever_the_weights(weights, others, followers):
    """`log_followers` enters no sum: no weight moves it, and no weighing lets it in."""
    ranker, place = scorecard(weights), [one.name for one in FEATURES].index("log_followers")
    values = np.tile(others, (len(followers), 1))
    values[:, place] = followers
    basis = np.where(np.isnan(values), Basis.MISSING, Basis.MEASURED).astype(np.int8)
    ids = np.arange(len(followers))[::-1] + 7
    ranking = ranker.rank_matrix(ids, FeatureMatrix(tuple(one.name for one in FEATURES), values, basis), top=9)
    assert ranking.ids.tolist() == sorted(ids)
    assert len(set(ranking.scored.score.tolist())) == 1
    assert not any("log_followers" in side.features for side in ranker.sides)
