import pytest
from django.utils import timezone

from crm.services import tokens
from tests.factories import UserFactory, at_any_hour


@pytest.fixture(autouse=True)
def any_hour(db):
    """These run by the clock on the wall, at night too."""
    at_any_hour()


@pytest.fixture
def token(db) -> str:
    """A key that may do everything, of a member of staff who may."""
    officer = UserFactory(is_superuser=True)
    _, text = tokens.create(user=officer, name="e2e", scopes=tokens.SCOPES, at=timezone.now())
    return text
