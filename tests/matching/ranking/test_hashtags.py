"""Which hashtags serve a cause: specific, alive, not crowded; and none by a list of names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.ranking.hashtags import Usage, lift, propose


def usage(key="sea", *, aligned=20, people=30, posts=90, recent=40, before=40, engagement=None) -> Usage:
    return Usage(key, key, aligned, people, posts, recent, before, engagement)


def judged(one: Usage, *, aligned=100, people=10_000):
    [proposal] = propose([one], aligned=aligned, people=people)
    return proposal.specific.value, proposal.alive.value, proposal.crowded.value, proposal.advice.value


@pytest.mark.parametrize(
    ("one", "bands"),
    [
        (usage(), ("specific", "steady", "open", "use")),
        (usage(aligned=60, people=1_500), ("specific", "steady", "crowded", "join")),
        (usage(aligned=10, people=400), ("leaning", "steady", "busy", "try")),
        (usage(recent=2), ("specific", "dormant", "open", "sleeping")),
        (usage("love", aligned=60, people=6_000), ("generic", "steady", "crowded", "avoid")),
        (usage(aligned=3, people=400), ("generic", "steady", "busy", "avoid")),
        (usage(recent=80), ("specific", "rising", "open", "use")),
        (usage(recent=20), ("specific", "falling", "open", "use")),
    ],
)
def test_bands_and_what_they_come_to(one, bands):
    assert judged(one) == bands


def test_what_everybody_uses_is_avoided_whatever_it_is_called():
    for name in ("love", "instagood", "xqzt"):
        assert judged(usage(name, aligned=55, people=5_500))[3] == "avoid"


def test_a_handful_says_less_than_many():
    few, many = usage(aligned=3, people=3), usage(aligned=30, people=30)
    assert lift(few, 100, 10_000) < lift(many, 100, 10_000)


def test_lift_is_the_ratio_of_shares_with_five_people_added_to_both():
    among_all = (30 + 5) / (10_000 + 5)
    assert lift(usage(), 100, 10_000) == pytest.approx((20 + 5 * among_all) / 105 / among_all)


def test_whom_fewer_than_three_use_is_nobodys():
    assert propose([usage(aligned=2, people=2)], aligned=100, people=10_000) == []


def test_the_most_useful_stands_first_and_ties_go_by_key():
    keys = ["generic", "b", "a", "asleep", "stronger"]
    found = propose(
        [
            usage("generic", aligned=60, people=6_000),
            usage("b"),
            usage("a"),
            usage("asleep", recent=0),
            usage("stronger", aligned=40, people=45),
        ],
        aligned=100,
        people=10_000,
    )
    assert [one.usage.key for one in found] == ["stronger", "a", "b", "asleep", "generic"]
    assert sorted(keys) == sorted(one.usage.key for one in found)


counts = st.integers(3, 500)


@given(aligned=counts, more=counts, total=st.integers(1_000, 10**6), recent=counts, before=counts)
def test_any_counts_give_a_judgement(aligned, more, total, recent, before):
    one = usage(aligned=aligned, people=aligned + more, recent=recent, before=before)
    [proposal] = propose([one], aligned=500, people=total)
    assert proposal.lift > 0
    assert proposal.share >= 0


@given(aligned=counts, people=st.integers(600, 5_000))
def test_one_more_aligned_person_never_lowers_the_lift(aligned, people):
    fewer, one_more = usage(aligned=aligned, people=600), usage(aligned=aligned + 1, people=600)
    assert lift(one_more, 600, people) > lift(fewer, 600, people)
