"""A token's secret is shown once, and only on the page that made it."""

import logging
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from config.urls import router
from crm.models import ApiToken
from crm.services import tokens
from crm.words import RESOURCES
from tests.factories import UserFactory, bearing, browser_of

pytestmark = pytest.mark.django_db

LIST = "/admin/crm/apitoken/"
ADD = f"{LIST}add/"


@pytest.fixture
def ada():
    return UserFactory(role="administrator", username="ada", first_name="Ada", last_name="Novak")


@pytest.fixture
def client(ada) -> Client:
    return browser_of(ada)


def asked(user, **values):
    return {
        "public_id": str(uuid4()), "name": "Donation form", "user": user.pk, "days": "90",
        "scopes": ["conversions:write", "causes:read"],
    } | values  # fmt: skip


def secret_in(response) -> str:
    [secret] = re.findall(r"cw_[a-z0-9]{8}_[\w-]{20,}", response.content.decode())
    return secret


def test_the_secret_works_and_is_shown_on_this_page_alone(client, ada, caplog):
    caplog.set_level(logging.DEBUG)
    said = asked(ada)
    made = client.post(ADD, said)
    secret = secret_in(made)
    assert tokens.authenticate(secret, at=timezone.now()).user == ada
    assert "no-store" in made["Cache-Control"]

    again = client.post(ADD, said)  # the page reloaded: the browser sends its form once more
    assert "was made already" in again.content.decode()
    token = ApiToken.objects.get()
    pages = [again, client.get(ADD), client.get(LIST), client.get(f"{LIST}{token.pk}/change/"), client.get("/admin/")]
    tail = secret.rpartition("_")[2]
    assert [page.status_code for page in pages] == [200] * 5
    assert [page for page in pages if tail in page.content.decode()] == []
    assert tail not in caplog.text
    assert tail not in str([session.get_decoded() for session in Session.objects.all()])
    assert tail not in str(client.cookies)


def test_a_token_is_read_in_words(client, ada):
    client.post(ADD, asked(ada))
    token = ApiToken.objects.get()
    assert token.expires_at - token.created_at == timedelta(days=90)
    for page in (client.get(LIST), client.get(f"{LIST}{token.pk}/change/")):
        text = page.content.decode()
        assert "Causes: read" in text
        assert "Concrete actions: change" in text
        assert f"cw_{token.prefix}_…" in text
        assert "Ada Novak" in text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"scopes": []}, "This field is required."),
        ({"scopes": ["everything:write"]}, "Select a valid choice."),
        ({"scopes": ["clicks:write"]}, "Select a valid choice."),
        ({"days": "0"}, "greater than or equal to 1"),
        ({"days": "999999999999"}, "less than or equal to 3650"),
        ({"name": ""}, "This field is required."),
        ({"user": "0"}, "Select a valid choice."),
        ({"public_id": "x"}, "Enter a valid UUID."),
    ],
)
def test_what_cannot_be_is_said_and_makes_nothing(client, ada, wrong, words):
    page = client.post(ADD, asked(ada) | wrong)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert not ApiToken.objects.exists()


def test_what_was_ticked_stays_ticked(client, ada):
    page = client.post(ADD, asked(ada, name="")).content.decode()
    ticked = re.findall(r'name="scopes" value="([^"]+)"[^>]* checked', page)
    assert sorted(ticked) == ["causes:read", "conversions:write"]


def test_a_token_that_never_expires(client, ada):
    client.post(ADD, asked(ada, days=""))
    assert ApiToken.objects.get().expires_at is None


def test_revoking_asks_first_and_locks_out_at_once(client, ada):
    secret = secret_in(client.post(ADD, asked(ada)))
    token = ApiToken.objects.get()
    tool = bearing(secret)
    step = f"{LIST}{token.pk}/revoke/"
    assert "locked out at once" in client.get(step).content.decode()
    assert tool.get("/api/v1/me/").status_code == 200
    client.post(step, {"confirmed": "1"})
    assert tool.get("/api/v1/me/").status_code == 401
    assert "Revoke…" not in client.get(f"{LIST}{token.pk}/change/").content.decode()


@pytest.mark.parametrize("role", ["analyst", "officer", "manager"])
def test_others_neither_see_nor_make_tokens(ada, role):
    token, _ = tokens.create(user=ada, name="x", scopes=["causes:read"], at=timezone.now())
    user = UserFactory(role=role)
    browser = browser_of(user)
    for address in (LIST, ADD, f"{LIST}{token.pk}/change/", f"{LIST}{token.pk}/revoke/"):
        assert browser.get(address).status_code == 403
    assert browser.post(ADD, asked(user)).status_code == 403
    assert browser.post(f"{LIST}{token.pk}/revoke/").status_code == 403
    assert ApiToken.objects.count() == 1


def test_what_is_offered_is_what_the_api_has():
    served: dict[str, bool] = {}
    for _prefix, viewset, _name in router.registry:
        reading = getattr(viewset, "reading", ())
        acts = any("post" in each.mapping and each.__name__ not in reading for each in viewset.get_extra_actions())
        is_written = acts or hasattr(viewset, "create") or hasattr(viewset, "partial_update")
        served[viewset.resource] = served.get(viewset.resource, False) or is_written
    assert dict(tokens.OFFERED) == served
    assert set(tokens.RESOURCES) == RESOURCES.keys()


def test_no_token_acts_for_somebody_above_its_maker(client, ada):
    above = UserFactory(is_superuser=True, first_name="Root", last_name="Above")
    assert "Root Above" not in client.get(ADD).content.decode()
    assert "Select a valid choice." in client.post(ADD, asked(above)).content.decode()
    assert not ApiToken.objects.exists()
    from_above = browser_of(above)
    assert "Root Above" in from_above.get(ADD).content.decode()
    secret_in(from_above.post(ADD, asked(above)))
    secret_in(from_above.post(ADD, asked(ada)))
