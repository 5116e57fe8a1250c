"""Access tokens for mailboxes whose provider takes no password, asked for with a refresh token (RFC 6749, 6)."""

import json
import ssl
from dataclasses import dataclass, field

from crm import egress
from crm.errors import DomainError

_FINE, _REFUSALS = 200, frozenset({400, 401, 403})
_DEFAULT_SECONDS = 300


@dataclass(frozen=True)
class Tokens:
    """`refresh`: what to ask with from now on, where the provider gave another; else blank."""

    access: str = field(repr=False)
    seconds: int
    refresh: str = field(default="", repr=False)


def ask(
    *, token_url: str, client_id: str, client_secret: str, refresh_token: str, tls: ssl.SSLContext | None = None
) -> Tokens:
    """Raises DomainError: those of crm.egress.post_form, mailbox_token_refused, mailbox_token_unclear."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": client_id}
    answer = egress.post_form(token_url, form | ({"client_secret": client_secret} if client_secret else {}), tls=tls)
    if answer.status in _REFUSALS:
        raise DomainError("mailbox_token_refused")
    try:
        said = json.loads(answer.body)
        access, refresh = said["access_token"], said.get("refresh_token") or ""
        seconds = int(said.get("expires_in") or _DEFAULT_SECONDS)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise DomainError("mailbox_token_unclear") from None
    if answer.status != _FINE or not all(_is_token(each) for each in (access, refresh or "-")):
        raise DomainError("mailbox_token_unclear")
    return Tokens(access, seconds, refresh)


def _is_token(said: object) -> bool:
    """It is written into a command: nothing that could end one may stand in it."""
    return isinstance(said, str) and said.isascii() and said.isprintable() and bool(said)
