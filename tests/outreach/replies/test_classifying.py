"""Headers, then words, then numbers, and unsure by default."""

from contextlib import redirect_stdout
from datetime import date
from io import StringIO
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.replies.classes import VERSION, Reading, ReplyClass
from outreach.replies.classifying import classify
from outreach.replies.letter import Nature, Report
from tests.config.instances import ROOT
from tests.outreach.replies.letters import letter


def test_headers_go_before_words():
    assert classify(letter("STOP", nature=Nature.COMPLAINT)) == Reading(ReplyClass.COMPLAINT, 1.0, "headers")
    dead = letter("STOP", nature=Nature.BOUNCE, reports=[Report(action="failed", status="5.1.1")])
    assert classify(dead) == Reading(ReplyClass.BOUNCE_HARD, 1.0, "headers")


def test_words_go_before_numbers():
    assert classify(letter("No thank you.")) == Reading(ReplyClass.DECLINES, 0.99, "words")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Quel est votre budget pour cette collaboration ?", "fee"),
        ("My rate for a reel is 900 euros, what is your budget?", "fee"),
        ("Could you tell me more about your organisation, and what do you expect from me?", "question"),
        ("Pouvez-vous m’en dire plus sur votre association ? Qu’attendez-vous de moi ?", "question"),
    ],
)
def test_numbers_read_what_no_phrase_decides(said, expected):
    reading = classify(letter(said))
    assert (str(reading.reply_class), reading.by, reading.version) == (expected, "numbers", VERSION)
    assert 0.5 <= reading.confidence <= 1


@pytest.mark.parametrize(
    "foot",
    [
        "If you no longer wish to receive these emails, click here to unsubscribe.",
        "Si vous ne souhaitez plus recevoir nos e-mails, cliquez ici pour vous désabonner.",
        "Remove me from this list: https://mail.example/u",
    ],
)
def test_the_foot_of_a_program_for_writing_to_many_is_no_wish_of_whoever_answers(foot):
    said = f"Yes, we would love to take part in your campaign. What are the dates?\n\nBest,\nAnna\n\n{foot}"
    assert classify(letter(said)).reply_class != ReplyClass.UNSUBSCRIBE
    assert classify(letter(f"Please remove us from your list.\n\n{foot}")).reply_class == ReplyClass.UNSUBSCRIBE


def test_a_long_line_takes_no_longer_for_its_foot():
    began = process_time()
    classify(letter("click " * 50_000))
    assert process_time() - began < 5


def test_later_has_its_day():
    reading = classify(letter("I'm swamped right now, please get back to me again in March."))
    assert (str(reading.reply_class), reading.until) == ("later", date(2027, 3, 1))


@pytest.mark.parametrize(
    "said", ["", " \n", "Zzyzx qwertz", "…", "12345", "مرحبا", "¿Quién eres?", "Olá, não tenho interesse"]
)
def test_whoever_says_nothing_that_was_learned_is_left_to_a_person(said):
    reading = classify(letter(said, text=f"{said}\n> STOP"))
    assert (reading.reply_class, reading.by, reading.is_sure) == (ReplyClass.OTHER, "abstained", False)


@pytest.mark.parametrize(
    "said",
    [
        "Not now, but write to me in March.", "Pas maintenant, mais réécrivez-moi en mars.",
        "No, not this year. Next year maybe?", "Non, pas cette année, l’an prochain peut-être",
        "I would say no unless you have a budget", "Ce serait non, sauf si vous avez un budget",
    ],
)  # fmt: skip
def test_a_hedged_or_double_message_is_never_a_no(said):
    assert classify(letter(said)).reply_class != ReplyClass.DECLINES


quoted = st.text(max_size=120).map(lambda text: f"> {text}")


@given(
    said=st.text(max_size=120),
    quoted=quoted,
    nature=st.sampled_from(Nature),
    language=st.sampled_from(["", "en", "fr"]),
)
def test_any_letter_is_read_and_quoted_text_changes_nothing(said, quoted, nature, language):
    reading = classify(letter(said, nature=nature), language=language)
    assert reading == classify(letter(said, text=f"{said}\n{quoted}", nature=nature), language=language)
    assert 0 <= reading.confidence <= 1
    assert reading.by != "headers" or (reading.confidence == 1.0 and nature != Nature.PERSONAL)
    assert reading.until is None or reading.reply_class in {ReplyClass.LATER, ReplyClass.OUT_OF_OFFICE}
    assert not reading.contact or reading.reply_class == ReplyClass.MANAGER


def test_the_example_of_the_docs_reads_a_letter():
    example = (ROOT / "docs/replies.md").read_text("utf-8").split("```python\n")[1].split("```")[0]
    with redirect_stdout(StringIO()) as said:
        exec(compile(example, "docs/replies.md", "exec"), {})
    assert "LATER" in said.getvalue()
    assert "until=datetime.date(2027, 3, 1)" in said.getvalue()
