import json
import math

import numpy as np
import pytest

from crm.errors import DomainError
from matching.ranking.schema import feature
from matching.ranking.tables import GRAIN, Calibration, FeatureTable, Side, on_grid

NAN, INF = np.nan, np.inf
UPPER = float(feature("topic_fit").edges[39])  # 0.64


def table(name="topic_fit", edges=(0.25, UPPER), cells=(-1.0, 0.0, 2.0), missing=-0.5):
    return FeatureTable(name, np.array(edges), np.array(cells), missing)


def refusal(call, *args, **kwargs):
    with pytest.raises(DomainError) as raised:
        call(*args, **kwargs)
    return raised.value.code


def test_a_value_on_an_edge_belongs_below_it():
    looked_up = table().lookup(np.array([-INF, 0.0, 0.25, 0.2500001, UPPER, 0.7, INF, NAN]))
    assert looked_up.tolist() == [-1, -1, -1, 0, 0, 2, 2, -0.5]


def test_cells_lie_on_a_grid_where_sums_are_exact_in_any_order():
    rng = np.random.default_rng(3)
    cells = on_grid(rng.normal(scale=20, size=100).clip(-64, 64))
    assert np.abs(cells / GRAIN % 1).max() == 0
    sums = {float(sum(rng.permutation(cells))) for _ in range(50)} | {math.fsum(cells), float(cells.sum())}
    assert len(sums) == 1
    assert np.signbit(on_grid(-0.0)) == np.False_


@pytest.mark.parametrize(
    "broken",
    [
        {"edges": (0.5, 0.25)},
        {"edges": (0.5, 0.5)},
        {"edges": (0.5, INF)},
        {"edges": (NAN, 0.5)},
        {"cells": (0.0, 1.0)},
        {"cells": (0.0, NAN, 1.0)},
        {"cells": (0.0, 1.0, 65.0)},
        {"missing": NAN},
        {"missing": -INF},
    ],
)
def test_a_table_is_whole_and_finite(broken):
    assert refusal(table, **broken) == "table_invalid"


def test_a_table_cannot_be_changed_afterwards():
    made = table()
    for array in (made.edges, made.cells):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 9.0


def test_a_constant_feature_is_one_cell():
    assert table(edges=(), cells=(0.5,)).lookup(np.array([-1.0, 7.0, NAN])).tolist() == [0.5, 0.5, -0.5]


def test_a_side_adds_up_its_tables():
    side = Side("wants", -1.0, (table(), table("audience_geo", (0.32,), (0.0, 0.25), 0.125)))
    added = side.contributions(np.array([[0.7, 0.9], [NAN, NAN]]))
    assert added.tolist() == [[2.0, 0.25], [-0.5, 0.125]]
    assert side.logit(added).tolist() == [1.25, -1.375]


def test_a_side_admits_only_what_the_schema_allows():
    assert refusal(Side, "hopes", 0.0, ()) == "side_unknown"
    assert refusal(Side, "accepts", NAN, ()) == "table_invalid"
    assert refusal(Side, "accepts", 0.0, (table("luck"),)) == "feature_unknown"
    assert refusal(Side, "accepts", 0.0, (table("audience_geo"),)) == "feature_not_of_side"
    assert refusal(Side, "accepts", 0.0, (table(), table())) == "feature_repeated"
    assert refusal(Side, "accepts", 0.0, (table(cells=(0.0, 1.0, 0.9)),)) == "table_not_monotone"
    assert refusal(Side, "accepts", 0.0, (table(edges=(0.25, 0.641)),)) == "table_off_grid"


@pytest.mark.parametrize(("slope", "offset"), [(0, 0), (-1, 0), (NAN, 0), (INF, 0), (1, NAN), (1, 65)])
def test_a_calibration_always_rises(slope, offset):
    assert refusal(Calibration, slope, offset) == "calibration_invalid"


def test_a_calibration_turns_log_odds_into_probability():
    logit = np.array([-1000.0, 0.0, math.log(3), 1000.0])
    assert Calibration().apply(logit).tolist() == pytest.approx([0.0, 0.5, 0.75, 1.0])
    assert Calibration(2.0, math.log(3)).apply(logit).tolist() == pytest.approx([0.0, 0.75, 27 / 28, 1.0])
    assert (Calibration().is_identity, Calibration(2.0).is_identity) == (True, False)


def test_a_side_comes_back_from_json_to_the_last_bit():
    rng = np.random.default_rng(1)
    random = FeatureTable("topic_fit", feature("topic_fit").edges, np.sort(rng.normal(size=50)), rng.normal())
    side = Side("accepts", rng.normal(), (random,), Calibration(1.5, -0.25))
    read = Side.from_json("accepts", json.loads(json.dumps(side.to_json())))
    assert read.to_json() == side.to_json()
    values = rng.random((200, 1))
    assert np.array_equal(read.contributions(values), side.contributions(values))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("intercept",), "0"),
        (("intercept",), True),
        (("intercept",), float("nan")),
        (("intercept",), 10**400),
        (("tables",), {}),
        (("tables", 0), None),
        (("tables", 0, "name"), 7),
        (("tables", 0, "edges"), "0.5"),
        (("tables", 0, "edges", 0), None),
        (("tables", 0, "cells", 0), "x"),
        (("tables", 0, "surprise"), 1),
        (("calibration", "kind"), "magic"),
        (("calibration", "slope"), None),
        (("surprise",), 1),
    ],
)
def test_json_of_another_shape_is_refused(path, value):
    data = Side("accepts", 0.0, (table(),)).to_json()
    *way, last = path
    spot = data
    for step in way:
        spot = spot[step]
    spot[last] = value
    assert refusal(Side.from_json, "accepts", data) == "ranker_unreadable"
