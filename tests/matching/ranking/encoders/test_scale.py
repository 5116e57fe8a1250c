"""An encoder's numbers are read on the scale that the lexicon has."""

import numpy as np
import pytest

from matching.ranking.encoders.encoder import Encoding
from matching.ranking.encoders.scale import Scale, measured
from matching.ranking.lexicon import pairs
from matching.ranking.postings import digest
from matching.ranking.text import TextSpace
from tests.matching.encoders import Letters


@pytest.fixture(scope="module")
def scale():
    return measured(Letters())


def texts(language, *, of=8):
    """Each of sentences that stand far from each other."""
    said = [pair[language] for pair in pairs()]
    return [" ".join(said[n :: len(said) // of][:of]) for n in range(len(said) // of)]


def test_nothing_unrelated_and_equal_are_the_same_on_both():
    scale = Scale(np.zeros((2, 4)), far=0.25, told=0.1)
    assert scale.read(np.array([0.0, 0.125, 0.25, 1.0, np.nan])).tolist()[:4] == [0.0, 0.05, 0.1, 1.0]
    assert np.isnan(scale.read(np.array([np.nan]))[0])
    told = scale.read(np.linspace(0, 1, 1_000))
    assert (np.diff(told) > 0).all()


def test_it_is_measured_once_and_the_same_each_time(scale):
    again = measured(Letters())
    assert (again.axes.tolist(), again.far, again.told) == (scale.axes.tolist(), scale.far, scale.told)
    assert np.abs(scale.axes @ scale.axes.T - np.eye(2)).max() < 1e-12


@pytest.mark.parametrize("language", [0, 1])
def test_as_few_unrelated_texts_look_kindred_as_by_the_lexicon(scale, language):
    others = texts(language)
    asked = [(n, pair[language]) for n, pair in enumerate(pairs()[:300])]
    vectors, space = Encoding(Letters(), scale).vectors(others), TextSpace.fit(others)
    found, named = [], []
    for n, sentence in asked:
        is_other = np.arange(len(others)) != n % len(others)
        found.append(scale.read(vectors.cosine(Encoding(Letters(), scale).vectors([sentence])))[is_other])
        named.append(space.cosine(sentence)[is_other])
    assert (np.concatenate(found) > scale.told).mean() <= 0.02
    assert (np.nan_to_num(np.concatenate(named)) > scale.told).mean() <= 0.02


def test_texts_have_nothing_in_common_that_all_have(scale):
    """Two of a language are as near, and long ones no nearer, than nothing in common is: on average 0."""
    for language in (0, 1):
        said = [pair[language] for pair in pairs()]
        for others in (said[:300], texts(language)):
            vectors = Encoding(Letters(), scale).vectors(others).values.astype(np.float64)
            lengths = np.sqrt((vectors**2).sum(axis=1))
            near = vectors @ vectors.T / np.outer(lengths, lengths)
            assert abs(near[~np.eye(len(near), dtype=bool)].mean()) < 0.05


def test_an_encoder_that_tells_more_apart_than_the_lexicon_is_read_as_it_is():
    class Apart(Letters):
        def encode(self, texts):
            return np.eye(2_000)[[digest(text) % 2_000 for text in texts]]

    scale = measured(Apart())
    assert scale.far == scale.told
    assert scale.read(np.array([0.3]))[0] == pytest.approx(0.3)
