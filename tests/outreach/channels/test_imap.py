"""Letters are read over a real line, from a server that may do anything, and nothing but codes comes back from trouble."""

from dataclasses import replace
from datetime import date

import pytest

from crm.errors import DomainError
from outreach.channels import imap
from outreach.channels.imap import Account, Letter, Security, visit
from tests import certificates
from tests.outreach.imap_server import Mailboxes

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return certificates.make(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def start(settings):
    settings.PRIVATE_HOSTS = ["127.0.0.1", "localhost"]
    started = []

    def make(**options):
        started.append(Mailboxes(**options))
        return started[-1]

    yield make
    for box in started:
        box.close()


@pytest.fixture
def box(start):
    return start()


def account(box, **said):
    known = {"host": "127.0.0.1", "port": box.port, "security": Security.PLAIN, "folder": "INBOX"}
    return Account(**known | {"user": box.user, "password": box.password} | said)


def read(box, *, after=0, tls=None, **said):
    with visit(account(box, **said), tls=tls) as inside:
        return list(inside.letters(after=after, since=TODAY))


def trouble(box, **said):
    with pytest.raises(DomainError) as caught:
        read(box, **said)
    assert caught.value.__cause__ is None
    assert caught.value.params.keys() <= {"ports"}
    return caught.value.code


class TestReading:
    def test_letters_come_in_order_as_they_are_and_stay_as_they_are(self, box):
        for raw in (b"a\r\n", b"", b"NUL \0 and \xff\r\n* 1 FETCH\r\n)", "é".encode() * 50_000):
            box.put(raw)

        assert read(box) == [Letter(uid, raw) for uid, raw in box.folders["INBOX"].items()]
        assert {command.split()[0] for command in box.said} == {
            *("CAPABILITY", "AUTHENTICATE", "EXAMINE", "SEARCH", "FETCH", "LOGOUT"),
        }

    def test_only_what_is_new_is_asked_for(self, box):
        for raw in (b"one", b"two", b"three"):
            box.put(raw)

        assert [letter.uid for letter in read(box, after=2)] == [3]
        assert read(box, after=3) == []  # the server names the last one all the same
        assert "SEARCH UID 4:* SINCE 24-Nov-2026" in box.said

    def test_one_that_was_removed_meanwhile_is_passed_over(self, box):
        box.put(b"one")
        box.put(b"two")
        with visit(account(box)) as inside:
            found = []
            for letter in inside.letters(after=0, since=TODAY):
                found.append(letter.raw)
                box.folders["INBOX"].pop(2, None)
        assert found == [b"one"]

    def test_of_a_long_one_the_beginning_is_read(self, box, monkeypatch):
        monkeypatch.setattr(imap, "MOST_BYTES", 1000)
        box.put(b"x" * 5000)

        assert [len(letter.raw) for letter in read(box)] == [1000]

    def test_of_many_some_are_read_at_once(self, box, monkeypatch):
        monkeypatch.setattr(imap, "MOST_LETTERS", 2)
        for raw in (b"1", b"2", b"3"):
            box.put(raw)

        assert [letter.raw for letter in read(box)] == [b"1", b"2"]

    def test_a_visit_ends_in_time_for_others(self, box, monkeypatch):
        monkeypatch.setattr(imap, "_FETCHES", 0)
        box.put(b"1")

        assert read(box) == []

    def test_the_folder_says_how_many_it_holds(self, box):
        box.put(b"1")
        with visit(account(box)) as inside:
            assert (inside.folder.letters, inside.folder.validity) == (1, 7)

    def test_a_folder_may_have_any_name(self, box):
        box.put(b"1", "R&AOk-ponses &- offres")

        assert [letter.raw for letter in read(box, folder="Réponses & offres")] == [b"1"]


class TestSigningIn:
    def test_a_password_may_have_any_letters(self, box):
        assert read(box) == []

    def test_where_only_login_is_known_it_is_quoted(self, start):
        box = start(capabilities="ID", password='p@ss"w\\rd')

        assert read(box) == []
        assert "LOGIN" in box.said

    def test_where_only_login_is_known_a_password_is_ascii(self, start):
        assert trouble(start(capabilities="ID")) == "mailbox_login_refused"

    def test_a_token_is_taken_instead_of_a_password(self, box):
        assert read(box, token=box.token) == []
        assert trouble(box, token="another") == "mailbox_login_refused"

    @pytest.mark.parametrize("capabilities", ["AUTH=PLAIN", "ID"])
    def test_a_wrong_password_is_told_as_such(self, start, capabilities):
        box = start(capabilities=capabilities)

        assert trouble(box, password="wrong") == "mailbox_login_refused"
        assert "EXAMINE" not in " ".join(box.said)

    def test_a_server_that_is_away_says_nothing_of_the_password(self, box):
        box.faults["AUTHENTICATE"] = "NO [UNAVAILABLE] later"

        assert trouble(box) == "mailbox_away"

    def test_the_password_is_shown_by_nothing(self, box):
        assert "p@ss" not in repr(account(box)) + repr(replace(account(box), token="p@ss"))


class TestTrouble:
    @pytest.mark.parametrize(
        ("fault", "code"),
        [
            ({"greeting": "* BYE too many"}, "mailbox_away"),
            ({"greeting": "HTTP/1.1 400 Bad Request"}, "mailbox_lost"),
            ({"greeting": "* OK" + "x" * 2_000_000}, "mailbox_unclear"),
            ({"CAPABILITY": "drop"}, "mailbox_lost"),
            ({"AUTHENTICATE": "drop"}, "mailbox_lost"),
            ({"AUTHENTICATE": "BAD what"}, "mailbox_login_refused"),
            ({"EXAMINE": "drop"}, "mailbox_lost"),
            ({"EXAMINE": "OK done"}, "mailbox_unclear"),
            ({"EXAMINE": "BAD what"}, "mailbox_folder_missing"),
            ({"SEARCH": "drop"}, "mailbox_lost"),
            ({"SEARCH": "NO never"}, "mailbox_unclear"),
            ({"SEARCH": ["* SEARCH one two", "garbage"]}, "mailbox_lost"),
            ({"FETCH": "drop"}, "mailbox_lost"),
            ({"FETCH": "BAD what"}, "mailbox_unclear"),
            ({"literal": "drop"}, "mailbox_lost"),
            ({"literal": 5_000_000_000}, "mailbox_unclear"),
            ({"literal": 1}, "mailbox_unclear"),
        ],
    )
    def test_has_a_code_wherever_it_begins(self, box, fault, code):
        box.put(b"x" * 3000)
        box.faults |= fault

        assert trouble(box) == code

    def test_a_folder_that_is_not_there_is_told_as_such(self, box):
        assert trouble(box, folder="Elsewhere") == "mailbox_folder_missing"

    @pytest.mark.parametrize("fault", [{"EXAMINE": 30}, {"literal": "stall"}])
    def test_a_slow_answer_is_not_waited_for(self, box, fault, monkeypatch):
        monkeypatch.setattr(imap, "_TIMEOUT", 0.3)
        box.put(b"x" * 3000)
        box.faults |= fault

        assert trouble(box) == "mailbox_slow"

    def test_whoever_drips_is_cut_off(self, box, monkeypatch):
        monkeypatch.setattr(imap, "_DEADLINE", 0.5)
        box.faults["SEARCH"] = "drip"

        assert trouble(box) == "mailbox_slow"

    def test_a_goodbye_is_not_waited_for(self, box, monkeypatch):
        monkeypatch.setattr(imap, "_GOODBYE", 0.2)
        box.faults["LOGOUT"] = 30

        assert read(box) == []

    def test_letters_before_the_trouble_are_handed_on(self, box):
        box.put(b"1")
        box.put(b"2")
        found = []
        with pytest.raises(DomainError), visit(account(box)) as inside:
            for letter in inside.letters(after=0, since=TODAY):
                found.append(letter.raw)
                box.faults["literal"] = "drop"
        assert found == [b"1"]


class TestLine:
    @pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
    def test_is_encrypted(self, start, certificate, security, host):
        theirs = certificates.theirs(certificate)
        box = start(**{"ssl" if security == Security.TLS else "starttls": theirs})
        box.put(b"1")

        assert len(read(box, security=security, host=host, tls=certificates.ours(certificate))) == 1

    @pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
    def test_a_certificate_that_nobody_vouches_for_gets_no_password(self, start, certificate, security):
        theirs = certificates.theirs(certificate)
        box = start(**{"ssl" if security == Security.TLS else "starttls": theirs})

        assert trouble(box, security=security) == "mailbox_untrusted"
        assert {"LOGIN", "AUTHENTICATE"} & set(box.said) == set()

    @pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
    def test_a_server_that_does_not_encrypt_gets_no_password(self, box, security):
        assert trouble(box, security=security) == "mailbox_not_encrypted"
        assert {"LOGIN", "AUTHENTICATE"} & set(box.said) == set()

    def test_what_was_said_before_encryption_counts_for_nothing(self, start, certificate):
        box = start(starttls=certificates.theirs(certificate))
        box.faults["greeting"] = "* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome"

        assert trouble(box, security=Security.STARTTLS, tls=certificates.ours(certificate)) != ""
        assert {"LOGIN", "AUTHENTICATE"} & set(box.said) == set()

    def test_nothing_travels_unencrypted_beyond_this_machine(self, box, settings):
        settings.PRIVATE_HOSTS = ["mail.lan"]

        assert trouble(box, host="mail.lan") == "mailbox_plain_abroad"

    def test_a_host_of_ones_own_network_is_refused_where_settings_do_not_name_it(self, box, settings):
        settings.PRIVATE_HOSTS = []

        assert trouble(box, port=143) == "host_denied"
        assert box.lines == 0
