"""How a match is drawn."""

import pytest

from matching.models import Match, MatchList
from matching.services.evidence_rows import Evidence
from matching.services.unknowns import Span, Unknowns
from matching.templatetags.matches import as_title, headlines, reasons, rests_on, strip, what_is_missing
from tests.factories import NOW

MATCH = Match(
    score=0.5,
    percentile=50.0,
    sides={
        "accepts": {"contributions": {"topic_fit": 0.9}},
        "wants": {"contributions": {"topic_fit": 0.8, "language_reach": -0.4, "audience_geo": 0.2}},
    },
    values={
        "topic_fit": {"value": 0.3, "basis": "measured"},
        "language_reach": {"value": 0.1, "basis": "measured"},
        "audience_geo": {"value": 0.5, "basis": "measured"},
    },
)


def texts(match, side: str) -> list[str]:
    return [reason.text for reason in headlines(match, side)]


def test_what_one_reads_first_is_one_sentence_a_feature_on_its_own_side():
    assert texts(MATCH, "for") == [
        "Speaks about this cause’s subject",
        "50% of the audience is where the cause wants to be heard",
    ]
    assert texts(MATCH, "against") == ["10% of their audience reads the cause’s language"]


def test_of_many_one_reads_the_three_strongest_for_and_the_strongest_against():
    added = {"audience_geo": 0.5, "audience_age": 0.4, "audience_gender": 0.3, "audience_interest": 0.2,
             "cause_share": -0.3, "platform_fit": -0.2}  # fmt: skip
    match = Match(
        sides={"wants": {"contributions": added}},
        values={name: {"value": 0.5, "basis": "measured"} for name in added},
    )
    assert [reason.feature for reason in headlines(match, "for")] == ["audience_geo", "audience_age", "audience_gender"]
    assert [reason.feature for reason in headlines(match, "against")] == ["cause_share"]


@pytest.mark.parametrize(("contribution", "shown"), [(-0.1, 1), (-0.09, 0)])
def test_what_hardly_counts_is_no_reserve(contribution, shown):
    match = Match(
        sides={"wants": {"contributions": {"audience_geo": contribution}}},
        values={"audience_geo": {"value": 0.1, "basis": "measured"}},
    )
    assert len(headlines(match, "against")) == shown
    assert len(reasons(match)["reasons"]) == 1  # among all reasons it stands


def row(text: str, **said) -> Evidence:
    return Evidence(kind="audience", id=text, date=NOW, text=text, **{"where": "X · amina", "source": "f.csv"} | said)


def test_rows_of_one_reading_are_told_together():
    told = rests_on([row("France 42%"), row("Belgium 8%"), row("Mali 3%", source="g.csv")], 7)
    assert [group["text"] for group in told["groups"]] == ["France 42% · Belgium 8%", "Mali 3%"]


def test_what_is_quoted_is_told_apart_from_what_is_counted_up():
    told = rests_on([row("Topics in common"), row("I dive.", parts=("I ", "dive", "."))], 7)
    assert [(group["text"], group["quotations"]) for group in told["groups"]] == [
        ("Topics in common", []),
        ("", [("I ", "dive", ".")]),
    ]


def test_whoever_points_at_a_value_reads_where_it_is_from():
    gone = Evidence(kind="audience", id="x", date=None, text="1 figure is gone", is_gone=True)
    assert as_title([row("France 42%"), gone]) == "France 42% · X · amina · Nov. 24, 2026 · f.csv\n1 figure is gone"


def test_what_is_missing_tells_apart_what_would_move_them_and_what_would_not():
    found = Unknowns(9, {"audience_geo": Span(3, 41), "growth_rate": Span(9, 9)}, Span(3, 41))
    told = what_is_missing(Match(rank=9), found)
    assert told["said"] == ["If their audience’s countries were known, they could stand anywhere from 3 to 41."]
    assert [str(name) for name in told["still"]] == ["Growth"]
    assert told["together"] == "With all that is missing known, they could stand anywhere from 3 to 41."
    assert what_is_missing(Match(rank=9), Unknowns(9, {}, None))["together"] == ""
    assert what_is_missing(Match(rank=9), None) == {"is_unread": True}


def test_the_strip_marks_the_place_among_all_and_draws_no_empty_step():
    drawn = strip(MATCH, MatchList(considered=9, spread={"low": 0.0, "high": 1.0, "counts": [4, 0, 5]}))
    assert len(drawn["bars"]) == 2
    assert drawn["place"] == 72.0
    assert drawn["words"] == "Stands above or level with 50 % of the 9 considered"


def test_a_list_of_before_the_spread_was_kept_has_an_empty_strip():
    assert strip(MATCH, MatchList(considered=9))["bars"] == []
