"""Mailgun: routes that forward the whole mail (an address that ends in "mime"), and its webhooks. Both are signed.

A signature does not grow old here: Mailgun tries for hours, and the same letter or event, told again, changes nothing.
"""

import hmac
from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import compat32
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qsl

from crm.errors import DomainError
from outreach.sources.mail import Told, read_json, text_of

_EVENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "delivered": "delivered",
        "complained": "complained",
        "unsubscribed": "unsubscribed",
        "rejected": "rejected",
    }
)
_MAX_FIELDS: Final = 200


def letter(body: bytes, *, content_type: str, key: str) -> bytes:
    """The mail as it came. Raises DomainError: hook_malformed (field), hook_forged."""
    fields = _form(body, content_type)
    given = {name: fields.get(name, b"").decode("utf-8", "replace") for name in ("timestamp", "token", "signature")}
    _check(given, key=key)
    if not (raw := fields.get("body-mime", b"")):
        raise DomainError("hook_malformed", field="body-mime")
    return raw


def told(body: bytes, *, key: str) -> Told:
    """Raises DomainError: hook_malformed (field), hook_forged."""
    said = read_json(body)
    _check({name: text_of(said, "signature", name) for name in ("timestamp", "token", "signature")}, key=key)
    event = text_of(said, "event-data", "event")
    if not event:
        raise DomainError("hook_malformed", field="event")
    name = text_of(said, "event-data", "message", "headers", "message-id").strip("<> ")
    return Told(
        kind=_kind(event, text_of(said, "event-data", "severity")),
        message_id=f"<{name}>" if name else "",
        recipient=text_of(said, "event-data", "recipient"),
        status=text_of(said, "event-data", "delivery-status", "enhanced-code"),
        named=text_of(said, "event-data", "id"),
    )


def _kind(event: str, severity: str) -> str:
    if event == "failed":
        return "bounced" if severity == "permanent" else "deferred"
    return _EVENTS.get(event, "other")


def _check(given: Mapping[str, str], *, key: str) -> None:
    """Raises DomainError: hook_forged."""
    said = f"{given['timestamp']}{given['token']}".encode()
    expected = hmac.new(key.encode(), said, "sha256").hexdigest()
    is_good = hmac.compare_digest(expected.encode(), given["signature"].encode())
    if not (key and given["token"] and is_good):
        raise DomainError("hook_forged")


def _form(body: bytes, content_type: str) -> dict[str, bytes]:
    if content_type.lower().startswith("multipart/form-data"):
        return _parts(body, content_type)
    try:
        # Byte for byte: what a letter is written in, it says itself.
        pairs = parse_qsl(
            body.decode("latin-1"), keep_blank_values=True, max_num_fields=_MAX_FIELDS, encoding="latin-1"
        )
    except ValueError:
        raise DomainError("hook_malformed", field="body") from None
    return {name: value.encode("latin-1") for name, value in pairs}


def _parts(body: bytes, content_type: str) -> dict[str, bytes]:
    head = f"Content-Type: {' '.join(content_type.split())}\r\n\r\n".encode("ascii", "replace")
    whole = BytesParser(policy=compat32).parsebytes(head + body)
    found: dict[str, bytes] = {}
    for part in whole.walk():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            found[name] = content
    return found
