"""A text that has not changed keeps its vector, whoever is beside it and however often the snapshot is made."""

import numpy as np
import pytest

from matching.ranking.encoders.encoder import Encoding
from matching.ranking.encoders.scale import Scale
from matching.ranking.snapshot.reuse import vectors_of
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
    found = vectors_of(crowd.ids, now, known, encoding)
    assert encoding.encoder.asked == ["Chess", texts[0]]
    assert found.values.tolist() == encoding.vectors(now).values.tolist()


def test_nothing_known_is_all_encoded(encoding):
    ids = np.array([3, 1])
    found = vectors_of(ids, ["beaches", "chess"], None, encoding)
    assert found.values.tolist() == encoding.vectors(["beaches", "chess"]).values.tolist()


def test_a_snapshot_without_vectors_gives_none(people, store, encoding):
    crowd = people({"text": "beaches"}, ids=[1])
    known = put(store, [segment_of(crowd)])
    assert len(vectors_of(crowd.ids, ["beaches"], known, encoding)) == 1
    assert encoding.encoder.asked == ["beaches"]
