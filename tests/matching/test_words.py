"""What reasons say must be true of the person."""

import ast
import re
from pathlib import Path

import pytest

from matching import words
from matching.models import Match
from matching.words import evaluation


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
    assert words.tellable(match(0.30, 1.5)) == ("topic_fit",)
    assert words.tellable(match(0.08, 0.2)) == ()


def many(**contributions: float) -> Match:
    """A match of these features, each measured at 0.5."""
    return Match(
        sides={"wants": {"intercept": 0.0, "probability": 0.5, "contributions": contributions}},
        values={feature: {"value": 0.5, "basis": "measured"} for feature in contributions},
    )


def test_the_person_is_told_the_strongest_reasons_that_are_no_figures_and_none_against():
    told = many(
        topic_fit=0.5,
        audience_geo=0.9,
        engagement_rate=3.0,
        reply_rate=2.0,
        cause_share=-1.0,
        hashtag_overlap=0.7,
        language_reach=0.1,
    )
    assert words.tellable(told) == ("audience_geo", "hashtag_overlap", "topic_fit")
    assert words.tellable(told, most=1) == ("audience_geo",)


def test_what_is_estimated_is_told_to_nobody():
    guessed = many(audience_geo=0.9)
    guessed.values["audience_geo"]["basis"] = "estimated"
    assert words.tellable(guessed) == ()


LANGUAGES = ("en", "fr", "es", "de", "it", "pt", "nl")
TELLABLE = ("topic_fit", "hashtag_overlap", "language_reach", "audience_geo", "audience_interest", "cause_share")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("feature", TELLABLE)
def test_a_reason_is_told_in_every_language_and_voice_and_names_them_only_to_others(language, feature):
    said = {
        voice: words.tell(feature, language=language, voice=voice, name="Amina {name}")
        for voice in ("formal", "informal", "about")
    }
    assert all(each.endswith(".") for each in said.values())
    assert [voice for voice, each in said.items() if "Amina {name}" in each] == ["about"]
    assert (said["formal"] == said["informal"]) == (language == "en")
    assert not re.search(r"\d|%", "".join(said.values()))


def test_a_language_without_words_has_no_reasons():
    assert words.tell("topic_fit", language="sv", voice="formal", name="") == ""


# Before outcomes calibrate it, the score of a match is an index: whoever reads a page is told no chance of anything.
DENIAL = "It is no probability: there are not enough outcomes yet to say how sure it is."
SAID = re.compile(r"probab|likelihood|\bodds\b(?!\.)|chances? of|how sure", re.IGNORECASE)
# Here each side's probability is held against what came true, on people it did not learn from: no score of anybody.
HELD_AGAINST_OUTCOMES = {"ranker.html", "evaluation.py"}
AS_PERCENT = re.compile(r"score\w*\s*(\|\s*percent|%|\*\s*100)")


@pytest.mark.parametrize("app", ["matching", "outreach", "crm"])
def test_no_page_calls_the_fit_index_a_probability_or_writes_it_in_per_cent(app):
    root = Path(__file__).parents[2] / app
    pages = {path: path.read_text() for path in root.rglob("templates/**/*.html")}
    tables = {path: "\n".join(texts(path)) for path in [*root.glob("words/*.py"), *root.glob("templatetags/*.py")]}
    found = {
        path.name: SAID.findall(said.replace(DENIAL, "")) + AS_PERCENT.findall(said)
        for path, said in {**pages, **tables}.items()
        if path.name not in HELD_AGAINST_OUTCOMES
    }
    assert {name: said for name, said in found.items() if said} == {}
    assert app != "matching" or any(DENIAL in page for page in pages.values())


def texts(path: Path) -> list[str]:
    """Of a module, what it says: its strings but for those that document it."""
    tree = ast.parse(path.read_text())
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docs = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, documented)}
    strings = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [text for text in strings if text not in docs]


def test_what_a_list_was_limited_to_is_said_limit_by_limit():
    filters = {
        "platform": "instagram", "min_followers": 5000, "max_followers": 20000, "min_engagement": 0.035, "country": "FR",
        "language": "fr", "audience_country": "GB", "audience_country_share": 0.2, "audience_age": "18-24",
        "is_cleared": True, "rested_days": 60, "is_new": True,
    }  # fmt: skip
    assert words.asked(filters) == [
        "Instagram", "5,000 to 20,000 followers", "engagement of 3.5% or more", "profiles of this country: France",
        "posting in this language: French", "audience: United Kingdom, 20% or more", "audience: 18–24",
        "cleared at vetting for this cause", "not contacted for 60 days", "not in the list before",
    ]  # fmt: skip
    assert words.asked({"min_followers": 0, "platform": ""}) == ["0 followers or more"]
    assert words.asked({}) == []


def test_a_terminal_says_what_would_have_come_of_others():
    def between(mean):
        return {"mean": mean, "low": mean - 0.01, "high": mean + 0.02}

    rows = [{"name": "scorecard", "value": between(0.3), "difference": between(-0.1)}]
    found = {"lists": 12, "drawn": 96, "stands_for": 21.4, "shown": between(0.4), "contenders": rows}
    assert evaluation.off_policy(found) == [
        "What would have come of the people each would have shown, 0 to 1 [95 %], and how far above those shown by rank; "
        "from 96 outcomes of people drawn by lot, in 12 lists:",
        "shown by rank           0.4000 [0.3900, 0.4200]",
        "the starting scorecard  0.3000 [0.2900, 0.3200]  -0.1000 [-0.1100, -0.0800]",
    ]
