"""What the ranking says on a cause's page, and the page on which its hashtags are picked."""

import pytest
from django.test import Client
from django.urls import reverse

from crm.models import Cause, HashtagPick
from crm.services import topics
from matching.models import HashtagCount, LeftOut, MatchList
from matching.ranking.scorecard import WEIGHTS
from matching.services import hashtags, match_lists, rankers, ranking
from tests.factories import NOW, CauseFactory, InfluencerFactory, UserFactory, browser_of
from tests.matching.test_hashtags import people

pytestmark = pytest.mark.django_db

LISTS = "/admin/matching/matchlist/"


@pytest.fixture
def client() -> Client:
    return browser_of(UserFactory(role="officer"))


@pytest.fixture(scope="module")
def counted(once) -> int:
    topics.seed()
    cause = CauseFactory(name="Clean beaches", topics=["sdg-14"], hashtags=["typed"])
    for one in people(12, "CleanSea", "love", days=(3,), likes=10, bio="", hashtags=[]):
        one.topics.set(cause.topics.all())
    people(48, "love", days=(3,), likes=10, bio="", hashtags=[])
    hashtags.count(at=NOW)
    return cause.pk


@pytest.fixture
def cause(counted) -> Cause:
    """One whose people all say #CleanSea, as nobody else does."""
    return Cause.objects.get(pk=counted)


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_every_address_that_the_page_of_a_cause_names_leads_somewhere(client):
    cause = CauseFactory(description="", conflicts=["alcohol"])
    page = text(client.get(f"/admin/crm/cause/{cause.pk}/change/"))
    for step in ("gaps", "conflicts", "hashtags"):
        address = f"{reverse(f'admin:matching_matchlist_{step}')}?cause={cause.pk}"
        assert address in page
        assert client.get(address).status_code == 200


def test_the_gaps_say_what_each_open_part_carries(client):
    cause = CauseFactory(countries=[], description="We clear beaches.", hashtags=["sea"])
    version, _ = rankers.serving(at=NOW)
    MatchList.objects.create(
        *(), cause=CauseFactory(), ranker=version, state="ready", requested_at=NOW, as_of=NOW, ready_at=NOW,
        considered=1204, weight=dict.fromkeys(WEIGHTS, 0.0) | {"topic_fit": 6.0, "language_reach": 2.0, "audience_geo": 2.0},
    )  # fmt: skip
    panel = text(client.get(f"{LISTS}gaps/?cause={cause.pk}"))
    assert "<strong>No countries.</strong> “Audience’s countries”, 20% of what sets people apart, is not used." in panel
    assert (
        "<strong>No topics.</strong> “Subject matter”, 60% of what sets people apart, has only your own words" in panel
    )
    parts = "“Audience’s ages, Audience’s genders, Audience’s interests”"
    assert f"<strong>No target audience.</strong> {parts}, 0% of what sets people apart, is not used." in panel
    assert "on the newest match list (1,204 people considered)" in panel
    assert "<strong>No goals.</strong> The ranking does not need them" in panel


def test_the_conflicts_say_what_they_find_and_whom_they_left_out(client):
    topics.seed()
    cause = CauseFactory(conflicts=["Alkohol", "@fast.cars"])
    InfluencerFactory(bio="Wine.", name="Bacchus")
    InfluencerFactory(bio="The sea.")
    assert "The first match list will say whom this leaves out." in text(
        client.get(f"{LISTS}conflicts/?cause={cause.pk}")
    )
    match_list = match_lists.request(cause=cause, at=NOW)
    ranking.build(match_list=match_list, at=NOW)
    panel = text(client.get(f"{LISTS}conflicts/?cause={cause.pk}"))
    assert "found as it is written" in panel
    assert "1 person left out" in panel
    assert LeftOut.objects.count() == 1
    page = text(client.get(f"{LISTS}{match_list.pk}/change/"))
    assert "1 left out: conflict with the cause." in page
    assert "Bacchus" in page
    assert "Alkohol · The bio says “wine”." in page


def test_hashtags_are_shown_with_their_counts_picked_and_taken_off(client, cause):
    address = f"{LISTS}hashtags/?cause={cause.pk}"
    page = text(client.get(address))
    assert "12 of 12" in page
    assert "they use it 3 times as often as everybody" in page
    assert "1 hashtag that is everybody’s" in page
    assert "#typed" in page
    page = text(client.post(address, {"pick": "CleanSea"}, follow=True))
    assert "#CleanSea stands on the brief now." in page
    assert "Léa Martin" in page
    cause.refresh_from_db()
    assert cause.hashtags == ["typed", "CleanSea"]
    assert "#CleanSea" in text(client.get(f"/admin/crm/cause/{cause.pk}/change/"))
    client.post(address, {"unpick": "CleanSea"})
    cause.refresh_from_db()
    assert (cause.hashtags, HashtagPick.objects.count()) == (["typed"], 0)


def test_reading_changes_nothing_and_an_analyst_picks_nothing(cause):
    analyst, address = browser_of(UserFactory(role="analyst")), f"{LISTS}hashtags/?cause={cause.pk}"
    assert 'name="pick"' not in text(analyst.get(address))
    assert analyst.post(address, {"pick": "CleanSea"}).status_code == 403
    assert browser_of(UserFactory(role="officer")).get(f"{LISTS}count/?cause={cause.pk}").status_code == 405
    cause.refresh_from_db()
    assert cause.hashtags == ["typed"]


def test_what_is_no_hashtag_is_said(client, cause):
    page = text(client.post(f"{LISTS}hashtags/?cause={cause.pk}", {"pick": "two words"}, follow=True))
    assert "This is not a hashtag." in page


@pytest.mark.parametrize("step", ["gaps", "conflicts", "hashtags"])
@pytest.mark.parametrize("asked", ["", "?cause=", "?cause=0", "?cause=x", "?cause=99999999"])
def test_without_a_cause_there_is_nothing_to_show(client, step, asked):
    assert client.get(f"{LISTS}{step}/{asked}").status_code == 404


def test_before_anything_was_counted_the_page_says_so(client):
    HashtagCount.objects.all().delete()
    page = text(client.get(f"{LISTS}hashtags/?cause={CauseFactory().pk}"))
    assert "Nobody has counted the hashtags yet." in page
    assert "Count the hashtags" in page
