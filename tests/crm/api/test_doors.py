"""Who may come in, and what is said to whoever may not."""

import os
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from openapi_spec_validator import validate

from crm.models import ApiToken, ImportBatch
from crm.services import tokens
from outreach.models import Conversion
from tests.factories import CauseFactory, InfluencerFactory, UserFactory, bearing, officers_tool, tool_of

pytestmark = pytest.mark.django_db

GIFT = {
    "source": "give.example",
    "external_id": "D-1",
    "kind": "donation",
    "amount_minor": 2_500,
    "currency": "EUR",
    "occurred_at": "2026-11-20T10:00:00Z",
}


def problem(response, status: int, code: str) -> dict:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["detail"]
    return body


def test_without_a_token_nobody_comes_in():
    response = Client().get("/api/v1/influencers/")
    problem(response, 401, "not_authenticated")
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("text", ["cw_nobody_secret", "cw__", "x", "", "cw_ümlaut_é", "Bearer", "cw_" + "a" * 10_000])
def test_a_forged_token_is_none(text):
    problem(bearing(text.encode().decode("latin-1")).get("/api/v1/me/"), 401, "token_invalid")


def test_the_right_prefix_with_another_secret_is_none():
    user = UserFactory()
    token, _ = tokens.create(user=user, name="test", scopes=["causes:read"], at=timezone.now())
    problem(bearing(f"cw_{token.prefix}_guess").get("/api/v1/me/"), 401, "token_invalid")


def test_a_token_in_the_address_is_not_read():
    user = UserFactory()
    _, text = tokens.create(user=user, name="test", scopes=["causes:read"], at=timezone.now())
    problem(Client().get(f"/api/v1/me/?token={text}"), 401, "not_authenticated")


def test_revoked_expired_and_orphaned_tokens_are_none():
    for spoil in (
        lambda t: tokens.revoke(token=t, at=timezone.now()),
        lambda t: ApiToken.objects.filter(pk=t.pk).update(expires_at=timezone.now() - timedelta(seconds=1)),
        lambda t: type(t.user).objects.filter(pk=t.user_id).update(is_active=False),
    ):
        token, text = tokens.create(user=UserFactory(), name="test", scopes=["causes:read"], at=timezone.now())
        client = bearing(text)
        assert client.get("/api/v1/me/").status_code == 200
        spoil(token)
        problem(client.get("/api/v1/me/"), 401, "token_invalid")


def test_the_secret_is_nowhere_in_the_database():
    token, text = tokens.create(user=UserFactory(), name="test", scopes=["causes:read"], at=timezone.now())
    secret = text.split("_")[2]
    assert secret not in str(ApiToken.objects.filter(pk=token.pk).values().get())


def test_use_is_noted():
    token, text = tokens.create(user=UserFactory(), name="test", scopes=["causes:read"], at=timezone.now())
    body = bearing(text).get("/api/v1/me/").json()
    token.refresh_from_db()
    assert token.last_used_at
    assert body["scopes"] == ["causes:read"]


def test_a_scope_opens_one_door_only():
    client = officers_tool("causes:read")
    assert client.get("/api/v1/causes/").status_code == 200
    problem(client.get("/api/v1/influencers/"), 403, "permission_denied")
    problem(client.post("/api/v1/causes/", {}, content_type="application/json"), 403, "permission_denied")


def test_a_token_may_never_do_more_than_its_person():
    client = tool_of(UserFactory(role="analyst"), *tokens.SCOPES)
    assert client.get("/api/v1/causes/").status_code == 200
    body = {"slug": "x", "name": "X"}
    problem(client.post("/api/v1/causes/", body, content_type="application/json"), 403, "permission_denied")
    problem(client.get("/api/v1/messages/"), 403, "permission_denied")


def test_an_unknown_filter_is_named():
    body = problem(officers_tool("influencers:read").get("/api/v1/influencers/?colour=red"), 400, "filter_unknown")
    assert body["params"]["name"] == "colour"
    assert "country" in body["detail"]


@pytest.mark.parametrize("query", ["followers__gte=many", "country=%00", "search=%00"])
def test_a_filter_value_that_cannot_be_is_refused(query):
    response = officers_tool("influencers:read").get(f"/api/v1/influencers/?{query}")
    problem(response, 400, "filter_value_invalid")


@pytest.mark.parametrize("cursor", ["x", "%00", "cD0lMDA="])
def test_a_broken_cursor_is_refused(cursor):
    response = officers_tool("influencers:read").get(f"/api/v1/influencers/?cursor={cursor}")
    problem(response, 400 if cursor == "%00" else 404, "filter_value_invalid" if cursor == "%00" else "not_found")


@pytest.mark.parametrize("path", ["influencers/0/", "influencers/00000000-0000-0000-0000-000000000000/", "nothing/"])
def test_what_is_not_there_is_not_there(path):
    problem(officers_tool("influencers:read").get(f"/api/v1/{path}"), 404, "not_found")


def test_pages_hold_what_was_asked_and_lead_on():
    people = [InfluencerFactory() for _ in range(5)]
    client = officers_tool("influencers:read")
    seen, url = [], "/api/v1/influencers/?limit=2"
    while url:
        page = client.get(url).json()
        assert len(page["results"]) <= 2
        seen += [row["id"] for row in page["results"]]
        url = page["next"]
    assert sorted(seen) == sorted(str(person.public_id) for person in people)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b'{"name": "\x00"}',
        rb'{"slug": "a", "name": "\u0000"}',
        b"\xff\xfe",
        rb'{"slug": "a", "name": "\ud800"}',
    ],
)
def test_a_body_that_cannot_be_read_is_refused(raw):
    response = officers_tool("causes:write").post("/api/v1/causes/", raw, content_type="application/json")
    assert response.status_code == 400, response.content
    assert response["Content-Type"] == "application/problem+json"


def test_a_body_of_another_kind_is_refused():
    response = officers_tool("causes:write").post("/api/v1/causes/", "<a/>", content_type="text/xml")
    problem(response, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"amount_minor": -5}, 422, "amount_not_positive"),
        ({"amount_minor": 12.5}, 400, "invalid"),
        ({"amount_minor": "NaN"}, 400, "invalid"),
        ({"amount_minor": 10**30}, 400, "invalid"),
        ({"currency": "ZZZ"}, 422, "currency_unknown"),
        ({"currency": ""}, 400, "currency_missing"),
        ({"external_id": ""}, 400, "external_id_missing"),
        ({"occurred_at": "yesterday"}, 400, "invalid"),
        ({"occurred_at": "1926-11-24T10:00:00+01:00"}, 422, "occurs_too_early"),
        ({"kind": "like"}, 400, "invalid"),
        ({"source": ""}, 400, "invalid"),
    ],
)
def test_money_that_cannot_be_is_refused_and_leaves_nothing(change, status, code):
    client = officers_tool("conversions:write")
    response = client.post("/api/v1/conversions/", GIFT | change, content_type="application/json")
    problem(response, status, code)
    assert not Conversion.objects.exists()


def test_unknown_click_ids_and_codes_are_kept():
    client = officers_tool("conversions:write")
    body = GIFT | {"click_ids": ["nobody-knows"], "code": "nor-this"}
    assert client.post("/api/v1/conversions/", body, content_type="application/json").status_code == 201
    assert Conversion.objects.get().click_ids == ["nobody-knows"]


@pytest.mark.parametrize(("content", "status", "code"), [(b"", 400, "invalid"), (b" \n ", 400, "file_empty")])
def test_a_file_that_is_none_is_refused(content, status, code):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = officers_tool("imports:write")
    response = client.post("/api/v1/imports/", {"file": SimpleUploadedFile("a.csv", content)})
    problem(response, status, code)
    assert not ImportBatch.objects.exists()


def test_a_file_over_the_limit_is_refused(settings):
    from django.core.files.uploadedfile import SimpleUploadedFile

    settings.UPLOAD_MAX_BYTES = 2**20
    client = officers_tool("imports:write")
    response = client.post("/api/v1/imports/", {"file": SimpleUploadedFile("a.csv", b"name\n" + b"x" * 2**20)})
    problem(response, 413, "file_too_large")
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize("length", ["abc", "-1", "1e9", "9" * 5000])
def test_a_length_that_is_no_number_is_no_error_of_ours(length):
    response = officers_tool("imports:write").post("/api/v1/imports/", {}, CONTENT_LENGTH=length)
    assert response.status_code in {400, 413}


def test_a_cause_that_says_nothing_cannot_be_ranked_and_says_so():
    cause = CauseFactory(description="")
    body = {"cause": str(cause.public_id)}
    response = officers_tool("match-lists:write").post("/api/v1/match-lists/", body, content_type="application/json")
    assert "description" in problem(response, 422, "cause_says_nothing")["detail"]


def test_the_words_follow_the_reader():
    response = Client(headers={"Accept-Language": "fr"}).get("/api/v1/me/")
    assert "Informations d'authentification" in response.json()["detail"]


def test_the_published_schema_is_valid(tmp_path):
    schema = tmp_path / "schema.json"
    call_command("spectacular", "--format", "openapi-json", "--file", str(schema), "--fail-on-warn")
    import json

    described = json.loads(schema.read_text())
    validate(described)
    assert described["openapi"].startswith("3.1")
    for path, operations in described["paths"].items():
        for operation in operations.values():
            assert "application/problem+json" in operation["responses"]["401"]["content"], path


@pytest.mark.slow
def test_the_published_schema_is_valid_to_those_who_made_it_too():
    call_command("spectacular", "--file", os.devnull, "--validate", "--fail-on-warn")
