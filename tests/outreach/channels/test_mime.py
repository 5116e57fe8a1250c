import email
import email.policy
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm.errors import DomainError
from outreach.channels.base import Outcome, Receipt
from outreach.channels.mime import _header, compose
from tests.outreach.channels.letters import (
    ENVELOPE,
    HEADERS,
    RENDERED,
    content,
    decoded,
    deliver,
    header_lines,
    parsed,
    with_subject,
)


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
            *("a@" + "x." * 130 + "lan", "a@b\u200d.lan", "a@\ud800.lan", "a@é..lan", "a@x\u2028.lan"),
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

    def test_it_goes_to_the_domain_that_was_written_and_to_no_other(self):
        message = compose(RENDERED, replace(ENVELOPE, to_address="amina@Faß.lan"))

        assert b"\r\nTo: amina@xn--fa-hia.lan\r\n" in message

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


class TestAThread:
    def test_it_names_what_it_follows_each_on_a_line_of_its_own(self):
        ids = ("<a@x.org>", "<b$!/=c@[10.0.0.1]>")
        message = compose(RENDERED, replace(ENVELOPE, in_reply_to=ids[1], references=ids))
        assert b"\r\nIn-Reply-To: <b$!/=c@[10.0.0.1]>\r\nReferences: <a@x.org>\r\n <b$!/=c@[10.0.0.1]>\r\n" in message

    def test_of_a_long_one_the_first_and_the_newest_are_named(self):
        ids = tuple(f"<{number}@x.org>" for number in range(50))
        kept = parsed(compose(RENDERED, replace(ENVELOPE, references=ids)))["References"].split()
        assert kept == ["<0@x.org>", *ids[-19:]]

    @pytest.mark.parametrize(
        "value", ["x@y", "<x@y>\r\nBcc: b@c", "<x y@z>", "<é@y>", "<x@y><z@y>", "<=?utf-8?q?=0A?=>", f"<{'x' * 301}>"]
    )
    def test_an_id_that_no_header_can_hold_is_refused(self, value):
        for field, said in (("in_reply_to", value), ("references", ("<a@x.org>", value))):
            with pytest.raises(DomainError) as caught:
                compose(RENDERED, replace(ENVELOPE, **{field: said}))
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

    @pytest.mark.parametrize(
        "field", [*(pytest.param(alone, marks=pytest.mark.slow) for alone in ("subject", "from_name")), "both"]
    )
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
