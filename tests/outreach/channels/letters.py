"""A letter, its envelope, and how to read what arrived."""

import email
import email.header
import email.policy
from dataclasses import replace
from datetime import UTC, datetime

from outreach.channels.base import Envelope
from outreach.channels.email import SmtpChannel
from outreach.rendering import Rendered

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


def deliver(sink, rendered=RENDERED, envelope=ENVELOPE, timeout=5.0, **options):
    return SmtpChannel(f"smtp://127.0.0.1:{sink.port}", timeout=timeout, **options).deliver(rendered, envelope)
