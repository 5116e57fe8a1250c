"""E-mail. The one module that opens a mail connection. Nothing here logs, and no code or receipt holds an address."""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from crm.errors import DomainError
from crm.failpoints import reach
from outreach.channels.base import Envelope, Outcome, Receipt, Sendable
from outreach.channels.mime import Letter, addressed, ascii_address, is_reserved
from outreach.channels.server import Server, parse_server
from outreach.channels.watch import Watch

_QUIT_SECONDS = 1.0
_MOST_PER_LINE = 100  # messages; some servers hang up after so many
_HANGS_UP = "421"  # RFC 5321: the server closes the line
_LINE_WAS_STALE = ("mail_lost", "mail_421")  # at the first word of a message: the server had grown tired of waiting
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
    """Hands messages over, as many as one likes in one connection.

    `url` is EMAIL_URL: smtp:// (plain, port 25), smtp+tls:// (STARTTLS or nothing, 587), smtps:// (465), each with
    `user:password@host:port`, percent-encoded. Raises DomainError: email_url_invalid (part), never showing the URL.
    `timeout`: seconds for one answer. `deadline`: seconds for a whole hand-over, and for opening a connection, however
    slowly the other side talks. `tls`: whom to trust, by default the system's authorities.
    """

    def __init__(
        self, url: str, *, timeout: float = 30.0, deadline: float = 120.0, tls: ssl.SSLContext | None = None
    ) -> None:
        self._server = parse_server(url)
        self._timeout = timeout
        self._deadline = deadline
        self._tls = tls

    def deliver(self, rendered: Sendable, envelope: Envelope) -> Receipt:
        with self.session(envelope.from_address) as session:
            return session.deliver(rendered, envelope)

    @contextmanager
    def session(self, from_address: str) -> Iterator["SmtpSession"]:
        """Greets by the sender's domain: asking the resolver for our own may take long."""
        session = SmtpSession(
            self._server, from_address, timeout=self._timeout, deadline=self._deadline, trust=self._trust
        )
        try:
            yield session
        finally:
            session.close()

    def _trust(self) -> ssl.SSLContext:
        return self._tls or ssl.create_default_context()


class SmtpSession:
    """One connection at a time. One that broke, or answered what nobody understands, is followed by another."""

    def __init__(
        self, server: Server, from_address: str, *, timeout: float, deadline: float, trust: Callable[[], ssl.SSLContext]
    ) -> None:
        self._server, self._from_address = server, from_address
        self._timeout, self._deadline, self._trust = timeout, deadline, trust
        self._smtp: smtplib.SMTP | None = None
        self._carried = 0  # messages, on this connection
        self._watch = Watch(self)

    @property
    def line(self) -> socket.socket | None:
        return self._smtp.sock if self._smtp else None

    def open(self) -> Receipt | None:
        """Where there is no line, the detail code is one of: `<phase>_4xx`, `<phase>_5xx`, `<phase>_lost`,
        `<phase>_unclear`, `<phase>_unavailable` (phases: connect, hello, tls, auth), `tls_untrusted`, and
        `envelope_malformed` for a sender that nothing can come from.
        """
        if self._smtp is not None and self._carried < _MOST_PER_LINE:
            return None
        self.hang_up()
        try:
            name = ascii_address(self._from_address, field="from_address").rpartition("@")[2]
        except DomainError as error:
            return Receipt(Outcome.FAILED, error.code)
        self._smtp, self._carried = self._client(name), 0
        with self._watch.within(self._deadline):
            refusal = _walk(self._opening(self._smtp))
        if refusal is not None:
            self.hang_up()
            return refusal
        reach("send.connected")
        return None

    def deliver(self, rendered: Sendable, envelope: Envelope) -> Receipt:
        """One hand-over, at most. The detail code is one of:

        sent       `accepted`
        uncertain  `answer_lost`, `answer_unclear`
        refused    `envelope_malformed`, `reserved_domain`, `mail_5xx`, `rcpt_5xx`, `data_5xx`, `message_5xx`
        failed     `<phase>_4xx`, `<phase>_lost`, `<phase>_unclear`, and what `open` answers

        Phases: mail, rcpt, data, body, message (after the final dot). `5xx` and `4xx` stand for the server's number,
        after which its enhanced status may follow: `rcpt_550_5.1.1`.
        """
        try:
            letter = addressed(rendered, envelope)
        except DomainError as error:
            return Receipt(Outcome.REFUSED, error.code)
        if is_reserved(letter.recipient.rpartition("@")[2]):
            return Receipt(Outcome.REFUSED, "reserved_domain")
        had_line = self._smtp is not None
        receipt = self._attempt(letter)
        if had_line and receipt.detail_code.startswith(_LINE_WAS_STALE):  # nothing of this message was taken yet
            receipt = self._attempt(letter)
        return receipt

    def _attempt(self, letter: Letter) -> Receipt:
        if refusal := self.open():
            return refusal
        smtp = self._smtp
        assert smtp is not None
        self._carried += 1
        with self._watch.within(self._deadline):
            receipt = _walk(self._handing_over(smtp, letter)) or _finish(smtp)
            if not self._goes_on(smtp, receipt):
                self.hang_up()
        return receipt

    def _goes_on(self, smtp: smtplib.SMTP, receipt: Receipt) -> bool:
        """Whether another message may follow on this line: only after an answer that leaves nothing open."""
        phase, _, answer = receipt.detail_code.partition("_")
        if receipt.outcome == Outcome.SENT:
            return True
        if not answer[:1].isdigit() or answer.startswith(_HANGS_UP):
            return False
        if phase == "message":  # the transaction is over
            return True
        if smtp.has_extn("pipelining"):  # what was asked in one go with it is answered, too, and DATA perhaps begun
            return False
        try:
            return smtp.rset()[0] // 100 == _GOOD
        except OSError:
            return False

    def hang_up(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def close(self) -> None:
        if self._smtp is not None:
            _say_goodbye(self._smtp)
        self.hang_up()
        self._watch.end()

    def _client(self, name: str) -> smtplib.SMTP:
        """Not connected yet."""
        if self._server.scheme != "smtps":
            return _Plain(local_hostname=name, timeout=self._timeout)
        return _Encrypted(local_hostname=name, timeout=self._timeout, context=self._trust())

    def _opening(self, smtp: smtplib.SMTP) -> Iterator["_Step"]:
        server = self._server
        smtp._host = server.host  # type: ignore[attr-defined]  # whose certificate is asked for; only set by SMTP(host)
        yield "connect", _GOOD, lambda: _connect(smtp, server)
        yield "hello", _GOOD, lambda: _hello(smtp)
        if server.scheme == "smtp+tls":
            yield "tls", _GOOD, lambda: smtp.starttls(context=self._trust())
            yield "hello", _GOOD, lambda: _hello(smtp)
        if server.user:
            yield "auth", _GOOD, lambda: smtp.login(server.user, server.password)

    def _handing_over(self, smtp: smtplib.SMTP, letter: Letter) -> Iterator["_Step"]:
        """Everything up to the final dot, which a server must have seen before it may deliver."""
        size = f" size={len(letter.content)}" if smtp.has_extn("size") else ""
        asked: tuple[tuple[str, int, str], ...] = (
            ("mail", _GOOD, f"mail FROM:<{letter.sender}>{size}\r\n"),
            ("rcpt", _GOOD, f"rcpt TO:<{letter.recipient}>\r\n"),
            ("data", _GO_ON, "data\r\n"),
        )
        if smtp.has_extn("pipelining"):  # RFC 2920: asked in one go, answered one by one
            whole = "".join(command for _phase, _expected, command in asked)
            asked = tuple((phase, expected, "") for phase, expected, _command in asked)
            yield "mail", _GOOD, lambda: _sent(smtp, whole.encode("ascii"))
        for phase, expected, command in asked:
            yield phase, expected, partial(_ask, smtp, command)
        yield "body", _GOOD, lambda: _sent(smtp, re.sub(rb"(?m)^\.", b"..", letter.content))
        reach("send.data")


_Step = tuple[str, int, Callable[[], _Answer]]  # phase, the first digit of a good answer, what to do


def _walk(steps: Iterator[_Step]) -> Receipt | None:
    """One step after the other, later ones looking at what earlier ones found out. None: all of them went well."""
    phase = ""
    try:
        for phase, expected, step in steps:
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


def _connect(smtp: smtplib.SMTP, server: Server) -> _Answer:
    answer = smtp.connect(server.host, server.port)
    if smtp.sock is not None:  # or the dot, a packet of its own, would wait 40 ms for the body to be acknowledged
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return answer


def _hello(smtp: smtplib.SMTP) -> _Answer:
    answer = smtp.ehlo()
    return answer if answer[0] // 100 == _GOOD else smtp.helo()


def _ask(smtp: smtplib.SMTP, command: str) -> _Answer:
    if command:
        smtp.send(command.encode("ascii"))
    return smtp.getreply()


def _sent(smtp: smtplib.SMTP, content: bytes) -> _Answer:
    """What nobody answers by itself."""
    smtp.send(content)
    return 250, b""


def _finish(smtp: smtplib.SMTP) -> Receipt:
    """The final dot. From here on only a clear answer tells what happened."""
    try:
        smtp.send(b".\r\n")
        reach("send.dot")
        code, reply = smtp.getreply()
    except OSError:  # which every smtplib exception is
        return Receipt(Outcome.UNCERTAIN, "answer_lost")
    if code // 100 in {_LATER, _NEVER}:
        return _rejection("message", code, reply)
    if code // 100 != _GOOD:
        return Receipt(Outcome.UNCERTAIN, "answer_unclear")
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
