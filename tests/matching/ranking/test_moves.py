import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from matching.ranking.features import Basis, compute
from matching.ranking.moves import matrix_of, moves
from matching.ranking.schema import FEATURES
from matching.ranking.scorecard import WEIGHTS, scorecard
from matching.ranking.text import TextSpace

NAMES = [one.name for one in FEATURES]
WITHIN = some.fixed_dictionaries(
    {}, optional={name: some.floats(one.low, one.high) for name, one in WEIGHTS.items()}
)  # fmt: skip


def stored(**values) -> dict:
    """As a list keeps it: what is not named is unknown."""
    row = {name: {"value": None, "basis": "missing"} for name in NAMES}
    return row | {name: {"value": value, "basis": "measured"} for name, value in values.items()}


def moved(weights, *rows):
    return moves(scorecard(), scorecard(weights), np.arange(1, len(rows) + 1), matrix_of(rows))


def test_what_is_kept_is_the_matrix_it_was_kept_from(crowd, cause):
    candidates = crowd(40)
    matrix = compute(candidates, cause, TextSpace.fit(candidates.texts))
    rows = [
        {
            name: {"value": None if np.isnan(value) else value, "basis": Basis(basis).code}
            for name, value, basis in zip(matrix.names, values, bases, strict=True)
        }
        for values, bases in zip(matrix.values.tolist(), matrix.basis.tolist(), strict=True)
    ]
    again = matrix_of(rows)
    assert again.names == matrix.names
    assert np.array_equal(again.values, matrix.values, equal_nan=True)
    assert np.array_equal(again.basis, matrix.basis)


def test_with_the_same_weights_nobody_moves(crowd, cause):
    candidates = crowd(60)
    matrix = compute(candidates, cause, TextSpace.fit(candidates.texts))
    told = moves(scorecard(), scorecard(), candidates.ids, matrix)
    ranking = scorecard().rank_matrix(candidates.ids, matrix, top=60)
    assert [move.id for move in told] == ranking.ids.tolist()
    assert [(move.before, move.after, move.places, move.feature) for move in told] == [
        (place, place, 0, "") for place in range(1, 61)
    ]
    assert [move.score_after for move in told] == ranking.scored.score[ranking.order].tolist()


@given(weights=WITHIN, seed=some.integers(0, 50))
def test_they_are_the_places_of_the_two_rankings(weights, seed):
    rng = np.random.default_rng(seed)
    rows = [
        stored(**{one.name: rng.uniform(one.low, one.high) for one in FEATURES if rng.random() > 0.4})
        for _ in range(12)
    ]
    ids, matrix = rng.permutation(100)[:12], matrix_of(rows)
    before, after = scorecard().rank_matrix(ids, matrix, top=12), scorecard(weights).rank_matrix(ids, matrix, top=12)
    told = moves(scorecard(), scorecard(weights), ids, matrix)
    assert [(move.id, move.after) for move in told] == list(zip(after.ids.tolist(), range(1, 13), strict=True))
    assert {move.id: move.before for move in told} == dict(zip(before.ids.tolist(), range(1, 13), strict=True))
    assert all((move.feature == "") or move.places for move in told)


def test_the_feature_that_moved_somebody_most_is_named():
    reads, fits, stays = stored(language_reach=1.0), stored(topic_fit=0.12), stored(audience_geo=0.0)
    first, second, third = moved({"language_reach": 5.0}, fits, reads, stays)
    assert (first.id, first.before, first.after, first.feature) == (2, 2, 1, "language_reach")
    assert (second.id, second.places, second.feature) == (1, -1, "")  # their own fit is what it was
    assert (third.id, third.places, third.feature) == (3, 0, "")
    risen, fallen, _third = moved({"topic_fit": 0.0}, fits, reads, stays)
    assert (risen.id, risen.places, risen.feature) == (2, 1, "")
    assert (fallen.id, fallen.places, fallen.feature) == (1, -1, "topic_fit")


def test_whoever_falls_though_they_score_higher_is_passed_by_others_and_not_brought_down_by_a_feature():
    fits, reads = stored(topic_fit=0.2, language_reach=0.4), stored(topic_fit=0.1, language_reach=1.0)
    _first, fallen = moved({"topic_fit": 3.0, "language_reach": 3.0}, fits, reads)
    assert (fallen.id, fallen.places, fallen.feature) == (1, -1, "")  # "language_reach" speaks a little less for them
    assert fallen.score_after > fallen.score_before


@pytest.mark.parametrize("number", [0, 1])
def test_of_few_there_is_little_to_tell(number):
    assert [move.places for move in moved({"topic_fit": 0.0}, *[stored(topic_fit=0.4)] * number)] == [0] * number
