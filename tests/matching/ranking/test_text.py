import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from matching.ranking import lexicon
from matching.ranking.normalisation import normalise
from matching.ranking.text import TextSpace

TEXTS = ("Je protège les océans #ZéroDéchet", "Recettes de cuisine", "", "🌊🌊", "Les océans, la mer et les poissons")


@pytest.fixture(scope="module")
def space():
    return TextSpace.fit(TEXTS)


def test_a_text_is_one_with_itself_whatever_its_spelling(space):
    assert space.cosine("JE PROTEGE LES #OCEANS ! zero dechet")[0] == pytest.approx(1.0)


def test_kindred_texts_are_nearer_than_others(space):
    near, far, *_, nearer = space.cosine("Les poissons de la mer et des océans")
    assert nearer > near > far


def test_inflections_and_hashtags_in_one_piece_are_near_by_their_characters(space):
    assert space.cosine("#protegelocean")[0] > 0.1
    assert space.cosine("#protegelocean")[0] > space.cosine("#protegelocean")[1]


def test_a_text_that_says_nothing_is_missing_not_far(space):
    assert np.isnan(space.cosine("océan")).tolist() == [False, False, True, True, False]
    assert np.isnan(space.cosine("🌊 @zoe")).tolist() == [True] * 5
    assert space.cosine("xyzzy")[0] == 0.0


@pytest.mark.parametrize("texts", [(), ("",), ("", "🌊")])
def test_nothing_to_learn_from(texts):
    space = TextSpace.fit(texts)
    assert len(space) == len(texts)
    assert np.isnan(space.cosine("océan")).tolist() == [True] * len(texts)
    assert len(space.take(np.arange(len(texts)))) == len(texts)


def test_one_letter_is_a_text_too():
    assert TextSpace.fit(["x"]).cosine("x").tolist() == pytest.approx([1.0])


def test_order_and_company_change_no_bit(space):
    whole = space.cosine("Protéger la mer")
    order = np.array([4, 2, 0, 3, 1])
    assert np.array_equal(
        TextSpace.fit([TEXTS[n] for n in order]).cosine("Protéger la mer"), whole[order], equal_nan=True
    )
    assert np.array_equal(space.take(np.array([4])).cosine("Protéger la mer"), whole[[4]])
    assert np.array_equal(space.take(np.arange(5) > 2).cosine("Protéger la mer"), whole[3:], equal_nan=True)


def test_a_cosine_is_the_nearer_of_scikit_learns_for_spelling_and_for_meaning(space):
    query = "les poissons des océans"
    spelt, asked = [normalise(text) for text in TEXTS], [normalise(query)]
    words = TfidfVectorizer(token_pattern=r"\S+", ngram_range=(1, 2), sublinear_tf=True)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    meaning = TfidfVectorizer(analyzer=lexicon.shipped().senses, sublinear_tf=True)
    one, other, third = (
        (half.fit_transform(texts) @ half.transform(query).T).toarray()[:, 0]
        for half, texts, query in ((words, spelt, asked), (characters, spelt, asked), (meaning, TEXTS, [query]))
    )
    said = np.array([bool(text) for text in spelt])
    nearest = np.maximum((one + other) / 2, third)[said]
    assert space.cosine(query)[said] == pytest.approx(nearest, abs=1e-14)
    assert (third[said] > (one + other)[said] / 2).any()


def test_a_french_and_an_english_text_on_one_matter_are_near():
    space = TextSpace.fit(["Stray dogs wait at the shelter for a family.", "A bakery opened in our street."])
    dogs, bread = space.cosine("Des chiens errants attendent une famille au refuge.")
    assert dogs > 0.5
    assert bread == 0.0
