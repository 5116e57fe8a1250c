"""Letters are stored once each, in their order, whatever becomes of the server, the network or the process between."""

import threading
from datetime import date, timedelta
from urllib.parse import quote

import pytest
from django.db import IntegrityError, connection, transaction

from crm.errors import DomainError
from crm.models import AuditEvent
from outreach.channels import oauth
from outreach.models import Mailbox
from outreach.services import mailbox_secrets, mailboxes
from outreach.services.mailboxes import Said
from tests.factories import NOW
from tests.outreach.imap_server import said

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
MINUTE = timedelta(minutes=1)


class Desk(list):
    """A tiny receiver: keeps each letter once, as the real one does."""

    def __init__(self):
        super().__init__()
        self.asked, self.trouble = 0, {}

    def __call__(self, *, raw, door, at):
        assert door == "mailbox"
        self.asked += 1
        if raw in self.trouble:
            raise self.trouble[raw]
        is_new = raw not in self
        if is_new:
            self.append(raw)
        return None, is_new


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def mailbox(server):
    return mailboxes.save(said=said(server), at=NOW)


def poll(desk, at=NOW):
    return mailboxes.poll_due(at=at, receive=desk)


def refusal(code, do):
    with pytest.raises(DomainError) as caught:
        do()
    assert caught.value.code == code
    return True


class TestPolling:
    def test_each_letter_is_stored_once_and_in_order(self, server, mailbox, desk):
        for raw in (b"one", b"two \0"):
            server.put(raw)
        assert poll(desk) == 2
        server.put(b"three")
        assert poll(desk, NOW + MINUTE) == 1

        assert desk == [b"one", b"two \0", b"three"]
        assert desk.asked == 3
        mailbox.refresh_from_db()
        assert (mailbox.last_uid, mailbox.uid_validity, mailbox.polled_at) == (3, 7, NOW + MINUTE)
        assert (mailbox.new_count, mailbox.new_at, mailbox.error) == (1, NOW + MINUTE, "")

    def test_it_is_looked_into_once_a_minute(self, server, mailbox, desk):
        poll(desk)
        poll(desk, NOW + timedelta(seconds=59))
        assert server.lines == 1

        poll(desk, NOW + MINUTE)
        assert server.lines == 2

    def test_one_that_is_not_active_is_left_alone(self, server, mailbox, desk):
        mailboxes.activate(mailbox=mailbox, is_active=False)
        poll(desk)
        assert server.lines == 0

        mailboxes.activate(mailbox=mailbox, is_active=True)
        poll(desk)
        assert server.lines == 1

    def test_when_all_numbers_changed_it_begins_anew(self, server, mailbox, desk):
        server.put(b"one")
        server.put(b"two")
        poll(desk)
        server.validity, server.folders["INBOX"] = 8, {1: b"two", 2: b"three"}

        assert poll(desk, NOW + MINUTE) == 1
        assert desk == [b"one", b"two", b"three"]

    def test_what_was_read_before_the_line_broke_is_stored(self, server, mailbox, desk):
        server.put(b"one")
        server.put(b"two")
        keep = desk.__call__

        def receive(**letter):
            server.faults["literal"] = "drop"
            return keep(**letter)

        assert poll(receive) == 0
        mailbox.refresh_from_db()
        assert (desk, mailbox.last_uid, mailbox.error) == ([b"one"], 1, "mailbox_lost")

        server.faults.clear()
        assert poll(desk, NOW + timedelta(hours=2)) == 1
        mailbox.refresh_from_db()
        assert (desk, mailbox.error, mailbox.failures) == ([b"one", b"two"], "", 0)

    @pytest.mark.parametrize("trouble", [ValueError("x"), DomainError("keyring_unreadable")])
    def test_a_letter_that_cannot_be_stored_is_not_passed_over(self, server, mailbox, desk, trouble):
        for raw in (b"one", b"two", b"three"):
            server.put(raw)
        desk.trouble[b"two"] = trouble
        if isinstance(trouble, DomainError):
            poll(desk)
        else:
            with pytest.raises(ValueError, match="x"):
                poll(desk)
        mailbox.refresh_from_db()
        assert (desk, mailbox.last_uid, mailbox.error) == ([b"one"], 1, "mailbox_letter_failed")

        desk.trouble.clear()
        poll(desk, NOW + timedelta(hours=2))
        assert desk == [b"one", b"two", b"three"]

    @pytest.mark.parametrize("code", ["letter_empty", "letter_too_large"])
    def test_one_that_will_never_be_stored_keeps_no_other(self, server, mailbox, desk, code):
        server.put(b"")
        server.put(b"two")
        desk.trouble[b""] = DomainError(code)

        assert poll(desk) == 1
        assert desk == [b"two"]

    def test_what_goes_wrong_with_one_concerns_no_other(self, server, desk):
        server.put(b"one")
        for place, wrong in enumerate(({"secret": "wrong"}, {"folder": "Nowhere"}, {})):
            mailboxes.save(said=said(server, name=str(place), **wrong), at=NOW)

        assert poll(desk) == 1
        found = Mailbox.objects.order_by("name").values_list("error", flat=True)
        assert list(found) == ["mailbox_login_refused", "mailbox_folder_missing", ""]

    def test_what_fails_is_tried_less_and_less_often(self, server, desk):
        mailbox = mailboxes.save(said=said(server, secret="wrong"), at=NOW)
        waits, at = [], NOW
        for _ in range(8):
            poll(desk, at)
            mailbox.refresh_from_db()
            waits.append((mailbox.next_at - at) // MINUTE)
            at = mailbox.next_at
        assert waits == [2, 4, 8, 16, 32, 60, 60, 60]
        assert (mailbox.error_at, mailbox.failures) == (NOW, 8)

    def test_a_server_that_others_name_is_not_asked_on_a_private_network(self, server, mailbox, desk, settings):
        settings.PRIVATE_HOSTS = []
        poll(desk)
        mailbox.refresh_from_db()
        assert (server.lines, mailbox.error) == (0, "host_port_denied")

    def test_another_folder_named_meanwhile_loses_no_letter(self, server, mailbox, desk):
        server.put(b"one")
        server.put(b"two")
        server.put(b"elsewhere", "Answers")

        def receive(**letter):
            if letter["raw"] == b"one":
                mailboxes.save(said=said(server, folder="Answers"), at=NOW, mailbox=mailbox)
            return desk(**letter)

        poll(receive)
        mailbox.refresh_from_db()
        assert mailbox.last_uid == 0
        poll(desk, NOW + MINUTE)
        assert b"elsewhere" in desk


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_looks_into_a_mailbox(server, desk):
    mailbox = mailboxes.save(said=said(server), at=NOW)
    server.put(b"one")
    is_inside, may_go = threading.Event(), threading.Event()

    def slow(**letter):
        is_inside.set()
        may_go.wait(10)
        return desk(**letter)

    def work():
        try:
            mailboxes.poll(mailbox=mailbox, at=NOW, receive=slow)
        finally:
            connection.close()

    other = threading.Thread(target=work)
    other.start()
    assert is_inside.wait(10)
    assert mailboxes.poll(mailbox=mailbox, at=NOW, receive=desk) == 0
    assert (server.lines, desk) == (1, [])
    may_go.set()
    other.join(10)

    assert desk == [b"one"]
    mailbox.refresh_from_db()
    assert mailbox.last_uid == 1
    server.put(b"two")
    assert mailboxes.poll(mailbox=mailbox, at=NOW + MINUTE, receive=desk) == 1  # the lock is gone


class TestSecrets:
    def test_the_database_holds_no_password(self, server, mailbox):
        with connection.cursor() as cursor:
            cursor.execute("SELECT row_to_json(m)::text FROM outreach_mailbox m")
            assert "p@ss" not in cursor.fetchone()[0]
        assert mailbox_secrets.account(mailbox, at=NOW).password == server.password

    def test_the_trail_tells_that_it_was_typed_and_not_what(self, server, mailbox):
        mailboxes.save(said=said(server, secret="another", name="Ours"), at=NOW + MINUTE, mailbox=mailbox)
        made, changed = AuditEvent.objects.filter(table="outreach_mailbox").order_by("pk")
        assert (made.operation, changed.operation) == ("INSERT", "UPDATE")
        assert set(changed.changes) == {"name", "secret_at"}

    def test_a_blank_one_keeps_what_is_known(self, server, mailbox, desk):
        mailboxes.save(said=said(server, secret="", name="Ours"), at=NOW, mailbox=mailbox)
        server.put(b"one")
        assert poll(desk) == 1

    @pytest.mark.parametrize(
        "more", [{"host": "localhost"}, {"port": 143}, {"user": "x"}, {"security": "starttls"}], ids=str
    )
    def test_it_goes_nowhere_else_without_being_typed_anew(self, server, mailbox, more):
        assert refusal(
            "mailbox_secret_elsewhere",
            lambda: mailboxes.save(said=said(server, secret="", **more), at=NOW, mailbox=mailbox),
        )
        mailboxes.save(said=said(server, secret="typed", **more), at=NOW, mailbox=mailbox)

    def test_one_of_another_installation_is_told_as_such(self, mailbox, desk):
        Mailbox.objects.update(secret="v1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        poll(desk)
        mailbox.refresh_from_db()
        assert mailbox.error == "seal_broken"

    def test_what_is_said_shows_none(self, server):
        assert "p@ss" not in repr(said(server))

    def test_the_database_takes_nothing_that_is_not_sealed(self, mailbox):
        with pytest.raises(IntegrityError), transaction.atomic():
            Mailbox.objects.update(secret="a password")


class TestTokens:
    @pytest.fixture
    def asked(self, monkeypatch):
        asked = []

        def ask(**form):
            asked.append(form["refresh_token"])
            return oauth.Tokens("an-access-token", 3600, "refresh-2")

        monkeypatch.setattr(oauth, "ask", ask)
        return asked

    def said(self, server):
        more = {"auth": "xoauth2", "token_url": "https://login.example/token", "client_id": "causeway"}
        return said(server, secret="refresh-1", client_secret="shh", **more)

    def test_a_fresh_one_is_asked_for_once_and_what_replaces_the_old_is_kept(self, server, desk, asked):
        mailboxes.save(said=self.said(server), at=NOW)
        for minutes in range(3):
            poll(desk, NOW + minutes * MINUTE)
        assert (server.lines, asked) == (3, ["refresh-1"])

        poll(desk, NOW + timedelta(hours=1))
        assert asked == ["refresh-1", "refresh-2"]

    def test_one_that_is_refused_is_not_tried_again(self, server, desk, asked):
        mailbox = mailboxes.save(said=self.said(server), at=NOW)
        poll(desk)
        server.token = "revoked"
        poll(desk, NOW + MINUTE)
        mailbox.refresh_from_db()
        assert mailbox.error == "mailbox_login_refused"
        poll(desk, NOW + 10 * MINUTE)
        assert asked == ["refresh-1", "refresh-2"]

    def test_they_are_asked_for_only_where_that_is_safe(self, server):
        for url in ("http://login.example/", "https://a:b@login.example/", "login.example"):
            said_so = Said(**vars(self.said(server)) | {"token_url": url})
            assert refusal("url_denied", lambda said_so=said_so: mailboxes.save(said=said_so, at=NOW))


class TestSaving:
    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ({"name": " "}, "mailbox_field_invalid"),
            ({"user": "a\r\nA1 DELETE INBOX"}, "mailbox_field_invalid"),
            ({"folder": "IN\0BOX"}, "mailbox_field_invalid"),
            ({"secret": "a\nb"}, "mailbox_field_invalid"),
            ({"host": "mail.example/x"}, "mailbox_field_invalid"),
            ({"host": "mail.example", "port": 25, "security": "tls"}, "host_port_denied"),
            ({"host": "mail.example", "port": 143}, "mailbox_plain_abroad"),
            ({"secret": ""}, "mailbox_secret_missing"),
            ({"name": "INBOUND_URL"}, "mailbox_name_taken"),
            ({"auth": "xoauth2", "token_url": "https://login.example/"}, "mailbox_field_invalid"),
        ],
        ids=str,
    )
    def test_what_cannot_be_is_refused(self, server, more, code):
        assert refusal(code, lambda: mailboxes.save(said=said(server, **more), at=NOW))
        assert Mailbox.objects.count() == 0

    def test_two_have_two_names(self, server, mailbox):
        assert refusal("mailbox_name_taken", lambda: mailboxes.save(said=said(server), at=NOW))

    def test_an_earlier_day_brings_earlier_letters(self, server, mailbox, desk):
        server.put(b"one")
        poll(desk)
        mailboxes.save(said=said(server, secret="", since_date=date(2026, 1, 1)), at=NOW, mailbox=mailbox)
        poll(desk)
        assert desk.asked == 2
        assert "SEARCH UID 1:* SINCE 01-Jan-2026" in server.said


class TestTrying:
    def test_tells_how_many_letters_there_are_and_reads_none(self, server, mailbox):
        server.put(b"one")
        Mailbox.objects.update(error="mailbox_lost", error_at=NOW, failures=3, next_at=NOW + MINUTE)

        assert mailboxes.test(mailbox=mailbox, at=NOW) == 1
        mailbox.refresh_from_db()
        assert (mailbox.error, mailbox.next_at, mailbox.last_uid) == ("", None, 0)

    def test_tells_what_is_wrong(self, server, mailbox):
        server.password = "changed"
        assert refusal("mailbox_login_refused", lambda: mailboxes.test(mailbox=mailbox, at=NOW))


class TestOfSettings:
    def url(self, server, folder="INBOX"):
        return f"imap://{quote(server.user)}:{quote(server.password)}@127.0.0.1:{server.port}/{folder}"

    def test_one_is_read_beside_those_of_the_database_without_its_password(self, server, desk, settings):
        settings.INBOUND_URL = self.url(server)
        server.put(b"one")

        assert poll(desk) == 1
        row = Mailbox.objects.get()
        assert (row.name, row.secret, row.last_uid) == ("INBOUND_URL", "", 1)
        server.put(b"elsewhere", "Answers")
        settings.INBOUND_URL = self.url(server, "Answers")
        assert poll(desk, NOW + MINUTE) == 1
        settings.INBOUND_URL = ""
        poll(desk, NOW + 2 * MINUTE)
        assert Mailbox.objects.count() == 0

    def test_nobody_changes_it_here(self, server, desk, settings):
        settings.INBOUND_URL = self.url(server)
        poll(desk)
        row = Mailbox.objects.get()
        for do in (
            lambda: mailboxes.save(said=said(server), at=NOW, mailbox=row),
            lambda: mailboxes.remove(mailbox=row),
            lambda: mailboxes.activate(mailbox=row, is_active=False),
        ):
            assert refusal("mailbox_of_settings", do)

    def test_one_that_is_none_keeps_no_other(self, server, mailbox, desk, settings):
        settings.INBOUND_URL = "pop3://x"
        server.put(b"one")
        assert refusal("inbound_url_invalid", lambda: poll(desk))
        assert desk == [b"one"]
