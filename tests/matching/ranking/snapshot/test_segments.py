"""Segments are taken apart, put together, written and mapped without a number of them changing."""

import json

import numpy as np
import pytest

from crm.errors import DomainError
from matching.ranking.snapshot import levels
from matching.ranking.snapshot.packing import load, pack, save, unpack
from matching.ranking.snapshot.segment import MOST_ROWS, Segment, as_one_segment
from matching.ranking.text import Rarity
from tests.matching.ranking.snapshot.making import everybody_of, random_vectors, segment_of, some_file


def equal(one, other):
    """Every array of two segments, whatever holds it."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if hasattr(one, "__dataclass_fields__"):
        return all(equal(getattr(one, name), getattr(other, name)) for name in one.__dataclass_fields__)
    return one == other


@pytest.fixture
def whole(crowd):
    rng = np.random.default_rng(0)
    return segment_of(crowd(40), [some_file(rng) for _ in range(40)], random_vectors(rng, 40, 8))


def test_what_is_written_is_what_is_mapped(whole, tmp_path):
    pack(whole, tmp_path / "one")
    found = unpack(Segment, tmp_path / "one")
    assert equal(found, whole)
    assert not found.ids.flags.writeable
    assert type(found.figures) is np.ndarray
    assert found.figures.__array_interface__["data"][0] % 64 == 0


def test_a_segment_without_vectors_or_anything_is_written_too(crowd, people, tmp_path):
    for name, one in (("bare", segment_of(crowd(3))), ("empty", segment_of(people({})))):
        pack(one, tmp_path / name)
        assert equal(unpack(Segment, tmp_path / name), one)


def test_a_rarity_of_nothing_is_written_too(tmp_path):
    pack(Rarity.of([], 0), tmp_path / "none")
    assert equal(unpack(Rarity, tmp_path / "none"), Rarity.of([], 0))


def test_what_is_no_file_of_ours_is_refused(whole, tmp_path):
    pack(whole, tmp_path / "one")
    table = tmp_path / "one" / "table.json"
    told = json.loads(table.read_text())
    for damaged in (
        {**told, "arrays": {}},
        {**told, "arrays": told["arrays"] | {"/ids": {"at": 10**12, "dtype": "<i8", "shape": [40]}}},
        {**told, "arrays": told["arrays"] | {"/ids": {"at": 0, "dtype": "O", "shape": [40]}}},
        {"arrays": []},
        [],
    ):
        table.write_text(json.dumps(damaged))
        with pytest.raises(DomainError, match="snapshot_unreadable"):
            unpack(Segment, tmp_path / "one")


def test_nothing_is_unpickled(tmp_path):
    with (tmp_path / "evil.npy").open("wb") as file:
        np.save(file, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(DomainError, match="snapshot_unreadable"):
        load(tmp_path / "evil.npy")
    with pytest.raises(ValueError, match="Object arrays cannot be saved"):
        save(np.array([{"a": 1}], dtype=object), tmp_path / "other.npy")


@pytest.mark.parametrize("seed", range(5))
def test_taken_apart_and_put_together_is_as_it_was(whole, seed):
    rng = np.random.default_rng(seed)
    cut = np.sort(rng.choice(np.arange(1, 40), size=2, replace=False))
    parts = [whole.take(rows) for rows in np.split(np.arange(40), cut)]
    assert equal(as_one_segment([everybody_of(part) for part in parts]), whole)
    order = rng.permutation(40)
    assert equal(whole.take(order).take(np.argsort(order)), whole)
    kept = rng.random(40) < 0.5
    assert equal(as_one_segment([(whole, kept)]), whole.take(kept))


def test_rows_keep_what_they_have_whoever_stands_beside_them(crowd):
    people, rng = crowd(30), np.random.default_rng(1)
    files = [some_file(rng) for _ in range(30)]
    rows = np.sort(rng.permutation(30)[:11])
    alone = segment_of(people.take(rows), [files[row] for row in rows])
    assert equal(segment_of(people, files).take(rows), alone)


def test_a_segment_has_an_end(whole):
    half = whole.take(np.zeros(MOST_ROWS // 2 + 1, dtype=np.int64))
    with pytest.raises(DomainError, match="segment_too_large"):
        as_one_segment([everybody_of(half), everybody_of(half)])


class TestLevels:
    def test_what_is_new_is_joined_to_what_is_not_much_larger(self, crowd):
        sizes = []
        kept = []
        for n in range(40):
            kept = levels.added(kept, segment_of(crowd(1, seed=n).take([0])))
            sizes.append([len(one) for one in kept])
        assert max(map(len, sizes)) <= 6
        assert sizes[:4] == [[1], [2], [3], [3, 1]]

    def test_the_newest_telling_is_the_one_that_stays(self, crowd):
        old, new = crowd(6, seed=1), crowd(6, seed=2)
        object.__setattr__(new, "ids", old.ids)
        [found] = levels.added([segment_of(old)], segment_of(new.take(np.array([4, 5, 0]))))
        expected = as_one_segment(
            [
                everybody_of(segment_of(old.take(np.array([1, 2, 3])))),
                everybody_of(segment_of(new.take(np.array([4, 5, 0])))),
            ]
        )
        assert equal(found, expected)

    def test_what_holds_no_more_is_let_go_of_once_it_is_most(self, crowd):
        whole = segment_of(crowd(10))
        assert levels.thinned([whole], whole.ids[:5]) == [whole]
        [thinned] = levels.thinned([whole], whole.ids[:6])
        assert equal(thinned, whole.take(np.arange(6, 10)))
        assert levels.thinned([whole], whole.ids) == []

    def test_who_is_gone_is_gone_at_once(self, crowd):
        whole, other = segment_of(crowd(10)), segment_of(crowd(3, seed=4))
        other = other.take(~np.isin(other.ids, whole.ids))
        [left, same] = levels.without([whole, other], whole.ids[:1])
        assert equal(left, whole.take(np.arange(1, 10)))
        assert same is other
        assert levels.without([whole], whole.ids) == []

    def test_neighbours_are_joined_to_as_few_as_can_be(self, crowd):
        whole = segment_of(crowd(10))
        parts = [whole.take(rows) for rows in np.split(np.arange(10), [2, 5, 9])]
        [found] = levels.levelled(parts)
        assert equal(found, whole)
        assert levels.levelled([]) == []
