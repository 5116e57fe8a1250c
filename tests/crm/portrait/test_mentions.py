"""What somebody said about what concerns us."""

import pytest

from crm.portrait.mentions import Ear, Subject

OCEAN = Subject("topic", 14, {"en": ("ocean", "beach clean"), "fr": ("océan", "mer")})
BEACHES = Subject("cause", 1, {"": ("Clean beaches",)}, ("CleanBeaches", "#PlagesPropres"))
OIL = Subject("conflict", 1, {"": ("Oil",)}, ("oil",))
EAR = Ear([OCEAN, BEACHES, OIL])


def subjects(text: str, **said) -> list[tuple[str, int]]:
    heard = EAR.hear(text, **said)
    return list(heard.subjects) if heard else []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The ocean was calm.", [("topic", 14)]),
        ("OCEANS!", [("topic", 14)]),
        ("L’OCÉAN était calme.", [("topic", 14)]),
        ("We had a beach clean today.", [("topic", 14)]),
        ("Two beach cleans.", [("topic", 14)]),
        ("A beach so clean.", []),
        ("Oceanography is hard.", []),  # a longer word is another word
        ("Clean beaches start with you", [("cause", 1)]),
        ("Join us #cleanbeaches", [("cause", 1)]),
        ("Rejoignez-nous #plagespropres", [("cause", 1)]),
        ("cleanbeaches", []),  # as a word, not as a hashtag
        ("Thanks to our friends from Oil", [("conflict", 1)]),
        ("", []),
        ("#", []),
    ],
)
def test_whole_words_in_any_case_with_or_without_accents_and_plurals(text, found):
    assert subjects(text) == found


def test_words_count_in_the_language_of_the_post():
    assert subjects("La mer.", language="fr") == [("topic", 14)]
    assert subjects("La mer.", language="en") == []
    assert subjects("La mer.", language="") == [("topic", 14)]
    assert subjects("Clean beaches.", language="fr") == [("cause", 1)]  # a name is a name


def test_the_sentence_that_tells_most_is_quoted_and_all_subjects_are_named():
    said = EAR.hear("Good morning. Oil again! An ocean of clean beaches. Bye.")
    assert said.sentence == "An ocean of clean beaches."
    assert said.parts == ("An ", "ocean", " of ", "clean beaches", ".")
    assert said.subjects == (("conflict", 1), ("topic", 14), ("cause", 1))


def test_hashtags_go_with_the_sentence_before_them():
    assert EAR.hear("Bye. See you there. #cleanbeaches #sea").sentence == "See you there. #cleanbeaches #sea"


def test_hashtags_that_stand_beside_the_text_are_read_too():
    assert EAR.hear("See you there.", hashtags=["sea", "CleanBeaches"]).sentence == "#sea #CleanBeaches"


def test_a_long_sentence_is_cut_around_what_tells():
    said = EAR.hear("blah " * 200 + "the ocean " + "blah " * 200)
    assert len(said.sentence) <= 282
    assert said.sentence[0] == said.sentence[-1] == "…"
    assert said.parts[1] == "ocean"


def test_parts_are_the_sentence_again_whatever_overlaps():
    ear = Ear([Subject("topic", 1, {"": ("sea", "sea level", "level rise")})])
    said = ear.hear("The sea level rise.")
    assert said.sentence == "The sea level rise."
    assert said.parts == ("The ", "sea level", " rise.")


@pytest.mark.parametrize("text", ["ﬁ ½ ǅ ß", "x" * 100_000, "# #\n\n#", "!!!???…", "\u200d\ufe0f"])
def test_no_text_is_too_odd(text):
    assert EAR.hear(text) is None
