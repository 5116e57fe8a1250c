import numpy as np
import pytest

from matching.ranking.postings import Postings, digest, fingerprint, fingerprints, joined


def postings(cells, amounts=True):
    """{(key, row): amount}, in any order."""
    keys, rows = (
        np.array([cell[place] for cell in cells], dtype=kind) for place, kind in ((0, np.uint64), (1, np.int64))
    )
    return Postings.from_cells(keys, rows, np.array(list(cells.values()), dtype=np.float64) if amounts else None)


def cells(found):
    """The same again."""
    return {
        (int(key), int(row)): float(amount)
        for place, key in enumerate(found.keys)
        for row, amount in zip(
            *(each if each is not None else np.ones(len(found.of(place)[0])) for each in found.of(place)), strict=True
        )
    }


def some(rng, n, first=0):
    return {(int(rng.integers(9)), first + int(rng.integers(n))): float(rng.random()) for _ in range(3 * n)}


@pytest.mark.parametrize("seed", range(20))
def test_cells_come_out_as_they_went_in(seed):
    rng = np.random.default_rng(seed)
    told = some(rng, 7)
    found = postings(told)
    assert cells(found) == told
    assert (np.diff(found.keys.astype(np.int64)) > 0).all()
    assert found.lengths().sum() == len(told)


@pytest.mark.parametrize("seed", range(20))
def test_taking_rows_and_joining_parts_is_what_it_is_for_single_cells(seed):
    rng = np.random.default_rng(seed)
    one, other = some(rng, 6), some(rng, 5)
    kept, moved = rng.permutation(6)[: rng.integers(7)], rng.permutation(5)
    new_rows = np.full(6, -1)
    new_rows[kept] = np.arange(len(kept))
    others = len(kept) + moved
    found = joined([postings(one).take(new_rows), postings(other).take(others)])
    expected = {(key, int(new_rows[row])): amount for (key, row), amount in one.items() if new_rows[row] >= 0}
    expected |= {(key, int(others[row])): amount for (key, row), amount in other.items()}
    assert cells(found) == expected


def test_nothing_is_postings_too():
    nothing = postings({}, amounts=False)
    assert (len(nothing), cells(joined([nothing, nothing]))) == (0, {})
    assert cells(nothing.take(np.array([], dtype=np.int64))) == {}
    rows, amounts, lengths = nothing.of_all(np.array([], dtype=np.int64))
    assert (rows.tolist(), amounts.tolist(), lengths) == ([], [], [])


def test_a_key_is_found_or_it_is_not_there():
    found = postings({(3, 0): 1.0, (2**63 + 5, 1): 0.5})
    places, there = found.places(np.array([2, 3, 2**63 + 5, 2**63 + 6], dtype=np.uint64))
    assert there.tolist() == [False, True, True, False]
    assert places[there].tolist() == [0, 1]


def test_a_fingerprint_is_the_same_in_every_process():
    assert fingerprint("océan") == digest("océan") == 14012256903932638056
    assert fingerprints(["océan", ""]).tolist() == [fingerprint("océan"), fingerprint("")]
