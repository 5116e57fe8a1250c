"""The page that answers "who fits this cause, and why?"."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Influencer
from matching.models import LeftOut, MatchList
from matching.services import match_lists, ranking
from tests.factories import (
    NOW,
    AccountFactory,
    AddressFactory,
    CauseFactory,
    InfluencerFactory,
    UserFactory,
    VettingFactory,
    browser_of,
)

pytestmark = pytest.mark.django_db

RANK = "/admin/matching/matchlist/rank/"


@pytest.fixture
def client() -> Client:
    return browser_of(UserFactory(role="officer"))


def test_where_there_is_no_cause_yet_one_is_led_to_adding_it(client):
    page = client.get(RANK, follow=True)
    assert page.redirect_chain[-1][0] == "/admin/crm/cause/"
    assert "Add the cause first." in page.content.decode()


@pytest.fixture
def people() -> list[Influencer]:
    return [
        AccountFactory(influencer__name=name, influencer__bio=bio, platform=platform).influencer
        for name, bio, platform in (
            ("Amina Diallo", "I clear beaches of plastic and film the sea.", "instagram"),
            ("Tom Baker", "Slow-cooked dinners for two.", "youtube"),
            ("Zoé Petit", "Chess, openings and endgames.", "twitch"),
        )
    ]


def ranked(cause=None) -> MatchList:
    match_list = match_lists.request(cause=cause or CauseFactory(), at=timezone.now())
    ranking.build(match_list=match_list, at=timezone.now())
    match_list.refresh_from_db()
    return match_list


def page_of(client: Client, match_list: MatchList, query: str = "") -> str:
    response = client.get(f"/admin/matching/matchlist/{match_list.pk}/change/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_asking_for_a_list_leads_to_its_page_which_waits(client, people):
    cause = CauseFactory()
    response = client.post(RANK, {"cause": cause.pk, "limit": 2, "country": "GB"})
    match_list = MatchList.objects.get()
    assert response["Location"] == f"/admin/matching/matchlist/{match_list.pk}/change/"
    assert (match_list.state, match_list.limit, match_list.filters["country"]) == ("requested", 2, "GB")
    page = page_of(client, match_list)
    assert "The influencers are being ranked." in page
    assert 'http-equiv="refresh"' in page


def test_whom_to_consider_is_asked_as_people_write_it(client, people):
    asked = {
        "min_engagement": "3,5 %", "audience_country": "FR", "audience_country_share": "20", "audience_gender": "female",
        "is_cleared": "on", "rested_days": "60", "is_new": "on",
    }  # fmt: skip
    client.post(RANK, {"cause": CauseFactory().pk, "limit": 9} | asked)
    filters = match_lists.Filters(**MatchList.objects.get().filters)
    assert filters == match_lists.Filters(
        min_engagement=0.035, audience_country="FR", audience_country_share=0.2, audience_gender="female",
        is_cleared=True, rested_days=60, is_new=True,
    )  # fmt: skip


def test_where_a_list_is_long_it_says_how_far_down_conflicts_were_looked_for(client, people):
    match_list = ranked()
    LeftOut.objects.create(match_list=match_list, influencer=people[0], findings=[])
    said = "Conflicts are looked for among the 2,000 who rank first"
    assert said not in page_of(client, match_list)
    MatchList.objects.update(considered=2_001)
    assert said in page_of(client, match_list)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"cause": ""}, "This field is required."),
        ({"limit": 5000}, "less than or equal to 1000"),
        ({"min_followers": "many"}, "Enter a whole number."),
        ({"country": "France"}, "Select a valid choice."),
        ({"audience_age_share": "30"}, "Say whom."),
        ({"min_engagement": "fast"}, "This is not a rate."),
        ({"rested_days": 0}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_asked_is_said_beside_the_field(client, said, words):
    response = client.post(RANK, {"cause": CauseFactory().pk, "limit": 100} | said)
    assert response.status_code == 200
    assert words in response.content.decode()
    assert not MatchList.objects.exists()


def test_a_cause_that_says_nothing_cannot_be_ranked_and_the_form_says_so(client):
    response = client.post(RANK, {"cause": CauseFactory(description="").pk, "limit": 100})
    assert "neither a description nor topics" in response.content.decode()


def test_the_page_says_how_many_who_and_why(client, people):
    page = page_of(client, ranked())
    assert re.search(r"<strong>3</strong> considered,\s+<strong>3</strong> shown", page)
    assert page.index("Amina Diallo") < page.index("Tom Baker")
    assert "Speaks about this cause’s subject" in page
    assert "fit index 0." in page
    assert page.count('class="cw-strip"') == 3
    assert "http-equiv" not in page


def test_who_was_left_out_is_counted_with_the_reason(client, people):
    cause = CauseFactory()
    VettingFactory(influencer=people[1], cause=cause, verdict="refused")
    page = page_of(client, ranked(cause))
    assert "1 left out: refused at vetting." in page
    assert "Tom Baker" not in page


def test_of_many_left_out_nobody_is_kept_back(client, people):
    match_list = ranked()
    LeftOut.objects.bulk_create(
        LeftOut(match_list=match_list, influencer=InfluencerFactory(name=f"Out {n:02}", sort_name=f"out {n:02}"), findings=[])
        for n in range(51)
    )  # fmt: skip
    first, second = page_of(client, match_list), page_of(client, match_list, "?left-out=2")
    assert ("Out 49" in first, "Out 50" in first, "1 to 50 of 51" in first) == (True, False, True)
    assert ("Out 49" in second, "Out 50" in second) == (False, True)
    assert "Amina Diallo" in second
    assert 'href="?left-out=2#left-out"' in first


def test_showing_fewer_says_how_many_are_hidden(client, people):
    AddressFactory(influencer=people[0])
    match_list = ranked()
    page = page_of(client, match_list, "?standing=contactable")
    assert "Amina Diallo" in page
    assert "Tom Baker" not in page
    assert "2 hidden by this choice." in page
    assert "Zoé Petit" in page_of(client, match_list, "?platform=twitch")
    assert "Zoé Petit" in page_of(client, match_list, "?standing=nonsense")


def test_a_list_that_could_not_be_ranked_says_why(client):
    page = page_of(client, ranked())
    assert "This list could not be ranked." in page
    assert "Nobody fits these filters." in page


def test_ten_people_cost_what_two_do(client):
    prices = []
    for _ in range(2):
        for _ in range(5):
            AccountFactory()
        match_list = ranked()
        page_of(client, match_list)
        with CaptureQueriesContext(connection) as queries:
            page_of(client, match_list)
        prices.append(len(queries))
    assert prices[0] == prices[1]


def test_an_analyst_reads_and_starts_nothing(people):
    analyst = browser_of(UserFactory(role="analyst"))
    page = page_of(analyst, ranked())
    assert "Start outreach" not in page
    assert "Compare" in page
    assert analyst.get(RANK).status_code == 403


def test_a_list_says_what_changed_since_the_one_before(client, people):
    cause = CauseFactory()
    ranked(cause)
    amina, tom, _zoe = people
    assert "Since the list of" not in page_of(client, MatchList.objects.get())
    VettingFactory(influencer=amina, cause=cause, verdict="refused", at=timezone.now())
    Influencer.objects.filter(pk=tom.pk).update(bio="I clear beaches of plastic and film the sea.")
    newcomer = AccountFactory(influencer__name="New Comer", influencer__bio="Plastic on beaches.").influencer
    page = " ".join(page_of(client, ranked(cause)).split())
    assert "<strong>1</strong> gone" in page
    assert "<strong>1</strong> new" in page
    gone = page[page.index('id="gone"') :]
    assert amina.name in gone
    assert "Stood at 1. They were refused at vetting." in gone
    assert 'title="Then we did not know them."' in page[: page.index('id="gone"')], newcomer


def test_a_list_says_whom_it_looked_at_and_ranking_again_asks_the_same(client, people):
    filters = match_lists.Filters(platform="instagram", min_engagement=0.035, audience_age="18-24", rested_days=60)
    asked = match_lists.request(cause=CauseFactory(), limit=30, at=timezone.now(), filters=filters)
    AccountFactory(platform="instagram", engagement_rate=0.05)
    ranking.build(match_list=asked, at=timezone.now())
    MatchList.objects.update(
        state="ready", ranker=ranking.serving(at=timezone.now(), cause=asked.cause)[0], ready_at=NOW
    )
    page = page_of(client, asked)
    assert (
        "Only considered: Instagram · engagement of 3.5% or more · audience: 18–24 · not contacted for 60 days" in page
    )
    form = " ".join(client.get(f"{RANK}?again={asked.pk}").content.decode().split())
    assert '<option value="instagram" selected>' in form and '<option value="18-24" selected>' in form
    assert 'name="limit" value="30"' in form and 'name="min_engagement" value="3.5"' in form
    assert 'name="rested_days" value="60"' in form
    assert f'<option value="{asked.cause.pk}" selected>' in form
    assert client.get(f"{RANK}?again=x").status_code == client.get(f"{RANK}?again=0").status_code == 200
