"""Who is like somebody, from a snapshot: what holding everybody against them says, written down plainly."""

import math
from dataclasses import replace

import numpy as np
import pytest

from matching.ranking.features import part_within
from matching.ranking.likeness import ABOUT, DOUBT, REACH, SPANS, UNDECIDED
from matching.ranking.schema import STANDING
from matching.ranking.snapshot.alike import nearest, someone
from matching.ranking.text import TextSpace
from tests.matching.ranking.snapshot.making import put, segment_of, world

SEEDS = [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 42))]
CASES = 5  # of each seed: two hundred in all
SIZE = STANDING.index("log_followers")
PLAIN = ("topics", "hashtags", "languages", "genders", "interests", "own_languages", "platforms")


def rows_of(shares):
    """{key: share} of each, or None where nobody told."""
    rows = [dict(zip(shares.keys, row, strict=True)) for row in shares.weights.toarray().tolist()]
    told = [{key: share for key, share in row.items() if share} for row in rows]
    return [row if known else None for row, known in zip(told, shares.known.tolist(), strict=True)]


def overlap(one, other):
    if one is None or other is None:
        return None
    common = math.fsum(min(one[key], other[key]) for key in one.keys() & other.keys())
    either = math.fsum([*one.values(), *other.values(), -common])
    return common / either if either > 0 else 0.0


def by_span(ages):
    if ages is None:
        return None
    return {span: math.fsum(share * part_within(age, span) for age, share in ages.items()) for span in SPANS}


def mean(parts, weights, otherwise):
    told = [(weight, parts[name]) for name, weight in weights.items() if parts[name] is not None]
    total = math.fsum([DOUBT * otherwise, *(weight * part for weight, part in told)])
    return total / math.fsum([DOUBT, *(weight for weight, _part in told)])


def held_against(people, rarity, one):
    """{row: (nearness, parts)} of everybody else."""
    texts = TextSpace.of(people.texts, rarity).cosine(people.texts[one]).tolist()
    sizes = people.figures.values[:, SIZE].tolist()
    columns = {name: rows_of(getattr(people, name)) for name in (*PLAIN, "countries", "main_countries")}
    columns["ages"] = [by_span(ages) for ages in rows_of(people.ages)]
    found = {}
    for row in range(len(people)):
        parts = {name: overlap(told[one], told[row]) for name, told in columns.items()}
        mains, apart = parts.pop("main_countries"), abs(sizes[one] - sizes[row])
        parts |= {
            "texts": None if math.isnan(texts[row]) else texts[row],
            "countries": mains if parts["countries"] is None else parts["countries"],
            "size": None if math.isnan(apart) else max(1 - apart / 2, 0.0),
        }
        near = math.sqrt(mean(parts, ABOUT, 0.0) * mean(parts, REACH, UNDECIDED))
        found[row] = round(near, 9), {name: part for name, part in parts.items() if part is not None}
    del found[one]
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_what_holding_everybody_against_them_says(store, crowd, seed):
    made = world(store, crowd, seed=seed)
    people, rng = made.people, np.random.default_rng(2_000 + seed)
    for _case in range(CASES):
        one, top = int(rng.integers(len(people))), int(rng.integers(0, 200))
        shunned = rng.choice(people.ids, size=9)
        expected = held_against(people, made.snapshot.rarity, one)
        order = sorted(
            (-near, int(people.ids[row]), parts)
            for row, (near, parts) in expected.items()
            if near > 0 and people.ids[row] not in shunned
        )[:top]
        found = nearest(made.snapshot, someone(made.snapshot, int(people.ids[one])), top=top, without=shunned)
        assert [alike.id for alike in found] == [pk for _near, pk, _parts in order]
        for alike, (near, _pk, parts) in zip(found, order, strict=True):
            assert alike.nearness == pytest.approx(-near, abs=2e-9)
            assert alike.parts == pytest.approx(parts, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_one_is_as_near_to_another_as_the_other_is_to_them(store, crowd, seed):
    made = world(store, crowd, seed=seed, n=60)
    near = {}
    for pk in made.people.ids.tolist():
        for alike in nearest(made.snapshot, someone(made.snapshot, pk), top=60):
            near[pk, alike.id] = alike.nearness, alike.parts
    assert len(near) > 1_000
    for (one, other), (nearness, parts) in near.items():
        back, others = near[other, one]
        assert nearness == pytest.approx(back, abs=2e-9)
        assert parts == pytest.approx(others, abs=1e-9)


def test_fame_moves_nobody(store, people):
    """Of two who are alike but for their size, neither the larger nor the smaller is nearer: the first of both is."""
    same = {"text": "We clear beaches of plastic", "platforms": {"instagram": 1.0}}
    sizes = [5.0, 6.0, 4.0, 6.5]
    made = people(*({**same, "figures": {"log_followers": size}} for size in sizes), ids=[9, 7, 8, 1])
    found = nearest_of(store, made, 9)
    assert [alike.id for alike in found] == [7, 8, 1]
    assert found[0].nearness == found[1].nearness


def test_who_shares_no_subject_is_not_listed_however_alike_their_audience(store, people):
    reach = {"countries": {"FR": 1.0}, "platforms": {"instagram": 1.0}, "figures": {"log_followers": 5.0}}
    made = people(
        {"text": "plages et plastique", **reach},
        {"text": "recettes de cuisine", **reach},
        {"text": "plages"},
        {**reach},
    )
    assert [alike.id for alike in nearest_of(store, made, 1)] == [3]
    assert nearest_of(store, made, 4) == []


def test_whoever_is_told_anew_is_held_against_as_they_are_now(store, people):
    then = people({"text": "plages", "topics": ("ocean",)}, {"text": "plages"}, {"text": "cuisine"})
    now = people({"text": "cuisine"}, ids=[1])
    snapshot = put(store, [segment_of(then)], [segment_of(now)])
    one = someone(snapshot, 1)
    assert (one.traits["topics"].is_known, one.says_anything) == (False, True)
    assert [alike.id for alike in nearest(snapshot, one, top=9)] == [3]
    assert [alike.id for alike in nearest(snapshot, someone(snapshot, 3), top=9)] == [1]


def test_nothing_stands_of_somebody_who_is_not_in_it(store, people):
    snapshot = put(store, [segment_of(people({"text": "plages"}, {}))])
    assert someone(snapshot, 77) is None
    assert not someone(snapshot, 2).says_anything


def test_languages_of_texts_are_no_wall(store, people):
    made = people(
        {"text": "Protéger l’océan et les plages du plastique"},
        {"text": "Recettes de cuisine et vin"},
        {"text": "We protect the ocean and clear beaches of plastic"},
    )
    assert next(iter(nearest_of(store, made, 1))).id == 3


def nearest_of(store, made, pk):
    snapshot = put(store, [segment_of(replace(made))])
    return nearest(snapshot, someone(snapshot, pk), top=len(made))
