import socket
import struct
import threading
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.channels.base import Outcome, Receipt
from outreach.channels.email import SmtpChannel
from outreach.channels.mime import compose, is_reserved
from tests import certificates
from tests.fakes import Recorded, Sink
from tests.outreach.channels.letters import (
    ENVELOPE,
    RENDERED,
    content,
    deliver,
    parsed,
)


class Rude:
    """Takes one connection and answers each verb with raw bytes, or with one of: close, reset, stall, drip."""

    def __init__(self, **answers):
        self.answers = {
            "greeting": b"220 here\r\n",
            "EHLO": b"250-here\r\n250 SIZE 1000000\r\n",
            "DATA": b"354 go on\r\n",
            "dot": b"250 taken\r\n",
        } | answers
        self.seen, self.over = [], threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        line, _ = self.listener.accept()
        with line, line.makefile("rb") as lines:
            try:
                if self._answer(line, "greeting"):
                    self._talk(line, lines)
            except OSError:
                pass

    def _talk(self, line, lines):
        while command := lines.readline():
            verb = command[:4].decode().strip().upper()
            self.seen.append(verb)
            if not self._answer(line, verb):
                return
            if verb == "DATA" and self.answers["DATA"].startswith(b"354"):
                for row in lines:
                    if row == b".\r\n":
                        break
                else:
                    return
                self.seen.append("dot")
                if not self._answer(line, "dot"):
                    return

    def _answer(self, line, verb):
        answer = self.answers.get(verb, b"250 fine\r\n")
        if answer == "reset":
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif answer == "stall":
            self.over.wait(10)
        elif answer == "drip":
            for _ in range(120):  # six seconds
                line.sendall(b"2")
                self.over.wait(0.05)
        elif answer != "close":
            line.sendall(answer)
            return True
        return False

    def close(self):
        self.over.set()
        self.listener.close()
        self.thread.join(10)


@pytest.fixture
def rude():
    servers = []

    def start(**answers):
        servers.append(Rude(**answers))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


class TestDelivery:
    def test_what_arrives_is_what_was_composed(self, sink):
        receipt = deliver(sink)

        assert receipt == Receipt(Outcome.SENT, "accepted", "4TQ8wk2Zz")
        assert sink.messages == [
            Recorded(
                sender="partners@causeway.org",
                recipients=["amina@sink.lan"],
                content=compose(RENDERED, ENVELOPE),
                hello="causeway.org",
                is_encrypted=False,
            )
        ]

    @given(text=st.text(alphabet=".\n a", max_size=40))
    def test_dots_at_the_start_of_a_line_arrive(self, shared_sink, text):
        deliver(shared_sink, replace(RENDERED, text=text))

        arrived = content(parsed(shared_sink.messages.pop().content).get_body(("plain",)))
        assert arrived.rstrip("\n") == text.rstrip("\n")

    @pytest.mark.parametrize(
        ("answer", "provider_id"),
        [
            ("250 2.0.0 Ok: queued as 4TQ8wk2Zz", "4TQ8wk2Zz"),
            ("250 OK id=1tEabc-0004Xy-2B", "1tEabc-0004Xy-2B"),
            ("250 Ok 0102019359-6f1d-000000", "0102019359-6f1d-000000"),
            ("250 Great success", ""),
            ("250 Ok amina@sink.lan", ""),
            ("251 fine", ""),
        ],
    )
    def test_the_provider_s_name_for_it_is_kept(self, sink, answer, provider_id):
        sink.answers = {"DATA": answer}

        assert deliver(sink) == Receipt(Outcome.SENT, "accepted", provider_id)

    @pytest.mark.parametrize(
        ("verb", "answer", "receipt"),
        [
            ("MAIL", "553 5.7.1 sender not allowed", Receipt(Outcome.REFUSED, "mail_553_5.7.1")),
            ("MAIL", "451 later", Receipt(Outcome.FAILED, "mail_451")),
            ("RCPT", "550 5.1.1 <amina@sink.lan> unknown", Receipt(Outcome.REFUSED, "rcpt_550_5.1.1")),
            ("RCPT", "554 no", Receipt(Outcome.REFUSED, "rcpt_554")),
            ("RCPT", "450 4.2.0 greylisted", Receipt(Outcome.FAILED, "rcpt_450_4.2.0")),
            ("RCPT", "421 busy", Receipt(Outcome.FAILED, "rcpt_421")),
            ("DATA", "554 5.7.1 spam", Receipt(Outcome.REFUSED, "message_554_5.7.1")),
            ("DATA", "552 5.3.4 too big", Receipt(Outcome.REFUSED, "message_552_5.3.4")),
            ("DATA", "451 4.3.0 later", Receipt(Outcome.FAILED, "message_451_4.3.0")),
        ],
    )
    def test_a_clear_no_is_for_ever_or_for_now(self, sink, verb, answer, receipt):
        sink.answers = {verb: answer}

        assert deliver(sink) == receipt
        assert sink.messages == []

    @pytest.mark.parametrize("how", ["close", "reset", "stall"])
    def test_silence_after_the_final_dot_is_uncertain_even_if_it_arrived(self, sink, how):
        sink.answers = {"DATA": how, "TAKE": True}

        assert deliver(sink, timeout=0.5) == Receipt(Outcome.UNCERTAIN, "answer_lost")
        assert len(sink.messages) == 1

    def test_a_size_the_server_will_not_take_is_known_before_anything_is_sent(self, start):
        small = start(data_size_limit=500)

        assert deliver(small) == Receipt(Outcome.REFUSED, "mail_552")
        assert small.messages == []

    @pytest.mark.parametrize(
        ("domain", "reserved"),
        [
            *((domain, True) for domain in ("example", "x.example", "a.b.EXAMPLE", "x.test", "x.invalid", "localhost")),
            *((domain, True) for domain in ("x.localhost", "example.com", "a.Example.org", "example.net")),
            *(
                (domain, False)
                for domain in ("myexample.com", "example.com.lan", "test.org", "example.fr", "invalid.io")
            ),
        ],
    )
    def test_domains_that_belong_to_nobody(self, domain, reserved):
        assert is_reserved(domain) is reserved

    @pytest.mark.parametrize(
        "address",
        [
            "a@rivers.example",
            "a@X.TEST",
            "a@b.invalid",
            "a@example",
            "a@example.org",
            "a@ｘ．ｅｘａｍｐｌｅ",
            "a@b。test",
        ],
    )
    def test_demo_people_are_never_written_to(self, sink, address):
        assert deliver(sink, envelope=replace(ENVELOPE, to_address=address)) == Receipt(
            Outcome.REFUSED, "reserved_domain"
        )
        assert sink.messages == []


@pytest.fixture(scope="module")
def shared_sink():
    sink = Sink()
    yield sink
    sink.close()


class TestTrouble:
    def deliver(self, server, **options):
        options = {"timeout": 0.5, "deadline": 5.0} | options
        return SmtpChannel(f"smtp://127.0.0.1:{server.port}", **options).deliver(RENDERED, ENVELOPE)

    def test_a_closed_port_is_worth_another_try(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]

        channel = SmtpChannel(f"smtp://127.0.0.1:{port}", timeout=1)
        assert channel.deliver(RENDERED, ENVELOPE) == Receipt(Outcome.FAILED, "connect_lost")

    @pytest.mark.parametrize("how", ["close", "reset", "stall"])
    @pytest.mark.parametrize(
        ("verb", "phase"),
        [("greeting", "connect"), ("EHLO", "hello"), ("MAIL", "mail"), ("RCPT", "rcpt"), ("DATA", "data")],
    )
    def test_a_line_lost_before_the_dot_is_worth_another_try(self, rude, verb, phase, how):
        server = rude(**{verb: how} if verb != "DATA" else {})
        if verb == "DATA":
            server.answers["DATA"] = how
            server._talk = lambda line, lines: talk_until_data(server, line, lines)

        assert self.deliver(server) == Receipt(Outcome.FAILED, f"{phase}_lost")
        assert "dot" not in server.seen

    @pytest.mark.parametrize("how", ["close", "reset", "stall"])
    def test_a_line_lost_after_the_dot_is_uncertain(self, rude, how):
        server = rude(dot=how)

        assert self.deliver(server) == Receipt(Outcome.UNCERTAIN, "answer_lost")
        assert "dot" in server.seen

    @pytest.mark.parametrize(
        ("answer", "receipt"),
        [
            (b"what?\r\n", Receipt(Outcome.UNCERTAIN, "answer_unclear")),
            (b"354 more\r\n", Receipt(Outcome.UNCERTAIN, "answer_unclear")),
            (b"150 wait\r\n", Receipt(Outcome.UNCERTAIN, "answer_unclear")),
            (b"\r\n", Receipt(Outcome.UNCERTAIN, "answer_unclear")),
            (b"2500 what\r\n", Receipt(Outcome.UNCERTAIN, "answer_unclear")),
            (b"250-half an answer\r\n", Receipt(Outcome.UNCERTAIN, "answer_lost")),
            (b"250 " + b"x" * 9000 + b"\r\n", Receipt(Outcome.UNCERTAIN, "answer_lost")),
            (b"550 " + b"x" * 9000 + b"\r\n", Receipt(Outcome.UNCERTAIN, "answer_lost")),
        ],
    )
    def test_an_answer_nobody_understands_is_uncertain(self, rude, answer, receipt):
        assert self.deliver(rude(dot=answer)) == receipt

    @pytest.mark.parametrize(
        ("answers", "receipt"),
        [
            ({"greeting": b"554 go away\r\n"}, Receipt(Outcome.FAILED, "connect_554")),
            ({"greeting": b"421 busy\r\n"}, Receipt(Outcome.FAILED, "connect_421")),
            ({"greeting": b"SSH-2.0-OpenSSH\r\n"}, Receipt(Outcome.FAILED, "connect_unclear")),
            ({"EHLO": b"550 no\r\n", "HELO": b"550 no\r\n"}, Receipt(Outcome.FAILED, "hello_550")),
            ({"RCPT": b"354 what\r\n"}, Receipt(Outcome.FAILED, "rcpt_unclear")),
            ({"RCPT": b"550 " + b"x" * 9000 + b"\r\n"}, Receipt(Outcome.FAILED, "rcpt_lost")),
            ({"RCPT": b"5500 what\r\n"}, Receipt(Outcome.FAILED, "rcpt_unclear")),
            ({"RCPT": b"250-\r\n" * 300}, Receipt(Outcome.FAILED, "rcpt_unclear")),
            ({"DATA": b"250 no need\r\n"}, Receipt(Outcome.FAILED, "data_unclear")),
            ({"DATA": b"554 5.5.1 no valid recipients\r\n"}, Receipt(Outcome.REFUSED, "data_554_5.5.1")),
            ({"DATA": b"451 4.3.1 full\r\n"}, Receipt(Outcome.FAILED, "data_451_4.3.1")),
        ],
    )
    def test_what_the_server_says_of_itself_never_dooms_the_message(self, rude, answers, receipt):
        server = rude(**answers)

        assert self.deliver(server) == receipt
        assert "dot" not in server.seen

    def test_an_old_server_that_knows_only_helo_is_fine(self, rude):
        assert self.deliver(rude(EHLO=b"500 what?\r\n")).outcome == Outcome.SENT

    @pytest.mark.parametrize("how", ["close", "reset", "stall", b"500 no\r\n", b"garbage\r\n"])
    def test_trouble_with_the_goodbye_changes_nothing(self, rude, how):
        assert self.deliver(rude(QUIT=how)) == Receipt(Outcome.SENT, "accepted")

    @pytest.mark.parametrize(
        ("verb", "receipt"),
        [
            ("greeting", Receipt(Outcome.FAILED, "connect_lost")),
            ("RCPT", Receipt(Outcome.FAILED, "rcpt_lost")),
            ("dot", Receipt(Outcome.UNCERTAIN, "answer_lost")),
        ],
    )
    def test_a_server_that_drips_cannot_hold_us(self, rude, verb, receipt):
        start = time.monotonic()

        assert self.deliver(rude(**{verb: "drip"}), timeout=5.0, deadline=0.5) == receipt
        assert time.monotonic() - start < 4

    def test_nothing_is_left_open(self, rude):
        before = threading.active_count()
        for how in ("close", "stall"):
            server = rude(RCPT=how)
            self.deliver(server)
            server.close()

        assert threading.active_count() == before


def talk_until_data(server, line, lines):
    """Answers DATA by hanging up instead of with a number."""
    while command := lines.readline():
        verb = command[:4].decode().strip().upper()
        server.seen.append(verb)
        if not server._answer(line, verb):
            return


class TestLogin:
    def channel(self, sink, user="us%20er:p%40ss%2Fword"):
        return SmtpChannel(f"smtp://{user}@127.0.0.1:{sink.port}", timeout=5)

    def test_with_the_right_password(self, start):
        sink = start(auth_require_tls=False)

        assert self.channel(sink).deliver(RENDERED, ENVELOPE).outcome == Outcome.SENT
        assert sink.logins == [(b"us er", b"p@ss/word")]

    def test_a_wrong_password_is_no_reason_to_drop_the_mail(self, start):
        sink = start(auth_require_tls=False)

        assert self.channel(sink, "a:b").deliver(RENDERED, ENVELOPE) == Receipt(Outcome.FAILED, "auth_535")
        assert sink.messages == []

    def test_a_server_that_takes_no_password(self, start):
        sink = start(auth_require_tls=True)

        assert self.channel(sink).deliver(RENDERED, ENVELOPE) == Receipt(Outcome.FAILED, "auth_unavailable")
        assert sink.logins == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return certificates.make(tmp_path_factory.mktemp("certificate"))


class TestTls:
    @pytest.fixture
    def theirs(self, certificate):
        return certificates.theirs(certificate)

    @pytest.fixture
    def ours(self, certificate):
        return certificates.ours(certificate)

    def options(self, scheme, theirs):
        return (
            {"ssl": theirs, "auth_require_tls": False}
            if scheme == "smtps"
            else {"tls_context": theirs, "require_starttls": True}
        )

    @pytest.mark.parametrize("scheme", ["smtps", "smtp+tls"])
    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
    def test_goes_out_encrypted(self, start, theirs, ours, scheme, host):
        sink = start(**self.options(scheme, theirs))
        url = f"{scheme}://us%20er:p%40ss%2Fword@{host}:{sink.port}"

        assert SmtpChannel(url, timeout=5, tls=ours).deliver(RENDERED, ENVELOPE).outcome == Outcome.SENT
        assert [message.is_encrypted for message in sink.messages] == [True]
        assert sink.logins == [(b"us er", b"p@ss/word")]

    @pytest.mark.parametrize("scheme", ["smtps", "smtp+tls"])
    def test_a_certificate_nobody_vouches_for_gets_neither_mail_nor_password(self, start, theirs, scheme):
        sink = start(**self.options(scheme, theirs))
        channel = SmtpChannel(f"{scheme}://us%20er:p%40ss%2Fword@127.0.0.1:{sink.port}", timeout=5)

        assert channel.deliver(RENDERED, ENVELOPE) == Receipt(Outcome.FAILED, "tls_untrusted")
        assert (sink.messages, sink.logins) == ([], [])

    def test_a_server_without_starttls_gets_neither_mail_nor_password(self, start):
        sink = start(auth_require_tls=False)
        channel = SmtpChannel(f"smtp+tls://us%20er:p%40ss%2Fword@127.0.0.1:{sink.port}", timeout=5)

        assert channel.deliver(RENDERED, ENVELOPE) == Receipt(Outcome.FAILED, "tls_unavailable")
        assert (sink.messages, sink.logins) == ([], [])


def test_nothing_is_logged(sink, rude, caplog, capfd):
    caplog.set_level(0)
    deliver(sink)
    deliver(sink, envelope=replace(ENVELOPE, to_address="amina@sink.lan\n"))
    TestTrouble().deliver(rude(RCPT=b"550 <amina@sink.lan> unknown\r\n"))

    ours = [record for record in caplog.records if not record.name.startswith(("mail.", "asyncio"))]
    assert (ours, capfd.readouterr()) == ([], ("", ""))
