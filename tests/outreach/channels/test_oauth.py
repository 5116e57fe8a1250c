import json

import pytest

from crm import egress
from crm.errors import DomainError
from outreach.channels import oauth

FINE = {"access_token": "abc", "expires_in": 3599, "refresh_token": "next", "token_type": "Bearer"}


@pytest.fixture
def provider(monkeypatch):
    asked = []

    def answer(status, body):
        def post(url, form, **_):
            asked.append((url, dict(form)))
            return egress.Answer(status, body if isinstance(body, bytes) else json.dumps(body).encode())

        monkeypatch.setattr(egress, "post_form", post)
        return asked

    return answer


def ask(client_secret=""):
    return oauth.ask(
        token_url="https://login.example/token", client_id="cw", client_secret=client_secret, refresh_token="old"
    )


def test_a_token_is_asked_for_with_the_refresh_token(provider):
    asked = provider(200, FINE)
    assert ask("shh") == oauth.Tokens("abc", 3599, "next")
    form = {"grant_type": "refresh_token", "refresh_token": "old", "client_id": "cw", "client_secret": "shh"}
    assert asked == [("https://login.example/token", form)]


def test_a_client_without_a_secret_sends_none(provider):
    asked = provider(200, {"access_token": "abc"})
    assert ask() == oauth.Tokens("abc", 300, "")
    assert "client_secret" not in asked[0][1]


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, {"error": "invalid_grant"}, "mailbox_token_refused"),
        (401, b"", "mailbox_token_refused"),
        (500, b"", "mailbox_token_unclear"),
        (302, FINE, "mailbox_token_unclear"),
        (200, b"<html>", "mailbox_token_unclear"),
        (200, [], "mailbox_token_unclear"),
        (200, {"access_token": None}, "mailbox_token_unclear"),
        (200, {"access_token": "a\x01auth=x"}, "mailbox_token_unclear"),
        (200, {"access_token": "abc", "expires_in": "soon"}, "mailbox_token_unclear"),
        (200, b"[" * 100_000, "mailbox_token_unclear"),
    ],
)
def test_anything_else_is_told_as_such(provider, status, body, code):
    provider(status, body)
    with pytest.raises(DomainError) as caught:
        ask()
    assert (caught.value.code, caught.value.params) == (code, {})


def test_tokens_are_shown_by_nothing():
    assert "abc" not in repr(oauth.Tokens("abc", 1, "abc"))
