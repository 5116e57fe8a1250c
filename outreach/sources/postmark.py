"""Postmark: inbound with the raw mail in it ("Include raw email content"), and its webhooks for deliveries."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from crm.errors import DomainError
from outreach.sources.mail import Told, read_json, text_of

# What a bounce or a suppression is: only what says that nobody is there counts as a bounce of the address.
_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "HardBounce": "bounced",
        "BadEmailAddress": "bounced",
        "SpamComplaint": "complained",
        "SpamNotification": "complained",
        "Unsubscribe": "unsubscribed",
        "ManualSuppression": "unsubscribed",
        "Transient": "deferred",
        "SoftBounce": "deferred",
        "DnsError": "deferred",
    }
)


def letter(body: bytes) -> bytes:
    """The mail as it came. Raises DomainError: hook_malformed (field)."""
    raw = read_json(body).get("RawEmail")
    if not isinstance(raw, str) or not raw:
        raise DomainError("hook_malformed", field="RawEmail")
    return raw.encode("utf-8", "replace")


def told(body: bytes) -> Told:
    """Raises DomainError: hook_malformed (field)."""
    said = read_json(body)
    record = text_of(said, "RecordType")
    if not record:
        raise DomainError("hook_malformed", field="RecordType")
    recipient = text_of(said, "Email") or text_of(said, "Recipient")
    return Told(kind=_kind(record, said), recipient=recipient, named=_named(record, said))


def _kind(record: str, said: Mapping[str, object]) -> str:
    match record:
        case "Delivery":
            return "delivered"
        case "Bounce":
            return _TYPES.get(text_of(said, "Type"), "other")
        case "SpamComplaint":
            return "complained"
        case "SubscriptionChange" if said.get("SuppressSending") is True:
            return _TYPES.get(text_of(said, "SuppressionReason"), "unsubscribed")
        case _:
            return "other"


def _named(record: str, said: Mapping[str, object]) -> str:
    number, message = text_of(said, "ID"), text_of(said, "MessageID")
    return f"{record}:{number or message}" if number or message else ""
