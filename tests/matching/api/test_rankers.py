"""Rankers by program: what was found out, learning, promoting and rolling back."""

import pytest

from matching.models import Training
from matching.services import rankers
from tests.factories import NOW, UserFactory, tool_of
from tests.matching import reports

pytestmark = pytest.mark.django_db

RANKERS = "/api/v1/rankers/"


@pytest.fixture
def client():
    return tool_of(UserFactory(role="manager"), "rankers:read", "rankers:write")


def test_a_ranker_tells_what_was_found_out(client):
    version = reports.learned()
    told = client.get(f"{RANKERS}{version.public_id}/").json()
    assert list(told) == [
        "id", "kind", "digest", "created_at", "is_serving", "served_since", "labels", "report", "weights", "manifest"
    ]  # fmt: skip
    assert (told["labels"], told["is_serving"], told["served_since"]) == (214, False, None)
    assert told["report"] == version.report
    start = client.get(f"{RANKERS}{rankers.serving(at=NOW)[0].public_id}/").json()
    assert (start["labels"], start["is_serving"], start["report"]) == (0, True, {})
    assert start["served_since"].startswith("2026-11-24T")


def test_learning_is_asked_for_and_followed(client):
    answer = client.post(f"{RANKERS}train/")
    asked = Training.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (202, f"/api/v1/trainings/{asked.public_id}/")
    assert answer.json()["state"] == "requested"
    again = client.post(f"{RANKERS}train/")
    assert again.json()["id"] == answer.json()["id"]
    version = reports.learned()
    Training.objects.update(state="ready", ranker=version, ready_at=NOW, done=42, of=42)
    told = client.get(answer.headers["Location"]).json()
    assert (told["state"], told["done"], told["of"]) == ("ready", 42, 42)
    assert told["ranker"] == str(version.public_id)


def test_promoted_and_rolled_back(client):
    version = reports.learned()
    told = client.post(f"{RANKERS}{version.public_id}/promote/").json()
    assert (told["id"], told["is_serving"]) == (str(version.public_id), True)
    assert told["served_since"] is not None
    assert client.post(f"{RANKERS}roll-back/").json()["kind"] == "scorecard"
    assert rankers.serving(at=NOW)[0].kind == "scorecard"


def test_what_is_not_better_is_refused_with_the_numbers(client):
    version = reports.learned(contenders=list(reports.UNSURE))
    answer = client.post(f"{RANKERS}{version.public_id}/promote/")
    told = answer.json()
    assert (answer.status_code, told["code"]) == (409, "ranker_not_better")
    assert told["params"] == {"against": "scorecard", "difference": 0.012, "low": -0.031, "high": 0.055}


def test_with_nothing_before_it_nothing_is_rolled_back(client):
    answer = client.post(f"{RANKERS}roll-back/")
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_roll_back")


def test_scope_and_permission_are_both_needed(client):
    version = reports.learned()
    paths = [f"{RANKERS}train/", f"{RANKERS}{version.public_id}/promote/", f"{RANKERS}roll-back/"]
    reader = tool_of(UserFactory(role="manager"), "rankers:read")
    officer = tool_of(UserFactory(role="officer"), "rankers:read", "rankers:write")
    for one in (reader, officer):
        assert [one.post(path).status_code for path in paths] == [403, 403, 403]
    assert officer.get(RANKERS).status_code == officer.get("/api/v1/trainings/").status_code == 200
    assert tool_of(UserFactory(role="manager"), "causes:read").get("/api/v1/trainings/").status_code == 403
    assert Training.objects.count() == 0
