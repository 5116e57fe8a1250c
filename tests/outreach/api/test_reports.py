"""A campaign's report for tools: everything that the page shows, and nobody's name without the scope for it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from crm.models import AccountSnapshot
from crm.services import own_profiles
from outreach.models import Cost, ExchangeRate
from outreach.services import costs, weekly
from tests.factories import AccountFactory, CampaignFactory, LinkFactory, UserFactory, tool_of
from tests.outreach.test_breakdown import publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def link():
    return LinkFactory(outreach__campaign=CampaignFactory(), outreach__influencer__name="Amina Diallo")


def report(link, *scopes, path=""):
    return tool_of(UserFactory(role="officer"), *scopes).get(
        f"/api/v1/campaigns/{link.outreach.campaign.public_id}/report/{path}"
    )


def test_the_report_says_everything_that_the_page_says(link):
    costs.record(
        outreach=link.outreach,
        kind="fee",
        amount_minor=500,
        currency="EUR",
        on_date=date(2026, 11, 1),
        by=UserFactory(),
    )
    body = report(link, "campaigns:read", "influencers:read").json()
    assert body["reached"] == {
        "publications": 0, "with_reach": 0, "reach": None, "with_engagement": 0, "engagement": None, "is_estimate": False,
        "reach_is_estimate": False, "engagement_is_estimate": False,
    }  # fmt: skip
    (person,) = body["influencers"]
    assert (person["name"], person["costs"]) == ("Amina Diallo", [{"currency": "EUR", "amount_minor": 500}])
    assert body["costs"] == [{"currency": "EUR", "amount_minor": 500, "number": 1, "per_action_minor": None}]
    assert [(one["dimension"], one["measure"], one["verdict"]) for one in body["findings"]] == [
        ("partner", "actions", "too_few"),
        ("platform", "actions", "too_few"),
        ("platform", "clicks", "too_few"),
        ("format", "clicks", "too_few"),
        ("hour", "clicks", "too_few"),
    ]


def test_without_the_scope_for_people_nobody_is_named(link):
    answer = report(link, "campaigns:read")
    assert answer.json()["influencers"][0]["name"] is None
    assert "Amina" not in answer.content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_the_files_of_the_page_are_there_for_tools(link, kind):
    answer = report(link, "campaigns:read", path=f"{kind}/")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith(f'.{ {"csv": "csv.zip"}.get(kind, kind) }"')
    assert report(link, "causes:read", path=f"{kind}/").status_code == 403


def test_costs_are_written_down_and_taken_back(link):
    tool = tool_of(UserFactory(role="officer"), "costs:read", "costs:write")
    body = {
        "outreach": str(link.outreach.public_id), "kind": "fee", "amount_minor": 900, "currency": "EUR",
        "on_date": "2026-11-20",
    }  # fmt: skip
    made = tool.post("/api/v1/costs/", body, content_type="application/json")
    assert made.status_code == 201
    assert tool.get("/api/v1/costs/").json()["results"] == [made.json()]
    assert tool.delete(f"/api/v1/costs/{made.json()['id']}/").status_code == 204
    assert not Cost.objects.exists()


def test_rates_are_an_administrator_s_to_write(link):
    body = {"base": "GBP", "quote": "EUR", "rate": "1.2", "on_date": "2026-11-20", "source": "ECB"}
    officer = tool_of(UserFactory(role="officer"), "exchange-rates:read", "exchange-rates:write")
    assert officer.post("/api/v1/exchange-rates/", body, content_type="application/json").status_code == 403
    tool = tool_of(UserFactory(role="administrator"), "exchange-rates:read", "exchange-rates:write")
    made = tool.post("/api/v1/exchange-rates/", body, content_type="application/json")
    assert made.status_code == 201
    again = tool.post("/api/v1/exchange-rates/", body | {"rate": "1.3"}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "rate_taken")
    assert officer.get("/api/v1/exchange-rates/").json()["results"] == [made.json()]
    assert tool.delete(f"/api/v1/exchange-rates/{made.json()['id']}/").status_code == 204
    assert not ExchangeRate.objects.exists()


def test_an_estimated_reach_does_not_make_the_engagement_an_estimate(link):
    publish(link, 1, figures={"reach": 1_000, "is_estimate": True})
    publish(link, 2, figures={"likes": 20})
    said = report(link, "campaigns:read").json()["reached"]
    assert [said[f"{name}is_estimate"] for name in ("", "reach_", "engagement_")] == [True, True, False]


def test_one_chooses_for_oneself_what_comes_every_week_by_tool_too(link):
    officer, other = UserFactory(role="officer"), CampaignFactory()
    tool, where = tool_of(officer, "campaigns:read", "campaigns:write"), "/api/v1/campaigns/weekly/"
    mine = str(link.outreach.campaign.public_id)
    answer = tool.post(where, {"campaigns": [mine]}, content_type="application/json")
    assert (answer.status_code, answer.json()) == (200, {"campaigns": [mine]})
    assert weekly.chosen(user=officer) == [link.outreach.campaign]
    assert tool.get(where).json() == {"campaigns": [mine]}
    assert tool_of(UserFactory(role="officer"), "campaigns:read").get(where).json() == {"campaigns": []}
    tool.post(where, {"campaigns": [str(other.public_id)]}, content_type="application/json")
    assert weekly.chosen(user=officer) == [other]
    tool.post(where, {"campaigns": []}, content_type="application/json")
    assert weekly.chosen(user=officer) == []
    reader = tool_of(officer, "campaigns:read")
    assert reader.post(where, {"campaigns": []}, content_type="application/json").status_code == 403


def test_the_growth_of_our_own_accounts_stands_beside_the_partners(link):
    own = AccountFactory()
    own_profiles.choose(cause=link.outreach.campaign.cause, influencer=own.influencer)
    start = datetime.combine(link.outreach.campaign.starts_date, time(12), UTC)
    for days, followers in ((-3, 1_000), (1, 1_100)):
        at = start + timedelta(days=days)
        AccountSnapshot.objects.create(account=own, observed_at=at, source="x", followers=followers)
    body = report(link, "campaigns:read").json()
    assert body["growth"] == []
    [grown] = body["own_growth"]
    assert (grown["outreach"], grown["handle"], grown["before"], grown["newest"]) == (None, None, 1_000, 1_100)
