from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from crm.errors import DomainError
from matching.ranking.candidates import CauseProfile, Shares


def refusal(call, *args, **kwargs):
    with pytest.raises(DomainError) as raised:
        call(*args, **kwargs)
    return raised.value.code


def test_shares_say_what_they_were_told():
    shares = Shares.from_rows([{"FR": 0.4, "BE": 0.1}, None, {}, {"CH": 1.0}])
    assert shares.keys == ("BE", "CH", "FR")
    assert shares.known.tolist() == [True, False, False, True]
    told = shares.columns(["FR", "XX", "BE"])
    assert np.array_equal(told, [[0.4, 0, 0.1], [np.nan] * 3, [np.nan] * 3, [0, 0, 0]], equal_nan=True)


def test_unknown_is_not_the_same_as_nobody():
    shares = Shares(("FR",), csr_array((2, 1)), np.array([True, False]))
    assert np.array_equal(shares.columns(["FR"]), [[0.0], [np.nan]], equal_nan=True)


@pytest.mark.parametrize("rows", [[], [None], [{}, None]])
def test_nobody_told_us_anything(rows):
    shares = Shares.from_rows(rows)
    assert shares.keys == ()
    assert np.isnan(shares.columns(["FR"])).tolist() == [[True]] * len(rows)


def test_having_a_trait_weighs_one():
    assert Shares.membership([{"ocean"}, ()]).columns(["ocean"]).tolist()[0] == [1.0]


@pytest.mark.parametrize("share", [-0.01, 1.01, np.nan, np.inf])
def test_a_share_is_between_nothing_and_all(share):
    assert refusal(Shares.from_rows, [{"FR": share}]) == "shares_out_of_range"


@pytest.mark.parametrize("keys", [("FR", "BE"), ("BE", "BE")])
def test_keys_have_one_order(keys):
    assert refusal(Shares, keys, csr_array((1, 2)), np.array([True])) == "shares_keys_unsorted"


def test_shares_are_aligned():
    assert refusal(Shares, ("BE",), csr_array((1, 2)), np.array([True])) == "shares_misaligned"
    assert refusal(Shares, ("BE",), csr_array((2, 1)), np.array([True])) == "shares_misaligned"
    assert refusal(Shares, ("BE",), csr_array([[0.5]]), np.array([False])) == "shares_of_unknown"


def test_the_callers_arrays_stay_the_callers():
    weights = csr_array(([0.2, 0.3], ([0, 0], [0, 0])), shape=(1, 1))
    shares = Shares(("FR",), weights, np.array([True]))
    weights.data[:] = 9
    assert shares.columns(["FR"]).tolist() == [[0.5]]


def test_columns_must_be_of_the_same_people(people):
    two = people({}, {})
    assert refusal(replace, two, texts=("",)) == "candidates_misaligned"
    assert refusal(replace, two, countries=Shares.from_rows([None])) == "candidates_misaligned"
    assert refusal(people, {}, {}, ids=[4, 4]) == "candidate_ids_repeated"


def test_taking_some_keeps_their_rows_together(crowd):
    everybody = crowd(20)
    which = np.array([7, 3, 12])
    some = everybody.take(which)
    assert some.ids.tolist() == everybody.ids[which].tolist()
    assert some.texts == tuple(everybody.texts[n] for n in which)
    for name in ("topics", "languages", "countries", "own_languages", "platforms"):
        all_rows, rows = getattr(everybody, name), getattr(some, name)
        assert np.array_equal(rows.columns(rows.keys), all_rows.columns(rows.keys)[which], equal_nan=True)
    mask = np.isin(np.arange(20), which)
    assert everybody.take(mask).ids.tolist() == everybody.ids[np.sort(which)].tolist()
    assert len(everybody.take(np.zeros(20, dtype=bool))) == 0


def test_what_people_wrote_stays_out_of_logs(people):
    assert "secret" not in repr(people({"text": "secret"}))


@pytest.mark.parametrize("share", [0, -0.1, float("nan"), float("inf")])
def test_a_wanted_share_is_above_nothing(share):
    assert refusal(CauseProfile, countries={"FR": share}) == "cause_target_invalid"
