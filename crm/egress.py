"""The one way out to hosts that somebody typed in: names are resolved once, and only public addresses are dialled.

What was checked is what is connected to: a name that leads elsewhere a moment later gains nothing. A host of one's own
network is reached where PRIVATE_HOSTS names it, by exactly that name. TLS is checked against the name, not the address.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from crm.errors import DomainError

# What Python takes for global in some of its versions, or what leads to other networks than it seems to.
_DENIED = tuple(
    ipaddress.ip_network(each)
    for each in (
        *("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4"),
        *("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2002::/16"),
        *("fc00::/7", "fe80::/10", "fec0::/10"),
    )
)
_HTTPS = 443
_MOST_BYTES = 256 * 1024
_HTTP_TIMEOUT = 10.0  # seconds, for whatever comes next
_DEADLINE = 20.0  # for all of it

Resolve = Callable[[str, int], list[str]]
Dial = Callable[[str, int, float], socket.socket]


def resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_kind, address in found))


def dial(address: str, port: int, timeout: float) -> socket.socket:
    return socket.create_connection((address, port), timeout)


def is_private_by_name(host: str) -> bool:
    """Whether settings say that this host may be one of our own network."""
    return host.casefold() in {named.casefold() for named in settings.PRIVATE_HOSTS}


def is_public(address: str) -> bool:
    """Whether an address belongs to the internet at large, whichever way it is written."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:  # with the zone of a link, or no address at all
        return False
    denied = any(ip in network for network in _DENIED if network.version == ip.version)
    return ip.is_global and not ip.is_multicast and not denied


def connect(
    host: str, port: int, *, ports: frozenset[int], timeout: float, resolve: Resolve = resolve, dial: Dial = dial
) -> socket.socket:
    """A line to one of the addresses of a host, the first that answers. No name of ours is asked again after the check.

    `ports`: those that may be dialled; on a host that PRIVATE_HOSTS names, any.
    Raises DomainError: host_port_denied, host_unknown, host_denied, host_unreachable.
    """
    is_named = is_private_by_name(host)
    if port not in ports and not is_named:
        raise DomainError("host_port_denied", ports=sorted(ports))
    try:
        found = resolve(host, port)
    except (OSError, UnicodeError):  # no such name, or one that no name can be
        raise DomainError("host_unknown") from None
    allowed = [address for address in found if is_named or is_public(address)]
    if not allowed:
        raise DomainError("host_denied" if found else "host_unknown")
    for address in allowed:
        try:
            return dial(address, port, timeout)
        except OSError:
            continue
    raise DomainError("host_unreachable")


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


def check_url(url: str) -> None:
    """Raises DomainError: url_denied, where `post_form` would not even ask."""
    _parts(url)


def post_form(
    url: str, form: Mapping[str, str], *, tls: ssl.SSLContext | None = None, resolve: Resolve = resolve
) -> Answer:
    """POST a form over HTTPS. No redirect is followed, no more than 256 kB are read. `tls`: whom to trust.

    Raises DomainError: those of `connect`, url_denied, host_untrusted, host_lost.
    """
    host, port, path = _parts(url)
    context = tls or ssl.create_default_context()
    line = connect(host, port, ports=frozenset({_HTTPS}), timeout=_HTTP_TIMEOUT, resolve=resolve)
    try:
        with closing(line):
            tunnel = context.wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)
            with closing(tunnel), _at_most(_DEADLINE, tunnel):
                tunnel.do_handshake()
                return _exchange(tunnel, host, port, path, form)
    except ssl.SSLCertVerificationError:
        raise DomainError("host_untrusted") from None
    except (OSError, http.client.HTTPException, ValueError):
        raise DomainError("host_lost") from None


def _parts(url: str) -> tuple[str, int, str]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _HTTPS
    except ValueError:
        raise DomainError("url_denied") from None
    is_plain = url.isascii() and url.isprintable() and " " not in url
    if parts.scheme != "https" or not host or parts.username is not None or parts.fragment or not is_plain:
        raise DomainError("url_denied")
    return host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


@contextmanager
def _at_most(seconds: float, line: socket.socket) -> Iterator[None]:
    """The line is cut when the time is over: a timeout of its own would begin anew with each byte that drips in."""
    # Not the method of an SSL socket, which would first turn it into a plain one.
    timer = threading.Timer(seconds, socket.socket.shutdown, [line, socket.SHUT_RDWR])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _exchange(line: ssl.SSLSocket, host: str, port: int, path: str, form: Mapping[str, str]) -> Answer:
    speaker = http.client.HTTPSConnection(host, port)
    speaker.sock, speaker.auto_open = line, 0  # it would look the host up again
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    speaker.request("POST", path, urlencode(form).encode(), kind)
    with closing(speaker.getresponse()) as answer:
        body = answer.read(_MOST_BYTES)
        if answer.length and len(body) < _MOST_BYTES:
            raise http.client.IncompleteRead(b"")
        return Answer(answer.status, body)
