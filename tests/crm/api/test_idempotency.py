"""The same POST with the same key changes things once."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from crm.models import Cause, IdempotencyKey, ImportBatch
from crm.services import import_files, tokens
from tests.factories import UserFactory, tool_of

pytestmark = pytest.mark.django_db

CAUSE = {"slug": "beaches", "name": "Clean beaches"}


def client() -> Client:
    return tool_of(UserFactory(is_superuser=True), *tokens.SCOPES)


def post(api: Client, body: dict, key: str):
    return api.post("/api/v1/causes/", body, content_type="application/json", headers={"Idempotency-Key": key})


def test_a_retry_gets_the_first_answer():
    api = client()
    first, again = post(api, CAUSE, "k1"), post(api, CAUSE, "k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again["Idempotent-Replayed"] == "true"
    assert Cause.objects.count() == 1


def test_the_same_key_with_another_request_is_refused():
    api = client()
    post(api, CAUSE, "k1")
    response = post(api, CAUSE | {"slug": "other"}, "k1")
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert Cause.objects.count() == 1


def test_keys_of_two_tokens_are_two():
    assert post(client(), CAUSE, "k1").status_code == 201
    assert post(client(), CAUSE, "k1").status_code == 200
    assert IdempotencyKey.objects.count() == 2


def test_what_failed_may_be_tried_again():
    api = client()
    assert post(api, {"slug": "beaches"}, "k1").status_code == 400
    assert not IdempotencyKey.objects.exists()
    assert post(api, CAUSE, "k1").status_code == 201


@pytest.mark.parametrize("key", ["k" * 201, "\x01"])
def test_a_key_that_is_none_is_refused(key):
    response = post(client(), CAUSE, key)
    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_invalid")


def test_an_uploaded_file_counts_as_what_it_holds():
    api = client()

    def upload(content: bytes):
        body = {"file": SimpleUploadedFile("p.csv", content)}
        return api.post("/api/v1/imports/", body, headers={"Idempotency-Key": "k1"})

    first, again, other = upload(b"name\nAnn\n"), upload(b"name\nAnn\n"), upload(b"name\nBob\n")
    assert (first.status_code, again.status_code, other.status_code) == (202, 202, 422)
    assert first["Location"] == again["Location"]
    assert b"".join(import_files.pieces(ImportBatch.objects.get().pk)) == b"name\nAnn\n"


def test_keys_are_let_go_after_a_month():
    post(client(), CAUSE, "k1")
    now = timezone.now()
    assert tokens.forget_idempotency_keys(at=now + timedelta(days=29)) == 0
    assert tokens.forget_idempotency_keys(at=now + timedelta(days=31)) == 1
