"""What every ranker must hold, whoever made it: `conftest.RANKERS` lists them."""

import json
import math
import random
from bisect import bisect_left
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from crm.errors import DomainError
from matching.ranking.candidates import CauseProfile, Figures
from matching.ranking.features import compute
from matching.ranking.ranker import Ranker, best, percentiles
from matching.ranking.schema import FEATURES, SCHEMA_VERSION, STANDING
from matching.ranking.tables import Side
from matching.ranking.text import TextSpace

NAN, INF = np.nan, np.inf
ODD = (-INF, -1.0, 0.0, 0.05, 0.3, 0.5, 1.0, 2.0, INF, NAN)


def by_hand(published, values):
    """The score as anybody could compute it from the published JSON, without a line of our code."""
    score = 1.0
    for side in published["sides"].values():
        logit = side["intercept"]
        for table in side["tables"]:
            value = values[table["name"]]
            logit += table["missing"] if math.isnan(value) else table["cells"][bisect_left(table["edges"], value)]
        calibrated = side["calibration"]["slope"] * logit + side["calibration"]["offset"]
        score *= 1 / (1 + math.exp(-calibrated))
    return score


def test_the_score_can_be_recomputed_from_published_json(ranker, matrix_of):
    rng = np.random.default_rng(0)
    rows = [*rng.random((500, len(FEATURES))), *rng.choice(ODD, size=(2_000, len(FEATURES)))]
    matrix = matrix_of(rows)
    published = json.loads(json.dumps(ranker.manifest()))
    expected = [by_hand(published, dict(zip(matrix.names, row, strict=True))) for row in matrix.values.tolist()]
    assert np.abs(ranker.score(matrix).score - expected).max() <= 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_shuffling_the_candidates_changes_nothing(ranker, crowd, rank, seed):
    candidates = crowd(200, seed)
    order = np.random.default_rng(seed).permutation(200)
    first, second = rank(ranker, candidates), rank(ranker, candidates.take(order))
    assert first.ids.tolist() == second.ids.tolist()
    assert np.array_equal(first.scored.score[order], second.scored.score)
    assert np.array_equal(first.percentile[order], second.percentile)
    assert [first.explanation(n) for n in range(100)] == [second.explanation(n) for n in range(100)]


def test_a_batch_equals_one_by_one(ranker, crowd, cause):
    candidates = crowd(80)
    texts = TextSpace.fit(candidates.texts)
    batch = ranker.rank(candidates, cause, texts, top=80)
    for row in range(80):
        alone = np.array([row])
        single = ranker.rank(candidates.take(alone), cause, texts.take(alone), top=1)
        assert np.array_equal(single.matrix.values, batch.matrix.values[alone], equal_nan=True)
        assert np.array_equal(single.matrix.basis, batch.matrix.basis[alone])
        assert single.scored.score[0] == batch.scored.score[row]
        assert single.scored.wants.contributions.tolist() == batch.scored.wants.contributions[alone].tolist()


def test_a_filter_keeps_the_order_of_those_it_leaves(ranker, crowd, cause):
    candidates = crowd(100)
    texts = TextSpace.fit(candidates.texts)
    kept = np.random.default_rng(4).random(100) < 0.4
    whole = ranker.rank(candidates, cause, texts, top=100).ids
    part = ranker.rank(candidates.take(kept), cause, texts.take(kept), top=100).ids
    assert part.tolist() == [one for one in whole if one in set(candidates.ids[kept])]


def test_equals_stand_in_the_order_of_their_ids(ranker, people, rank):
    same = {"text": "Protéger la mer", "topics": ["ocean"], "countries": {"FR": 0.5}}
    ids = [2**40, 7, 31, -4, 12]
    ranking = rank(ranker, people(*[same] * 5, ids=ids))
    assert ranking.ids.tolist() == sorted(ids)
    assert ranking.percentile.tolist() == [100.0] * 5
    assert rank(ranker, people(*[same] * 5, ids=ids), top=2).ids.tolist() == [-4, 7]


def test_fame_moves_nobody(ranker, crowd, rank):
    """Equal-fit creators who differ only in how many follow them are equals, and who fits better stays before them."""
    candidates = crowd(60)
    place = STANDING.index("log_followers")
    before = rank(ranker, candidates, top=60)
    for followers in (0.0, 9.0, NAN):
        values = candidates.figures.values.copy()
        values[::2, place] = followers
        famed = replace(candidates, figures=Figures(values, candidates.figures.estimated))
        after = rank(ranker, famed, top=60)
        assert after.ids.tolist() == before.ids.tolist()
        assert np.array_equal(after.scored.score, before.scored.score)
    assert not any("log_followers" in side.features for side in ranker.sides)


@pytest.mark.parametrize("seed", range(200))
def test_the_best_k_are_those_of_a_full_sort(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 60))
    levels = rng.random(int(rng.integers(1, 12)))  # few levels: many ties, also across the cut
    score, ids, top = rng.choice(levels, size=n), rng.permutation(1000)[:n], int(rng.integers(0, n + 3))
    by_force = sorted(range(n), key=lambda row: (-score[row], ids[row]))[:top]
    assert best(score, ids, top).tolist() == by_force


def test_a_shorter_list_is_the_head_of_a_longer_one(ranker, crowd, rank):
    candidates = crowd(150)
    whole = rank(ranker, candidates, top=150)
    assert np.all(np.diff(whole.scored.score[whole.order]) <= 0)
    for top in (0, 1, 7, 149, 1000):
        assert rank(ranker, candidates, top=top).ids.tolist() == whole.ids[:top].tolist()
    with pytest.raises(DomainError, match="top_invalid"):
        rank(ranker, candidates, top=-1)


@pytest.mark.parametrize("name", [feature.name for feature in FEATURES if feature.sign])
def test_more_of_what_is_wanted_never_hurts(ranker, matrix_of, name):
    place = [feature.name for feature in FEATURES].index(name)
    sign = FEATURES[place].sign
    rng = np.random.default_rng(5)
    for others in [*rng.random((20, len(FEATURES))), np.full(len(FEATURES), NAN)]:
        rows = np.tile(others, (400, 1))
        low, high = FEATURES[place].low, FEATURES[place].high
        rows[:, place] = np.linspace(low - 0.2, high + 0.2, 400)
        scored = ranker.score(matrix_of(rows))
        for steps in (scored.score, scored.accepts.logit, scored.wants.logit):
            assert (np.diff(steps) * sign >= 0).all()


FIGURES = {
    **{"cause_share": 0.2, "action_rate": 0.5, "reply_rate": 0.3, "contacts_last_90d": 3.0, "authenticity": 0.6},
    **{"engagement_rate": 0.0, "growth_rate": 0.0, "days_since_last_post": 3.0, "sponsorship_load": 0.1},
}


@pytest.mark.parametrize(
    "better",
    [
        {"topics": ["ocean", "climate"]},
        {"languages": {"fr": 0.8, "en": 0.2}},
        {"countries": {"FR": 0.6, "BE": 0.2, "US": 0.2}},
        {"hashtags": ["ocean", "zerodechet"]},
        {"ages": {"18-24": 0.4, "25-34": 0.4}},
        {"genders": {"female": 0.9, "male": 0.1}},
        {"interests": {"environment": 0.8}},
        {"figures": {"cause_share": 0.9}},
        {"figures": {"action_rate": 12.0}},
        {"figures": {"reply_rate": 0.9}},
        {"figures": {"contacts_last_90d": 0.0}},
        {"figures": {"authenticity": 0.95}},
    ],
)
def test_who_fits_better_in_one_thing_never_stands_lower(ranker, people, rank, better):
    plain = {
        "text": "voyage",
        "topics": ["ocean", "health"],
        "languages": {"fr": 0.3, "en": 0.7},
        "countries": {"FR": 0.2, "US": 0.8},
        "hashtags": ["ocean"],
        "ages": {"13-17": 0.7, "18-24": 0.3},
        "genders": {"female": 0.2, "male": 0.8},
        "interests": {"fashion": 1.0},
        "figures": FIGURES,
    }
    if "figures" in better:
        better = {"figures": FIGURES | better["figures"]}
    ranking = rank(ranker, people(plain, plain | better))
    assert ranking.scored.score[1] >= ranking.scored.score[0]


def test_any_number_at_all_gives_a_score_between_0_and_1(ranker, matrix_of):
    rows = np.random.default_rng(3).choice(ODD, size=(5_000, len(FEATURES)))
    scored = ranker.score(matrix_of(rows))
    for result in (scored.score, scored.accepts.probability, scored.wants.probability):
        assert ((result >= 0) & (result <= 1)).all()


@pytest.mark.parametrize(
    "cause", [CauseProfile(), CauseProfile(text="mer"), CauseProfile(text="🌊", languages=("xx",))]
)
def test_people_nobody_knows_anything_about_can_be_ranked(ranker, people, rank, cause):
    ranking = rank(ranker, people({}, {"text": "🌊"}, {"text": "  "}, {"text": "mer"}), cause=cause)
    assert len(ranking) == 4
    assert ((ranking.scored.score >= 0) & (ranking.scored.score <= 1)).all()


def test_nobody_can_be_ranked_too(ranker, people, rank):
    ranking = rank(ranker, people())
    assert (len(ranking), ranking.ids.tolist(), ranking.percentile.tolist()) == (0, [], [])


def test_missing_is_not_zero(ranker, matrix_of):
    scored = ranker.score(matrix_of([[one.high for one in FEATURES], [NAN] * len(FEATURES)]))
    for side in ranker.sides:
        most, missing = scored.side(side.name).contributions
        assert missing.tolist() == [table.missing for table in side.tables]
        weighed = [bool(np.ptp(table.cells)) for table in side.tables]
        assert (most != missing).tolist() == weighed


def test_a_brief_that_says_nothing_leaves_only_what_people_are_by_themselves(ranker, crowd, rank):
    candidates = crowd(50)
    ranking = rank(ranker, candidates, cause=CauseProfile(), top=50)
    assert ranking.cause_missing == tuple(feature.name for feature in FEATURES if not feature.is_standing)
    unknown = Figures.from_rows([{}] * 50)
    strangers = rank(ranker, replace(candidates, figures=unknown), cause=CauseProfile(), top=50)
    assert strangers.ids.tolist() == sorted(candidates.ids)


def test_percentile_is_the_share_that_scored_no_higher():
    assert percentiles(np.array([0.3, 0.9, 0.3, 0.1])).tolist() == [75.0, 100.0, 75.0, 25.0]


def test_a_ranker_comes_back_from_its_manifest(ranker, crowd, cause):
    read = Ranker.from_manifest(json.loads(json.dumps(ranker.manifest())))
    assert (read.digest, read.name, read.schema_version) == (ranker.digest, ranker.name, SCHEMA_VERSION)
    candidates = crowd(60)
    matrix = compute(candidates, cause, TextSpace.fit(candidates.texts))
    assert np.array_equal(read.score(matrix).score, ranker.score(matrix).score)


def test_a_manifest_survives_a_store_that_keeps_numbers_as_decimals(ranker):
    """Postgres's jsonb writes 1e-05 as 0.00001 and forgets the sign of -0.0."""

    def as_decimal(value):
        if isinstance(value, dict):
            return {key: as_decimal(one) for key, one in reversed(value.items())}
        if isinstance(value, list):
            return [as_decimal(one) for one in value]
        return json.loads(format(Decimal(repr(value)) + 0, "f")) if isinstance(value, float) else value

    assert Ranker.from_manifest(as_decimal(ranker.manifest())).digest == ranker.digest


def numbers_of(value, path=()):
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from numbers_of(one, (*path, key))
    elif isinstance(value, float):
        yield path


def test_one_altered_number_is_refused(ranker):
    paths = list(numbers_of(ranker.manifest()))
    assert len(paths) > 50
    ends = [paths[0], paths[-1], *random.Random(4).sample(paths, 60)]
    for *way, last in ends:
        data = ranker.manifest()
        spot = data
        for step in way:
            spot = spot[step]
        spot[last] += 1e-9
        with pytest.raises(DomainError) as raised:
            Ranker.from_manifest(data)
        assert raised.value.code in {"ranker_altered", "table_not_monotone", "table_off_grid"}


def test_a_manifest_of_another_kind_is_refused(ranker):
    told = ranker.manifest()
    refused = {
        "ranker_schema_mismatch": told | {"schema_version": SCHEMA_VERSION + 1},
        "ranker_altered": told | {"name": "champion"},
        "ranker_unreadable": told | {"sides": {"accepts": told["sides"]["accepts"]}},
    }
    for code, data in refused.items():
        with pytest.raises(DomainError) as raised:
            Ranker.from_manifest(data)
        assert raised.value.code == code
    with pytest.raises(DomainError, match="ranker_schema_mismatch"):
        Ranker(ranker.accepts, ranker.wants, "old", schema_version=0)
    with pytest.raises(DomainError, match="side_misplaced"):
        Ranker(ranker.wants, ranker.accepts, "crossed")


def test_a_ranker_asks_only_for_the_features_it_weighs(ranker, matrix_of):
    matrix = matrix_of([[0.5] * len(FEATURES)])
    few = Ranker(Side("accepts", 0.0, ()), Side("wants", 0.0, ranker.wants.tables[:1]), "few")
    assert few.score(matrix).accepts.logit.tolist() == [0.0]
    assert few.score(matrix).wants.contributions.shape == (1, 1)


def test_the_spread_counts_everybody_between_the_lowest_and_the_highest(ranker, crowd, rank):
    ranking = rank(ranker, crowd(200))
    low, high, counts = ranking.spread(7)
    assert (low, high) == (ranking.scored.score.min(), ranking.scored.score.max())
    assert (len(counts), sum(counts)) == (7, len(ranking.considered))
    assert counts == [
        int(((ranking.scored.score >= a) & ((ranking.scored.score < b) | (n == 6))).sum())
        for n, (a, b) in enumerate(zip(np.linspace(low, high, 8)[:-1], np.linspace(low, high, 8)[1:], strict=True))
    ]


def test_the_spread_of_nobody_is_flat(ranker, people, rank):
    assert rank(ranker, people()).spread(3) == (0.0, 0.0, [0, 0, 0])
