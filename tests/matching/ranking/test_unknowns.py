"""What nobody knows: the best and the worst it could do to a score are what filling it in does."""

from itertools import product

import numpy as np
import pytest

from matching.ranking import unknowns
from matching.ranking.ranker import Ranker
from matching.ranking.schema import FEATURES, feature
from matching.ranking.tables import FeatureTable, Side
from matching.ranking.unknowns import Reach

NAMES = [one.name for one in FEATURES]


def row(seed: int, without=()) -> list[float]:
    rng = np.random.default_rng(seed)
    return [np.nan if one.name in without else rng.uniform(one.low, one.high) for one in FEATURES]


def added(ranker, matrix) -> dict[str, dict[str, float]]:
    scored = ranker.score(matrix)
    return {
        side.name: dict(zip(side.features, scored.side(side.name).contributions[0].tolist(), strict=True))
        for side in ranker.sides
    }


def values_of(ranker, name: str, number: int) -> list[float]:
    """Values that the feature may have: its bounds, every edge and what lies right behind it, and some more."""
    known = feature(name)
    edges = [edge for side in ranker.sides for table in side.tables if table.name == name for edge in table.edges]
    tried = [known.low, known.high, *edges, *np.nextafter(edges, np.inf), *np.linspace(known.low, known.high, number)]
    return sorted({float(value) for value in tried if known.low <= value <= known.high})


def one_of_each_cell(ranker, name: str) -> list[float]:
    known = feature(name)
    edges = {edge for side in ranker.sides for table in side.tables if table.name == name for edge in table.edges}
    return sorted({*(edge for edge in edges if known.low <= edge <= known.high), known.high})


@pytest.mark.parametrize("name", [one.name for one in FEATURES if one.sides])
def test_one_missing_value_reaches_exactly_as_far_as_the_values_it_can_have(ranker, matrix_of, name):
    known = row(3, without=[name])
    place = NAMES.index(name)
    filled = [[*known[:place], value, *known[place + 1 :]] for value in values_of(ranker, name, 300)]
    scores = ranker.score(matrix_of(filled)).score
    found = unknowns.reach(ranker, added(ranker, matrix_of([known])), [name])
    assert found == Reach(scores.min(), scores.max())


def test_several_missing_values_reach_exactly_as_far_as_all_of_their_combinations(ranker, matrix_of):
    names = ["cause_share", "sponsorship_load", "growth_rate"]
    known = row(5, without=names)
    combined = np.array(list(product(*(one_of_each_cell(ranker, name) for name in names))))
    filled = np.tile(known, (len(combined), 1))
    filled[:, [NAMES.index(name) for name in names]] = combined
    scores = ranker.score(matrix_of(filled)).score
    found = unknowns.reach(ranker, added(ranker, matrix_of([known])), names)
    assert found == Reach(scores.min(), scores.max())


def test_what_is_good_on_one_side_and_bad_on_the_other_is_weighed_as_a_whole(matrix_of):
    """Neither the best for the one side nor the best for the other is the best for both."""
    edges = feature("sponsorship_load").edges[[11, 24, 36]]  # 0.24, 0.5, 0.74
    accepts = Side("accepts", 0.0, (FeatureTable("sponsorship_load", edges, [4.0, 1.5, -4.0, -5.0]),))
    wants = Side("wants", 0.0, (FeatureTable("sponsorship_load", edges, [-4.0, 1.0, 4.0, -5.0]),))
    ranker = Ranker(accepts, wants, name="torn")
    scores = ranker.score(matrix_of([row(1) for _ in range(4)])).score
    known = {side: {"sponsorship_load": 0.0} for side in ("accepts", "wants")}
    found = unknowns.reach(ranker, known, ["sponsorship_load"])
    place = NAMES.index("sponsorship_load")
    rows = [[*row(1)[:place], value, *row(1)[place + 1 :]] for value in (0.1, 0.4, 0.6, 0.9)]
    scores = ranker.score(matrix_of(rows)).score
    assert found == Reach(scores[3], scores[1])


def test_nothing_missing_reaches_nowhere_else(ranker, matrix_of):
    matrix = matrix_of([row(2)])
    [score] = ranker.score(matrix).score
    assert unknowns.reach(ranker, added(ranker, matrix), []) == Reach(score, score)


def test_what_counts_as_if_it_were_unknown_is_not_weighed():
    flat = FeatureTable("audience_age", [0.5], [0.3, 0.3], missing=0.3)
    kinked = FeatureTable("audience_gender", [0.5], [0.3, 0.3], missing=0.0)
    ranker = Ranker(Side("accepts", 0.0, ()), Side("wants", 0.0, (flat, kinked)), name="flat")
    assert unknowns.weighed(ranker, ["audience_age", "audience_gender", "log_followers"]) == ["audience_gender"]
