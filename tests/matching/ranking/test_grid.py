import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.ranking import grid
from matching.ranking.schema import FEATURES, feature
from matching.ranking.tables import FeatureTable

NAMES = [one.name for one in FEATURES]


@pytest.mark.parametrize("name", NAMES)
def test_a_part_is_the_number_of_edges_below(name):
    known = feature(name)
    near = np.concatenate([known.edges, np.nextafter(known.edges, np.inf), np.nextafter(known.edges, -np.inf)])
    beyond = [known.low, known.high, known.low - 1, known.high + 1, -np.inf, np.inf]
    within = np.random.default_rng(0).uniform(known.low, known.high, 20_000)
    values = np.concatenate([near, beyond, within])
    assert grid.parts(name, values).tolist() == np.searchsorted(known.edges, values, side="left").tolist()


@given(st.sampled_from(NAMES), st.lists(st.floats(allow_nan=True), max_size=30))
def test_any_number_has_its_part_and_none_has_its_own(name, values):
    values = np.array(values, dtype=np.float64)
    expected = np.where(np.isnan(values), grid.MISSING, np.searchsorted(feature(name).edges, values))
    assert grid.parts(name, values).tolist() == expected.tolist()


@pytest.mark.parametrize("name", NAMES)
def test_cells_by_part_are_what_a_table_looks_up(name):
    rng = np.random.default_rng(1)
    known = feature(name)
    edges = np.sort(rng.choice(known.edges, size=7, replace=False))
    table = FeatureTable(name, edges, np.arange(8) * 1.0, missing=-3.0)
    values = np.append(rng.uniform(known.low, known.high, 500), [np.nan, *known.edges])
    assert grid.cells(table)[grid.parts(name, values)].tolist() == table.lookup(values).tolist()
