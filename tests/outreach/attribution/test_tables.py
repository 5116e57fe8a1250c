from fractions import Fraction

import numpy as np
import pytest

from outreach.attribution.tables import Table

ROWS = [(["a", "b"], 2, 5.0, 1), (["b"], 3, 7.0, 0), (["c", "a", "c"], 0, 0.0, 4)]


def test_the_touches_of_all_paths_stand_one_after_the_other():
    table = Table.of(ROWS, direct=["b"])

    assert table.channels == ("a", "b", "c")
    assert table.touched.tolist() == [0, 1, 1, 2, 0, 2]
    assert table.lengths.tolist() == [2, 1, 3]
    assert table.starts.tolist() == [0, 2, 3, 6]
    assert table.direct.tolist() == [False, True, True, False, False, False]
    assert table.conversions.tolist() == [2, 3, 0]
    assert table.nulls.tolist() == [1, 0, 4]
    assert table.values.tolist() == [5, 7, 0]


def test_what_is_not_known_is_none():
    assert Table.of(ROWS, has_values=False).values is None


def test_some_of_the_paths_keep_all_channels():
    some = Table.of(ROWS).those(np.array([False, True, True]))

    assert some.channels == ("a", "b", "c")
    assert some.touched.tolist() == [1, 2, 0, 2]
    assert some.lengths.tolist() == [1, 3]
    assert some.values.tolist() == [7, 0]


def test_a_path_has_a_touch():
    with pytest.raises(ValueError, match="without a touch"):
        Table.of([([], 1, 0.0, 0)])


def test_the_share_of_single_touches_counts_conversions_not_rows():
    assert Table.of(ROWS).single_touch_share() == Fraction(3, 5)
    assert Table.of([(["a"], 0, 0.0, 3)]).single_touch_share() == 0
    assert Table.of([]).single_touch_share() == 0
