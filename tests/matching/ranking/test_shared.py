"""Which words of a text say what a cause says, too."""

import pytest

from matching.ranking import shared
from matching.ranking.lexicon import Lexicon

WORDS = Lexicon.from_lines(
    ["eau potable = drinking water", "eau = water", "plage = beach", "matin = morning", "nettoyer = clean"]
)
WANTED = shared.wanted(
    WORDS,
    subject="#PlagesPropres plage beach sans plastique",
    name="Des plages pour tous",
    brief="Nous nettoyons le matin, sans bruit. Whoever comes is welcome.",
)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("On the beach (at last)!", ["beach"]),
        ("Sur les plages, et à la plage.", ["plages", "plage"]),
        ("L’eau de la plage", ["plage"]),
        ("d'un matin à l’autre", ["matin"]),
        ("Une #PlagesPropres, ou rien", ["#PlagesPropres"]),
        ("Le plastique, « plastique » !", ["plastique", "plastique"]),
        ("Nothing of the kind. Sans bruit.", []),
        ("Write to plage@mer.example or @plage, see https://plage.example/beach", []),
        ("", []),
        ("🌊", []),
    ],
)
def test_words_are_marked_in_either_language_and_without_what_stands_around_them(text, marked):
    found = shared.quote(WORDS, text, WANTED)
    assert list(found.parts[1::2]) == marked
    assert found.text == text
    assert (found.weight > 0) == bool(marked)


def test_a_term_of_several_words_is_marked_whole():
    wanted = shared.wanted(WORDS, subject="eau potable", name="", brief="")
    assert shared.quote(WORDS, "We bring drinking water here", wanted).parts == (
        "We bring ", "drinking", " ", "water", " here",
    )  # fmt: skip


def test_the_subject_weighs_more_than_what_a_brief_says_in_passing_and_a_word_counts_once():
    once, often, aside = (
        shared.quote(WORDS, text, WANTED).weight for text in ("the beach", "the beach, the beach", "the morning")
    )
    assert once == often > aside > 0


def test_a_long_text_is_cut_around_the_first_word_that_tells():
    text = f"{'far away ' * 60}beach {'and on ' * 60}beach"
    found = shared.quote(WORDS, text, WANTED)
    assert found.parts[0].startswith("…")
    assert found.parts[1] == "beach"
    assert found.parts[-1].endswith("…")
    assert len(found.text) <= 284
    assert shared.cut("a" * 300) == ("a" * 280 + "…",)
