"""A cause's conflicts leave people out of its lists, with the reason; a cleared person and a passing word stay."""

from datetime import timedelta

import pytest

from crm.formats.rows import PostReading
from crm.models import Topic
from crm.services import topics
from matching.models import LeftOut, Match, MatchList
from matching.ranking.schema import FEATURES
from matching.services import conflicts, match_lists, ranking
from tests.factories import NOW, AccountFactory, CauseFactory, InfluencerFactory, VettingFactory, published

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _topics():
    topics.seed()


def speaks(person, *texts, is_advert=None, hashtags=()):
    readings = [
        PostReading(f"{person.pk}-{n}", NOW - timedelta(days=n + 1), text=text, is_advert=is_advert, hashtags=hashtags)
        for n, text in enumerate(texts)
    ]
    published(AccountFactory(influencer=person), readings, source="export.csv", at=NOW)


def ranked(cause) -> MatchList:
    match_list = match_lists.request(cause=cause, at=NOW)
    ranking.build(match_list=match_list, at=NOW)
    match_list.refresh_from_db()
    return match_list


def test_who_conflicts_is_left_out_with_the_reason_and_who_mentions_it_is_warned_of():
    sober = InfluencerFactory(name="Sober", bio="The road home.")
    once = InfluencerFactory(name="Once", bio="The road home.")
    brewer = InfluencerFactory(name="Brewer", bio="The road home.")
    speaks(once, "Ein Bier am See.", "The road.", "The night bus.")
    speaks(brewer, "Une bière artisanale, offerte.", is_advert=True)
    cause = CauseFactory(slug="road", conflicts=["Alkohol"])
    found = ranked(cause)
    assert (found.state, found.considered, found.left_out) == ("ready", 2, {"conflict": 1})
    assert set(found.matches.values_list("influencer__name", flat=True)) == {"Sober", "Once"}
    out = LeftOut.objects.get(match_list=found)
    assert (out.influencer, [(f["subject"], f["place"], f["word"]) for f in out.findings]) == (
        brewer,
        [("Alkohol", "advert", "biere")],
    )
    assert found.matches.get(influencer=sober).warnings == []
    [warning] = found.matches.get(influencer=once).warnings
    assert (warning["place"], warning["word"], warning["count"], warning["of"]) == ("posts", "bier", 1, 3)
    assert warning["day"] == (NOW - timedelta(days=1)).date().isoformat()


def test_whom_somebody_cleared_for_this_cause_is_considered_with_a_warning():
    cause = CauseFactory(conflicts=["alcohol"])
    person = InfluencerFactory(bio="I write about wine and sobriety.")
    other = InfluencerFactory(bio="Wine, wine, wine.")
    VettingFactory(influencer=person, cause=cause)
    VettingFactory(influencer=other, cause=CauseFactory())  # for another cause
    found = ranked(cause)
    assert list(found.matches.values_list("influencer", flat=True)) == [person.pk]
    assert [warning["is_hard"] for warning in found.matches.get().warnings] == [True]
    assert found.left_out == {"conflict": 1}


def test_where_everybody_conflicts_the_list_says_so():
    InfluencerFactory(bio="Wine.")
    found = ranked(CauseFactory(conflicts=["wine"]))
    assert (found.state, found.error["code"]) == ("failed", "everybody_conflicts")
    assert not LeftOut.objects.exists()


def test_who_speaks_of_the_concern_itself_is_no_conflict():
    person = InfluencerFactory(bio="Drink driving killed my brother: alcool au volant, never.")
    cause = CauseFactory(conflicts=["alcohol"])
    assert conflicts.findings(cause=cause, people=[person.pk], at=NOW) == {}


def test_the_number_of_questions_does_not_grow_with_the_people(django_assert_num_queries):
    cause = CauseFactory(conflicts=["alcohol"])
    people = [InfluencerFactory(bio="Wine.").pk for _ in range(3)]
    with django_assert_num_queries(5):
        assert len(conflicts.findings(cause=cause, people=people, at=NOW)) == 3
    with django_assert_num_queries(5):
        conflicts.findings(cause=cause, people=people[:1], at=NOW)


def test_without_conflicts_nothing_is_asked(django_assert_num_queries):
    cause = CauseFactory(conflicts=[])
    with django_assert_num_queries(0):
        assert conflicts.findings(cause=cause, people=[1, 2], at=NOW) == {}


def test_a_trade_is_no_topic_of_a_cause_but_one_of_a_profile():
    assert Topic.objects.get(slug="alcohol").kind == "trade"
    person = InfluencerFactory(bio="")
    person.topics.set(Topic.objects.filter(slug="alcohol"))
    [finding] = conflicts.findings(cause=CauseFactory(conflicts=["vino"]), people=[person.pk], at=NOW)[person.pk]
    assert (finding.place.value, finding.is_hard) == ("topic", True)


def test_a_list_says_how_far_each_feature_sets_people_apart():
    for bio in ("I clear beaches of plastic.", "Chess and dinners."):
        InfluencerFactory(bio=bio, languages=["en"])
    found = ranked(CauseFactory(countries=[]))
    assert set(found.weight) == {feature.name for feature in FEATURES if feature.sides}
    assert found.weight["topic_fit"] > 0
    assert found.weight["audience_geo"] == 0.0
    assert Match.objects.count() == 2


def test_conflicts_are_looked_for_as_far_down_as_the_list_reaches(monkeypatch):
    monkeypatch.setattr(conflicts, "LOOKED_AT", 3)
    for n in range(12):
        InfluencerFactory(name="Wine" if n % 2 else f"{n:02}", bio="We clear beaches of plastic.")
    cause = CauseFactory(conflicts=["wine"], description="We clear beaches of plastic.")
    match_list = match_lists.request(cause=cause, at=NOW, limit=4)
    ranking.build(match_list=match_list, at=NOW)
    match_list.refresh_from_db()
    names = match_list.matches.values_list("influencer__name", flat=True)
    assert sorted(names) == ["00", "02", "04", "06"]
    assert match_list.left_out == {"conflict": 4}  # of the nine who were looked at
    assert match_list.considered == 8
