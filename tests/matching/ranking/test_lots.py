"""Who stands in a list by lot: how many, where, how probable that was, and that everybody is as likely as another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.ranking import lots


def places_of(drawing):
    """From 1, those that were drawn."""
    return (np.flatnonzero(drawing.propensity < 1) + 1).tolist()


@pytest.mark.parametrize(
    ("places", "share", "number"),
    [
        (100, 0.0, 0),
        (100, 0.29, 29),
        (100, 0.3, 30),
        (30, 0.1, 3),
        (29, 0.1, 2),
        (9, 0.1, 0),
        (1, 0.3, 0),
        (10, 0.3, 3),
    ],
)
def test_as_many_as_the_share_says_and_never_more(places, share, number):
    assert lots.number(places, share) == number


def test_without_a_share_a_list_is_the_best_in_their_order():
    for considered in (0, 3, 10, 11, 5_000):
        drawing = lots.draw(considered, 10, share=0.0, seed=7)
        assert drawing.standing.tolist() == list(range(min(considered, 10)))
        assert drawing.propensity.tolist() == [1.0] * min(considered, 10)
    assert lots.reach(10, 0.0) == 10


def test_where_everybody_has_a_place_nobody_is_drawn():
    drawing = lots.draw(10, 10, share=0.3, seed=7)
    assert (drawing.standing.tolist(), drawing.propensity.tolist()) == (list(range(10)), [1.0] * 10)


@pytest.mark.parametrize(
    ("places", "share", "drawn"),
    [
        (10, 0.1, [6]),
        (10, 0.3, [2, 6, 9]),
        (100, 0.1, [6, 16, 26, 36, 46, 56, 66, 76, 86, 96]),
        (20, 0.2, [3, 8, 13, 18]),
    ],
)
def test_they_stand_evenly_spread_and_never_first(places, share, drawn):
    assert places_of(lots.draw(5_000, places, share=share, seed=1)) == drawn


@pytest.mark.parametrize(("considered", "pool"), [(5_000, 93), (100, 93), (60, 53), (11, 4)])
def test_the_propensity_is_that_of_those_who_rank_below_as_far_down_as_ten_lists(considered, pool):
    drawing = lots.draw(considered, 10, share=0.3, seed=1)
    by_lot = drawing.propensity < 1
    assert set(drawing.propensity[by_lot]) == {3 / pool}
    assert drawing.standing[~by_lot].tolist() == list(range(7))
    assert all(7 <= place < 7 + pool for place in drawing.standing[by_lot].tolist())


def test_everybody_of_the_pool_is_drawn_equally_often():
    """Of 40 people, 3 a list, 8,000 lists: each 600 times, give or take what chance gives and takes."""
    times = np.bincount(
        np.concatenate([lots.draw(47, 10, share=0.3, seed=seed).standing for seed in range(8_000)]), minlength=47
    )
    assert times[:7].tolist() == [8_000] * 7
    expected, spread = 600, np.sqrt(8_000 * (3 / 40) * (1 - 3 / 40))
    assert np.abs(times[7:] - expected).max() < 4 * spread
    assert 0.5 < times[7:].std() / spread < 1.5


def test_no_place_is_for_the_better_ones_of_the_drawn():
    at = np.array([lots.draw(47, 10, share=0.3, seed=seed).standing[[1, 5, 8]] for seed in range(4_000)])
    assert np.abs(at.mean(axis=0) - 26.5).max() < 4 * np.sqrt((40**2 - 1) / 12 / 4_000)


@given(
    considered=st.integers(0, 400), places=st.integers(1, 40), share=st.floats(0, lots.MOST), seed=st.integers(0, 2**62)
)
def test_nobody_stands_twice_and_the_same_seed_draws_the_same(considered, places, share, seed):
    drawing = lots.draw(considered, places, share=share, seed=seed)
    assert len(drawing.standing) == len(set(drawing.standing.tolist())) == min(considered, places)
    assert drawing.standing.max(initial=0) < max(min(considered, lots.reach(places, share)), 1)
    assert ((drawing.propensity > 0) & (drawing.propensity <= 1)).all()
    again = lots.draw(considered, places, share=share, seed=seed)
    assert again.standing.tolist() == drawing.standing.tolist()
    by_rank = drawing.standing[drawing.propensity == 1].tolist()
    assert by_rank == list(range(len(by_rank)))


@given(considered=st.integers(20, 400), places=st.integers(1, 40), share=st.floats(0, lots.MOST))
def test_a_place_and_a_standing_by_rank_lead_to_each_other(considered, places, share):
    propensity = lots.draw(considered, places, share=share, seed=1).propensity
    drawn = (np.flatnonzero(propensity < 1) + 1).tolist()
    for standing, place in enumerate((np.flatnonzero(propensity == 1) + 1).tolist(), start=1):
        assert (lots.place(standing, drawn), lots.standing(place, drawn)) == (place, standing)
