import pytest
from django.test import Client

from crm.models import User
from tests.factories import UserFactory, browser_of


@pytest.fixture(autouse=True)
def _organisation(organisation):
    """Messages owe where they come from."""


@pytest.fixture
def client(officer) -> Client:
    """An officer's browser."""
    return browser_of(officer)


@pytest.fixture
def officer(db) -> User:
    return UserFactory(role="officer")


@pytest.fixture
def manager(db) -> Client:
    return browser_of(UserFactory(role="manager"))


@pytest.fixture
def analyst(db) -> Client:
    return browser_of(UserFactory(role="analyst"))
