"""A campaign's report for tools: everything that the page shows, and nobody's name without the scope for it."""

from datetime import date

import pytest

from outreach.models import Cost, ExchangeRate
from outreach.services import costs
from tests.factories import CampaignFactory, LinkFactory, UserFactory, tool_of

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
