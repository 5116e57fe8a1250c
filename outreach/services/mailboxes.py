"""Mailboxes in which answers arrive: said by staff, or by INBOUND_URL; looked into once a minute, letter by letter."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from crm import egress
from crm.errors import DomainError
from outreach.channels import imap
from outreach.channels.imap import PORTS, Security
from outreach.channels.mailbox_url import parse_mailbox
from outreach.channels.mime import DOMAIN
from outreach.channels.server import is_ip
from outreach.models import Mailbox
from outreach.services import mailbox_secrets

OF_SETTINGS = "INBOUND_URL"  # the name of the one that is said there
_LOCK = 0x3A11  # any number that no other pair of advisory locks of ours begins with
_EVERY = timedelta(minutes=1)
_LONGEST = timedelta(hours=1)  # between two tries, after many failures
_AT_ONCE = 5  # one after the other: sending waits meanwhile
_MOST_FAILURES = 1000
_PASSED_OVER = frozenset({"letter_empty", "letter_too_large"})  # another try would change nothing
# Whoever says one of these anew says the password anew: it must not be sent where it was not meant for.
_WHERE = ("host", "port", "security", "user", "auth", "token_url", "client_id")
_LETTERS = ("host", "port", "user", "folder")  # what says which letters they are


class Receive(Protocol):
    """`outreach.services.replies.receive`: stores a letter, once, whoever brings it and however often."""

    def __call__(self, *, raw: bytes, door: str, at: datetime) -> tuple[object, bool]: ...


@dataclass(frozen=True)
class Said:
    """How to reach a mailbox. `secret`: its password or refresh token; blank keeps the one that is known."""

    name: str
    host: str
    user: str
    since_date: date
    port: int
    security: str = Mailbox.Security.TLS
    folder: str = "INBOX"
    auth: str = Mailbox.Auth.PASSWORD
    secret: str = ""
    token_url: str = ""
    client_id: str = ""
    client_secret: str = ""

    def __repr__(self) -> str:
        return f"Said({self.name!r})"


@transaction.atomic
def save(*, said: Said, at: datetime, mailbox: Mailbox | None = None) -> Mailbox:
    """Note how a mailbox is reached: a new one, or `mailbox` anew. Nothing is asked of its server yet.

    Raises DomainError: mailbox_of_settings, mailbox_field_invalid (field), host_port_denied, mailbox_plain_abroad,
    url_denied, mailbox_secret_missing, mailbox_secret_elsewhere, mailbox_name_taken.
    """
    row = Mailbox.objects.select_for_update().get(pk=mailbox.pk) if mailbox else Mailbox()
    _check(said, row)
    before = {name: getattr(row, name) for name in {*_WHERE, *_LETTERS, "since_date"}}
    for name in ("name", "host", "port", "security", "user", "folder", "auth", "since_date"):
        setattr(row, name, getattr(said, name))
    is_token = said.auth == Mailbox.Auth.XOAUTH2
    row.token_url, row.client_id = (said.token_url, said.client_id) if is_token else ("", "")
    changed = {name for name, value in before.items() if value != getattr(row, name)}
    if said.secret:
        row.secret, row.secret_at = mailbox_secrets.seal(said.secret, said.client_secret), at
    elif not row.secret:
        raise DomainError("mailbox_secret_missing")
    elif changed & set(_WHERE):
        raise DomainError("mailbox_secret_elsewhere")
    if changed & {*_LETTERS, "since_date"}:
        row.uid_validity, row.last_uid = None, 0
    _take_up(row)
    row.save()
    return row


def _check(said: Said, row: Mailbox) -> None:
    if row.is_of_settings:
        raise DomainError("mailbox_of_settings")
    for name in ("name", "host", "user", "folder", "secret", "client_id", "client_secret"):
        value, may_be_blank = getattr(said, name), name in {"secret", "client_id", "client_secret"}
        if not value.isprintable() or not (value.strip() or may_be_blank):
            raise DomainError("mailbox_field_invalid", field=name)
    if not DOMAIN.fullmatch(said.host) and not is_ip(said.host):
        raise DomainError("mailbox_field_invalid", field="host")
    if said.port not in PORTS.values() and not egress.is_private_by_name(said.host):
        raise DomainError("host_port_denied", ports=sorted(set(PORTS.values())))
    if said.security == Security.PLAIN and said.host not in imap.HERE:
        raise DomainError("mailbox_plain_abroad")
    if said.auth == Mailbox.Auth.XOAUTH2:
        egress.check_url(said.token_url)
        if not said.client_id:
            raise DomainError("mailbox_field_invalid", field="client_id")
    if said.name == OF_SETTINGS or Mailbox.objects.filter(name=said.name).exclude(pk=row.pk).exists():
        raise DomainError("mailbox_name_taken", name=said.name)


def activate(*, mailbox: Mailbox, is_active: bool) -> None:
    """Read it from now on, or leave it alone. Raises DomainError: mailbox_of_settings."""
    if mailbox.is_of_settings:
        raise DomainError("mailbox_of_settings")
    Mailbox.objects.filter(pk=mailbox.pk).update(is_active=is_active, next_at=None, error="", error_at=None, failures=0)


def remove(*, mailbox: Mailbox) -> None:
    """Forget how it is reached. What was read stays. Raises DomainError: mailbox_of_settings."""
    if mailbox.is_of_settings:
        raise DomainError("mailbox_of_settings")
    Mailbox.objects.filter(pk=mailbox.pk).delete()


def test(*, mailbox: Mailbox, at: datetime) -> int:
    """Go in, look, leave: how many letters lie in the folder. Nothing is read or stored; a trouble that is over is
    forgotten. Raises DomainError: those of imap.visit, oauth.ask and mailbox_secrets.
    """
    with imap.visit(mailbox_secrets.account(mailbox, at=at)) as inside:
        found = inside.folder.letters
    Mailbox.objects.filter(pk=mailbox.pk).update(next_at=None, error="", error_at=None, failures=0)
    return found


def poll_due(*, at: datetime, receive: Receive) -> int:
    """Look into each mailbox that is due; how many letters were new. What goes wrong with one is noted on it and
    concerns no other. What nobody foresaw is raised, once all had their turn.
    """
    new = 0
    unforeseen: Exception | None = None
    try:
        _follow_settings(at=at)
    except DomainError as error:  # inbound_url_invalid
        unforeseen = error
    for mailbox in Mailbox.objects.due(at=at)[:_AT_ONCE]:
        try:
            new += poll(mailbox=mailbox, at=at, receive=receive)
        except Exception as error:
            unforeseen = error
    if unforeseen is not None:
        raise unforeseen
    return new


def poll(*, mailbox: Mailbox, at: datetime, receive: Receive) -> int:
    """Store what is new in one mailbox, where it is due and nobody else is at it; how many letters were new.

    What its server refuses, or the network, is noted on it. Where a letter cannot be stored, reading stops before it:
    no other is passed over. What that raised is noted and raised, unless it is a DomainError.
    """
    with _alone(mailbox) as is_alone:
        row = Mailbox.objects.due(at=at).filter(pk=mailbox.pk).first() if is_alone else None
        if row is None:
            return 0
        try:
            return _read(row, at=at, receive=receive)
        except DomainError as error:
            _note(row, error.code, at=at)
            return 0
        except Exception:
            _note(row, "mailbox_letter_failed", at=at)
            raise


def _read(row: Mailbox, *, at: datetime, receive: Receive) -> int:
    seen = new = 0
    with imap.visit(mailbox_secrets.account(row, at=at)) as inside:
        validity = inside.folder.validity
        if row.uid_validity != validity:  # all numbers are others now: what is stored already is known when it comes
            row.last_uid, row.uid_validity = 0, validity
            Mailbox.objects.filter(pk=row.pk).update(last_uid=0, uid_validity=validity)
        for letter in inside.letters(after=row.last_uid, since=row.since_date):
            new += _store(letter.raw, at=at, receive=receive)
            seen += 1
            # Not where staff named another folder meanwhile, whose letters have other numbers.
            if not Mailbox.objects.filter(pk=row.pk, uid_validity=validity).update(last_uid=letter.uid):
                break
    found = {"new_count": new, "new_at": at} if new else {}
    next_at = at if seen == imap.MOST_LETTERS else at + _EVERY
    Mailbox.objects.filter(pk=row.pk).update(
        polled_at=at, next_at=next_at, error="", error_at=None, failures=0, **found
    )
    return new


def _store(raw: bytes, *, at: datetime, receive: Receive) -> bool:
    try:
        _letter, is_new = receive(raw=raw, door="mailbox", at=at)
    except DomainError as error:
        if error.code in _PASSED_OVER:
            return False
        raise DomainError("mailbox_letter_failed") from error
    return is_new


def _note(row: Mailbox, code: str, *, at: datetime) -> None:
    """Less and less often is tried what goes wrong: servers lock accounts out that fail every minute."""
    failures = min(row.failures + 1, _MOST_FAILURES)
    wait = min(_EVERY * 2 ** min(failures, 10), _LONGEST)
    Mailbox.objects.filter(pk=row.pk).update(
        error=code, error_at=Coalesce("error_at", at), failures=failures, next_at=at + wait
    )


def _take_up(row: Mailbox) -> None:
    row.next_at, row.error, row.error_at, row.failures = None, "", None, 0


@contextmanager
def _alone(mailbox: Mailbox) -> Iterator[bool]:
    """Of several workers one looks into it. The lock outlives each letter's commit, and ends with the connection."""
    key = [_LOCK, mailbox.pk]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def _follow_settings(*, at: datetime) -> None:
    """The row of the mailbox that INBOUND_URL names, without its password. Raises DomainError: inbound_url_invalid."""
    if not settings.INBOUND_URL:
        Mailbox.objects.filter(is_of_settings=True).delete()
        return
    account = parse_mailbox(settings.INBOUND_URL)
    said = {name: getattr(account, name) for name in ("host", "port", "user", "folder")}
    said["security"] = str(account.security)
    known = Mailbox.objects.filter(is_of_settings=True).first()
    if known is None:
        Mailbox.objects.create(name=OF_SETTINGS, is_of_settings=True, since_date=timezone.localdate(at), **said)
    elif any(getattr(known, name) != value for name, value in said.items()):
        Mailbox.objects.filter(pk=known.pk).update(
            **said, uid_validity=None, last_uid=0, next_at=None, error="", error_at=None, failures=0
        )
