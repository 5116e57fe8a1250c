"""A text that has not changed keeps its vector, whoever is beside it and however often the snapshot is made."""

import numpy as np
import pytest

from matching.ranking.encoders.encoder import Encoding
from matching.ranking.encoders.scale import Scale
from matching.ranking.snapshot.reuse import Vectoring
from tests.matching.encoders import DIMENSIONS, Letters
from tests.matching.ranking.snapshot.making import put, segment_of

AXES = np.zeros((2, DIMENSIONS))


@pytest.fixture
def encoding():
    return Encoding(Letters(), Scale(AXES, far=0.3, told=0.1))


def test_only_texts_that_changed_are_encoded_again(people, store, encoding):
    texts = [f"Person {n} speaks of beaches" for n in range(9)]
    crowd = people(*({"text": text} for text in texts), ids=[90, 20, 70, 40, 50, 60, 30, 80, 10])
    whole = encoding.vectors(texts)
    parts = [segment_of(crowd.take(rows), None, whole.take(rows)) for rows in (np.arange(5), np.arange(5, 9))]
    again = segment_of(crowd.take(np.array([1])), None, whole.take(np.array([1])))
    known = put(store, parts, [again])
    now = ["Chess", *texts[1:4], "", *texts[5:8], texts[0]]  # the last says what the first did
    encoding.encoder.asked.clear()
    found = Vectoring(encoding, known).of(crowd.ids, now)
    assert encoding.encoder.asked == ["Chess", texts[0]]
    assert found.values.tolist() == encoding.vectors(now).values.tolist()


def test_nothing_known_is_all_encoded(encoding):
    ids = np.array([3, 1])
    found = Vectoring(encoding).of(ids, ["beaches", "chess"])
    assert found.values.tolist() == encoding.vectors(["beaches", "chess"]).values.tolist()


def test_a_snapshot_without_vectors_gives_none(people, store, encoding):
    crowd = people({"text": "beaches"}, ids=[1])
    known = put(store, [segment_of(crowd)])
    assert len(Vectoring(encoding, known).of(crowd.ids, ["beaches"])) == 1
    assert encoding.encoder.asked == ["beaches"]


def test_only_so_many_texts_are_encoded_and_the_others_are_owed_theirs(people, store, encoding):
    texts = ["beaches", "chess", "", "divers", "schools"]
    crowd = people(*({"text": text} for text in texts), ids=[5, 4, 3, 2, 1])
    some = Vectoring(encoding, left=2)
    found = some.of(crowd.ids, texts)
    assert encoding.encoder.asked == ["beaches", "chess"]
    assert ((found.squares > 0).tolist(), some.left, some.owed) == ([True, True, False, False, False], 0, 2)
    rest = Vectoring(encoding, put(store, [segment_of(crowd, None, found)]), left=9)
    assert rest.of(crowd.ids, texts).values.tolist() == encoding.vectors(texts).values.tolist()
    assert rest.owed == 0
