"""What a brief leaves open costs what the ranker's tables and its newest lists say, not what a text says."""

import pytest

from crm.models import Topic
from crm.services import topics
from matching.models import MatchList, RankerVersion
from matching.ranking.scorecard import WEIGHTS
from matching.services import gaps
from tests.factories import NOW, CauseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> RankerVersion:
    from matching.services.rankers import serving

    return serving(at=NOW)[0]


def listed(version, cause, *, missing=(), **weight) -> MatchList:
    return MatchList.objects.create(
        *(),
        cause=cause, ranker=version, state="ready", requested_at=NOW, as_of=NOW, ready_at=NOW, considered=200,
        weight=dict.fromkeys(WEIGHTS, 0.0) | weight, cause_missing=list(missing),
    )  # fmt: skip


def shares(cause) -> dict[str, float | None]:
    return {gap.part: gap.share for gap in gaps.of(cause=cause).gaps}


def test_an_unused_feature_costs_what_it_carries_in_the_lists_of_others(version):
    cause = CauseFactory(countries=[], description="We clear beaches.")
    listed(version, cause, topic_fit=3.0, language_reach=1.0, audience_geo=0.0, missing=["audience_geo"])
    listed(version, CauseFactory(), topic_fit=9.0, language_reach=9.0, audience_geo=4.0)
    found = gaps.of(cause=cause)
    assert (found.lists, found.people) == (2, 400)
    [countries] = [gap for gap in found.gaps if gap.part == "countries"]
    assert (countries.features, countries.share, countries.is_partial) == (("audience_geo",), 4.0 / 8.0, False)


def test_what_was_measured_as_nothing_costs_nothing(version):
    """Not what the ranker's table would say of it: that is for what no list has used."""
    listed(version, CauseFactory(), topic_fit=3.0, language_reach=1.0, audience_geo=0.0)
    assert shares(CauseFactory(countries=[]))["countries"] == 0.0


def test_the_dearest_stands_first_and_what_the_ranking_has_no_use_for_last(version):
    topics.seed()
    cause = CauseFactory(description="", languages=[], countries=[], topics=["sdg-14"])
    listed(version, CauseFactory(), topic_fit=5.0, language_reach=3.0, audience_geo=2.0)
    assert shares(cause) == {
        "description": 0.5, "languages": 0.3, "countries": 0.2, "audience": 0.0, "hashtags": 0.0,
        "goals": None, "conflicts": None, "transparency": None,
    }  # fmt: skip
    assert list(shares(cause)) == [
        "description", "languages", "countries", "audience", "hashtags", "goals", "conflicts", "transparency",
    ]  # fmt: skip


def test_lists_of_another_ranker_and_of_before_the_count_say_nothing(version):
    cause = CauseFactory(countries=[])
    MatchList.objects.filter(pk=listed(version, cause).pk).update(weight={})
    other = RankerVersion.objects.create(kind="scorecard", digest="x" * 64, manifest={}, created_at=NOW)
    listed(other, cause, topic_fit=1.0, language_reach=1.0, audience_geo=98.0)
    found = gaps.of(cause=cause)
    assert found.lists == 0
    assert 0 < shares(cause)["countries"] < 0.5  # as its table alone has it


def test_before_any_ranker_the_starting_scorecard_answers():
    cause = CauseFactory(languages=[], description="x")
    assert not RankerVersion.objects.exists()
    assert 0 < shares(cause)["languages"] < 1


def test_a_topic_words_and_names_speak_six_languages():
    topics.seed()
    rows = Topic.objects.select_related("parent")
    assert {tuple(sorted(topic.names)) for topic in rows} == {("de", "en", "es", "fr", "it", "pt")}
    assert {tuple(sorted(topic.words)) for topic in rows} == {("de", "en", "es", "fr", "it", "pt")}
