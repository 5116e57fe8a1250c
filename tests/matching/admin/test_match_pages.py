"""What the reasons of a match rest on, as a panel and as a page; and several people side by side."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.formats.rows import PostReading
from crm.models import AudienceShare, Influencer, Post
from matching.models import Match, MatchList, RankerVersion
from matching.services import match_lists, ranking
from tests.factories import (
    AccountFactory,
    AddressFactory,
    CauseFactory,
    UserFactory,
    VettingFactory,
    browser_of,
    published,
)

pytestmark = pytest.mark.django_db

NAMES = ("Amina Diallo", "Tom Baker", "Zoé Petit", "Ines Costa", "Omar Haddad")


@pytest.fixture
def client() -> Client:
    return browser_of(UserFactory(role="officer"))


@pytest.fixture(scope="module")
def ready(once) -> int:
    now = timezone.now()
    for n, name in enumerate(NAMES):
        account = AccountFactory(influencer__name=name, influencer__bio="I film the beach.", handle=f"handle{n}")
        post = PostReading(
            platform_id=str(n), published_at=now - timedelta(days=2), text="We cleared the beach, <b>all</b>."
        )
        published(account, [post], source="export.csv", at=now)
        AudienceShare.objects.create(
            account=account, dimension="country", key="GB", share=0.9 - n / 5, observed_at=now, source="report.json"
        )
    return listed(CauseFactory()).pk


@pytest.fixture
def match_list(ready) -> MatchList:
    return MatchList.objects.get(pk=ready)


def listed(cause) -> MatchList:
    match_list = match_lists.request(cause=cause, at=timezone.now())
    ranking.build(match_list=match_list, at=timezone.now())
    match_list.refresh_from_db()
    return match_list


def evidence_of(match: Match, query: str = "") -> str:
    return f"/admin/matching/matchlist/{match.match_list_id}/match/{match.pk}/evidence/{query}"


def comparing(match_list: MatchList, matches) -> str:
    asked = "&".join(f"match={match.pk}" for match in matches)
    return f"/admin/matching/matchlist/{match_list.pk}/compare/?{asked}"


def read(client, address: str, **headers) -> str:
    response = client.get(address, **headers)
    assert response.status_code == 200
    return " ".join(unescape(response.content.decode()).split())


# Evidence ------------------------------------------------------------------------------------------------------------


def test_the_panel_quotes_the_post_with_its_date_and_leads_to_the_row(client, match_list):
    match = match_list.matches.get(rank=1)
    panel = read(client, evidence_of(match), headers={"HX-Request": "true"})
    post = Post.objects.get(account__influencer=match.influencer)
    assert "<html" not in panel
    assert "We <mark>cleared</mark> the <mark>beach</mark>, <b>all</b>." in panel
    assert b"&lt;b&gt;all" in client.get(evidence_of(match)).content
    assert "<time datetime=" in panel
    assert "report.json" in panel
    assert f'/admin/crm/influencer/{match.influencer_id}/change/?post={post.pk}#post-{post.pk}"' in panel
    assert "United Kingdom 90%" in panel
    assert "What is missing, and what it could change" in panel


def test_one_reason_alone_is_told_alone(client, match_list):
    match = match_list.matches.get(rank=1)
    panel = read(client, evidence_of(match, "?feature=audience_geo"), headers={"HX-Request": "true"})
    assert "United Kingdom 90%" in panel
    assert "beach" not in panel
    nothing = read(client, evidence_of(match, "?feature=nonsense"), headers={"HX-Request": "true"})
    assert "No stored row speaks of it." in nothing


def test_whoever_has_no_script_reads_it_as_a_page(client, match_list):
    match = match_list.matches.get(rank=2)
    page = read(client, evidence_of(match))
    assert "<html" in page
    assert "Rank 2 of 5 considered" in page
    assert "United Kingdom 70%" in page
    listing = read(client, f"/admin/matching/matchlist/{match_list.pk}/change/")
    assert f'<a href="{evidence_of(match)}">' in listing


def test_what_is_gone_is_said_and_breaks_no_page(client, match_list):
    match = match_list.matches.get(rank=1)
    Post.objects.all().delete()
    AudienceShare.objects.all().delete()
    page = read(client, evidence_of(match))
    assert "1 post that it rested on is not stored any more." in page
    assert "1 figure of the audience that it rested on is not stored any more." in page


def test_of_a_list_of_an_earlier_ranker_the_ranks_are_not_computed(client, match_list):
    version = RankerVersion.objects.get()
    version.manifest["schema_version"] = 1
    version.save()
    matches = match_list.matches.order_by("rank")
    assert "Not computed any more" in read(client, evidence_of(matches[0]))
    assert "What is missing" not in read(client, comparing(match_list, matches[:2]))


def test_a_match_is_found_in_its_own_list_alone_and_by_whoever_may_see_lists(client, match_list):
    match, other = match_list.matches.get(rank=1), listed(CauseFactory())
    stray = f"/admin/matching/matchlist/{other.pk}/match/{match.pk}/evidence/"
    assert client.get(stray).status_code == 404
    assert browser_of(UserFactory(role="analyst")).get(evidence_of(match)).status_code == 200
    assert browser_of(UserFactory()).get(evidence_of(match)).status_code == 403


def test_the_list_opens_no_evidence_before_it_is_asked_for(client, match_list):
    listing = read(client, f"/admin/matching/matchlist/{match_list.pk}/change/")
    assert "We cleared" not in listing
    match = match_list.matches.get(rank=1)
    assert f'hx-get="{evidence_of(match)}?feature=topic_fit" hx-trigger="toggle once"' in listing


# Side by side --------------------------------------------------------------------------------------------------------


def test_ticked_people_come_to_an_address_that_can_be_kept(client, match_list):
    first, second = match_list.matches.order_by("rank")[:2]
    address = f"/admin/matching/matchlist/{match_list.pk}/compare/"
    response = client.post(address, {"match": [first.pk, second.pk], "csrfmiddlewaretoken": "x"})
    assert response["Location"] == f"{address}?match={first.pk}&match={second.pk}"


def test_people_stand_side_by_side_in_the_order_of_their_ranks_on_one_scale(client, match_list):
    first, second, third = match_list.matches.order_by("rank")[:3]
    page = read(client, comparing(match_list, [third, first, second]))
    assert page.index(">Amina Diallo<") < page.index(">Tom Baker<") < page.index(">Zoé Petit<")
    widths = [float(width) for width in re.findall(r'cw-reason--\w+"[^>]*><span style="width: ([\d.]+)%', page)]
    assert max(widths) == 50.0
    largest = max(
        abs(added) for m in (first, second, third) for s in m.sides.values() for added in s["contributions"].values()
    )
    geo = [m.sides["wants"]["contributions"]["audience_geo"] for m in (first, second, third)]
    row = page[page.index('<th scope="row">Audience’s countries') :]
    told = [float(width) for width in re.findall(r'<span style="width: ([\d.]+)%', row)[:3]]
    assert told == [round(50 * abs(added) / largest, 1) for added in geo]
    assert row[: row.index("</tr>")].count('cw-badge--good">ahead<') == 1
    assert "United Kingdom 90% · Instagram · handle0" in row
    assert "report.json" in row


def test_what_one_asks_first_of_them_stands_on_top(client, match_list):
    first, second = match_list.matches.order_by("rank")[:2]
    VettingFactory(influencer=first.influencer, cause=match_list.cause, verdict="cleared")
    AddressFactory(influencer=first.influencer)
    Influencer.objects.filter(pk=second.influencer_id).update(languages=[], country="")
    page = read(client, comparing(match_list, [first, second]))
    facts = page[page.index("Who they are") : page.index("The cause would want them")]
    for said in (
        'Instagram · <span title="48,000">48K</span>',
        "English",
        "United Kingdom",
        "Cleared",
        "Not vetted yet",
        "Yes, by e-mail",
        "By hand only",
        "never",
    ):
        assert said in facts
    assert facts.count(">unknown<") == 2
    assert facts.count('class="cw-strip"') == 2


def test_it_leads_to_outreach_with_them_and_back_to_the_list(client, match_list):
    matches = match_list.matches.order_by("rank")[:2]
    page = read(client, comparing(match_list, matches))
    for match in matches:
        assert f'name="match" value="{match.pk}" checked' in page
    assert 'action="/admin/outreach/outreach/start/"' in page
    assert f'href="/admin/matching/matchlist/{match_list.pk}/change/"' in page
    assert "Start outreach" not in read(browser_of(UserFactory(role="analyst")), comparing(match_list, matches))


@pytest.mark.parametrize("number", [0, 1, 5])
def test_fewer_than_two_and_more_than_four_are_not_compared(client, match_list, number):
    matches = match_list.matches.order_by("rank")[:number]
    response = client.get(comparing(match_list, matches), follow=True)
    assert response.redirect_chain[-1][0] == f"/admin/matching/matchlist/{match_list.pk}/change/"
    assert "Tick two to four people to compare them." in response.content.decode()


def test_people_of_another_list_and_nonsense_are_not_compared(client, match_list):
    stray = listed(CauseFactory()).matches.first()
    known = match_list.matches.first()
    address = f"{comparing(match_list, [known, stray])}&match=nonsense&match={'9' * 30}"
    assert client.get(address).status_code == 302


def test_four_cost_what_two_do(client, match_list):
    matches = match_list.matches.order_by("rank")
    prices = []
    for number in (2, 4):
        client.get(comparing(match_list, matches[:number]))
        with CaptureQueriesContext(connection) as queries:
            client.get(comparing(match_list, matches[:number]))
        prices.append(len(queries))
    assert prices[0] == prices[1]
