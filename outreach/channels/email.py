"""E-mail. The one module that opens a mail connection. Nothing here logs, and no code or receipt holds an address."""

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from crm.errors import DomainError
from outreach.channels.base import Envelope, Outcome, Receipt, Sendable
from outreach.channels.mime import ascii_address, compose, is_reserved
from outreach.channels.server import Server, parse_server

_QUIT_SECONDS = 1.0
_PROVIDER_ID = re.compile(r"(?:queued as |\bid=|\bOk )([A-Za-z0-9-]{6,80})", re.IGNORECASE)
_ENHANCED = re.compile(rb"([245]\.\d{1,3}\.\d{1,3})\b")

_Answer = tuple[int, bytes]
_GOOD, _GO_ON, _LATER, _NEVER = 2, 3, 4, 5  # first digit of an answer
_NOT_A_REPLY = -1
_REPLY = re.compile(rb"([2-5][0-9][0-9])(?:([ -])([^\r\n]*))?\r?\n")
_REPLY_LINE_MAX, _REPLY_LINES_MAX = 8192, 200


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
        self._server = parse_server(url)
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


def _connect(smtp: smtplib.SMTP, server: Server) -> _Answer:
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
