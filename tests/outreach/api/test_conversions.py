"""Actions by API: everything that a source can tell, once, and whose they are."""

import pytest

from outreach.models import AttributionCredit, Conversion, SourceEvent
from outreach.services import conversions
from tests.factories import LinkFactory, officers_tool

pytestmark = pytest.mark.django_db
GIFT = {
    "source": "give.example",
    "external_id": "D-1",
    "kind": "donation",
    "amount_minor": 2_500,
    "currency": "EUR",
    "occurred_at": "2026-11-20T10:00:00Z",
}
CRYPTO = {
    "asset": "BTC",
    "network": "bitcoin",
    "tx_hash": "ab" * 32,
    "quantity": "0.00412345",
    "rate_source": "x.example",
}


@pytest.fixture
def tool():
    return officers_tool("conversions:write", "conversions:read", "triage:write", "triage:read", "sources:read")


def post(tool, said, path="conversions/"):
    return tool.post(f"/api/v1/{path}", said, content_type="application/json")


def test_a_refund_a_crypto_gift_and_hours_are_told_and_shown(tool):
    post(tool, GIFT | {"crypto": CRYPTO})
    back = post(tool, GIFT | {"external_id": "R-1", "refund_of": "D-1", "amount_minor": 400}).json()
    assert (back["refund_of"], back["kept_minor"]) == ("D-1", None)
    gift = tool.get("/api/v1/conversions/?refund_of=&kind=donation").json()["results"]
    assert [(row["kept_minor"], row["is_void"], row["crypto"]) for row in gift if not row["refund_of"]] == [
        (2_100, False, CRYPTO)
    ]
    hours = {"source": "s", "external_id": "H", "kind": "volunteer_hours", "occurred_at": GIFT["occurred_at"]}
    assert post(tool, hours | {"hours": "2.25"}).json()["quantity"] == 2.25
    assert post(tool, hours | {"external_id": "H2", "hours": 2}).json()["quantity"] == 2


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"kind": "signature", "amount_minor": None, "currency": "", "quantity": "1.5"}, 422),
        ({"hours": 2}, 422),
        ({"refund_of": "D-1"}, 422),
        ({"amount_minor": "NaN"}, 400),
        ({"amount_minor": 0.3}, 400),
        ({"crypto": {"asset": "BTC"}}, 400),
        ({"crypto": CRYPTO, "amount_minor": None, "currency": "", "kind": "other"}, 400),
    ],
)
def test_what_cannot_be_is_refused(tool, change, status):
    assert post(tool, GIFT | change).status_code == status
    assert not Conversion.objects.exists()


def test_a_contradiction_is_refused_and_kept_for_a_person(tool):
    post(tool, GIFT)
    for headers in ({}, {"HTTP_IDEMPOTENCY_KEY": "k1"}):
        answer = tool.post(
            "/api/v1/conversions/", GIFT | {"amount_minor": 9_900}, content_type="application/json", **headers
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "conversion_conflict")
    assert SourceEvent.objects.get().times == 2
    assert [row["amount_minor"] for row in tool.get("/api/v1/triage/conflicts/").json()] == [9_900]


def test_an_action_that_is_nobodys_is_given_to_a_partner(tool):
    link = LinkFactory()
    ident = post(tool, GIFT).json()["id"]
    conversions.attribute_due()
    assert [row["id"] for row in tool.get("/api/v1/triage/").json()["results"]] == [ident]
    assert (
        post(tool, {"link": str(link.public_id)}, f"triage/{ident}/assign/").json()["code"] == "assigning_reason_blank"
    )
    assert post(tool, {"link": str(link.public_id), "why": "So."}, f"triage/{ident}/assign/").status_code == 200
    assert AttributionCredit.objects.get().link == link
    assert tool.get("/api/v1/triage/").json()["results"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"is_total": True}, "event_malformed"),
        ({"is_total": True, "refund_of": "D-0", "amount_minor": None, "currency": ""}, "amount_missing"),
    ],
)
def test_a_total_is_of_money_given_back_and_of_nothing_else(tool, change, code):
    answer = post(tool, GIFT | change)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not Conversion.objects.exists()


def test_of_a_page_the_host_alone_is_kept_and_of_parameters_those_that_links_have(tool):
    said = {
        "referrer": "https://Give.example/form?email=ada@home.example",
        "utm": {"source": "x", "email": "a@b.example"},
    }
    answer = post(tool, GIFT | said)
    assert (answer.json()["referrer"], answer.json()["utm"]) == ("give.example", {"utm_source": "x"})
    named = post(
        tool, GIFT | {"external_id": "D-2", "referrer": "give.example", "utm": {"a\u0000": "x", "utm_id": "7"}}
    )
    assert (named.json()["referrer"], named.json()["utm"]) == ("give.example", {"utm_id": "7"})
    assert post(tool, GIFT | {"external_id": "D-3", "referrer": "http://[broken"}).json()["referrer"] == ""


def test_half_a_letter_is_refused(tool):
    body = '{"source": "s", "external_id": "\\ud800", "kind": "signature", "occurred_at": "2026-11-20T10:00:00Z"}'
    assert tool.post("/api/v1/conversions/", body, content_type="application/json").status_code == 400
