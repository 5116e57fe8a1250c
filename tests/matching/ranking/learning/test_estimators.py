"""The learned estimators: scikit-learn's own checks, tables that are the whole of them, signs, priors."""

import time

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import parametrize_with_checks

from matching.ranking.learning.bins import codes_of, quantile_edges
from matching.ranking.learning.boosting import AdditiveBoosting
from matching.ranking.learning.compiling import tables_of
from matching.ranking.learning.logistic import AdditiveLogistic
from matching.ranking.schema import FEATURES, feature
from matching.ranking.scorecard import scorecard
from matching.ranking.tables import GRAIN, Side


@parametrize_with_checks([AdditiveLogistic(), AdditiveBoosting(max_iter=20)])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


@pytest.fixture
def trained():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(800, 4))
    X[rng.random(X.shape) < 0.1] = np.nan
    y = np.nan_to_num(X[:, 0]) + np.sin(2 * np.nan_to_num(X[:, 1])) + rng.logistic(size=800) > 0
    return X, y


ESTIMATORS = {
    "logistic": AdditiveLogistic(l2=0.5),
    "within": AdditiveLogistic(l2=0.5, is_within_groups=True),
    "boosting": AdditiveBoosting(max_iter=60),
}


@pytest.fixture(params=ESTIMATORS)
def estimator(request):
    return ESTIMATORS[request.param]


def test_tables_are_the_whole_of_it(estimator, trained):
    X, y = trained
    fitted = estimator.fit(X, y, groups=np.arange(800) // 20)
    asked = np.vstack([X, X[::-1] * 3, np.full((1, 4), np.nan)])
    codes = codes_of(asked, fitted.edges_)
    by_hand = fitted.intercept_ + sum(
        np.append(cells, missing)[codes[:, place]]
        for place, (cells, missing) in enumerate(zip(fitted.cells_, fitted.missing_, strict=True))
    )
    assert np.abs(fitted.decision_function(asked) - by_hand).max() < 1e-12
    assert np.allclose(fitted.contributions(asked).sum(axis=1) + fitted.intercept_, by_hand)


def test_the_trees_are_read_out_exactly(trained):
    X, y = trained
    fitted = AdditiveBoosting(max_iter=80).fit(X, y)
    codes = codes_of(X, fitted.edges_).astype(float)
    codes[np.isnan(X)] = np.nan
    trees = HistGradientBoostingClassifier(
        max_iter=80,
        learning_rate=0.05,
        max_leaf_nodes=6,
        l2_regularization=1.0,
        interaction_cst="no_interactions",
        early_stopping=False,
        random_state=0,
    ).fit(codes, y)
    rng = np.random.default_rng(0)
    asked = np.column_stack([rng.permutation(column) for column in codes.T])
    values = np.column_stack([_value(column, cuts) for column, cuts in zip(asked.T, fitted.edges_, strict=True)])
    assert np.abs(fitted.decision_function(values) - trees.decision_function(asked)).max() < 1e-9


def _value(codes, cuts):
    inside = np.append(cuts, cuts[-1] + 1.0)
    return np.where(np.isnan(codes), np.nan, inside[np.nan_to_num(codes).astype(int)])


def test_signs_hold_whatever_the_labels_say(estimator, trained):
    X, y = trained
    fitted = type(estimator)(**{**estimator.get_params(), "signs": [-1, 1, -1, 1]}).fit(X, y)
    for sign, cells in zip([-1, 1, -1, 1], fitted.cells_, strict=True):
        assert (np.diff(cells) * sign >= -1e-12).all()
    assert np.ptp(fitted.cells_[0]) < 1e-9  # it would have risen: flat is as far as it may go


def test_a_feature_that_nobody_tells_adds_nothing(estimator, trained):
    X, y = trained
    X = np.column_stack([X, np.full(len(X), np.nan)])
    fitted = estimator.fit(X, y)
    assert np.abs(fitted.contributions(X)[:, 4]).max() < 1e-3  # next to the intercept it has nothing to say


@pytest.mark.parametrize("labels", [2, 10, 60, 1000])
def test_with_few_labels_it_is_the_scorecard(outcomes, labels):
    rows = outcomes(causes=40)
    side = scorecard().wants
    known = [feature(name) for name in side.features]
    told = np.flatnonzero(~np.isnan(rows.wants))
    first = np.r_[told[rows.wants[told] == 1][: labels // 2], told[rows.wants[told] == 0][: labels // 2]]
    prior = [np.append(table.cells, table.missing) for table in side.tables]
    fitted = AdditiveLogistic(
        l2=30.0, prior=prior, edges=[one.edges for one in known], signs=[one.sign for one in known]
    ).fit(rows.matrix.select(side.features)[first], rows.wants[first])
    furthest = max(np.abs(cells - before[:-1]).max() for cells, before in zip(fitted.cells_, prior, strict=True))
    assert furthest < {2: 0.02, 10: 0.1, 60: 0.4, 1000: 3.0}[labels]


def test_logistic_is_scikit_learns_where_every_feature_is_yes_or_no():
    """Two parts a feature: one step each, so the penalty is plain L2 on it."""
    rng = np.random.default_rng(1)
    X = rng.integers(0, 2, size=(300, 3)).astype(float)
    y = X[:, 0] + rng.logistic(size=300) > 0.4
    ours = AdditiveLogistic(l2=2.0, tol=1e-13).fit(X, y)
    theirs = LogisticRegression(C=0.5, tol=1e-10).fit(X, y)
    steps = [cells[1] - cells[0] for cells in ours.cells_]
    assert steps == pytest.approx(theirs.coef_[0].tolist(), abs=1e-4)
    assert ours.decision_function(X) == pytest.approx(theirs.decision_function(X), abs=1e-4)


def test_easy_groups_teach_nothing_within_groups():
    """A feature that tells only which group it is."""
    rng = np.random.default_rng(5)
    groups = np.repeat(np.arange(40), 10)
    ease = np.repeat(rng.normal(size=40), 10)
    own = rng.normal(size=400)
    y = own + 2 * ease + rng.logistic(size=400) > 0
    X = np.column_stack([own, ease])
    within = AdditiveLogistic(l2=1.0, is_within_groups=True).fit(X, y, groups=groups)
    each = AdditiveLogistic(l2=1.0).fit(X, y, groups=groups)
    assert np.ptp(within.cells_[1]) < 1e-6
    assert np.ptp(each.cells_[1]) > 0.5
    assert np.ptp(within.cells_[0]) > 0.5
    assert within.predict_proba(X)[:, 1].mean() == pytest.approx(y.mean(), abs=1e-6)


def test_what_was_learned_becomes_tables_of_a_side(outcomes):
    rows = outcomes()
    known = [one for one in FEATURES if "wants" in one.sides]
    told = ~np.isnan(rows.wants)
    values = rows.matrix.select([one.name for one in known])
    options = {"edges": [one.edges for one in known], "signs": [one.sign for one in known]}
    fitted = [
        AdditiveLogistic(l2=0.1, **options).fit(values[told], rows.wants[told]),
        AdditiveBoosting(**options).fit(values[told], rows.wants[told]),
    ]
    intercept, tables = tables_of(fitted, known)
    side = Side("wants", intercept, tuple(tables))
    estimator = np.mean([one.decision_function(values) for one in fitted], axis=0)
    assert np.abs(side.logit(side.contributions(values)) - estimator).max() < 1e-9
    assert {float(cell) % GRAIN for table in tables for cell in table.cells} == {0.0}


def test_edges_cut_into_parts_of_equal_weight_and_lie_on_no_value():
    values = np.r_[np.arange(100.0), np.nan]
    edges = quantile_edges(values, np.ones(101), 4)
    assert edges.tolist() == [24.5, 49.5, 74.5]
    assert quantile_edges(np.array([0.0, 1.0, 1.0, 7.0]), np.ones(4), 64).tolist() == [0.5, 4.0]
    assert quantile_edges(np.array([np.nan, 3.0]), np.ones(2), 4).tolist() == []
    assert quantile_edges(values, np.r_[np.zeros(50), np.ones(51)], 2).tolist() == [74.5]
    next_to = np.array([1.0, np.nextafter(1.0, 2.0)])
    assert codes_of(next_to[:, None], [quantile_edges(next_to, np.ones(2), 4)]).ravel().tolist() == [0, 1]


@pytest.mark.slow
def test_ten_thousand_labels_take_seconds(outcomes):
    """Bars: below a second for logistic, a minute for boosting; four times that on a busy machine."""
    rows = outcomes(causes=420, known=1.0)
    values = rows.matrix.select(scorecard().wants.features)[:10_000]
    known = [feature(name) for name in scorecard().wants.features]
    options = {"edges": [one.edges for one in known], "signs": [one.sign for one in known]}
    for estimator, most in ((AdditiveLogistic(l2=3.0, **options), 4.0), (AdditiveBoosting(**options), 240.0)):
        begun = time.perf_counter()
        estimator.fit(values, rows.wants[:10_000])
        assert time.perf_counter() - begun < most
