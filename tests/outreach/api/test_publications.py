"""Publications by API: noted, listed, and told figures of; what is refused leaves nothing behind."""

from datetime import timedelta

import pytest
from django.utils import timezone

from outreach.models import Publication, PublicationMetric
from outreach.services import publications
from outreach.services.publications import Said
from tests.factories import OutreachFactory, UserFactory, bearing, officers_tool, tool_of

pytestmark = pytest.mark.django_db
PUBLICATIONS = "/api/v1/publications/"
SCOPES = ("publications:read", "publications:write")
URL = "https://www.tiktok.com/@maia/video/7123"
WHEN = "2026-06-01T10:00:00Z"


@pytest.fixture
def tool():
    return officers_tool(*SCOPES)


def say(tool, of, **said):
    body = {"outreach": str(of.public_id), "url": URL, "published_at": WHEN, "format": "short_video"} | said
    return tool.post(PUBLICATIONS, body, content_type="application/json")


def note(tool, row, **said):
    body = {"observed_at": "2026-06-03T10:00:00Z", "source": "their screenshot", "is_estimate": False} | said
    return tool.post(f"{PUBLICATIONS}{row.public_id}/metrics/", body, content_type="application/json")


def recorded(outreach=None, **said):
    at = timezone.now()
    usual = {"url": URL, "published_at": at - timedelta(days=30), "format": "short_video"}
    outreach = outreach or OutreachFactory()
    return publications.record(outreach=outreach, said=Said(**usual | said), by=None, at=at)


def test_one_is_noted_and_its_reach_is_unknown_until_somebody_tells_it():
    outreach, officer = OutreachFactory(), UserFactory(role="officer")
    tool = tool_of(officer, *SCOPES)
    made = say(tool, outreach, note="the long one")
    row = Publication.objects.get()
    assert made.status_code == 201
    assert (row.platform, row.platform_id, row.source, row.entered_by) == ("tiktok", "7123", "api", officer)
    body = made.json()
    assert (body["outreach"], body["campaign"]) == (str(outreach.public_id), str(outreach.campaign.public_id))
    assert (body["note"], body["format"], body["estimated"]) == ("the long one", "short_video", [])
    assert set(body["figures"].values()) == {None}
    assert tool.get(f"{PUBLICATIONS}{body['id']}/").json() == body


def test_dated_figures_are_added_and_of_each_the_newest_counts(tool):
    row = recorded(published_at=timezone.datetime(2026, 6, 1, tzinfo=timezone.get_default_timezone()))
    assert note(tool, row, reach=500, likes=0).status_code == 201
    later = note(tool, row, observed_at="2026-06-09T10:00:00Z", source="by eye", is_estimate=True, reach=900)
    assert (later.json()["reach"], later.json()["likes"], later.json()["is_estimate"]) == (900, None, True)
    body = tool.get(f"{PUBLICATIONS}{row.public_id}/").json()
    assert (body["figures"]["reach"], body["figures"]["likes"], body["figures"]["saves"]) == (900, 0, None)
    assert body["estimated"] == ["reach"]
    told = tool.get(f"{PUBLICATIONS}{row.public_id}/metrics/").json()["results"]
    assert [(one["source"], one["reach"]) for one in told] == [("by eye", 900), ("their screenshot", 500)]


def test_the_same_reading_twice_is_one_and_another_of_that_instant_is_refused(tool):
    row = recorded(published_at=timezone.now() - timedelta(days=300))
    assert [note(tool, row, reach=500).status_code for _ in range(2)] == [201, 201]
    again = note(tool, row, reach=501)
    assert (again.status_code, again.json()["code"]) == (409, "reading_conflict")
    assert row.metrics.get().reach == 500


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"published_at": "2999-01-01T00:00:00Z"}, "published_in_future"),
        ({"published_at": "0001-01-01T00:00:00Z"}, "published_too_early"),
        ({"published_at": "yesterday"}, "invalid"),
        ({"url": "javascript:alert(1)"}, "url_scheme"),
        ({"url": "https://somewhere.example/post"}, "publication_platform_missing"),
        ({"platform": "x"}, "publication_platform_other"),
        ({"platform": "myspace"}, "invalid"),
        ({"url": "", "platform": "tiktok"}, "publication_unnamed"),
        ({"format": "poem"}, "invalid"),
        ({"format": None}, "invalid"),
        ({"note": "x" * 201}, "invalid"),
        ({"note": "\x00"}, "invalid"),
        ({"note": "\ud800"}, "invalid"),
        ({"platform_id": ["7"]}, "invalid"),
        ({"outreach": "7"}, "invalid"),
        ({"outreach": "00000000-0000-0000-0000-000000000000"}, "invalid"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_written(tool, said, code):
    answer = say(tool, OutreachFactory(), **said)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["detail"]
    assert not Publication.objects.exists()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "figures_missing"),
        ({"reach": None}, "figures_missing"),
        ({"reach": -1}, "invalid"),
        ({"reach": 1.5}, "invalid"),
        ({"reach": "many"}, "invalid"),
        ({"reach": 10**400}, "invalid"),
        ({"reach": 7, "likes": -1}, "invalid"),
        ({"reach": 7, "is_estimate": None}, "invalid"),
        ({"reach": 7, "source": " "}, "invalid"),
        ({"reach": 7, "source": "x" * 201}, "invalid"),
        ({"reach": 7, "observed_at": "2999-01-01T00:00:00Z"}, "observed_in_future"),
        ({"reach": 7, "observed_at": "2001-01-01T00:00:00Z"}, "observed_too_early"),
        ({"reach": 7, "observed_at": ""}, "invalid"),
    ],
)
def test_a_reading_that_cannot_be_is_refused_and_nothing_is_written(tool, said, code):
    answer = note(tool, recorded(published_at=timezone.now() - timedelta(days=300)), **said)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not PublicationMetric.objects.exists()


def test_whether_a_figure_was_counted_or_estimated_has_to_be_said(tool):
    row = recorded(published_at=timezone.now() - timedelta(days=300))
    body = {"observed_at": "2026-06-03T10:00:00Z", "source": "x", "reach": 5}
    answer = tool.post(f"{PUBLICATIONS}{row.public_id}/metrics/", body, content_type="application/json")
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (400, ["is_estimate"])


def test_the_same_post_is_noted_once_and_nothing_of_somebody_erased(tool):
    recorded()
    again = say(tool, OutreachFactory())
    assert (again.status_code, again.json()["code"]) == (409, "publication_known")
    gone = say(tool, OutreachFactory(influencer=None), url="https://x.com/maia/status/9")
    assert (gone.status_code, gone.json()["code"]) == (409, "person_erased")
    assert Publication.objects.count() == 1


def test_whoever_may_not_is_told_so_and_nothing_is_written():
    row, outreach = recorded(), OutreachFactory()
    url = "https://x.com/maia/status/9"
    for other in (
        officers_tool("publications:read"),
        officers_tool("costs:read", "costs:write"),
        tool_of(UserFactory(role="analyst"), *SCOPES),
    ):
        assert say(other, outreach, url=url).status_code == 403
        assert note(other, row, reach=5).status_code == 403
    for nobody in (officers_tool("costs:read"), tool_of(UserFactory(role=""), *SCOPES)):
        assert nobody.get(PUBLICATIONS).status_code == 403
        assert nobody.get(f"{PUBLICATIONS}{row.public_id}/").status_code == 403
        assert nobody.get(f"{PUBLICATIONS}{row.public_id}/metrics/").status_code == 403
    assert bearing("cw_no_token").get(PUBLICATIONS).status_code == 401
    assert (Publication.objects.count(), PublicationMetric.objects.count()) == (1, 0)


def test_an_analyst_reads():
    row = recorded()
    reader = tool_of(UserFactory(role="analyst"), "publications:read")
    assert [one["id"] for one in reader.get(PUBLICATIONS).json()["results"]] == [str(row.public_id)]
    assert reader.get(f"{PUBLICATIONS}{row.public_id}/metrics/").json()["results"] == []


def test_they_are_found_by_campaign_conversation_platform_and_format(tool):
    first = recorded()
    second = recorded(url="https://x.com/maia/status/9", format="poll")
    campaign, outreach = first.outreach.campaign.public_id, second.outreach.public_id

    def found(asked):
        return [one["id"] for one in tool.get(f"{PUBLICATIONS}?{asked}").json()["results"]]

    assert found("") == [str(second.public_id), str(first.public_id)]
    assert found(f"campaign={campaign}") == found("platform=tiktok") == found("format=short_video")
    assert found(f"campaign={campaign}") == [str(first.public_id)]
    assert found(f"outreach={outreach}") == found("platform=x&format=poll") == [str(second.public_id)]
    assert found("platform=x&format=story") == []


@pytest.mark.parametrize("asked", ["platform=myspace", "format=poem", "format=json", "campaign=7", "colour=red"])
def test_a_filter_that_means_nothing_is_refused(tool, asked):
    assert tool.get(f"{PUBLICATIONS}?{asked}").status_code == 400


def test_pages_go_on_by_key(tool, django_assert_max_num_queries):
    outreach = OutreachFactory()
    rows = [recorded(outreach, url=f"https://x.com/maia/status/{n}") for n in range(1, 6)]
    for row in rows:
        publications.note(
            publication=row, figures={"reach": 1}, observed_at=row.published_at, at=row.published_at, by=None
        )
    with django_assert_max_num_queries(12):
        page = tool.get(f"{PUBLICATIONS}?limit=2").json()
    assert [one["id"] for one in page["results"]] == [str(row.public_id) for row in rows[:2:-1]]
    following = tool.get(page["next"]).json()
    assert [one["id"] for one in following["results"]] == [str(row.public_id) for row in rows[2:0:-1]]


def test_the_description_of_the_api_knows_them(client):
    schema = client.get("/api/schema/?format=json").json()
    made = schema["paths"]["/api/v1/publications/"]["post"]
    assert {"201", "400", "403", "409"} <= made["responses"].keys()
    asked = {one["name"] for one in schema["paths"]["/api/v1/publications/"]["get"]["parameters"]}
    assert {"campaign", "outreach", "platform", "format", "limit"} <= asked
    figures = schema["components"]["schemas"]["MetricRequest"]
    assert {"observed_at", "is_estimate", "source"} == set(figures["required"])
