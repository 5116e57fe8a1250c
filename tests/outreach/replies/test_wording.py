"""One spelling for phrases and numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.replies.wording import ADDRESS, folded, is_french, pieces


def test_texts_are_folded():
    assert folded("  Désinscrivez‑moi,  l’ŒUVRE\u202f!\nÀ bientôt ") == "desinscrivez-moi, l'oeuvre !\na bientot"


@pytest.mark.parametrize(
    ("text", "french"),
    [("Je suis absent", True), ("I am away", False), ("", False), ("merci mais non", True), ("thanks but no", False)],
)
def test_the_language_is_that_of_its_small_words(text, french):
    assert is_french(text) is french


def test_which_address_sum_or_day_it_is_does_not_count():
    told = [
        set(pieces(text))
        for text in ("Write ana@kite.example, 800 € by 3 March", "Write jo@sun.example, 1.200 € by 14 June")
    ]
    assert told[0] == told[1]
    assert {"xaddress", "xmoney", "xmonth", "xnumber", "write xaddress", "^ write", "~pay"} <= told[0]


def test_what_words_of_both_languages_have_in_common_counts_as_one():
    common = set(pieces("Quel est votre budget ?")) & set(pieces("What is your fee?"))
    assert {"~pay", "~ask", "~pay ~ask", "#asks only", "#asks at last", "? $"} <= common


@given(st.text(max_size=300))
def test_any_text_has_pieces_and_a_spelling_that_stays(text):
    assert folded(folded(text)) == folded(text)
    assert pieces(text) == pieces(text)
    assert all("\n" not in piece for piece in pieces(text))


def test_a_very_long_text_is_read_to_where_it_has_said_what_it_says():
    assert pieces("word " * 1000) == pieces("word " * 1000 + "unsubscribe " * 10_000)


def test_an_address_is_found_in_a_sentence():
    assert ADDRESS.findall("see ana.b+c@kite.example, or <jo@sun-day.example>.") == [
        "ana.b+c@kite.example",
        "jo@sun-day.example",
    ]


def test_how_a_letter_begins_and_ends_does_not_count():
    plain = pieces("I would like to know more.")
    assert pieces("Hello Maya,\n\nI would like to know more.\n\nKind regards,\nRosa") == plain
    assert pieces("Bonjour, I would like to know more.\nCordialement\nThéo Roux") == plain
    assert pieces("Bonjour !") != pieces("")
    assert pieces("I would like to know more.\nThanks, but what is it?") != plain
