"""How alike two people are, respect by respect."""

import numpy as np
import pytest

from matching.ranking import likeness
from matching.ranking.likeness import ABOUT, REACH

EVERY = {**ABOUT, **REACH}


def near(**parts):
    """Of one person, of whom the parts that are not named are unknown."""
    columns = {name: np.array([parts.get(name, np.nan)]) for name in EVERY}
    return float(likeness.nearness(columns)[0])


def test_it_is_the_mean_of_what_they_speak_of_by_that_of_whom_they_reach():
    about, reach = (4 * 0.5 + 3 * 0.2) / (4 + 3 + 2), (2 * 0.4 + 1 * 1.0 + 2 * 0.5) / (2 + 1 + 2)
    assert near(texts=0.5, topics=0.2, countries=0.4, platforms=1.0) == pytest.approx((about * reach) ** 0.5, abs=1e-9)


def test_without_a_common_subject_nobody_is_like_anybody():
    assert near(texts=0.0, topics=0.0, **dict.fromkeys(REACH, 1.0)) == 0.0
    assert near(**dict.fromkeys(REACH, 1.0)) == 0.0


@pytest.mark.parametrize("name", REACH)
def test_what_is_unknown_of_whom_they_reach_is_as_if_it_had_never_been_asked(name):
    """It moves nobody who has in common what is usual, up or down."""
    half = {one: 0.5 for one in REACH if one != name}
    assert near(texts=0.7, **half) == near(texts=0.7, **half, **{name: 0.5})


@pytest.mark.parametrize("name", EVERY)
def test_more_in_common_is_nearer_in_every_respect(name):
    others = {one: 0.4 for one in EVERY if one != name}
    found = [near(**others, **{name: share}) for share in (0.0, 0.3, 0.6, 1.0)]
    assert found == sorted(set(found))


def test_little_that_is_known_is_no_likeness():
    whole = near(**dict.fromkeys(EVERY, 0.8))
    assert near(texts=0.8) < whole
    assert near(hashtags=0.8) < near(texts=0.8)


def test_who_has_the_same_is_as_near_as_can_be_and_no_one_is_beyond():
    assert near(**dict.fromkeys(EVERY, 1.0)) < 1.0
    assert near(**dict.fromkeys(EVERY, 1.0)) > near(**dict.fromkeys(EVERY, 0.99))


def test_in_common_is_the_part_of_all_that_either_has():
    """Shares or traits: two of three topics; half an audience in France, and a fifth."""
    assert likeness.in_common(np.array([2.0]), 3.0, np.array([2.0])).tolist() == [2 / 3]
    assert likeness.in_common(np.array([0.2]), 0.5, np.array([0.2]))[0] == pytest.approx(0.4)
    assert likeness.in_common(np.array([0.0]), 0.0, np.array([0.0])).tolist() == [0.0]


def test_how_far_apart_sizes_are_counts_and_not_who_is_the_larger():
    found = likeness.as_large(4.0, np.array([4.0, 4.5, 3.5, 6.0, 9.0, np.nan]))
    np.testing.assert_allclose(found, [1.0, 0.75, 0.75, 0.0, 0.0, np.nan])
    assert np.isnan(likeness.as_large(np.nan, np.array([4.0]))).all()


def test_ages_that_sources_cut_differently_are_compared_year_by_year():
    told = likeness.in_spans({"18-34": np.array([0.85]), "65+": np.array([0.1])}, 1)[0]
    parts = dict(zip(likeness.SPANS, told.tolist(), strict=True))
    assert parts["18-24"] == pytest.approx(0.85 * 7 / 17)
    assert parts["25-34"] == pytest.approx(0.85 * 10 / 17)
    assert parts["65+"] == pytest.approx(0.1)
    assert sum(parts.values()) == pytest.approx(0.95)
