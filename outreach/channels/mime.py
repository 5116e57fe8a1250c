"""A mail as it goes over the wire, and the addresses it may bear.

Header lines are written here and not by the standard library, whose refolding turns an encoded line break in a name or
subject into a real one on CPython before 3.11.15 (CVE-2024-6923, CVE-2026-1299): `_header` lets only printable ASCII
through, whatever the Python.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import format_datetime

from crm.errors import DomainError
from crm.handles import ascii_host
from outreach.channels.base import Envelope, Sendable

# RFC 2606, RFC 6761: names that belong to nobody. Demo people live there, and no mail ever leaves for them.
_RESERVED = frozenset({"example", "invalid", "test", "localhost", "example.com", "example.net", "example.org"})


@dataclass(frozen=True)
class Letter:
    """A mail and who is told to the server, addresses in ASCII."""

    sender: str
    recipient: str
    content: bytes


def addressed(rendered: Sendable, envelope: Envelope) -> Letter:
    """Raises DomainError: envelope_malformed (field)."""
    return Letter(
        sender=ascii_address(envelope.from_address, field="from_address"),
        recipient=ascii_address(envelope.to_address, field="to_address"),
        content=compose(rendered, envelope),
    )


def compose(rendered: Sendable, envelope: Envelope) -> bytes:
    """The message as it goes over the wire: ASCII, CRLF, text and HTML as alternatives. Same input, same bytes.

    Raises DomainError: envelope_malformed (field), for an address, id, link, date or subject that no header can hold.
    """
    # "=_" occurs in no quoted-printable text, so no body can hold this.
    boundary = "=_" + hashlib.sha256(envelope.message_id.encode("utf-8", "replace")).hexdigest()[:32]
    return b"".join(
        (
            *_headers(rendered.subject, envelope),
            _header("MIME-Version", "1.0"),
            _header("Content-Type", "multipart/alternative;", f'boundary="{boundary}"'),
            *(_part(boundary, "plain", rendered.text), _part(boundary, "html", rendered.html)),
            f"\r\n--{boundary}--\r\n".encode(),
        )
    )


def _part(boundary: str, subtype: str, text: str) -> bytes:
    content = _body(text).replace("\n", "\r\n").encode()
    if not content.endswith(b"\r\n"):
        content += b"\r\n"  # from its line ends the encoder learns which kind to write
    head = (
        f'\r\n--{boundary}\r\nContent-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode() + binascii.b2a_qp(content)


def _headers(subject: str, envelope: Envelope) -> Iterator[bytes]:
    yield _header("From", *_mailbox(envelope.from_name, ascii_address(envelope.from_address, field="from_address")))
    yield _header("To", ascii_address(envelope.to_address, field="to_address"))
    if envelope.reply_to is not None:
        yield _header("Reply-To", ascii_address(envelope.reply_to, field="reply_to"))
    yield _header("Subject", *_folded(subject))
    yield _header("Date", _date(envelope))
    yield _header("Message-ID", _checked(_MESSAGE_ID, envelope.message_id, field="message_id"))
    if envelope.in_reply_to:
        yield _header("In-Reply-To", _checked(_ANY_ID, envelope.in_reply_to, field="in_reply_to"))
    if envelope.references:
        yield _header("References", *(_checked(_ANY_ID, one, field="references") for one in _kept(envelope.references)))
    if envelope.is_automatic:
        yield _header("Auto-Submitted", "auto-generated")
    if envelope.unsubscribe_url is not None:
        url = _checked(_URL, envelope.unsubscribe_url, field="unsubscribe_url")
        yield _header("List-Unsubscribe", f"<{url}>")
        yield _header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")


_PRINTABLE = re.compile(r"[ -~]+")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+-]{1,120}@[A-Za-z0-9.-]{1,120}>")
_ANY_ID = re.compile(r"<[!-;=?-~]{1,300}>")  # of anybody's mail program: printable ASCII but < and >
_URL = re.compile(r"https?://[!-;=?-~]{1,900}")  # printable ASCII but < and >
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_ADDRESS = re.compile(rf"{_LOCAL}@{DOMAIN.pattern}")
_ADDRESS_MAX = 254
_REFERENCES_MAX = 20  # of a long conversation: the first, by which it is known, and the newest
_WORD_MAX = 60  # characters of ASCII that stand in one header line as they are
_CHUNK_BYTES = 39  # of text in one encoded word: with "Subject: " before it the line stays within 76


def _header(name: str, *lines: str) -> bytes:
    """One header, folded as given. Nothing but printable ASCII ever gets through: that is what keeps headers apart."""
    if not lines or not all(_PRINTABLE.fullmatch(line) for line in lines):
        raise DomainError("envelope_malformed", field=name.lower())
    folded = "\r\n ".join(lines)
    return f"{name}: {folded}\r\n".encode("ascii")


def _kept(references: tuple[str, ...]) -> tuple[str, ...]:
    return references if len(references) <= _REFERENCES_MAX else (references[0], *references[1 - _REFERENCES_MAX :])


def _checked(pattern: re.Pattern[str], value: str, *, field: str) -> str:
    if not pattern.fullmatch(value) or "=?" in value:  # which a reader might decode, and find anything in it
        raise DomainError("envelope_malformed", field=field)
    return value


def ascii_address(address: str, *, field: str) -> str:
    """The address with its domain in ASCII. Raises DomainError: envelope_malformed (field).

    A name before the "@" that is not ASCII is refused (few servers take it). A domain is read as everywhere else.
    """
    local, at, domain = address.rpartition("@")
    if not domain.isascii():
        domain = ascii_host(domain) or ""
    usable = f"{local}{at}{domain}"
    if len(usable) > _ADDRESS_MAX:
        raise DomainError("envelope_malformed", field=field)
    return _checked(_ADDRESS, usable, field=field)


def _date(envelope: Envelope) -> str:
    if envelope.date.utcoffset() is None:
        raise DomainError("envelope_malformed", field="date")
    return format_datetime(envelope.date)


def _mailbox(name: str, address: str) -> tuple[str, ...]:
    name = _one_line(name)
    if not name:
        return (address,)
    if name.isascii() and "=?" not in name and len(name) <= _WORD_MAX:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"', f"<{address}>"
    return *_encoded_words(name), f"<{address}>"


def _folded(text: str) -> tuple[str, ...]:
    text = _one_line(text)
    words = text.split(" ")
    if not text.isascii() or "=?" in text or max(map(len, words)) > _WORD_MAX:
        return _encoded_words(text)
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= _WORD_MAX:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return tuple(lines)


def _encoded_words(text: str) -> tuple[str, ...]:
    """RFC 2047, no character cut in two."""
    chunks = [b""]
    for character in text:
        raw = character.encode()
        if len(chunks[-1]) + len(raw) > _CHUNK_BYTES:
            chunks.append(b"")
        chunks[-1] += raw
    return tuple(f"=?utf-8?b?{base64.b64encode(chunk).decode('ascii')}?=" for chunk in chunks)


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def _one_line(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", _without_halves(text)).split())


def _body(text: str) -> str:
    """Line ends made one kind; the other controls have no business in a mail."""
    lines = _without_halves(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_CONTROL.sub("", line.replace("\t", " ")) for line in lines)


def _without_halves(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # a lone surrogate has no encoding


def is_reserved(domain: str) -> bool:
    """Whether mail for this ASCII domain can reach nobody by definition (`.example`, `.test`, `example.org` …)."""
    labels = domain.lower().split(".")
    return labels[-1] in _RESERVED or ".".join(labels[-2:]) in _RESERVED
