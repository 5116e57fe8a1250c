import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from matching.ranking import lexicon
from matching.ranking.postings import fingerprints
from matching.ranking.text import MOST, Rarity, TextSpace, senses

TEXTS = ("Je protège les océans #ZéroDéchet", "Recettes de cuisine", "", "🌊🌊", "Les océans, la mer et les poissons")


@pytest.fixture(scope="module")
def space():
    return TextSpace.fit(TEXTS)


def test_a_text_is_one_with_itself_whatever_its_spelling(space):
    assert space.cosine("JE PROTEGE LES #OCEANS ! zero dechet")[0] == pytest.approx(1.0)


def test_kindred_texts_are_nearer_than_others(space):
    near, far, *_, nearer = space.cosine("Les poissons de la mer et des océans")
    assert nearer > near > far


def test_hashtags_in_one_piece_are_near_in_both_languages():
    space = TextSpace.fit(["#sauvonslesoceans", "#savetheoceans", "#slowcooking", "Martinique et Valentina"])
    french, english, *others = space.cosine("The ocean")
    assert min(french, english) > 0.3
    assert others == [0.0, 0.0]


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


@pytest.mark.parametrize("query", ["les poissons des océans", "Océans, océans, océans; recettes", "xyzzy", "mer xyzzy"])
def test_a_cosine_is_scikit_learns(space, query):
    meaning = TfidfVectorizer(analyzer=lexicon.shipped().senses, sublinear_tf=True)
    expected = (meaning.fit_transform(TEXTS) @ meaning.transform([query]).T).toarray()[:, 0]
    said = space.says
    assert space.cosine(query)[said] == pytest.approx(expected[said], abs=1e-14)


def test_of_a_long_text_what_it_names_most_is_kept():
    often, once = "mer " * 9, " ".join(f"mot{n}x" for n in range(2 * MOST))
    said, _says = senses([f"{once} {often}"])
    assert len(said) == MOST
    kept = dict(zip(said.keys.tolist(), said.amounts.tolist(), strict=True))
    [sea, *_] = fingerprints(lexicon.shipped().senses("la mer"))
    assert kept[int(sea)] == 9
    assert int(fingerprints(["mot0x"])[0]) in kept
    assert int(fingerprints([f"mot{2 * MOST - 1}x"])[0]) not in kept


def test_words_that_come_later_are_the_rarest_once_they_were_heard():
    rarity = Rarity.of([(fingerprints(["a"]), np.array([3]))], 5)
    keys = np.sort(fingerprints(["a", "axolotl"]))
    weights = dict(zip(keys.tolist(), rarity.weights(keys).tolist(), strict=True))
    assert weights[int(fingerprints(["axolotl"])[0])] == 0.0
    heard = dict(zip(keys.tolist(), rarity.heard(keys).weights(keys).tolist(), strict=True))
    assert heard == weights | {int(fingerprints(["axolotl"])[0]): np.log(6 / 2) + 1}


def test_a_french_and_an_english_text_on_one_matter_are_near():
    space = TextSpace.fit(["Stray dogs wait at the shelter for a family.", "A bakery opened in our street."])
    dogs, bread = space.cosine("Des chiens errants attendent une famille au refuge.")
    assert dogs > 0.5
    assert bread == 0.0
