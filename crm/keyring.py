"""The instance's own keys: keyed hashes of what must be recognised but not kept, signed tokens, and sealed secrets.

The keys live in one JSON file, `settings.KEYRING`, outside the database: a dump alone tells nothing about whom a hash
stands for. Shape: `{"current": "v2", "keys": {"v1": "<hex, 32 bytes or more>", "v2": …}}`. New hashes and tokens are
made with the current key; older keys stay for ever, because a suppression outlives the address it was made from and so
can never be hashed again. The file is made on first use, once, whoever comes first; a damaged one is never replaced.

Every function may raise DomainError: keyring_unreadable (the file is there but cannot be read, or holds no good keys).
"""

import base64
import binascii
import functools
import hmac
import json
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from crm.errors import DomainError

KEY_BYTES = 32
_NONCE_BYTES = 12  # as NIST SP 800-38D wants it
_VERSION = re.compile(r"v[1-9][0-9]{0,5}")


@dataclass(frozen=True)
class _Ring:
    current: str
    keys: Mapping[str, bytes]  # newest first

    def others(self) -> tuple[str, ...]:
        return tuple(version for version in self.keys if version != self.current)

    def oldest(self) -> bytes:
        return list(self.keys.values())[-1]


def digest(purpose: str, value: str) -> str:
    """The keyed hash of a value under the current key, as `v1:<64 hex digits>`. Another purpose is another hash."""
    ring = _ring()
    return _digest(ring, ring.current, purpose, value)


def digester(purpose: str) -> Callable[[str], str]:
    """`digest` for many values at once: the keys are looked up here, and not again for each."""
    ring = _ring()
    return lambda value: _digest(ring, ring.current, purpose, value)


def digests(purpose: str, value: str) -> tuple[str, ...]:
    """The keyed hash under every known key, the current one first: what to look a stored hash up by."""
    ring = _ring()
    return tuple(_digest(ring, version, purpose, value) for version in (ring.current, *ring.others()))


def finder(digests: Iterable[str]) -> Callable[[str, str], str | None]:
    """`find(purpose, value)`: which of these hashes is that of the value. For many values: the keys are read once.

    None where it is none of them. A hash under a key that is not known is never found.
    """
    ring = _ring()
    wanted: dict[str, dict[bytes, str]] = {}
    for each in digests:
        version, _colon, mac = each.partition(":")
        if version in ring.keys:
            wanted.setdefault(version, {})[bytes.fromhex(mac)] = each

    def find(purpose: str, value: str) -> str | None:
        message = _bytes(value)
        for version, known in wanted.items():
            mac = hmac.digest(_own_key(ring.keys[version], "digest", purpose), message, "sha256")
            if mac in known:
                return known[mac]
        return None

    return find


def sign(purpose: str, payload: str) -> str:
    """A token that carries the payload, readable by anybody but made by nobody else. Safe in a URL path, never expires.

    The same payload gives the same token as long as the key is the current one.
    """
    ring = _ring()
    return _token(ring, ring.current, purpose, payload)


def unsign(purpose: str, token: str) -> str:
    """The payload of a token that `sign` made for this purpose, under any known key.

    Raises DomainError: token_invalid, whatever is wrong with it.
    """
    ring = _ring()
    version, _, rest = token.partition(".")
    if version not in ring.keys:
        raise DomainError("token_invalid")
    try:
        payload = _decode(rest.partition(".")[0])
    except ValueError as error:
        raise DomainError("token_invalid") from error
    # The whole token is made again and compared: no second spelling of a good token passes.
    expected = _token(ring, version, purpose, payload)
    if not hmac.compare_digest(expected.encode(), _bytes(token)):
        raise DomainError("token_invalid")
    return payload


def seal(purpose: str, secret: bytes) -> str:
    """A secret that must be used again, as `v1:<base64>`: a database without its keyring tells nothing of it but its
    length. The same secret is another text each time.
    """
    ring = _ring()
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = _sealer(ring, ring.current, purpose).encrypt(nonce, secret, None)
    return f"{ring.current}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def open_sealed(purpose: str, sealed: str) -> bytes:
    """The secret that `seal` sealed for this purpose, under any known key.

    Raises DomainError: seal_broken, whether it was tampered with, was sealed for something else, or by another ring.
    """
    ring = _ring()
    version, _colon, rest = sealed.partition(":")
    if version not in ring.keys:
        raise DomainError("seal_broken")
    try:
        raw = base64.b64decode(_bytes(rest), altchars=b"-_", validate=True)
        return _sealer(ring, version, purpose).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], None)
    except (ValueError, InvalidTag):  # of one that was cut short, even the nonce may be missing
        raise DomainError("seal_broken") from None


def _sealer(ring: _Ring, version: str, purpose: str) -> AESGCM:
    return AESGCM(_own_key(ring.keys[version], "seal", purpose))


def fingerprint() -> str:
    """The ring's name, 32 hex digits: the same before and after a rotation, another one for another instance.

    It tells a database that was restored without its keys. It reveals nothing about them.
    """
    return _mac(_ring().oldest(), "fingerprint", "", "").hex()[:32]


def _digest(ring: _Ring, version: str, purpose: str, value: str) -> str:
    return f"{version}:{_mac(ring.keys[version], 'digest', purpose, value).hex()}"


def _token(ring: _Ring, version: str, purpose: str, payload: str) -> str:
    mac = _mac(ring.keys[version], "token", purpose, payload)
    return ".".join((version, _encode(_bytes(payload)), _encode(mac)))


def _mac(key: bytes, use: str, purpose: str, message: str) -> bytes:
    return hmac.digest(_own_key(key, use, purpose), _bytes(message), "sha256")


@functools.lru_cache(maxsize=64)
def _own_key(key: bytes, use: str, purpose: str) -> bytes:
    """One key per use and purpose: a hash made for one purpose is worth nothing for another."""
    return hmac.digest(key, _bytes(f"{use}\0{purpose}"), "sha256")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # whatever comes in from outside is hashed, not crashed on


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _decode(text: str) -> str:
    """Raises ValueError on anything that is not base64 of text."""
    try:
        raw = base64.b64decode(_bytes(text) + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError from error
    return raw.decode("utf-8", "surrogatepass")


def _ring() -> _Ring:
    try:
        found = _stat(settings.KEYRING)
        return _read(settings.KEYRING, found.st_mtime_ns, found.st_ino, found.st_size)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise DomainError("keyring_unreadable") from error


def _stat(path: Path) -> os.stat_result:
    try:
        return os.stat(path)  # noqa: PTH116  (once per address of a file, where making a Path costs more than the call)
    except FileNotFoundError:
        _create(Path(path))
        return os.stat(path)  # noqa: PTH116


@functools.lru_cache(maxsize=4)
def _read(path: Path, _mtime_ns: int, _inode: int, _size: int) -> _Ring:
    """Read once per state of the file. Raises OSError, or ValueError and its like when the shape is wrong."""
    stored = json.loads(Path(path).read_bytes())
    versions = sorted(stored["keys"], key=lambda version: int(version.removeprefix("v")), reverse=True)
    keys = {version: bytes.fromhex(stored["keys"][version]) for version in versions}
    for version, key in keys.items():
        if not _VERSION.fullmatch(version) or len(key) < KEY_BYTES:
            raise ValueError("not a key")
    if stored["current"] not in keys:
        raise ValueError("no current key")
    return _Ring(current=stored["current"], keys=keys)


def _create(path: Path) -> None:
    """Make the first key. Of several processes that try, one wins and the others read what it wrote."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600 from the start
    try:
        with os.fdopen(handle, "w") as file:
            json.dump({"current": "v1", "keys": {"v1": secrets.token_hex(KEY_BYTES)}}, file)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)  # unlike a rename, a link never replaces what is there
    finally:
        Path(draft).unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """A hash that is in the database must not lose its key to a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
