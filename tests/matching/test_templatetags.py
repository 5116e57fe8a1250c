"""How a match is drawn."""

from matching.models import Match, MatchList
from matching.templatetags.matches import headlines, strip

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


def test_what_one_reads_first_is_one_sentence_a_feature_on_its_own_side():
    assert headlines(MATCH, "for") == [
        "Speaks about this cause’s subject",
        "50% of the audience is where the cause wants to be heard",
    ]
    assert headlines(MATCH, "against") == ["10% of their audience reads the cause’s language"]


def test_the_strip_marks_the_place_among_all_and_draws_no_empty_step():
    drawn = strip(MATCH, MatchList(considered=9, spread={"low": 0.0, "high": 1.0, "counts": [4, 0, 5]}))
    assert len(drawn["bars"]) == 2
    assert drawn["place"] == 72.0
    assert drawn["words"] == "Stands above or level with 50 % of the 9 considered"


def test_a_list_of_before_the_spread_was_kept_has_an_empty_strip():
    assert strip(MATCH, MatchList(considered=9))["bars"] == []
