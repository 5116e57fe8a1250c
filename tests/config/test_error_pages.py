"""What a person reads when there is nothing, when they may not, and when we failed: in their language, in a page."""

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation
from django.views.defaults import server_error

from tests.factories import UserFactory, browser_of


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/r/zzzz", "/nothing/here"])
@pytest.mark.parametrize(("language", "words"), [("en", "Nothing is here"), ("fr", "Il n’y a rien ici")])
def test_a_wrong_address_is_told_in_the_readers_language(path, language, words):
    answer = Client(headers={"Accept-Language": language}).get(path)
    assert answer.status_code == 404
    assert f"<h1>{words}</h1>" in answer.content.decode()


@pytest.mark.django_db
def test_a_page_of_another_role_says_whom_to_ask():
    answer = browser_of(UserFactory(role="analyst")).get("/admin/outreach/message/")
    assert answer.status_code == 403
    assert "Your role does not open this page" in answer.content.decode()


def test_our_own_failure_is_told_with_nothing_to_lean_on(rf):
    with translation.override("fr"):
        answer = server_error(rf.get("/"))
    assert answer.status_code == 500
    assert "Un problème est survenu de notre côté" in answer.content.decode()
    assert render_to_string("500.html")  # no context at all


@pytest.mark.django_db
def test_whoever_works_here_is_shown_the_way_back_and_nobody_else_is():
    home = '<a href="/admin/">Back to Home</a>'
    member, stranger = browser_of(UserFactory()), Client()
    assert home not in member.get("/r/zzzz").content.decode()  # at a link nobody is known: no session is read there
    for path in ("/u/zzzz", "/nothing/here"):
        assert home in member.get(path).content.decode()
        answer = stranger.get(path)
        assert "/admin/" not in answer.content.decode()
        assert not answer.cookies
    assert "/admin/" not in render_to_string("500.html")
