"""The mail server that EMAIL_URL names."""

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from crm.errors import DomainError
from outreach.channels.mime import DOMAIN

_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


@dataclass(frozen=True)
class Server:
    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


def parse_server(url: str) -> Server:
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
    except ValueError as error:
        raise DomainError("email_url_invalid", part="url") from error
    if scheme not in _PORTS:
        raise DomainError("email_url_invalid", part="scheme")
    if not DOMAIN.fullmatch(host) and not is_ip(host):
        raise DomainError("email_url_invalid", part="host")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise DomainError("email_url_invalid", part="path")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii() or bool(user) != bool(password):
        raise DomainError("email_url_invalid", part="user")
    return Server(scheme=scheme, host=host, port=port or _PORTS[scheme], user=user, password=password)


def is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
