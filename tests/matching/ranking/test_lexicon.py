"""The lexicon: what words mean in both languages, whatever their form, and nothing where they mean something else."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from matching.ranking import lexicon
from matching.ranking.lexicon import DATA, Lexicon, languages_of
from matching.ranking.normalisation import normalise

SMALL = Lexicon.from_lines(
    [
        "eau = water",
        "eau potable = drinking water, clean water",
        "pain = bread",
        "douleur = pain, ache",
        "mer, océan = sea",
        "mère = mother",
        "protéger = protect",
    ]
)


@pytest.mark.parametrize(
    ("text", "senses"),
    [
        ("L’eau de la mer", ["#0", "#4"]),
        ("the water of the seas", ["#0", "#4"]),
        ("Les OCÉANS et les mers", ["#4", "#4"]),
        ("de l’eau potable pour tous", ["#1", "#0"]),
        ("clean water for all", ["#1", "#0"]),
        ("le pain et la douleur", ["#2", "#3"]),
        ("the pain and the bread", ["#3", "#2"]),
        ("#EauPotable pour la #Mer", ["#1", "#0", "#4"]),
        ("Une mère à la mer", ["#5", "#4"]),
        ("Les mères et la forêt", ["#5", "foret"]),
        ("la mer et les forêts", ["#4", "foret"]),
        ("la mere de tous", ["#5"]),
        ("protéger la mère", ["#6", "#5"]),
        ("de la marmelade", ["marmelad"]),
        ("", []),
        ("🌊 @sea", []),
    ],
)
def test_what_a_text_names(text, senses):
    assert SMALL.senses(text) == senses


def test_a_word_of_two_languages_is_read_in_that_of_the_text():
    assert languages_of(["le", "pain", "est", "la"]) == ("fr",)
    assert languages_of(["the", "pain", "is"]) == ("en",)
    assert languages_of(["pain"]) == languages_of([]) == ("fr", "en")


def test_every_line_of_the_shipped_lexicon_names_a_concept_in_both_languages():
    lines = [line for path in DATA.glob("concepts/*.txt") for line in path.read_text("utf-8").splitlines()]
    assert len(lines) >= 7_000
    for line in lines:
        french, english = line.split(" = ")
        assert all(normalise(word) for side in (french, english) for word in side.split(",")), line
    assert sum(path.stat().st_size for path in DATA.rglob("*.*")) < 1_000_000


def test_the_pairs_are_enough_and_each_sentence_stands_once():
    pairs = lexicon.pairs()
    assert len(pairs) >= 600
    for side in zip(*pairs, strict=True):
        assert Counter(side).most_common(1)[0][1] == 1


def test_a_sentence_finds_its_translation_among_all_the_others():
    """bench/text.py measures more, on texts that were not written beside the lexicon."""
    french, english = zip(*lexicon.pairs(), strict=True)
    weigher = TfidfVectorizer(analyzer=lexicon.shipped().senses, sublinear_tf=True).fit([*french, *english])
    near = (weigher.transform(french) @ weigher.transform(english).T).toarray()
    assert np.mean(near.argmax(axis=1) == np.arange(len(french))) > 0.95
    assert np.mean(near.argmax(axis=0) == np.arange(len(french))) > 0.95


def test_threads_that_stem_at_once_get_what_each_would_alone():
    words = [
        f"{start}{end}"
        for start in ("nettoy", "ramass", "plong", "écolog")
        for end in ("er", "ages", "eurs", "iquement")
    ] * 40
    alone = [lexicon.stem.__wrapped__(word, "fr") for word in words]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda word: lexicon.stem.__wrapped__(word, "fr"), words)) == alone


def test_the_places_of_what_is_named_are_those_of_its_words():
    words = ["de", "l", "eau", "potable", "et", "du", "pain"]
    assert [(list(places), list(senses)) for places, senses in SMALL.named(words, "fr")] == [
        ([2, 3], ["#1", "#0"]),
        ([6], ["#2"]),
    ]
