"""Which hour is suggested, by how many answers, and when none is."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.hours.habits import ENOUGH_OWN, ENOUGH_PEERS, Suggestion, best_hour

DAY = range(9, 18)


def suggested(own=(), peers=(), allowed=DAY):
    return best_hour(own=own, peers=peers, allowed=allowed)


def test_one_s_own_answers():
    assert suggested(own=[14, 15, 14, 15, 14]) == Suggestion(14, "own", own=5, peers=0)


def test_those_of_people_like_them():
    assert suggested(peers=[10] * 20 + [*DAY] * 3) == Suggestion(10, "peers", own=0, peers=47)


def test_few_answers_of_one_s_own_lean_on_those_of_people_like_them():
    peers = [11] * 30 + [*DAY] * 3

    assert suggested(own=[16], peers=peers) == Suggestion(11, "peers", own=1, peers=57)
    assert suggested(own=[16] * 8, peers=peers) == Suggestion(16, "own", own=8, peers=57)


@pytest.mark.parametrize(
    ("own", "peers"),
    [
        ([], []),
        ([10] * (ENOUGH_OWN - 1), []),
        ([], [10] * (ENOUGH_PEERS - 1)),
        ([10] * (ENOUGH_OWN - 1), [10] * (ENOUGH_PEERS - 1)),
    ],
)
def test_too_few_answers_suggest_nothing(own, peers):
    assert suggested(own, peers) == Suggestion(None, "none", own=len(own), peers=len(peers))


def test_enough_of_either_suggest():
    assert suggested([10] * ENOUGH_OWN).hour == 10
    assert suggested(peers=[10] * ENOUGH_PEERS).hour == 10


def test_answers_that_come_at_any_hour_suggest_none():
    assert suggested(own=[*DAY], peers=[*DAY] * 20) == Suggestion(None, "none", own=9, peers=180)


def test_an_hour_of_its_own_is_less_than_three_beside_each_other():
    assert suggested(peers=[9] * 13 + [14] * 10 + [15] * 12 + [16] * 10).hour == 15


def test_answers_at_other_hours_do_not_count():
    assert suggested(own=[22] * 50 + [10] * 3) == Suggestion(None, "none", own=3, peers=0)
    assert suggested(own=[22] * 50 + [10] * 4) == Suggestion(10, "own", own=4, peers=0)


def test_of_equals_the_earlier():
    assert suggested(peers=[10] * 20 + [16] * 20).hour == 10


@pytest.mark.parametrize("allowed", [[], [9], [9, 10]])
def test_where_there_is_hardly_a_choice_nothing_is_suggested(allowed):
    assert suggested(own=[9] * 50, allowed=allowed).hour is None


def test_chance_is_seldom_taken_for_a_habit_and_a_habit_seldom_for_chance():
    draw = random.Random(1)
    flat = [suggested(peers=draw.choices(DAY, k=60)).hour for _ in range(200)]
    habit = [suggested(peers=[*draw.choices(DAY, k=60), *draw.choices([13, 14, 15], k=30)]).hour for _ in range(200)]

    assert sum(hour is not None for hour in flat) <= 30
    assert sum(hour in {13, 14, 15} for hour in habit) >= 180


hours = st.lists(st.integers(0, 23), max_size=80)


@given(own=hours, peers=hours, allowed=st.frozensets(st.integers(0, 23)), shuffled=st.randoms(use_true_random=False))
def test_only_allowed_hours_and_the_same_in_any_order(own, peers, allowed, shuffled):
    found = suggested(own, peers, allowed)

    assert found.hour is None or found.hour in allowed
    assert (found.hour is None) == (found.basis == "none")
    assert (found.own, found.peers) == tuple(sum(hour in allowed for hour in answers) for answers in (own, peers))
    shuffled.shuffle(own)
    shuffled.shuffle(peers)
    assert suggested(own, peers, sorted(allowed, reverse=True)) == found
