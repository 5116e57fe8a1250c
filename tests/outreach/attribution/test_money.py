from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.attribution.money import split_minor

amounts = st.integers(-(10**18), 10**18)
weights = st.dictionaries(st.text(max_size=3), st.integers(0, 10**6), min_size=1).filter(lambda ws: sum(ws.values()))
shares = weights.map(lambda ws: {name: Fraction(weight, sum(ws.values())) for name, weight in ws.items()})


@given(amount=amounts, shares=shares)
def test_the_parts_sum_to_the_amount_and_lie_within_one_unit_of_their_share(amount, shares):
    parts = split_minor(amount, shares)

    assert set(parts) == set(shares)
    assert all(type(part) is int for part in parts.values())
    assert sum(parts.values()) == amount
    assert all(abs(parts[name] - amount * share) < 1 for name, share in shares.items())


@given(amount=amounts, shares=shares)
def test_a_refund_takes_back_what_each_was_given(amount, shares):
    given_, taken = split_minor(amount, shares), split_minor(-amount, shares)

    assert taken == {name: -part for name, part in given_.items()}


@given(amount=amounts, shares=shares)
def test_the_order_of_rows_changes_nothing(amount, shares):
    assert split_minor(amount, dict(reversed(shares.items()))) == split_minor(amount, shares)


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (100, {"a": 1, "b": 1, "c": 1}, {"a": 34, "b": 33, "c": 33}),  # a tie goes by name
        (200, {"c": 1, "b": 1, "a": 1}, {"a": 67, "b": 67, "c": 66}),
        (-100, {"a": 1, "b": 1, "c": 1}, {"a": -34, "b": -33, "c": -33}),
        (10, {"a": 1, "b": 2, "c": 3}, {"a": 2, "b": 3, "c": 5}),  # 1.67, 3.33, 5: the largest remainder is a's
        (1, {"a": 1, "b": 2}, {"a": 0, "b": 1}),
        (0, {"a": 1, "b": 2}, {"a": 0, "b": 0}),
        (5, {"a": 1, "b": 0}, {"a": 5, "b": 0}),
    ],
)
def test_largest_remainder(amount, weights, parts):
    total = sum(weights.values())

    assert split_minor(amount, {name: Fraction(weight, total) for name, weight in weights.items()}) == parts


def test_no_shares_no_parts():
    assert split_minor(500, {}) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"a": Fraction(1, 3), "b": Fraction(1, 3)},
        {"a": Fraction(2)},
        {"a": Fraction(3, 2), "b": Fraction(-1, 2)},
        {"a": Fraction(0)},
    ],
)
def test_shares_that_are_none_are_refused(wrong):
    with pytest.raises(ValueError, match="sum to 1"):
        split_minor(100, wrong)
