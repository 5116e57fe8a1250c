"""A tool hands out everything known of a person: with a scope of its own, for somebody who may."""

import pytest

from crm.models import Activity
from tests.crm.api.test_doors import client_of, problem
from tests.factories import AddressFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def path():
    return f"/api/v1/influencers/{AddressFactory(email='maia@x.example').influencer.public_id}/export/"


def test_it_is_the_same_bundle_and_noted(path):
    response = client_of("privacy:read", role="manager").get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert "maia@x.example" in b"".join(response.streaming_content).decode()
    assert list(Activity.objects.values_list("kind", flat=True)) == ["exported"]


@pytest.mark.parametrize(("scope", "role"), [("influencers:read", "manager"), ("privacy:read", "officer")])
def test_reading_people_is_not_enough(path, scope, role):
    problem(client_of(scope, role=role).get(path), 403, "permission_denied")
    assert not Activity.objects.exists()


def test_of_nobody_there_is_nothing():
    path = "/api/v1/influencers/00000000-0000-0000-0000-000000000000/export/"
    problem(client_of("privacy:read", role="manager").get(path), 404, "not_found")
