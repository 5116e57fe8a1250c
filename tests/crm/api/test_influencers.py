"""The list of influencers by API: filters, orders, pages by cursor, counts."""

from datetime import timedelta

import pytest
from django.test import Client

from crm.models import Activity, AudienceShare, Influencer, Topic
from crm.selectors import counting
from tests.factories import (
    NOW,
    AccountFactory,
    AddressFactory,
    CauseFactory,
    InfluencerFactory,
    UserFactory,
    officers_tool,
    tool_of,
)
from tests.factories import VettingFactory as Vetting

pytestmark = pytest.mark.django_db

LIST = "/api/v1/influencers/"


@pytest.fixture
def api() -> Client:
    return officers_tool("influencers:read")


def names(api: Client, query: str) -> list[str]:
    response = api.get(f"{LIST}?{query}")
    assert response.status_code == 200, response.content
    return [row["name"] for row in response.json()["results"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=big+per", ["Big person"]),
        ("search=ébène", ["Big person"]),
        ("language=fr", ["Big person"]),
        ("kind=person", ["Small", "Big person"]),
        ("topic=sdg-14", ["Small", "Big person"]),
        ("topic=clean-beaches", ["Big person"]),
        ("topic=overfishing", []),
        ("platform=instagram", ["Small", "Big person"]),
        ("followers__gte=10000", ["Big person"]),
        ("followers__lte=10000", ["Small"]),
        ("engagement_rate__gte=0.04", ["Big person"]),
        ("audience_age=18-24&audience_age__gte=0.3", ["Big person"]),
        ("audience_age=18-24&audience_age__gte=0.5", []),
        ("vetting=cleared&cause=sea", ["Small"]),
        ("vetting=none", ["Big person"]),
        ("never_contacted=true", ["Small"]),
        ("never_contacted=false", ["Big person"]),
        ("last_contacted_at__lte=2026-11-25", ["Small", "Big person"]),
        ("last_contacted_at__gte=2026-11-25T00:00:00Z", []),
        ("contactable=true", ["Small"]),
        ("contactable=false", ["Big person"]),
    ],
)
def test_filters(api, query, found):
    big = AccountFactory(
        influencer__name="Big person", influencer__languages=["en", "fr"], influencer__bio="Ébène", followers=90_000,
        engagement_rate=0.04, influencer__last_contacted_at=NOW,
    )  # fmt: skip
    AudienceShare.objects.create(account=big, dimension="age", key="18-24", share=0.4, observed_at=NOW, source="s")
    small = AccountFactory(influencer__name="Small", followers=500).influencer
    big.influencer.topics.set(Topic.objects.filter(slug="clean-beaches"))
    small.topics.set(Topic.objects.filter(slug="sdg-14"))
    AddressFactory(influencer=small)
    Vetting(influencer=small, cause=CauseFactory(slug="sea"))
    assert names(api, query) == found


@pytest.mark.parametrize(
    "query",
    [
        "platform=myspace", "followers__gte=-1", "followers__lte=99999999999999999999", "engagement_rate__gte=2",
        "audience_age__gte=0.3", "audience_age=18-24&audience_age__gte=nan", "vetting=maybe", "cause=nothing",
        "last_contacted_at__gte=yesterday", "last_contacted_at__lte=2026-06-31", "contactable=yes", "count=maybe",
    ],
)  # fmt: skip
def test_values_that_cannot_be_are_refused(api, query):
    response = api.get(f"{LIST}?{query}")
    assert (response.status_code, response.json()["code"]) == (400, "filter_value_invalid")


def test_only_what_is_allowed_orders(api):
    response = api.get(f"{LIST}?ordering=notes")
    assert (response.status_code, response.json()["code"]) == (400, "ordering_unknown")
    assert "-followers" not in response.json()["params"]["known"]


def test_an_analyst_s_token_finds_nobody_by_an_address(api):
    AddressFactory(influencer__name="Marie", email="xyz@studio.example")
    analyst = tool_of(UserFactory(role="analyst"), "influencers:read")
    assert names(api, "search=xyz@") == ["Marie"]
    assert names(analyst, "search=xyz@") == []


@pytest.mark.parametrize(
    "ordering", ["", "name", "-name", "followers", "-followers", "last_contacted_at", "created_at"]
)
def test_pages_lead_through_all_and_back_whatever_is_equal_or_unknown(api, ordering):
    for n in range(7):
        contacted = NOW - timedelta(days=n // 2) if n > 2 else None
        person = InfluencerFactory(name=f"Same {n // 3}", last_contacted_at=contacted)
        if n % 2:
            AccountFactory(influencer=person, followers=n // 4)
    asked = f"ordering={ordering}&" if ordering else ""
    everybody = [row["id"] for row in api.get(f"{LIST}?{asked}limit=200").json()["results"]]
    assert len(everybody) == 7
    seen, pages, address = [], [], f"{LIST}?{asked}limit=2"
    while address:
        page = api.get(address).json()
        pages.append(page)
        seen += [row["id"] for row in page["results"]]
        address = page["next"]
    assert seen == everybody
    back, address = [], pages[-1]["previous"]
    while address:
        page = api.get(address).json()
        back = [row["id"] for row in page["results"]] + back
        address = page["previous"]
    assert back == everybody[:6]
    assert pages[0]["previous"] is None


def test_a_page_holds_what_comes_after_its_cursor_whoever_came_in_between(api):
    for name in ("B", "D", "F"):
        InfluencerFactory(name=name)
    first = api.get(f"{LIST}?ordering=name&limit=2").json()
    InfluencerFactory(name="A")
    InfluencerFactory(name="E")
    assert [row["name"] for row in api.get(first["next"]).json()["results"]] == ["E", "F"]


@pytest.mark.parametrize(
    "cursor", ["x", "W10=", "WyIiLDAsWyJhIl1d", "WyIiLGZhbHNlLFsiOTk5OTk5OTk5OTk5OTk5OTk5OTk5OSJdXQ==", "bnVsbA=="]
)
def test_a_cursor_made_elsewhere_is_none(api, cursor):
    response = api.get(f"{LIST}?cursor={cursor}")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_a_cursor_of_another_order_is_none(api):
    for _n in range(3):
        InfluencerFactory()
    cursor = api.get(f"{LIST}?limit=1&ordering=name").json()["next"].partition("cursor=")[2].partition("&")[0]
    assert api.get(f"{LIST}?cursor={cursor}&ordering=-name").status_code == 404


def test_a_count_is_told_when_asked_up_to_the_cap(api, monkeypatch):
    for _n in range(3):
        InfluencerFactory()
    assert "count" not in api.get(LIST).json()
    page = api.get(f"{LIST}?count=true&limit=1").json()
    assert (page["count"], page["count_is_capped"], len(page["results"])) == (3, False, 1)
    assert "count=" not in page["next"]
    monkeypatch.setattr(counting, "CAP", 2)
    page = api.get(f"{LIST}?count=true").json()
    assert (page["count"], page["count_is_capped"]) == (2, True)
    assert Influencer.objects.count() == 3


def test_an_account_tells_how_many_are_real_and_since_when(api):
    account = AccountFactory(observed_at=NOW)
    for days, share in ((40, 0.9), (30, 0.83), (0, None)):
        account.snapshots.create(observed_at=NOW - timedelta(days), source="v", followers=9, credible_share=share)
    [row] = api.get(LIST).json()["results"]
    [told] = row["accounts"]
    assert (told["credible_share"], told["credible_at"]) == (0.83, "2026-10-25T11:00:00+01:00")
    assert api.get(f"{LIST}{row['id']}/").json()["accounts"] == [told]
    account.snapshots.all().delete()
    [told] = api.get(LIST).json()["results"][0]["accounts"]
    assert (told["credible_share"], told["credible_at"]) == (None, None)


def test_the_form_of_address_is_noted_on_a_person():
    person = InfluencerFactory()
    tool = officers_tool("influencers:write", "influencers:read")
    url = f"{LIST}{person.public_id}/"
    assert tool.get(url).json()["register"] == ""
    changed = tool.patch(url, {"register": "informal"}, content_type="application/json")
    assert (changed.status_code, changed.json()["register"]) == (200, "informal")
    assert Activity.objects.get().params["fields"] == ["register"]
    refused = tool.patch(url, {"register": "neutral", "name": "x"}, content_type="application/json")
    assert refused.status_code == 400
    assert Influencer.objects.get().register == "informal"


def test_the_form_of_address_takes_the_scope_to_write(api):
    url = f"{LIST}{InfluencerFactory().public_id}/"
    assert api.patch(url, {"register": "formal"}, content_type="application/json").status_code == 403
