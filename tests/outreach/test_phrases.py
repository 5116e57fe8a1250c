"""What Causeway itself puts into messages, in seven languages and two registers."""

from datetime import date

import pytest

from outreach.words import phrases

LANGUAGES = ("en", "fr", "es", "de", "it", "pt", "nl")
SPRING, NOW = date(2026, 3, 1), date(2026, 11, 23)


@pytest.mark.parametrize(
    ("language", "is_informal", "name", "said"),
    [
        ("en", False, "Amina", "Hello Amina,"),
        ("fr", False, "Amina", "Bonjour Amina,"),
        ("fr", True, "Amina", "Salut Amina,"),
        ("fr", True, "", "Bonjour,"),
        ("en", False, "", "Hello,"),
        ("es", True, "Amina", "Hola, Amina:"),
        ("sv", False, "Amina", ""),
    ],
)
def test_a_greeting(language, is_informal, name, said):
    assert phrases.greeting(language, is_informal=is_informal, name=name) == said


def wrote(language, voice="formal", *, quote="Rivers begin here.", on=SPRING):
    return phrases.quotation(language, voice=voice, quote=quote, on=on, today=NOW, name="Amina Diallo")


def test_a_quotation_says_its_day_and_its_year_where_that_is_another_one():
    assert wrote("en") == "On 1 March you wrote: “Rivers begin here”"
    assert wrote("en", on=date(2025, 12, 3)) == "On 3 December 2025 you wrote: “Rivers begin here”"
    assert wrote("fr") == "Le 1er mars, vous écriviez\u00a0: «\u00a0Rivers begin here\u00a0»"
    assert wrote("fr", "informal", on=date(2026, 3, 3)) == (
        "Le 3 mars, tu écrivais\u00a0: «\u00a0Rivers begin here\u00a0»"
    )
    assert wrote("fr", "about", on=date(2026, 3, 3)).startswith("Le 3 mars, Amina Diallo écrivait\u00a0: ")
    assert wrote("de", "informal") == "Am 1. März hast du geschrieben: „Rivers begin here“"
    assert wrote("sv") == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_its_words_in_both_registers(language):
    for is_informal in (False, True):
        assert "Amina" in phrases.greeting(language, is_informal=is_informal, name="Amina")
        assert "her page" in phrases.source_of_address(language, is_informal=is_informal, source="her page")
    assert (wrote(language) == wrote(language, "informal")) == (language == "en")
    assert "Amina Diallo" in wrote(language, "about")
    assert phrases.unsubscribe(language) != phrases.unsubscribe({"en": "fr"}.get(language, "en"))


@pytest.mark.parametrize("value", ["{quote}", "{day} {name}", "{{ first_name }}", "%(name)s", "\\1 \\g<0>"])
def test_what_somebody_wrote_is_never_looked_into(value):
    assert value in wrote("en", "about", quote=value)
    assert phrases.greeting("fr", is_informal=False, name=value) == f"Bonjour {value},"
    assert value in phrases.source_of_address("de", is_informal=True, source=value)


def test_words_are_listed_as_the_language_does():
    assert phrases.listed("en", ["ocean", "climate"]) == "ocean and climate"
    assert phrases.listed("fr", ["océan", "climat", "handicap"]) == "océan, climat et handicap"
    assert phrases.listed("en", ["rivers and lakes", "climate"]) == "rivers and lakes, climate"
    assert phrases.listed("es", ["salud", "igualdad"]) == "salud e igualdad"
    assert phrases.listed("en", []) == ""
    assert phrases.listed("sv", ["hav"]) == ""


def test_names_are_small_within_a_sentence_but_for_german_and_capitals():
    names = [("en", "Clean beaches"), ("de", "Saubere Strände"), ("en", "LGBTQ+ rights"), ("fr", "Égalité")]
    assert [phrases.within_a_sentence(*name) for name in names] == [
        *("clean beaches", "Saubere Strände", "LGBTQ+ rights", "égalité")
    ]


def test_the_law_is_told_in_english_where_there_are_no_words():
    assert phrases.unsubscribe("sv") == phrases.unsubscribe("en")
