"""The mailbox that INBOUND_URL names."""

from urllib.parse import unquote, urlsplit

from crm.errors import DomainError
from outreach.channels.imap import PORTS, Account, Security
from outreach.channels.mime import DOMAIN
from outreach.channels.server import is_ip

_SCHEMES = {"imaps": Security.TLS, "imap+tls": Security.STARTTLS, "imap": Security.PLAIN}


def parse_mailbox(url: str) -> Account:
    """`imaps://user:password@host:port/folder`, percent-encoded; without a folder, INBOX.

    Raises DomainError: inbound_url_invalid (part), never showing the URL.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise DomainError("inbound_url_invalid", part="url") from None
    if parts.scheme not in _SCHEMES:
        raise DomainError("inbound_url_invalid", part="scheme")
    if not DOMAIN.fullmatch(host) and not is_ip(host):
        raise DomainError("inbound_url_invalid", part="host")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    if not user or not password or not (user + password + folder).isprintable():
        raise DomainError("inbound_url_invalid", part="user")
    if parts.query or parts.fragment:
        raise DomainError("inbound_url_invalid", part="path")
    security = _SCHEMES[parts.scheme]
    return Account(host, port or PORTS[security], security, user, folder, password)
