"""A forgotten password: a link by mail, through the gate; whoever reads the outbox reads no link."""

import re
import threading
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.db import connection
from django.test import Client

from crm.models import User
from outreach.models import Message
from outreach.services import delivery, passwords
from tests.factories import NOW, UserFactory, browser_of, tool_of
from tests.planting import dump

pytestmark = pytest.mark.django_db


@pytest.fixture
def lea():
    user = UserFactory(username="lea", email="lea@sink.lan", role="officer", language="fr")
    user.set_password("océan-2027-plage")
    user.save()
    return user


def ask(email="lea@sink.lan", *, at=NOW, language="en") -> int:
    return passwords.ask(email=email, language=language, at=at)


def link_in(content: bytes) -> str:
    text = message_from_bytes(content, policy=policy.default).get_body(("plain",)).get_content()
    return re.search(r"https?://[^/\s]+(/admin/password/\S+)", text)[1]


def test_the_link_arrives_in_the_language_of_the_account_and_is_kept_nowhere(lea, sink):
    assert ask(" LEA@sink.lan ") == 1
    delivery.deliver_due(at=NOW)
    (arrived,) = sink.messages
    mail = message_from_bytes(arrived.content, policy=policy.default)
    assert arrived.recipients == ["lea@sink.lan"]
    assert mail["List-Unsubscribe"] is None
    assert "Bonjour Léa Martin" in mail.get_body(("plain",)).get_content()
    path = link_in(arrived.content)
    assert path in mail.get_body(("html",)).get_content()
    token = path.strip("/").rpartition("/")[2]
    assert [table for table, rows in dump().items() if any(token in row for row in rows)] == []


def test_where_nothing_is_sent_no_link_is_made(lea):
    ask()
    delivery.deliver_due(at=NOW)
    message = Message.objects.get()
    assert (message.state, message.is_captured) == ("sent", True)
    assert b"/admin/password/" not in bytes(message.raw)


def test_an_address_that_nobody_has_and_one_whose_owner_left_get_nothing(lea):
    User.objects.create_user("noa", email="", password="x")
    assert [ask("nobody@sink.lan"), ask(""), ask("   ")] == [0, 0, 0]
    User.objects.update(is_active=False)
    assert ask() == 0
    User.objects.update(is_active=True)
    lea.set_unusable_password()
    lea.save()
    assert ask() == 0


def test_three_an_hour_and_no_more(lea):
    assert [ask(at=NOW + timedelta(minutes=n)) for n in range(5)] == [1, 1, 1, 0, 0]
    assert ask(at=NOW + timedelta(minutes=59)) == 0
    assert ask(at=NOW + timedelta(minutes=61)) == 1
    other = UserFactory(email="sam@sink.lan")
    assert (ask("sam@sink.lan", at=NOW + timedelta(minutes=3)), other.email) == (1, "sam@sink.lan")


@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_at_once_three_are_answered():
    UserFactory(email="lea@sink.lan").set_password("x")
    answers: list[int] = []

    def asks() -> None:
        answers.append(ask())
        connection.close()

    threads = [threading.Thread(target=asks) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (sum(answers), Message.objects.count()) == (3, 3)


@pytest.mark.parametrize("role", ["officer", "manager", "administrator"])
def test_only_those_who_look_after_the_team_see_it_and_they_read_no_link(lea, sink, role):
    ask()
    delivery.deliver_due(at=NOW)
    message, may_see = Message.objects.get(), role == "administrator"
    user = UserFactory(role=role, email="other@sink.lan")
    browser, tool = browser_of(user), tool_of(user, "messages:read")
    page = browser.get(f"/admin/outreach/message/{message.pk}/change/")
    listed = browser.get("/admin/outreach/message/").content.decode()
    api = tool.get("/api/v1/messages/").json()["results"]
    assert (page.status_code == 200, message.subject in listed, len(api) == 1) == (may_see, may_see, may_see)
    assert tool.get(f"/api/v1/messages/{message.public_id}/").status_code == (200 if may_see else 404)
    for text in (page.content.decode(), listed, str(api)):
        assert "/admin/password/" not in text.replace("/admin/password_change/", "")
    assert browser.post(f"/admin/outreach/message/{message.pk}/cancel/").status_code == (302 if may_see else 404)


def forgotten(email: str, *, language: str = "en"):
    return Client(headers={"Accept-Language": language}).post("/admin/password/", {"email": email})


def test_the_answer_is_the_same_whoever_has_the_address(lea, sink):
    said = [
        re.sub(r'value="\w{64}"', "", forgotten(email).content.decode()) for email in ("lea@sink.lan", "x@sink.lan")
    ]
    assert said[0] == said[1]
    assert "is on its way there" in said[0]
    assert Message.objects.count() == 1
    assert "Si un compte" in forgotten("x@sink.lan", language="fr").content.decode()


def test_where_nothing_is_sent_the_page_says_whom_to_ask(lea):
    page = forgotten("lea@sink.lan").content.decode()
    assert "Ask an administrator" in page
    assert not Message.objects.exists()


def test_the_sign_in_page_leads_there(lea):
    assert 'href="/admin/password/"' in Client().get("/admin/login/").content.decode()


@pytest.fixture
def link(lea, sink) -> str:
    forgotten("lea@sink.lan")
    delivery.deliver_due(at=Message.objects.get().due_at)
    return link_in(sink.messages[0].content)


NEW = {"password": "marée-basse-2028", "again": "marée-basse-2028"}


def test_the_link_sets_a_password_once_and_opens_no_session(lea, link):
    elsewhere = browser_of(lea)
    assert elsewhere.get("/admin/").status_code == 200
    browser = Client()
    for _ in range(2):  # looking, as mail scanners do, does not spend it
        page = browser.get(link)
        assert page.status_code == 200
        assert (page["Referrer-Policy"], "no-store" in page["Cache-Control"]) == ("no-referrer", True)
    assert "Your password is changed" in browser.post(link, NEW).content.decode()
    assert browser.get("/admin/").status_code == 302
    assert elsewhere.get("/admin/").status_code == 302
    lea.refresh_from_db()
    assert lea.check_password(NEW["password"])
    assert browser.post(link, NEW).status_code == 404
    assert browser.post("/admin/login/", {"username": "lea", "password": NEW["password"]}).status_code == 302


def test_a_password_that_others_would_try_is_refused_and_the_link_stays_good(lea, link):
    page = Client().post(link, {"password": "password1", "again": "password1"})
    assert page.status_code == 200
    lea.refresh_from_db()
    assert lea.check_password("océan-2027-plage")
    assert "Your password is changed" in Client().post(link, NEW).content.decode()


@pytest.mark.parametrize("spoil", [
    lambda link: link[:-2] + "x/",
    lambda link: re.sub(r"/password/\d+/", "/password/999999/", link),
    lambda link: re.sub(r"/password/\d+/", "/password/99999999999999999999999999/", link),
    lambda link: "/admin/password/1/%00/",
])  # fmt: skip
def test_a_link_that_is_not_whole_leads_nowhere(lea, link, spoil):
    for way in ("get", "post"):
        assert getattr(Client(), way)(spoil(link), NEW).status_code == 404
    lea.refresh_from_db()
    assert lea.check_password("océan-2027-plage")


def test_whoever_has_left_chooses_none(lea, link):
    User.objects.update(is_active=False)
    assert Client().post(link, NEW).status_code == 404


def test_a_link_is_old_after_an_hour(lea, link, settings):
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert Client().get(link).status_code == 404
