import math

import numpy as np
import pytest

from crm.errors import DomainError
from matching.ranking.vectors import MOST_DIMENSIONS, Vectors


def test_a_cosine_is_what_whole_numbers_say():
    rng = np.random.default_rng(0)
    vectors, asked = Vectors.of(rng.normal(size=(9_000, 384))), Vectors.of(rng.normal(size=(1, 384)))
    whole = vectors.values.astype(np.int64)
    one = asked.values[0].astype(np.int64)
    dots = whole @ one
    lengths = np.sqrt((whole**2).sum(axis=1).astype(np.float64) * float((one**2).sum()))
    assert vectors.cosine(asked).tolist() == np.clip(dots / lengths, 0, 1).tolist()
    assert vectors.take(np.array([8_999, 3])).cosine(asked).tolist() == vectors.cosine(asked)[[8_999, 3]].tolist()


def test_the_largest_numbers_of_most_dimensions_add_up_exactly():
    told = np.ones((2, MOST_DIMENSIONS))
    told[1, 0] = -1.0
    vectors = Vectors.of(told)
    assert vectors.cosine(vectors.take(np.array([0]))).tolist() == [1.0, (MOST_DIMENSIONS - 2) / MOST_DIMENSIONS]
    with pytest.raises(DomainError, match="too_many_dimensions"):
        Vectors.of(np.ones((1, MOST_DIMENSIONS + 1)))


def test_what_was_not_encoded_is_missing_and_what_points_away_is_not_near():
    vectors = Vectors.of(np.array([[0.0, 0.0], [-1.0, 0.0], [1.0, 1.0]]))
    found = vectors.cosine(Vectors.of(np.array([[2.0, 0.0]])))
    assert math.isnan(found[0])
    assert found[1:].tolist() == [0.0, pytest.approx(math.sqrt(0.5))]
    assert np.isnan(vectors.cosine(Vectors.of(np.zeros((1, 2))))).all()


def test_a_vector_is_kept_to_half_a_step_of_its_largest():
    told = np.random.default_rng(1).normal(size=(50, 64)).astype(np.float32)
    kept = Vectors.of(told).values / 127 * np.abs(told).max(axis=1, keepdims=True)
    assert (np.abs(kept - told) <= np.abs(told).max(axis=1, keepdims=True) / 254 + 1e-6).all()
