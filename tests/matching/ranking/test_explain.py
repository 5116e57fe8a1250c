import math

import numpy as np
import pytest

from matching.ranking.explain import Value
from matching.ranking.features import POSTS_IN_THEM, Basis
from matching.ranking.schema import FEATURES, SIDES
from matching.ranking.scorecard import scorecard


def test_an_explanation_adds_up_to_the_last_bit(ranker, crowd, rank):
    ranking = rank(ranker, crowd(120), top=120)
    for position, row in enumerate(ranking.order):
        told = ranking.explanation(position)
        assert tuple(side.side for side in told.sides) == SIDES
        for side in told.sides:
            assert side.total == side.logit - side.intercept
            assert side.intercept + sum(side.contributions.values()) == ranking.scored.side(side.side).logit[row]
        assert told.score == math.prod(side.probability for side in told.sides) == ranking.scored.score[row]


def test_an_explanation_is_of_the_one_who_stands_there(ranker, crowd, rank):
    ranking = rank(ranker, crowd(40), top=10)
    told = [ranking.explanation(position) for position in range(10)]
    assert [one.rank for one in told] == list(range(1, 11))
    assert [one.id for one in told] == ranking.ids.tolist()
    assert [one.percentile for one in told] == ranking.percentile[ranking.order].tolist()
    for position in (-1, 10):
        with pytest.raises(IndexError):
            ranking.explanation(position)


def test_reasons_stand_by_their_size_and_name_every_feature(ranker, crowd, rank):
    ranking = rank(ranker, crowd(40), top=40)
    for told in map(ranking.explanation, range(40)):
        sizes = [abs(reason.contribution) for reason in told.reasons]
        assert sizes == sorted(sizes, reverse=True)
        assert {(one.side, one.feature) for one in told.reasons} == {
            (side, feature.name) for feature in FEATURES for side in feature.sides
        }
        assert all(one.contribution > 0 for one in told.reasons_for)
        assert all(one.contribution < 0 for one in told.reasons_against)
        silent = [one for one in told.reasons if one.contribution == 0]
        assert len(told.reasons_for) + len(told.reasons_against) + len(silent) == len(told.reasons)


def test_why_one_person_stands_there(people, rank):
    row = {"topics": ["ocean"], "own_languages": ["fr"], "countries": {"US": 1.0}}
    told = rank(scorecard(), people(row)).explanation(0)
    known = {
        "topic_fit": Value(0.5, Basis.MEASURED),
        "language_reach": Value(POSTS_IN_THEM, Basis.ESTIMATED),
        "audience_geo": Value(0.0, Basis.MEASURED),
    }
    others = [feature.name for feature in FEATURES if feature.name not in known]
    assert told.values == known | dict.fromkeys(others, Value(None, Basis.MISSING))
    assert [(one.feature, one.side, one.value, one.basis) for one in told.reasons_for] == [
        ("topic_fit", "accepts", 0.5, Basis.MEASURED),
        ("topic_fit", "wants", 0.5, Basis.MEASURED),
        ("language_reach", "wants", POSTS_IN_THEM, Basis.ESTIMATED),
    ]
    assert [(one.feature, one.side, one.value) for one in told.reasons_against] == [("audience_geo", "wants", 0.0)]
    assert told.missing == tuple(others)


def test_what_is_unknown_is_said_and_weighs_nothing(people, rank):
    told = rank(scorecard(), people({"countries": {"FR": 1.0}})).explanation(0)
    assert told.missing == tuple(feature.name for feature in FEATURES if feature.name != "audience_geo")
    assert [one.feature for one in told.reasons_for] == ["audience_geo"]
    assert told.reasons_against == ()
    assert {one.value for one in told.reasons if one.feature != "audience_geo"} == {None}


def test_values_are_plain_numbers(crowd, rank):
    told = rank(scorecard(), crowd(5)).explanation(0)
    numbers = [told.id, told.rank, told.score, told.percentile, *(one.contribution for one in told.reasons)]
    assert not any(isinstance(number, np.generic) for number in numbers)
