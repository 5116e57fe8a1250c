"""A text has one vector, the same to the last bit, whatever stands beside it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.errors import DomainError
from matching.ranking.encoders.encoder import MOST_PIECES, Encoding, pieces
from matching.ranking.encoders.scale import Scale
from matching.ranking.vectors import MOST_DIMENSIONS
from tests.matching.encoders import DIMENSIONS, Letters

TEXTS = st.lists(st.text("ab é日#\n.", max_size=300), max_size=9)


def scale(dimensions=DIMENSIONS):
    axes, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(dimensions, 2)))
    return Scale(np.ascontiguousarray(axes.T), far=0.3, told=0.1)


@given(TEXTS, st.randoms())
def test_a_text_has_the_same_vector_alone_and_in_any_batch(texts, random):
    encoding = Encoding(Letters(), scale())
    whole = encoding.vectors(texts)
    alone = [encoding.vectors([text]).values[0].tolist() for text in texts]
    assert whole.values.tolist() == alone
    order = random.sample(range(len(texts)), len(texts))
    assert encoding.vectors([texts[n] for n in order]).values.tolist() == [alone[n] for n in order]


@given(st.text("abc é-#\n.", max_size=900), st.integers(3, 80))
def test_pieces_are_no_longer_than_there_is_room_and_say_what_the_text_says(text, room):
    found = pieces(text, room)
    assert len(found) <= MOST_PIECES
    assert max(map(len, found), default=0) <= room
    assert all(any(map(str.isalnum, piece)) for piece in found)
    if len(text) <= room and any(map(str.isalnum, text)):
        assert found == [" ".join(text.split())]


def test_a_text_is_cut_between_words_and_a_long_one_ends():
    assert pieces("clean beaches – save-the-sea", 13) == ["clean beaches", "save-the-sea"]
    assert len(pieces("word " * 10_000, 60)) == MOST_PIECES
    assert pieces(" \n… 🌊 !", 60) == []


def test_only_what_says_something_is_encoded():
    letters = Letters()
    found = Encoding(letters, scale()).vectors(["", "beaches", "🌊 …"])
    assert letters.asked == ["beaches"]
    assert (found.squares > 0).tolist() == [False, True, False]
    assert Encoding(letters, scale()).vectors([""]).values.shape == (1, DIMENSIONS)
    assert Encoding(letters, scale()).vectors([]).values.shape == (0, DIMENSIONS)


def test_a_long_text_is_the_average_of_its_pieces_each_as_heavy_as_it_is_long():
    parts = ["The sea and all that lives in it, from the north to the", "south Chess"]
    encoding = Encoding(Letters(), scale())
    both = encoding.vectors([" ".join(parts)])
    assert pieces(" ".join(parts), Letters.room) == parts
    nearer, further = (float(both.cosine(encoding.vectors([part]))[0]) for part in parts)
    assert 1.0 > nearer > 0.9 > further > 0.0


def test_what_all_texts_have_in_common_is_none_of_a_vector():
    on = scale()
    found = Encoding(Letters(), on).vectors(["beaches", "The mountains are steep"]).values
    assert np.abs(found @ on.axes.T).max() < 2.0  # of 127: what rounding leaves


def test_more_dimensions_than_add_up_exactly_are_refused():
    many = MOST_DIMENSIONS + 1
    with pytest.raises(DomainError, match="too_many_dimensions") as refused:
        Encoding(Letters(dimensions=many), scale(many)).vectors(["beaches"])
    assert refused.value.params == {"most": MOST_DIMENSIONS, "dimensions": many}
