"""Mailboxes that answers come to. The one module that opens an IMAP connection. Nothing here logs, and no code tells an
address or a word of what was read. Letters are looked at and left as they are: neither moved, marked nor removed.
"""

import imaplib
import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from imapclient import IMAPClient
from imapclient.exceptions import CapabilityError, LoginError

from crm import egress
from crm.errors import DomainError
from outreach.channels.watch import Watch


class Security(StrEnum):
    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"  # to this machine alone


PORTS = {Security.TLS: 993, Security.STARTTLS: 143, Security.PLAIN: 143}
MOST_BYTES = 10 * 1024**2  # of one letter; of a longer one its beginning, where the words stand
MOST_LETTERS = 200  # of one visit; the others come with the next
HERE = ("localhost", "127.0.0.1", "::1")
_TIMEOUT = 15.0  # seconds for one answer
_FETCHES = 25.0  # after so long no further letter is asked for
_DEADLINE = 50.0  # for all of a visit, however slowly the other side talks
_GOODBYE = 2.0
_ROOM = 4096  # what an answer says around a letter
_IS_AWAY = re.compile(r"\b(BYE|UNAVAILABLE|INUSE|SERVERBUG|LIMIT)\b")  # RFC 5530: about the server, not the password
# Whatever the network may do, and whatever reading may stumble over in what a server says.
_WRONG = (imaplib.IMAP4.error, OSError, ValueError, LookupError, TypeError, AttributeError, AssertionError)
_CODES: tuple[tuple[type[Exception], str], ...] = (
    (LoginError, "mailbox_login_refused"),
    (ssl.SSLCertVerificationError, "mailbox_untrusted"),
    (ssl.SSLError, "mailbox_not_encrypted"),
    (CapabilityError, "mailbox_not_encrypted"),  # no STARTTLS
    (TimeoutError, "mailbox_slow"),
    (OSError, "mailbox_lost"),
    (imaplib.IMAP4.abort, "mailbox_lost"),
)


@dataclass(frozen=True)
class Account:
    """Where letters lie, and what lets one in: a password, or an access token (XOAUTH2)."""

    host: str
    port: int
    security: Security
    user: str
    folder: str
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Folder:
    """What the server says of it. As long as `validity` stays the same, so do the numbers of letters."""

    letters: int
    validity: int


@dataclass(frozen=True)
class Letter:
    uid: int
    raw: bytes = field(repr=False)


class Visit:
    """Signed in, with the folder open for reading only."""

    def __init__(self, client: "_Client", line: "_Line", folder: Folder) -> None:
        self._client, self._line = client, line
        self.folder = folder

    def letters(self, *, after: int, since: date) -> Iterator[Letter]:
        """What reached the folder on `since` or later under a number above `after`, in the order of their numbers: as
        many as fit into a visit. Raises DomainError: mailbox_lost, mailbox_slow, mailbox_unclear.
        """
        with self._line.told():
            # "n:*" names the last letter even where its number is lower.
            found = {uid for uid in self._client.search(["UID", f"{after + 1}:*", "SINCE", since]) if uid > after}
        for uid in sorted(found)[:MOST_LETTERS]:
            if self._line.age > _FETCHES:
                return
            with self._line.told():
                parts = self._client.fetch([uid], [f"BODY.PEEK[]<0.{MOST_BYTES}>"]).get(uid, {})
                raw = parts.get(b"BODY[]<0>", parts.get(b"BODY[]"))
            if raw is not None:  # else somebody removed it meanwhile
                yield Letter(uid, bytes(raw))


@contextmanager
def visit(account: Account, *, tls: ssl.SSLContext | None = None) -> Iterator[Visit]:
    """Go in and leave again. `tls`: whom to trust, by default the system's authorities.

    Raises DomainError: those of crm.egress.connect, mailbox_plain_abroad, mailbox_not_encrypted, mailbox_untrusted,
    mailbox_away, mailbox_login_refused, mailbox_folder_missing, mailbox_lost, mailbox_slow, mailbox_unclear.
    """
    if account.security == Security.PLAIN and account.host not in HERE:
        raise DomainError("mailbox_plain_abroad")
    socket_ = egress.connect(account.host, account.port, ports=frozenset(PORTS.values()), timeout=_TIMEOUT)
    line = _Line(socket_)
    watch, client = Watch(line), None
    try:
        with watch.within(_DEADLINE):
            client = _greet(account, line, socket_, tls or ssl.create_default_context())
            _sign_in(client, line, account)
            yield Visit(client, line, _open(client, line, account.folder))
            with suppress(*_WRONG):  # whatever a goodbye is answered, all is done
                client.socket().settimeout(_GOODBYE)
                client.logout()
    finally:
        watch.end()
        line.close()
        if client is not None:
            _hang_up(client)


class _Line:
    """A second handle of the socket of one visit: by it the line can be cut whatever TLS has made of the first."""

    def __init__(self, socket_: socket.socket) -> None:
        self.line = socket_.dup()
        self._since = time.monotonic()

    @property
    def age(self) -> float:
        return time.monotonic() - self._since

    def close(self) -> None:
        self.line.close()

    @contextmanager
    def told(self, refusal: str = "mailbox_unclear") -> Iterator[None]:
        """What goes wrong is told as a code: what the other side said could hold anything. `refusal`: its plain no."""
        try:
            yield
        except _WRONG as error:
            raise DomainError(self._code(error, refusal)) from None

    def _code(self, error: Exception, refusal: str) -> str:
        found = next((code for kind, code in _CODES if isinstance(error, kind)), refusal)
        if isinstance(error, LoginError) and isinstance(error.__context__, imaplib.IMAP4.abort):
            found = "mailbox_lost"
        if found == "mailbox_lost" and self.age > _DEADLINE:  # it was we who cut the line
            return "mailbox_slow"
        is_about_us = found in {"mailbox_lost", "mailbox_slow", "mailbox_untrusted", "mailbox_not_encrypted"}
        return "mailbox_away" if not is_about_us and _IS_AWAY.search(str(error)) else found


class _Wire(imaplib.IMAP4):
    """imaplib over a line that is there already. What a server announces is not believed to any length."""

    def __init__(self, socket_: socket.socket, host: str) -> None:
        self._given = socket_
        super().__init__(host)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        return self._given

    def read(self, size: int) -> bytes:
        if size > MOST_BYTES + _ROOM:
            raise self.error("nobody asked for so much")
        return super().read(size)


class _Client(IMAPClient):  # type: ignore[misc]
    def __init__(self, account: Account, socket_: socket.socket) -> None:
        self._given = socket_
        super().__init__(account.host, account.port, ssl=account.security == Security.TLS, timeout=_TIMEOUT)

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802
        return _Wire(self._given, self.host)


def _greet(account: Account, line: _Line, socket_: socket.socket, tls: ssl.SSLContext) -> _Client:
    with ExitStack() as undone:
        undone.callback(socket_.close)
        with line.told():
            if account.security == Security.TLS:
                socket_ = tls.wrap_socket(socket_, server_hostname=account.host)
                undone.callback(socket_.close)
            client = _Client(account, socket_)
            undone.callback(_hang_up, client)
            if account.security == Security.STARTTLS:
                client.starttls(tls)
        undone.pop_all()
        return client


def _hang_up(client: _Client) -> None:
    with suppress(OSError):
        client.shutdown()


def _sign_in(client: _Client, line: _Line, account: Account) -> None:
    with line.told("mailbox_login_refused"):
        if account.token:
            client.oauth2_login(account.user, account.token)
        elif client.has_capability("AUTH=PLAIN"):
            client.plain_login(account.user, account.password)
        else:  # which knows ASCII only
            client.login(_quoted(account.user), account.password)


def _open(client: _Client, line: _Line, folder: str) -> Folder:
    with line.told("mailbox_folder_missing"):
        said = client.select_folder(folder, readonly=True)
    with line.told():
        return Folder(letters=int(said[b"EXISTS"]), validity=int(said[b"UIDVALIDITY"]))


def _quoted(text: str) -> str:
    """imaplib does so with the password alone."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
