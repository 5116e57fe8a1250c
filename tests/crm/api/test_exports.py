"""A tool hands out everything known of a person: with a scope of its own, for somebody who may."""

import json

import pytest

from crm.models import Activity, IdempotencyKey
from crm.services import merging
from tests.crm.api.test_doors import problem
from tests.factories import NOW, AddressFactory, InfluencerFactory, UserFactory, tool_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def path():
    return f"/api/v1/influencers/{AddressFactory(email='maia@x.example').influencer.public_id}/export/"


def test_it_is_the_same_bundle_and_noted(path):
    response = tool_of(UserFactory(role="manager"), "privacy:read").post(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert "maia@x.example" in b"".join(response.streaming_content).decode()
    assert list(Activity.objects.values_list("kind", flat=True)) == ["exported"]


@pytest.mark.parametrize(("scope", "role"), [("influencers:read", "manager"), ("privacy:read", "officer")])
def test_reading_people_is_not_enough(path, scope, role):
    problem(tool_of(UserFactory(role=role), scope).post(path), 403, "permission_denied")
    assert not Activity.objects.exists()


def test_looking_hands_nothing_out(path):
    problem(tool_of(UserFactory(role="manager"), "privacy:read").get(path), 405, "method_not_allowed")
    assert not Activity.objects.exists()


def test_with_a_key_for_retries_it_is_handed_out_each_time_and_kept_nowhere(path):
    client = tool_of(UserFactory(role="manager"), "privacy:read")
    for _ in range(2):
        response = client.post(path, content_type="application/json", headers={"Idempotency-Key": "k1"})
        assert "maia@x.example" in b"".join(response.streaming_content).decode()
    assert Activity.objects.count() == 2
    assert not IdempotencyKey.objects.exists()


def test_the_id_of_a_profile_that_was_merged_leads_to_the_person():
    winner, loser = AddressFactory(email="maia@x.example").influencer, InfluencerFactory()
    merging.merge(winner=winner, loser=loser, by=UserFactory(), at=NOW)
    path = f"/api/v1/influencers/{loser.public_id}/export/"
    response = tool_of(UserFactory(role="manager"), "privacy:read").post(path)
    assert json.loads(b"".join(response.streaming_content))["person"] == str(winner.public_id)


def test_of_nobody_there_is_nothing():
    path = "/api/v1/influencers/00000000-0000-0000-0000-000000000000/export/"
    problem(tool_of(UserFactory(role="manager"), "privacy:read").post(path), 404, "not_found")
