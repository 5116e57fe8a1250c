"""Who is the same as whom among visitors, for a day, without keeping an address.

Kept with a click is a hash of the first part of its address (/24; /48 of IPv6) under a key of that day (UTC). The key
is random, stands in one file outside the database and is thrown away when its day is over: from then on nobody, we
included, can find out which network a hash was made from. Machines that share no folder have each a key of its own, and
take the same visitor for two.
"""

import hmac
import ipaddress
import os
import secrets
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

_KEY_BYTES: Final = 32
_PREFIX, _SUFFIX = "network-", ".key"
_lock = threading.Lock()
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_OUR_OWN: Final = tuple(
    ipaddress.ip_network(each)
    for each in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
_held: tuple[Path, date, bytes] | None = None


def visitor(*, peer: str, forwarded: str) -> str:
    """The address that a request comes from: who knocked, or whom a proxy of ours (TRUSTED_PROXIES) speaks for.

    What `forwarded` (X-Forwarded-For) says is read from its end, and only as long as a proxy of ours wrote it.
    """
    trusted = _networks(tuple(settings.TRUSTED_PROXIES))
    hops = [*(hop.strip() for hop in forwarded.split(",") if hop.strip()), peer]
    while len(hops) > 1 and _is_in(hops[-1], trusted):
        hops.pop()
    return hops[-1]


def network(address: str, *, at: datetime) -> str:
    """32 hex digits, the same for the same network on the same day; blank where there is no address to speak of, or
    the key of the day cannot be kept.

    Blank, too, where it is of a house's own network: such is a proxy that TRUSTED_PROXIES does not name, through which
    everybody comes, and to take them all for one visitor would hide people.
    """
    found = _of_a_visitor(address)
    if found is None:
        return ""
    part = found.packed[: 3 if found.version == 4 else 6]  # noqa: PLR2004
    try:
        return hmac.digest(_key(at.astimezone(UTC).date()), part, "sha256").hex()[:32]
    except OSError:
        return ""


def one(address: str) -> bytes:
    """By which one visitor is known while we remember them, in memory alone: the address, or of IPv6 its /64, of which
    each may have all. Empty where `network` is blank, for the same reasons."""
    found = _of_a_visitor(address)
    return found.packed[:8] if found else b""


def forget(*, at: datetime) -> int:
    """Throw away the keys of days that are over, and drafts of them that a process left when it died; how many. A
    process that holds one lets it go with its next click.
    """
    today = at.astimezone(UTC).date()
    found = [*settings.CLICK_DIR.glob(f"{_PREFIX}*{_SUFFIX}"), *settings.CLICK_DIR.glob(f".{_PREFIX}*")]
    old = [path for path in found if path.name.removeprefix(".") < _name(today)]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def let_go() -> None:
    """Of the key that this process holds."""
    global _held  # noqa: PLW0603
    with _lock:
        _held = None


def _of_a_visitor(address: str) -> Address | None:
    found = _address(address)
    return None if found is None or any(found in each for each in _OUR_OWN) else found


def _address(text: str) -> Address | None:
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


@lru_cache(maxsize=8)
def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(each, strict=False) for each in texts)


def _is_in(text: str, networks: Sequence[Network]) -> bool:
    found = _address(text)
    return found is not None and any(found in network for network in networks)


def _name(day: date) -> str:
    return f"{_PREFIX}{day.isoformat()}{_SUFFIX}"


def _key(day: date) -> bytes:
    """Raises OSError where it can be neither read nor kept."""
    global _held  # noqa: PLW0603
    folder = settings.CLICK_DIR
    with _lock:
        if _held and _held[:2] == (folder, day):
            return _held[2]
        path = folder / _name(day)
        try:
            key = path.read_bytes()
        except FileNotFoundError:
            key = _make(path)
        if len(key) != _KEY_BYTES:
            raise OSError("no key of the day")
        _held = folder, day, key
        return key


def _make(path: Path) -> bytes:
    """Of several processes that make it, the first wins and the others read what it wrote."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
        with suppress(FileExistsError):
            os.link(draft, path)
        return path.read_bytes()
    finally:
        draft.unlink()
