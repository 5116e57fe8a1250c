"""Whatever bytes come, something is read, and what is read can be kept and shown."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.replies.bodies import MAX_TEXT
from outreach.replies.headers import MAX_ADDRESSES, MAX_IDS
from outreach.replies.letter import Letter, Nature, Report
from outreach.replies.parts import MAX_DEPTH, MAX_PARTS
from outreach.replies.reading import read

LETTERS = sorted((Path(__file__).parent / "letters").glob("*.eml"))
FRAGMENTS = [
    *(
        b"\n",
        b"\r\n",
        b"\r",
        b"\0",
        b"\x85",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b'"',
        b"'",
        b"<",
        b">",
        b"(",
        b";",
        b"@",
        b"--",
    ),
    *(
        b"=?utf-8?b?",
        b"?=",
        b"=?utf-16?q?=D8=00?=",
        b"=?utf-7?q?+2AA-?=",
        b"*0*=",
        b"*=utf-8'",
        b"%",
        b"=D8=00",
        b"base64",
    ),
    *(b"charset=utf-16", b"charset=idna", b"charset=zlib", b"boundary=", b"multipart/mixed;", b"message/rfc822"),
    *(b"format=flowed", b"&#99999999999;", b"&#xD800;", b"<!", b"<?", b"<!--", b"> ", b"-- \n", b"9" * 5000),
    *(b"\nDate: Mon, 99 Foo 99999 99:99:99 +9999\n", b"\nDe : a\nDate : 2025\nA : b\n", b"\nOn 3 March 2025 wrote:\n"),
]


def check(letter: Letter) -> None:
    lines = [letter.message_id, *letter.in_reply_to, *letter.references, letter.from_address, letter.from_name]
    lines += [letter.reply_to, *letter.to, letter.subject]
    lines += [value for a in letter.attachments for value in (a.name, a.said_type, a.type)]
    lines += [value for r in letter.reports for value in (r.action, r.status, r.recipient, r.message_id)]
    assert [line for line in lines if not line.isprintable() or len(line) > 502] == []
    for text in (letter.text, letter.said, letter.html):
        text.encode()  # no half of a character
        assert not {"\0", "\r", "\x1b", "\u2028"} & set(text)
    assert letter.date is None or letter.date.astimezone(UTC)
    assert [a for a in letter.attachments if a.size != len(a.content) or "/" in a.name or "\\" in a.name] == []


@given(st.binary(max_size=2000))
def test_any_bytes_are_read(raw):
    check(read(raw))


@given(st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=20), max_size=40).map(b"".join))
def test_any_bytes_that_look_like_mail_are_read(raw):
    check(read(raw))
    check(read(b"Content-Type: text/html\n\n" + raw))
    check(read(b"From: mailer-daemon@x.example\nSubject: failure notice\n\n" + raw))


@given(st.data())
def test_mail_that_was_damaged_is_read(data):
    raw = data.draw(st.sampled_from(LETTERS)).read_bytes()
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(raw)))
        stop = data.draw(st.integers(start, min(len(raw), start + 60)))
        raw = raw[:start] + data.draw(st.sampled_from(FRAGMENTS) | st.just(raw[stop : stop + 200])) + raw[stop:]
    check(read(raw))


def nested(depth: int, innermost: bytes) -> bytes:
    for level in range(depth):
        edge = b"b%d" % level
        innermost = b"Content-Type: multipart/mixed; boundary=%b\n\n--%b\n%b\n--%b--\n" % (edge, edge, innermost, edge)
    return innermost


def test_parts_in_parts_are_gone_into_to_a_depth():
    assert read(nested(MAX_DEPTH, b"\nYes.")).text == "Yes."
    assert read(nested(MAX_DEPTH + 1, b"\nYes.")).text == "--b0\n\nYes.\n--b0--"  # left whole, not lost
    assert "Yes." in read(nested(2000, b"\nYes.")).text


def test_messages_in_messages_stay_closed():
    letter = read(b"Content-Type: message/rfc822\n\n" * 5000 + b"Subject: inner\n\nYes.")
    assert (letter.text, len(letter.attachments)) == ("", 1)


def test_so_many_headers_are_looked_at():
    letter = read(b"From: amina@mail.example\n" + b"X-Filler: a\n" * 100_000 + b"Subject: late\n\nYes.")
    assert (letter.from_address, letter.subject, letter.text) == ("amina@mail.example", "", "Yes.")


def test_so_many_parts_are_looked_at():
    parts = b"--e\nContent-Type: image/png\n\nx\n" * 1000
    letter = read(b"Content-Type: multipart/mixed; boundary=e\n\n" + parts)
    assert len(letter.attachments) == MAX_PARTS


def test_of_very_many_ids_the_newest_are_kept():
    letter = read(b"References: " + b" ".join(b"<%d@x.example>" % number for number in range(500)) + b"\n\nYes.")
    assert letter.references == tuple(f"<{number}@x.example>" for number in range(500 - MAX_IDS, 500))


def test_so_many_addresses_are_kept():
    letter = read(b"To: " + b",".join(b"a%d@x.example" % number for number in range(500)) + b"\n\nYes.")
    assert letter.to == tuple(f"a{number}@x.example" for number in range(MAX_ADDRESSES))


def test_so_much_text_is_kept():
    assert len(read(b"\n" + b"a" * (MAX_TEXT + 5)).text) == MAX_TEXT


@pytest.mark.parametrize(
    "markup", [b"<!--", b"<![", b"<a ", b'<a b="', b"<", b"&", b"<blockquote type=cite>", b"<div>a", b"<style>"]
)
def test_hostile_html_is_looked_at_once(markup):
    check(read(b"Content-Type: text/html\n\n" + markup * 20_000))


def test_an_entity_of_five_thousand_digits_is_no_character():
    assert read(b"Content-Type: text/html\n\nA&#" + b"9" * 5000 + b";B").text == "A\ufffdB"


@pytest.mark.parametrize(
    "charset", ["idna", "punycode", "unicode_escape", "rot13", "zlib", "undefined", "x\0y", "a" * 5000, ""]
)
def test_what_is_no_charset_is_utf_8(charset):
    raw = f'Content-Type: text/plain; charset="{charset}"\n\n'.encode() + "Ça ira \\u0041.".encode()
    assert read(raw).text == "Ça ira \\u0041."


@pytest.mark.parametrize(
    ("said", "date"),
    [
        ("Mon, 03 Mar 2025 10:12:33 +0100", "2025-03-03T10:12:33+01:00"),
        ("3 Mar 2025 10:12:33 -0000", "2025-03-03T10:12:33+00:00"),
        ("Mon, 03 Mar 2025 10:12:33 GMT (Greenwich)", "2025-03-03T10:12:33+00:00"),
        ("Mon, 03 Mar 1069 00:00:00 +1400", None),
        ("Mon, 03 Mar 9999 00:00:00 -1200", None),
        ("Mon, 03 Mar 2025 10:12:33 +9999", None),
        ("Mon, 32 Mar 2025 10:12:33 +0100", None),
        ("soon", None),
        ("", None),
        ("9" * 5000, None),
    ],
)
def test_a_date_is_a_moment_or_nothing(said, date):
    assert read(f"Date: {said}\n\nYes.".encode()).date == (datetime.fromisoformat(date) if date else None)


@pytest.mark.parametrize(
    ("said", "address", "name"),
    [
        ("Amina <Amina@Mail.example>", "amina@mail.example", "Amina"),
        ('"Diallo, Amina" <amina@mail.example>', "amina@mail.example", "Diallo, Amina"),
        ('"Amina \\"Mina\\" Diallo" <amina@mail.example>', "amina@mail.example", 'Amina "Mina" Diallo'),
        ('"lea@rivers.example" <amina@mail.example>, x@mail.example', "amina@mail.example", "lea@rivers.example"),
        ("lea@rivers.example <amina@mail.example>", "amina@mail.example", "lea@rivers.example"),
        ("lea@rivers.example)amina@mail.example", "", "lea@rivers.example)amina@mail.example"),
        ("Friends: amina@mail.example, karim@agence.example;", "amina@mail.example", ""),
        ("<>", "", "<>"),
        ("(" * 5000, "", "(" * 500),
        ("amina", "", "amina"),
    ],
)
def test_a_sender_is_the_address_that_an_answer_would_reach(said, address, name):
    letter = read(f"From: {said}\n\nYes.".encode())
    assert (letter.from_address, letter.from_name) == (address, name)


def test_of_headers_that_stand_twice_the_first_counts():
    letter = read(b"From: a@x.example\nFrom: b@x.example\nMessage-ID: <1@x>\nMessage-ID: <2@x>\n\nYes.")
    assert (letter.from_address, letter.message_id) == ("a@x.example", "<1@x>")


def test_a_reply_is_wanted_elsewhere():
    assert read(b"From: a@x.example\nReply-To: Agent <b@x.example>\n\nYes.").reply_to == "b@x.example"


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "utf-8"])
def test_no_half_of_a_character_is_kept(charset):
    body = {"utf-7": b"+2AA-Yes", "utf-16": b"\xff\xfe\x00\xd8Y\0e\0s\0", "utf-8": b"\xed\xa0\x80Yes"}[charset]
    letter = read(b"Content-Type: text/plain; charset=" + charset.encode() + b"\n\n" + body)
    check(letter)
    assert letter.text.endswith("s") or charset == "utf-16"


def test_html_is_kept_as_it_came():
    markup = '<p onclick="steal()">Yes</p>'
    assert read(f"Content-Type: text/html\n\n{markup}".encode()).html == markup
    assert read(b"\n<p>Yes</p>").html == ""


@pytest.mark.parametrize("value", ["auto-replied", "auto-generated; x=y", "AUTO-NOTIFIED", "yes"])
def test_whatever_auto_submitted_is_but_no_is_automatic(value):
    assert read(f"Auto-Submitted: {value}\nFrom: a@x.example\n\nYes.".encode()).nature == Nature.AUTOMATIC


@pytest.mark.parametrize("value", ["bulk", "junk", "list", "auto_reply", "Bulk"])
def test_precedence_tells_machines(value):
    assert read(f"Precedence: {value}\nFrom: a@x.example\n\nYes.".encode()).nature == Nature.AUTOMATIC


@pytest.mark.parametrize(
    "mark", ["Precedence: list", "List-Id: <team.x.example>", "List-Unsubscribe: <https://x.example/u>"]
)
def test_a_list_is_told_by_its_marks_and_a_person_who_answers_by_a_program_for_lists_is_one(mark):
    """Programs for writing to many put them on every letter, and so do mailboxes that a team shares."""
    assert read(f"{mark}\nFrom: a@x.example\n\nYes.".encode()).nature == Nature.AUTOMATIC
    for thread in ("In-Reply-To", "References"):
        assert read(f"{mark}\n{thread}: <1@y.example>\nFrom: a@x.example\n\nYes.".encode()).nature == Nature.PERSONAL


@pytest.mark.parametrize("value", ["first-class", "normal", ""])
def test_precedence_tells_people(value):
    assert read(f"Precedence: {value}\nFrom: a@x.example\n\nYes.".encode()).nature == Nature.PERSONAL


def test_an_answer_of_the_absent_is_no_bounce_for_its_words():
    raw = b"Return-Path: <>\nFrom: a@x.example\nSubject: Away\nAuto-Submitted: auto-replied\n\nYour mail could not be delivered to me."
    assert read(raw).nature == Nature.AUTOMATIC


def test_a_report_in_a_mail_that_a_person_sent_is_not_believed():
    status = b"Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1\n"
    raw = b"Content-Type: multipart/mixed; boundary=e\n\n--e\n\nLook.\n--e\n" + status + b"--e--\n"
    assert read(b"From: a@x.example\n" + raw).nature == Nature.PERSONAL
    assert read(b"From: MAILER-DAEMON@x.example\n" + raw).nature == Nature.BOUNCE


def test_a_report_that_was_wrapped_on_the_way_is_read():
    status = (
        b"--i\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@x.example\nAction: failed\n--i--\n"
    )
    report = b"Content-Type: multipart/report; boundary=i\n\n" + status
    raw = b"Content-Type: multipart/mixed; boundary=e\n\n--e\n" + report + b"--e\n\nScanned.\n--e--\n"
    letter = read(b"Return-Path: <>\nFrom: MAILER-DAEMON@x.example\n" + raw)
    assert (letter.nature, letter.reports) == (Nature.BOUNCE, (Report(action="failed", recipient="a@x.example"),))


def test_a_feedback_report_without_an_address_is_of_whom_we_wrote_to():
    machine = b"--e\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n"
    ours = b"--e\nContent-Type: message/rfc822\n\nTo: <Amina@mail.example>\nMessage-ID: <1@x>\n\nHello\n--e--\n"
    letter = read(b"Content-Type: multipart/report; boundary=e\n\n" + machine + ours)
    assert (letter.nature, letter.reports) == (
        Nature.COMPLAINT,
        (Report(recipient="amina@mail.example", message_id="<1@x>"),),
    )
