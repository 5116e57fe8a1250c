import pytest
from django.test import Client

from outreach.models import Mailbox
from outreach.services import mailboxes
from tests.factories import NOW, UserFactory, browser_of
from tests.outreach.imap_server import said

pytestmark = pytest.mark.django_db
LIST = "/admin/outreach/mailbox/"


@pytest.fixture
def administrator():
    return browser_of(UserFactory(role="administrator"))


@pytest.fixture
def mailbox(server):
    return mailboxes.save(said=said(server), at=NOW)


def form_of(server, **more):
    known = {"name": "Partnerships", "host": "127.0.0.1", "port": server.port, "security": "plain", "auth": "password"}
    more = {"user": server.user, "secret": server.password, "since_date": "2026-11-24", "folder": "INBOX"} | more
    return known | more


def test_an_empty_list_says_what_a_mailbox_is_for(administrator):
    assert "reads it every minute" in administrator.get(LIST).content.decode()


def test_an_administrator_sets_one_up_tests_it_and_sees_no_password_again(administrator, server):
    made = administrator.post(f"{LIST}add/", form_of(server))
    row = Mailbox.objects.get()
    assert (made.status_code, made["Location"]) == (302, f"{LIST}{row.pk}/change/")

    tested = administrator.post(f"{LIST}{row.pk}/test/", follow=True).content.decode()
    assert "It works" in tested
    for page in (LIST, f"{LIST}{row.pk}/change/", f"{LIST}{row.pk}/edit/", "/admin/crm/auditevent/"):
        shown = administrator.get(page).content.decode()
        assert "p@ss" not in shown
        assert row.secret not in shown


def test_what_was_typed_as_a_password_is_not_shown_with_an_error(administrator, server):
    shown = administrator.post(f"{LIST}add/", form_of(server, host="no host", secret="p@ss-typed"))
    assert shown.status_code == 200
    assert "p@ss-typed" not in shown.content.decode()


def test_a_blank_password_keeps_the_one_that_is_known(administrator, server, mailbox):
    administrator.post(f"{LIST}{mailbox.pk}/edit/", form_of(server, name="Ours", secret=""))
    assert "It works" in administrator.post(f"{LIST}{mailbox.pk}/test/", follow=True).content.decode()
    mailbox.refresh_from_db()
    assert mailbox.name == "Ours"


def test_trouble_is_told_with_what_to_do(administrator, server, mailbox):
    server.password = "changed"
    assert "app password" in administrator.post(f"{LIST}{mailbox.pk}/test/", follow=True).content.decode()

    mailboxes.poll_due(at=NOW, receive=None)
    page = administrator.get(f"{LIST}{mailbox.pk}/change/").content.decode()
    assert "Cannot be read" in page
    assert "app password" in page
    assert "Cannot be read" in administrator.get("/admin/crm/instance/").content.decode()


def test_it_is_paused_read_again_and_removed_after_a_question(administrator, mailbox):
    administrator.post(f"{LIST}{mailbox.pk}/pause/")
    assert not Mailbox.objects.get().is_active
    administrator.post(f"{LIST}{mailbox.pk}/activate/")
    assert Mailbox.objects.get().is_active
    assert "Remove this mailbox?" in administrator.get(f"{LIST}{mailbox.pk}/remove/").content.decode()
    administrator.post(f"{LIST}{mailbox.pk}/remove/")
    assert Mailbox.objects.count() == 0


def test_looking_changes_nothing(administrator, server, mailbox):
    assert [administrator.get(f"{LIST}{mailbox.pk}/{step}/").status_code for step in ("test", "pause")] == [405, 405]
    assert server.lines == 0
    assert Mailbox.objects.get().is_active


@pytest.mark.parametrize(("role", "looks"), [("manager", 200), ("officer", 403), ("analyst", 403)])
def test_managers_look_and_others_do_not(mailbox, role, looks):
    browser = browser_of(UserFactory(role=role))
    assert browser.get(LIST).status_code == looks
    assert browser.get(f"{LIST}{mailbox.pk}/change/").status_code == looks
    for step in ("test", "edit", "pause", "activate", "remove"):
        assert browser.post(f"{LIST}{mailbox.pk}/{step}/").status_code == 403
    assert browser.post(f"{LIST}add/").status_code == 403
    assert Client().get(LIST).status_code == 302


def test_the_one_of_the_settings_is_only_looked_at(administrator, server, settings):
    Mailbox.objects.create(
        name="INBOUND_URL", is_of_settings=True, host="mail.example", port=993, user="a", since_date="2026-11-24"
    )
    row = Mailbox.objects.get()
    page = administrator.get(f"{LIST}{row.pk}/change/").content.decode()
    assert "Stop reading it" not in page
    administrator.post(f"{LIST}{row.pk}/pause/")
    administrator.post(f"{LIST}{row.pk}/remove/")
    assert Mailbox.objects.get().is_active
