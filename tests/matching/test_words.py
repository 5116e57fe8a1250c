"""What reasons say must be true of the person."""

import pytest

from matching import words
from matching.models import Match


def match(value: float, contribution: float, side: str = "wants") -> Match:
    return Match(
        sides={side: {"intercept": 0.0, "probability": 0.5, "contributions": {"topic_fit": contribution}}},
        values={"topic_fit": {"value": value, "basis": "measured"}},
    )


@pytest.mark.parametrize(
    ("value", "contribution", "side", "text"),
    [
        (0.30, 1.5, "wants", "Speaks about this cause’s subject"),
        (0.08, 0.2, "wants", "Touches on this cause’s subject now and then"),
        (0.01, -0.5, "wants", "Speaks little about this cause’s subject"),
        (0.30, 1.5, "accepts", "The subject concerns them already, so they may well say yes"),
        (0.08, 0.2, "accepts", "The subject is not far from what concerns them"),
    ],
)
def test_a_weak_likeness_is_not_called_a_strong_one(value, contribution, side, text):
    assert [reason.text for reason in words.reasons(match(value, contribution, side))] == [text]


def test_nobody_is_told_that_they_speak_of_what_they_do_not():
    assert words.reason_sentence(match(0.30, 1.5)) == "What you speak about is close to what we work for."
    assert words.reason_sentence(match(0.08, 0.2)) == ""
