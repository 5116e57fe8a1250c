"""The language of the pages: what a person chose goes with them to the next machine."""

import pytest
from django.test import Client

from crm.models import User
from tests.factories import UserFactory, browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lea() -> User:
    return UserFactory(is_superuser=True)


def english_browser_of(user: User) -> Client:
    return browser_of(user, headers={"Accept-Language": "en"})


def test_the_choice_holds_here_and_on_the_next_machine(lea):
    first = english_browser_of(lea)
    assert "Causes" in first.get("/admin/").content.decode()
    assert first.post("/language/", {"language": "fr", "next": "/admin/"})["Location"] == "/admin/"
    assert "Accueil" in first.get("/admin/").content.decode()
    assert "Accueil" in english_browser_of(lea).get("/admin/").content.decode()


def test_what_a_browser_was_told_goes_before_what_the_account_says(lea):
    lea.language = "fr"
    lea.save()
    browser = english_browser_of(lea)
    browser.cookies["django_language"] = "en"
    assert "Accueil" not in browser.get("/admin/").content.decode()


def test_a_visitor_without_an_account_may_choose_too():
    visitor = Client(headers={"Accept-Language": "en"})
    UserFactory()
    visitor.post("/language/", {"language": "fr"})
    assert "Se connecter" in visitor.get("/admin/login/").content.decode()


@pytest.mark.parametrize("wrong", ["tlh", "", "\x00", "fr" * 50])
def test_a_language_that_is_none_changes_nothing(lea, wrong):
    assert english_browser_of(lea).post("/language/", {"language": wrong}).status_code == 302
    lea.refresh_from_db()
    assert lea.language == ""


def test_looking_changes_nothing(lea):
    assert english_browser_of(lea).get("/language/?language=fr").status_code == 405


def test_nobody_is_led_elsewhere(lea):
    answer = english_browser_of(lea).post("/language/", {"language": "fr", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"
