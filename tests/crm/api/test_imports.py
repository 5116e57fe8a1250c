"""Files through the API whose columns nobody knows: what they hold comes with the file, or after it."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from crm.models import ColumnMapping, ImportBatch
from crm.services import importing
from tests.crm.api.test_doors import problem
from tests.factories import UserFactory, officers_tool, tool_of

pytestmark = pytest.mark.django_db

FILE = b"Streamer,Fans\nmaia_live,1204\n"
MAPPING = {"columns": {"Streamer": "handle", "Fans": "followers"}, "constants": {"platform": "twitch"}}


@pytest.fixture
def client():
    return officers_tool("imports:read", "imports:write")


def bring(client, **said: str):
    return client.post("/api/v1/imports/", {"file": SimpleUploadedFile("f.csv", FILE)} | said)


def work() -> ImportBatch:
    importing.work(batch=ImportBatch.objects.get(), at=timezone.now())
    return ImportBatch.objects.get()


def test_a_mapping_comes_with_the_file(client):
    answer = bring(client, mapping=json.dumps(MAPPING))
    assert answer.status_code == 202, answer.content
    assert answer.json()["mapping"]["columns"] == MAPPING["columns"]
    batch = work()
    assert (batch.state, batch.created_count) == ("analysed", 1)


def test_a_mapping_that_is_none_is_refused_and_the_file_with_it(client):
    problem(bring(client, mapping="{"), 400, "mapping_invalid")
    problem(bring(client, mapping='{"Streamer": "nickname"}'), 400, "mapping_unknown")
    assert not ImportBatch.objects.exists()


def test_what_the_columns_may_hold_is_proposed_and_said_afterwards(client):
    where = bring(client).headers["Location"]
    work()
    assert client.get(where).json()["state"] == "unmapped"
    asked = client.get(f"{where}mapping/")
    assert asked.status_code == 200, asked.content
    assert asked.json()["columns"] == [
        {"name": "Streamer", "examples": ["maia_live"]},
        {"name": "Fans", "examples": ["1204"]},
    ]
    proposed = asked.json()["mapping"]
    assert (proposed["columns"], proposed["constants"]) == (MAPPING["columns"], MAPPING["constants"])
    problem(
        client.post(f"{where}mapping/", {"Streamer": "handle", "Fans": "handle"}, content_type="application/json"),
        400,
        "mapping_twice",
    )
    assert client.post(f"{where}mapping/", proposed, content_type="application/json").status_code == 202
    batch = work()
    assert (batch.state, batch.created_count) == ("analysed", 1)
    assert ColumnMapping.objects.count() == 1


def test_a_decided_file_cannot_be_said_otherwise(client):
    where = bring(client, mapping=json.dumps(MAPPING)).headers["Location"]
    work()
    client.post(f"{where}discard/")
    problem(client.post(f"{where}mapping/", MAPPING, content_type="application/json"), 409, "import_not_waiting")


def test_who_may_only_read_says_nothing(client):
    where = bring(client).headers["Location"]
    work()
    answer = officers_tool("imports:read").post(f"{where}mapping/", MAPPING, content_type="application/json")
    assert answer.status_code == 403


def test_examples_are_for_whoever_may_bring_files(client):
    where = bring(client).headers["Location"]
    work()
    problem(tool_of(UserFactory(role="analyst"), "imports:read").get(f"{where}mapping/"), 403, "permission_denied")
    assert tool_of(UserFactory(role="analyst"), "imports:read").get(where).status_code == 200
