"""What lets Causeway into mailboxes: sealed in the database, opened for one visit, shown nowhere."""

import json
from datetime import datetime, timedelta

from django.conf import settings

from crm import keyring
from outreach.channels import oauth
from outreach.channels.imap import Account, Security
from outreach.channels.mailbox_url import parse_mailbox
from outreach.models import Mailbox

_PURPOSE = "mailbox"
_SPARE = timedelta(minutes=2)  # a token that ends in the middle of a visit is of no use


def seal(secret: str, client_secret: str = "") -> str:
    return _sealed({"secret": secret, "client_secret": client_secret})


def account(mailbox: Mailbox, *, at: datetime) -> Account:
    """How to go in. Where a token is due, a fresh one is asked for and kept until it ends.

    Raises DomainError: seal_broken, keyring_unreadable, inbound_url_invalid, those of oauth.ask.
    """
    if mailbox.is_of_settings:
        return parse_mailbox(settings.INBOUND_URL)
    known = json.loads(keyring.open_sealed(_PURPOSE, mailbox.secret))
    is_token = mailbox.auth == Mailbox.Auth.XOAUTH2
    return Account(
        host=mailbox.host,
        port=mailbox.port,
        security=Security(mailbox.security),
        user=mailbox.user,
        folder=mailbox.folder,
        password="" if is_token else known["secret"],
        token=_token(mailbox, known, at=at) if is_token else "",
    )


def _token(mailbox: Mailbox, known: dict[str, str], *, at: datetime) -> str:
    if known.get("access") and datetime.fromisoformat(known["until"]) > at + _SPARE and not mailbox.error:
        return known["access"]
    fresh = oauth.ask(
        token_url=mailbox.token_url,
        client_id=mailbox.client_id,
        client_secret=known["client_secret"],
        refresh_token=known["secret"],
    )
    until = at + timedelta(seconds=min(fresh.seconds, 24 * 3600))
    known |= {"secret": fresh.refresh or known["secret"], "access": fresh.access, "until": until.isoformat()}
    # Not where staff typed another one meanwhile.
    Mailbox.objects.filter(pk=mailbox.pk, secret=mailbox.secret).update(secret=_sealed(known))
    return fresh.access


def _sealed(known: dict[str, str]) -> str:
    return keyring.seal(_PURPOSE, json.dumps(known).encode())
