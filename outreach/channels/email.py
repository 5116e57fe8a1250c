"""E-mail. The one module that opens a mail connection.

Header lines are written here and not by the standard library, whose refolding turns an encoded line break in a name or
subject into a real one on CPython before 3.11.15 (CVE-2024-6923, CVE-2026-1299): `_header` lets only printable ASCII
through, whatever the Python. Nothing here logs, and no code or receipt holds an address.
"""

import base64
import hashlib
import ipaddress
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from crm.errors import DomainError
from outreach.channels.base import Envelope, Outcome, Receipt, Sendable

# Message --------------------------------------------------------------------------------------------------------------


def compose(rendered: Sendable, envelope: Envelope) -> bytes:
    """The message as it goes over the wire: ASCII, CRLF, text and HTML as alternatives. Same input, same bytes.

    Raises DomainError: envelope_malformed (field), for an address, id, link, date or subject that no header can hold.
    """
    body = EmailMessage(policy=policy.SMTP)
    body.set_content(_body(rendered.text), cte="quoted-printable")
    body.add_alternative(_body(rendered.html), subtype="html", cte="quoted-printable")
    # "=_" occurs in no quoted-printable text, so no body can hold this.
    body.set_boundary("=_" + hashlib.sha256(envelope.message_id.encode("utf-8", "replace")).hexdigest()[:32])
    return b"".join(_headers(rendered.subject, envelope)) + body.as_bytes()


def _headers(subject: str, envelope: Envelope) -> Iterator[bytes]:
    yield _header("From", *_mailbox(envelope.from_name, ascii_address(envelope.from_address, field="from_address")))
    yield _header("To", ascii_address(envelope.to_address, field="to_address"))
    if envelope.reply_to is not None:
        yield _header("Reply-To", ascii_address(envelope.reply_to, field="reply_to"))
    yield _header("Subject", *_folded(subject))
    yield _header("Date", _date(envelope))
    yield _header("Message-ID", _checked(_MESSAGE_ID, envelope.message_id, field="message_id"))
    if envelope.unsubscribe_url is not None:
        url = _checked(_URL, envelope.unsubscribe_url, field="unsubscribe_url")
        yield _header("List-Unsubscribe", f"<{url}>")
        yield _header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")


_PRINTABLE = re.compile(r"[ -~]+")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+-]{1,120}@[A-Za-z0-9.-]{1,120}>")
_URL = re.compile(r"https?://[!-;=?-~]{1,900}")  # printable ASCII but < and >
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_ADDRESS = re.compile(rf"{_LOCAL}@{_DOMAIN.pattern}")
_ADDRESS_MAX = 254
_WORD_MAX = 60  # characters of ASCII that stand in one header line as they are
_CHUNK_BYTES = 39  # of text in one encoded word: with "Subject: " before it the line stays within 76


def _header(name: str, *lines: str) -> bytes:
    """One header, folded as given. Nothing but printable ASCII ever gets through: that is what keeps headers apart."""
    if not lines or not all(_PRINTABLE.fullmatch(line) for line in lines):
        raise DomainError("envelope_malformed", field=name.lower())
    folded = "\r\n ".join(lines)
    return f"{name}: {folded}\r\n".encode("ascii")


def _checked(pattern: re.Pattern[str], value: str, *, field: str) -> str:
    if not pattern.fullmatch(value) or "=?" in value:  # which a reader might decode, and find anything in it
        raise DomainError("envelope_malformed", field=field)
    return value


def ascii_address(address: str, *, field: str) -> str:
    """The address with its domain in ASCII. Raises DomainError: envelope_malformed (field).

    A name before the "@" that is not ASCII is refused (few servers take it); so is a domain that the two standards of
    international names read differently, because it would reach somebody else.
    """
    local, at, domain = address.rpartition("@")
    if not domain.isascii():
        try:
            domain = "" if set(domain) & set("ßẞς\u200c\u200d") else domain.encode("idna").decode("ascii")
        except UnicodeError:
            domain = ""
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


# Connection -----------------------------------------------------------------------------------------------------------

# RFC 2606, RFC 6761: names that belong to nobody. Demo people live there, and no mail ever leaves for them.
_RESERVED = frozenset({"example", "invalid", "test", "localhost", "example.com", "example.net", "example.org"})
_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
_QUIT_SECONDS = 1.0
_PROVIDER_ID = re.compile(r"(?:queued as |\bid=|\bOk )([A-Za-z0-9-]{6,80})", re.IGNORECASE)
_ENHANCED = re.compile(rb"([245]\.\d{1,3}\.\d{1,3})\b")

_Answer = tuple[int, bytes]
_GOOD, _GO_ON, _LATER, _NEVER = 2, 3, 4, 5  # first digit of an answer
_NOT_A_REPLY = -1
_REPLY = re.compile(rb"([2-5][0-9][0-9])(?:([ -])([^\r\n]*))?\r?\n")
_REPLY_LINE_MAX, _REPLY_LINES_MAX = 8192, 200


@dataclass(frozen=True)
class _Server:
    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


def is_reserved(domain: str) -> bool:
    """Whether mail for this ASCII domain can reach nobody by definition (`.example`, `.test`, `example.org` …)."""
    labels = domain.lower().split(".")
    return labels[-1] in _RESERVED or ".".join(labels[-2:]) in _RESERVED


class _WholeReplies:
    """Reads answers more strictly than smtplib, for which `2222`, or the `25` of a line cut off, is a number."""

    def getreply(self: smtplib.SMTP) -> _Answer:  # type: ignore[misc]  # always mixed into one
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("no line")
        stream = self.file = self.file or self.sock.makefile("rb")
        texts = []
        for _ in range(_REPLY_LINES_MAX):
            line = stream.readline(_REPLY_LINE_MAX)
            if not line.endswith(b"\n"):
                raise smtplib.SMTPServerDisconnected("no whole line")
            found = _REPLY.fullmatch(line)
            if found is None:
                break
            texts.append(found[3] or b"")
            if found[2] != b"-":
                return int(found[1]), b"\n".join(texts)
        return _NOT_A_REPLY, b""


class _Plain(_WholeReplies, smtplib.SMTP):
    pass


class _Encrypted(_WholeReplies, smtplib.SMTP_SSL):
    pass


class SmtpChannel:
    """Hands each message over in a connection of its own.

    `url` is EMAIL_URL: smtp:// (plain, port 25), smtp+tls:// (STARTTLS or nothing, 587), smtps:// (465), each with
    `user:password@host:port`, percent-encoded. Raises DomainError: email_url_invalid (part), never showing the URL.
    `timeout`: seconds for one answer. `deadline`: seconds for the whole hand-over, however slowly the other side talks.
    `tls`: whom to trust, by default the system's authorities.
    """

    def __init__(
        self, url: str, *, timeout: float = 30.0, deadline: float = 120.0, tls: ssl.SSLContext | None = None
    ) -> None:
        self._server = _parse(url)
        self._timeout = timeout
        self._deadline = deadline
        self._tls = tls

    def deliver(self, rendered: Sendable, envelope: Envelope) -> Receipt:
        """One hand-over, at most. The detail code is one of:

        sent       `accepted`
        uncertain  `answer_lost`, `answer_unclear`
        refused    `envelope_malformed`, `reserved_domain`, `mail_5xx`, `rcpt_5xx`, `data_5xx`, `message_5xx`
        failed     `<phase>_4xx`, `<phase>_lost`, `<phase>_unclear`, `<phase>_unavailable`, `tls_untrusted`; and what
                   says nothing of this message: `connect_5xx`, `hello_5xx`, `tls_5xx`, `auth_5xx`

        Phases: connect, hello, tls, auth, mail, rcpt, data, body, message (after the final dot). `5xx` and `4xx` stand
        for the server's number, after which its enhanced status may follow: `rcpt_550_5.1.1`.
        """
        try:
            sender = ascii_address(envelope.from_address, field="from_address")
            recipient = ascii_address(envelope.to_address, field="to_address")
            message = compose(rendered, envelope)
        except DomainError as error:
            return Receipt(Outcome.REFUSED, error.code)
        if is_reserved(recipient.rpartition("@")[2]):
            return Receipt(Outcome.REFUSED, "reserved_domain")
        smtp = self._client(name=sender.rpartition("@")[2])
        with _hanging_up_after(self._deadline, smtp):
            return self._prepare(smtp, sender, recipient, message) or _finish(smtp)

    def _client(self, *, name: str) -> smtplib.SMTP:
        """Not connected yet. Greets by the sender's domain: asking the resolver for our own may take long."""
        if self._server.scheme != "smtps":
            return _Plain(local_hostname=name, timeout=self._timeout)
        return _Encrypted(local_hostname=name, timeout=self._timeout, context=self._trust())

    def _trust(self) -> ssl.SSLContext:
        return self._tls or ssl.create_default_context()

    def _prepare(self, smtp: smtplib.SMTP, sender: str, recipient: str, message: bytes) -> Receipt | None:
        """Everything up to the final dot, which a server must have seen before it may deliver. None: go on."""
        phase = ""
        try:
            for phase, expected, step in self._steps(smtp, sender, recipient, message):
                answer = step()
                if answer[0] // 100 != expected:
                    return _rejection(phase, *answer)
        except smtplib.SMTPResponseException as error:  # says nothing of this message: greeting, TLS, login
            return Receipt(Outcome.FAILED, f"{phase}_{error.smtp_code}")
        except ssl.SSLCertVerificationError:
            return Receipt(Outcome.FAILED, "tls_untrusted")
        except smtplib.SMTPServerDisconnected:
            return Receipt(Outcome.FAILED, f"{phase}_lost")
        except smtplib.SMTPException:  # the server does not offer what we need
            return Receipt(Outcome.FAILED, f"{phase}_unavailable")
        except OSError:
            return Receipt(Outcome.FAILED, f"{phase}_lost")
        return None

    def _steps(
        self, smtp: smtplib.SMTP, sender: str, recipient: str, message: bytes
    ) -> Iterator[tuple[str, int, Callable[[], _Answer]]]:
        """Phase, the first digit of a good answer, and what to do. Later steps look at what earlier ones found out."""
        server = self._server
        smtp._host = server.host  # type: ignore[attr-defined]  # whose certificate is asked for; only set by SMTP(host)
        yield "connect", _GOOD, lambda: _connect(smtp, server)
        yield "hello", _GOOD, lambda: _hello(smtp)
        if server.scheme == "smtp+tls":
            yield "tls", _GOOD, lambda: smtp.starttls(context=self._trust())
            yield "hello", _GOOD, lambda: _hello(smtp)
        if server.user:
            yield "auth", _GOOD, lambda: smtp.login(server.user, server.password)
        size = [f"size={len(message)}"] if smtp.has_extn("size") else []
        yield "mail", _GOOD, lambda: smtp.mail(sender, size)
        yield "rcpt", _GOOD, lambda: smtp.rcpt(recipient)
        yield "data", _GO_ON, lambda: smtp.docmd("DATA")
        yield "body", _GOOD, lambda: _send_body(smtp, message)


def _connect(smtp: smtplib.SMTP, server: _Server) -> _Answer:
    answer = smtp.connect(server.host, server.port)
    if smtp.sock is not None:  # or the dot, a packet of its own, would wait 40 ms for the body to be acknowledged
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return answer


def _hello(smtp: smtplib.SMTP) -> _Answer:
    answer = smtp.ehlo()
    return answer if answer[0] // 100 == _GOOD else smtp.helo()


def _send_body(smtp: smtplib.SMTP, message: bytes) -> _Answer:
    smtp.send(re.sub(rb"(?m)^\.", b"..", message))
    return 250, b""  # nobody answers before the dot


def _finish(smtp: smtplib.SMTP) -> Receipt:
    """The final dot. From here on only a clear answer tells what happened."""
    try:
        smtp.send(b".\r\n")
        code, reply = smtp.getreply()
    except OSError:  # which every smtplib exception is
        return Receipt(Outcome.UNCERTAIN, "answer_lost")
    if code // 100 in {_LATER, _NEVER}:
        return _rejection("message", code, reply)
    if code // 100 != _GOOD:
        return Receipt(Outcome.UNCERTAIN, "answer_unclear")
    _say_goodbye(smtp)
    found = _PROVIDER_ID.search(reply.decode("ascii", "replace"))
    return Receipt(Outcome.SENT, "accepted", found[1] if found else "")


def _rejection(phase: str, code: int, reply: bytes) -> Receipt:
    """Only what the server says of this message may doom it: a wrong password is no reason to drop the mail."""
    if code // 100 not in {_LATER, _NEVER}:
        return Receipt(Outcome.FAILED, f"{phase}_unclear")
    enhanced = _ENHANCED.match(reply)
    detail = f"{phase}_{code}" + (f"_{enhanced[1].decode()}" if enhanced else "")
    is_final = code // 100 == _NEVER and phase in {"mail", "rcpt", "data", "message"}
    return Receipt(Outcome.REFUSED if is_final else Outcome.FAILED, detail)


def _say_goodbye(smtp: smtplib.SMTP) -> None:
    with suppress(OSError):  # the message is theirs already
        if smtp.sock is not None:
            smtp.sock.settimeout(_QUIT_SECONDS)
        smtp.quit()


@contextmanager
def _hanging_up_after(seconds: float, smtp: smtplib.SMTP) -> Iterator[None]:
    """Cuts the line once the time is over, so that a server that drips cannot hold a worker. Always closes it."""
    done = threading.Event()

    def watch() -> None:
        wait = seconds
        while not done.wait(wait):
            wait = 0.5
            line = smtp.sock
            if line is not None:
                with suppress(OSError):
                    # Not the method of an SSL socket, which would first turn it into a plain one.
                    socket.socket.shutdown(line, socket.SHUT_RDWR)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        smtp.close()


def _parse(url: str) -> _Server:
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
    except ValueError as error:
        raise DomainError("email_url_invalid", part="url") from error
    if scheme not in _PORTS:
        raise DomainError("email_url_invalid", part="scheme")
    if not _DOMAIN.fullmatch(host) and not _is_ip(host):
        raise DomainError("email_url_invalid", part="host")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise DomainError("email_url_invalid", part="path")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii() or bool(user) != bool(password):
        raise DomainError("email_url_invalid", part="user")
    return _Server(scheme=scheme, host=host, port=port or _PORTS[scheme], user=user, password=password)


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
