import email
import email.policy
import re
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm.errors import DomainError
from outreach.channels.base import Envelope, Outcome, Receipt
from outreach.channels.email import SmtpChannel, _header, compose, is_reserved
from outreach.rendering import Rendered
from tests.fakes import Recorded, Sink

RENDERED = Rendered(
    subject="Rivers and you",
    text="Dear Amina,\n.\n..two dots\nFrom me: café\n\n—\nfooter\n",
    html="<p>Dear Amina, café</p>\n",
)
ENVELOPE = Envelope(
    message_id="<0b6b3c1e@causeway.org>",
    from_name="Léa Martin",
    from_address="partners@causeway.org",
    to_address="amina@sink.lan",
    date=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
    reply_to="lea@causeway.org",
    unsubscribe_url="https://causeway.org/u/" + "x" * 120,
)
HEADERS = [
    *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post"),
    *("MIME-Version", "Content-Type"),
]


def parsed(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def content(part):
    return part.get_content().replace("\r\n", "\n")


def decoded(raw, header):
    """By the older of the two readers in the standard library: the newer puts blanks between parts of a name."""
    folded = email.message_from_bytes(raw)[header].replace("\r\n", "")
    return str(email.header.make_header(email.header.decode_header(folded)))


def with_subject(subject):
    return replace(RENDERED, subject=subject)


def header_lines(raw):
    return raw.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")


# A server that speaks SMTP properly -----------------------------------------------------------------------------------


@pytest.fixture
def start():
    """Starts sinks that stop with the test."""
    sinks = []

    def start(**options):
        sinks.append(Sink(**options))
        return sinks[-1]

    yield start
    for sink in sinks:
        sink.close()


@pytest.fixture
def sink(start):
    return start()


def deliver(sink, rendered=RENDERED, envelope=ENVELOPE, timeout=5.0, **options):
    return SmtpChannel(f"smtp://127.0.0.1:{sink.port}", timeout=timeout, **options).deliver(rendered, envelope)


# A server that does not -----------------------------------------------------------------------------------------------


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


# ----------------------------------------------------------------------------------------------------------------------


class TestCompose:
    def test_headers(self):
        message = parsed(compose(RENDERED, ENVELOPE))

        assert message.items() == [
            ("From", "Léa Martin <partners@causeway.org>"),
            ("To", "amina@sink.lan"),
            ("Reply-To", "lea@causeway.org"),
            ("Subject", "Rivers and you"),
            ("Date", "Mon, 23 Nov 2026 09:30:00 +0000"),
            ("Message-ID", "<0b6b3c1e@causeway.org>"),
            ("List-Unsubscribe", f"<{ENVELOPE.unsubscribe_url}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            ("MIME-Version", "1.0"),
            ("Content-Type", message["Content-Type"]),
        ]
        assert not message.defects

    def test_the_way_out_stands_on_one_line_as_it_is(self):
        """RFC 8058: software reads it, and not all of it unfolds or decodes."""
        raw = compose(RENDERED, ENVELOPE)

        assert f"\r\nList-Unsubscribe: <{ENVELOPE.unsubscribe_url}>\r\n".encode() in raw
        assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw

    def test_text_and_html_are_alternatives(self):
        message = parsed(compose(RENDERED, ENVELOPE))

        assert message.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
        assert [content(part) for part in message.iter_parts()] == [RENDERED.text, RENDERED.html]

    def test_without_reply_to_name_and_way_out(self):
        bare = replace(ENVELOPE, from_name=" \n", reply_to=None, unsubscribe_url=None)
        message = parsed(compose(RENDERED, bare))

        assert message.keys() == ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"]
        assert message["From"] == "partners@causeway.org"

    def test_same_input_same_bytes(self):
        assert compose(RENDERED, ENVELOPE) == compose(RENDERED, ENVELOPE)

    def test_the_date_keeps_its_zone(self):
        date = datetime(2026, 11, 23, 9, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))

        assert parsed(compose(RENDERED, replace(ENVELOPE, date=date)))["Date"] == "Mon, 23 Nov 2026 09:30:00 +0530"

    @pytest.mark.parametrize(
        "name",
        [
            "Plain",
            "Martin, Léa",
            'Say "hi" \\ there',
            "a@b <c@d>",
            "名前" * 60,
            "x" * 1200,
            "=?utf-8?q?x?=",
            "👩🏽‍🌾" * 20,
        ],
    )
    def test_any_name_arrives_as_it_was(self, name):
        raw = compose(RENDERED, replace(ENVELOPE, from_name=name))
        found, _, address = decoded(raw, "From").rpartition(" ")

        assert email.utils.unquote(found) == name
        assert address == "<partners@causeway.org>"
        assert [mailbox.addr_spec for mailbox in parsed(raw)["From"].addresses] == ["partners@causeway.org"]

    @given(
        subject=st.text(min_size=1, max_size=300)
        | st.text(alphabet="a =?é", min_size=1, max_size=300)
        | st.lists(st.text(alphabet="abc", min_size=1, max_size=70), min_size=1).map(" ".join)
    )
    @example("=?UTF-8?Q?x=0ABcc:_evil@sink.lan?=")
    @example("Re: =?utf-8?b?eA0KQmNjOiBldmlsQHNpbmsubGFu?= x")
    def test_any_subject_arrives_on_one_line_in_short_ascii_lines(self, subject):
        expected = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", subject).split())
        try:
            raw = compose(with_subject(subject), ENVELOPE)
        except DomainError as error:
            assert (error.params, expected) == ({"field": "subject"}, "")
            return

        assert all(len(line) <= 78 for line in header_lines(raw) if not line.startswith("List-Unsubscribe: "))
        assert decoded(raw, "Subject") == expected

    @given(text=st.text(alphabet=st.characters(blacklist_categories=("Cc", "Cs"))) | st.text(alphabet="=.-_ \nFrom"))
    def test_any_body_arrives_as_it_was_in_short_ascii_lines(self, text):
        raw = compose(replace(RENDERED, text=text, html=text), ENVELOPE)
        parts = list(parsed(raw).iter_parts())

        assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
        assert b"\n" not in raw.replace(b"\r\n", b"")
        assert raw.isascii()
        assert [content(part).rstrip("\n") for part in parts] == [text.rstrip("\n")] * 2

    def test_controls_and_halves_of_characters_do_not_leave(self):
        message = parsed(compose(replace(RENDERED, text="a\x00b\x1b\rc\r\nd\te\ud800\x7f"), ENVELOPE))

        assert content(message.get_body(("plain",))) == "ab\nc\nd e?\n"

    @pytest.mark.parametrize("field", ["from_address", "to_address", "reply_to"])
    @pytest.mark.parametrize(
        "address",
        [
            *("", "amina", "@sink.lan", "amina@", "a b@sink.lan", "a@sink.lan,b@sink.lan", "Amina <a@sink.lan>"),
            *(
                "a@sink.lan\r\nBcc: b@sink.lan",
                "a@sink.lan\n",
                "a\x00@sink.lan",
                "a@[127.0.0.1]",
                "a@sink..lan",
                "a@-x.lan",
            ),
            *('"a b"@sink.lan', "a@sink.lan>", "é@sink.lan", "a@sink.lan.", "a" * 65 + "@sink.lan", "a@" + "x" * 64),
            *("a@" + "x." * 130 + "lan", "a@faß.lan", "a@b\u200d.lan", "a@\ud800.lan", "a@é..lan", "a@x\u2028.lan"),
            *(
                "=?utf-8?q?a=0A?=@sink.lan",
                "a=?utf-8?q?=0A?=@sink.lan",
                "a@=?utf-8?q?x=0A?=",
                "a(comment)@sink.lan",
                "a;b@sink.lan",
            ),
        ],
    )
    def test_an_address_that_no_header_can_hold_is_refused(self, field, address):
        with pytest.raises(DomainError) as caught:
            compose(RENDERED, replace(ENVELOPE, **{field: address}))

        assert (caught.value.code, caught.value.params) == ("envelope_malformed", {"field": field})

    def test_an_international_domain_goes_out_in_ascii(self):
        message = compose(RENDERED, replace(ENVELOPE, to_address="amina+x@Rivières.fr"))

        assert b"\r\nTo: amina+x@xn--rivires-5xa.fr\r\n" in message

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            *(
                ("message_id", value)
                for value in ("", "x@y", "<x>", "<x@y>\r\nBcc: b@c", "<x y@z>", "<é@y>", "<x@y><z@y>")
            ),
            *(("unsubscribe_url", value) for value in ("", "/u/x", "mailto:a@b", "https://a>,<https://b", "https://é")),
            *(("unsubscribe_url", value) for value in ("https://a\r\nBcc: b@c", "https://a b", "https://" + "x" * 901)),
            ("date", datetime(2026, 11, 23)),  # noqa: DTZ001
        ],
    )
    def test_an_id_link_or_date_that_no_header_can_hold_is_refused(self, field, value):
        with pytest.raises(DomainError) as caught:
            compose(RENDERED, replace(ENVELOPE, **{field: value}))

        assert (caught.value.code, caught.value.params) == ("envelope_malformed", {"field": field})


CONTROLS = ("\r\n", "\n", "\r", "\n\n", "\r\n\r\n", "\x00", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\n\t")
ENCODED = (
    "=?UTF-8?Q?x=0ABcc:_evil@sink.lan?=",
    "=?utf-8?q?x=0D=0ABcc:_evil@sink.lan=0D=0A=0D=0Abody?=",
    "=?utf-8?b?eA0KQmNjOiBldmlsQHNpbmsubGFu?=",
    "=?iso-8859-1?q?=0A?=",
    "=?utf-7?q?+AAo-?=",
    "?=\n=?utf-8?q?=0A?=",
)
SPECIALS = (
    ">, evil@sink.lan, <",
    '"',
    '", evil@sink.lan, "',
    "\\",
    "\\\r\n",
    ";",
    ":",
    "<evil@sink.lan>",
    "(",
    "ｅ＠ｅ．ｅ",
)
BREAKS = CONTROLS + ENCODED + SPECIALS
FILLERS = ("", "x" * 1000, "x " * 60, "é" * 90)
PAYLOADS = [f"{filler}{broken}Bcc: evil@sink.lan{broken}{filler}" for broken in BREAKS for filler in FILLERS]


class TestInjection:
    """Row X3. CPython 3.11.7 writes a real `Bcc:` line from an encoded line break when it folds a header again."""

    @pytest.mark.parametrize("line", ["", "a\r\nBcc: b", "a\n", "a\r", "a\x00", "a\t", "é", "a\u2028", "a\x7f"])
    def test_the_last_wall_stands_even_if_all_before_it_fell(self, line):
        with pytest.raises(DomainError) as caught:
            _header("Subject", "fine", line)

        assert (caught.value.code, caught.value.params) == ("envelope_malformed", {"field": "subject"})

    def test_there_are_enough(self):
        assert len(set(PAYLOADS)) >= 100  # each in the subject, in the name, and in both

    @pytest.mark.parametrize("field", ["subject", "from_name", "both"])
    def test_no_name_or_subject_makes_a_header_or_a_recipient(self, sink, field):
        for payload in PAYLOADS:
            rendered = with_subject(payload) if field in {"subject", "both"} else RENDERED
            name = payload if field in {"from_name", "both"} else "Léa"
            receipt = deliver(sink, rendered, replace(ENVELOPE, from_name=name))
            recorded = sink.messages.pop()

            assert receipt.outcome == Outcome.SENT
            assert (recorded.sender, recorded.recipients) == ("partners@causeway.org", ["amina@sink.lan"])
            assert not re.search(r"[\r\n]", decoded(recorded.content, "Subject") + decoded(recorded.content, "From"))
            lines = header_lines(recorded.content)
            assert [line.partition(":")[0] for line in lines if not line.startswith(" ")] == HEADERS, payload
            message = parsed(recorded.content)
            assert message.keys() == HEADERS
            assert len(message["From"].addresses) == 1
            assert message["From"].addresses[0].addr_spec == "partners@causeway.org"
            assert content(message.get_body(("plain",))) == RENDERED.text

    @pytest.mark.parametrize("field", ["to_address", "from_address", "reply_to", "message_id", "unsubscribe_url"])
    def test_no_address_id_or_link_does_and_the_mail_stays(self, sink, field):
        for broken in BREAKS:
            for value in (
                f"{getattr(ENVELOPE, field)}{broken}Bcc: evil@sink.lan",
                f"{broken}{getattr(ENVELOPE, field)}",
            ):
                envelope = replace(ENVELOPE, **{field: value})
                receipt = deliver(sink, RENDERED, envelope)

                if receipt.outcome != Outcome.SENT:
                    assert (receipt, sink.messages) == (Receipt(Outcome.REFUSED, "envelope_malformed"), [])
                    continue
                recorded = sink.messages.pop()
                assert parsed(recorded.content).keys() == HEADERS
                assert [line.partition(":")[0] for line in header_lines(recorded.content) if line[0] != " "] == HEADERS
                assert len(recorded.recipients) == 1


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


class TestUrl:
    @pytest.mark.parametrize(
        ("url", "part"),
        [
            *((url, "scheme") for url in ("", "mail.lan", "http://mail.lan", "consolemail://", "SMPT://x")),
            *(
                (url, "host")
                for url in ("smtp://", "smtp://:25", "smtp://a b", "smtp://a..b", "smtp://-x", "smtp://é.lan")
            ),
            *((url, "url") for url in ("smtp://mail.lan:port", "smtp://mail.lan:99999", "smtp://[::1")),
            *((url, "path") for url in ("smtp://mail.lan/x", "smtp://mail.lan?tls=no", "smtp://mail.lan#x")),
            *((url, "user") for url in ("smtp://u@mail.lan", "smtp://:p@mail.lan", "smtp://u:p%C3%A9@mail.lan")),
        ],
    )
    def test_one_that_cannot_work_is_refused_at_once(self, url, part):
        with pytest.raises(DomainError) as caught:
            SmtpChannel(url)

        assert (caught.value.code, caught.value.params) == ("email_url_invalid", {"part": part})

    @pytest.mark.parametrize(
        ("url", "port"),
        [
            ("smtp://mail.lan", 25),
            ("smtp+tls://mail.lan", 587),
            ("smtps://mail.lan/", 465),
            ("smtp://[::1]:2525", 2525),
        ],
    )
    def test_each_scheme_has_its_port(self, url, port):
        assert SmtpChannel(url)._server.port == port

    def test_the_password_shows_nowhere(self):
        channel = SmtpChannel("smtps://user:s3cret@mail.lan")

        assert "s3cret" not in repr(channel) + str(channel) + repr(channel._server)


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
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
            ),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", folder / "key.pem", "-out", folder / "cert.pem"),
        ],
        check=True,
        capture_output=True,
    )
    return folder


class TestTls:
    @pytest.fixture
    def theirs(self, certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
        return context

    @pytest.fixture
    def ours(self, certificate):
        return ssl.create_default_context(cafile=certificate / "cert.pem")

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
