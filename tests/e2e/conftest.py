from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page

from crm.models import User
from crm.services import tokens
from tests.browser import browser
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


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a module, each of which has a context of its own."""
    with pytest.MonkeyPatch.context() as patch, browser() as opened:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright keeps a loop running in this thread
        yield opened


@pytest.fixture
def come(chromium, live_server, monkeypatch) -> Iterator[Callable[..., Page]]:
    """Opens a staff page as somebody who is signed in; `without`: a script that does not come. No page may have had an
    error when the test ends. What was asked for stands in `page.asked`.
    """
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    opened, errors = [], []

    def come(user: User, path: str, *, without: str = "") -> Page:
        context = chromium.new_context(locale="en", viewport={"width": 1400, "height": 900})
        opened.append(context)
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        if without:
            context.route(f"**/{without}", lambda route: route.abort())
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.asked = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("response", lambda response: page.asked.append(response.url))
        page.goto(f"{live_server.url}{path}")
        page.wait_for_load_state()
        return page

    yield come
    for context in opened:
        context.close()
    assert errors == []
    connections.close_all()
