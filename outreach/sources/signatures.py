"""Whether a body was sent by whom it says: HMAC-SHA256 with a secret that only the source and we know."""

import binascii
import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from crm.errors import DomainError
from outreach.sources.documents import check_size

TOLERANCE: Final = 300  # seconds that a signature may be old, or ahead of our clock
_SECONDS: Final = re.compile(r"[0-9]{1,12}")


def header(headers: Mapping[str, str], name: str) -> str:
    """The one header of this name, in whatever case. Raises DomainError: signature_missing; signature_wrong, where it
    stands there more than once."""
    found = [value for key, value in headers.items() if key.lower() == name.lower()]
    if not any(found):
        raise DomainError("signature_missing")
    if len(found) > 1:
        raise DomainError("signature_wrong")
    return found[0]


def check(body: bytes, signed: Iterable[str], *, prefix: str, secret: str | bytes, as_base64: bool = False) -> None:
    """That one of the signatures is that of prefix and body. Raises DomainError: event_too_long, secret_missing,
    signature_wrong."""
    check_size(body)
    key = secret.encode() if isinstance(secret, str) else secret
    if not key:
        raise DomainError("secret_missing")  # anybody can sign with nothing
    digest = hmac.new(key, prefix.encode() + body, hashlib.sha256).digest()
    expected = b64encode(digest) if as_base64 else digest.hex().encode()
    # All are compared, and as bytes: compare_digest refuses texts that are not ASCII.
    same = [hmac.compare_digest(said.encode("utf-8", "replace"), expected) for said in signed]
    if not any(same):
        raise DomainError("signature_wrong")


def seconds(said: str) -> int:
    """Raises DomainError: signature_wrong."""
    if not _SECONDS.fullmatch(said):
        raise DomainError("signature_wrong")
    return int(said)


def check_age(said: int, *, at: datetime) -> None:
    """Raises DomainError: signature_old (minutes)."""
    if abs(int(at.timestamp()) - said) > TOLERANCE:
        raise DomainError("signature_old", minutes=TOLERANCE // 60)


def standard_key(secret: str) -> bytes:
    """The key within a secret of Standard Webhooks ("whsec_" and base64). Raises DomainError: secret_missing."""
    try:
        return b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        raise DomainError("secret_missing") from None
