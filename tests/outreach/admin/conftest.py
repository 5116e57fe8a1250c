import pytest
from django.contrib.auth.models import Group
from django.test import Client

from crm.models import User
from tests.factories import UserFactory


@pytest.fixture(autouse=True)
def _organisation(organisation):
    """Messages owe where they come from."""


def _as(role: str) -> Client:
    user = UserFactory()
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def client(db) -> Client:
    """An officer's browser."""
    return _as("officer")


@pytest.fixture
def officer(client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


@pytest.fixture
def manager(db) -> Client:
    return _as("manager")


@pytest.fixture
def analyst(db) -> Client:
    return _as("analyst")
