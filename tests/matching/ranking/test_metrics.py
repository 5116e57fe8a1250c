import math

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from matching.ranking.metrics import ndcg, ndcg_by_group, psi, recall, recall_by_group


@pytest.mark.parametrize("seed", range(50))
def test_ndcg_is_that_of_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 40))
    grades, score, k = rng.integers(0, 4, size=n).astype(float), rng.permutation(n), int(rng.integers(1, n + 5))
    grades[0] = 3.0
    assert ndcg(grades, np.argsort(-score), k) == pytest.approx(ndcg_score([grades], [score], k=k), abs=1e-12)


def test_ndcg_at_its_ends():
    grades = np.array([0.0, 3.0, 1.0])
    assert ndcg(grades, np.array([1, 2, 0]), 3) == 1.0
    assert ndcg(grades, np.array([0]), 1) == 0.0
    assert math.isnan(ndcg(np.zeros(3), np.arange(3), 3))


def test_recall_is_the_share_found():
    relevant = np.array([True, False, True, True, False])
    order = np.array([0, 1, 2, 4, 3])
    assert [recall(relevant, order, k) for k in (0, 1, 3, 5)] == [0.0, 1 / 3, 2 / 3, 1.0]
    assert math.isnan(recall(np.zeros(5, dtype=bool), order, 5))


@pytest.mark.parametrize("seed", range(50))
def test_scores_that_tie_stand_in_every_order_equally_often(seed):
    rng = np.random.default_rng(seed)
    n, k = 60, int(rng.integers(1, 12))
    grades, scores = rng.integers(0, 4, size=n).astype(float), rng.integers(0, 6, size=n).astype(float)
    groups = rng.choice([4, 9, 11], size=n)
    found = ndcg_by_group(grades, scores, groups, k)
    for place, group in enumerate((4, 9, 11)):
        own = groups == group
        assert found[place] == pytest.approx(ndcg_score([grades[own]], [scores[own]], k=k), abs=1e-12)


def test_recall_of_ties_is_the_share_of_their_places():
    relevant, scores = np.array([True, False, True, False]), np.array([1.0, 1.0, 1.0, 0.0])
    assert recall_by_group(relevant, scores, np.zeros(4, dtype=int), 1).tolist() == [pytest.approx(1 / 3)]
    assert recall_by_group(relevant, scores, np.zeros(4, dtype=int), 3).tolist() == [1.0]
    assert np.isnan(recall_by_group(np.zeros(4, dtype=bool), scores, np.zeros(4, dtype=int), 3)).all()
    assert np.isnan(ndcg_by_group(np.zeros(4), scores, np.zeros(4, dtype=int), 3)).all()


def test_the_stability_index_is_small_for_alike_and_large_for_moved():
    rng = np.random.default_rng(0)
    before = rng.normal(size=2000)
    assert psi(before, rng.normal(size=2000)) < 0.05
    assert psi(before, rng.normal(loc=0.7, size=2000)) > 0.2
    assert psi(before, before) == pytest.approx(0.0)
    assert math.isfinite(psi(before, np.full(50, 99.0)))
    assert psi(np.ones(20), np.ones(20)) == pytest.approx(0.0)
