"""Who may sign in."""

import pytest
from django.test import Client
from django.utils import timezone

from crm.services import tokens
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "océan-2027-plage"


def account(**values):
    user = UserFactory(**values)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.mark.parametrize(
    ("is_demo", "is_active", "is_loopback", "may"),
    [
        (False, True, True, True),
        (False, True, False, True),
        (True, True, True, True),
        (True, True, False, False),  # everybody knows a demo password
        (False, False, True, False),
    ],
)
def test_demo_accounts_open_only_where_nobody_else_comes(settings, is_demo, is_active, is_loopback, may):
    settings.IS_LOOPBACK = is_loopback
    user = account(is_demo=is_demo, is_active=is_active)
    assert Client().login(username=user.username, password=PASSWORD) is may


def test_a_demo_session_and_a_demo_token_end_when_others_can_reach_the_door(settings):
    user = account(is_demo=True, is_superuser=True)
    _, text = tokens.create(user=user, name="demo", scopes=["causes:read"], at=timezone.now())
    browser, tool = Client(), Client(headers={"Authorization": f"Bearer {text}"})
    assert browser.login(username=user.username, password=PASSWORD)
    assert browser.get("/admin/").status_code == 200
    assert tool.get("/api/v1/me/").status_code == 200
    settings.IS_LOOPBACK = False
    assert browser.get("/admin/").status_code == 302
    assert tool.get("/api/v1/me/").status_code == 401
