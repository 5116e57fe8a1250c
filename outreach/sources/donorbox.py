"""Donorbox: donations, one at a time or recurring.

Shapes: donorbox.zendesk.com, “Custom Webhooks” (payload version v1: a list of one donation) and “Verify Donorbox
webhook notifications”, read in November 2026. Version v2 has another shape that is documented nowhere we could read:
choose v1. Amounts are decimal texts ("100.0") without groups of thousands.

Our ids: Donorbox passes on the UTM parameters its form was opened with and nothing else. Put "cw-" and the click id
or the code into `utm_term`, or into `utm_content`, where our links have the code already as it is.
Signed: `Donorbox-Signature: timestamp,signature`, the hex of HMAC-SHA256 over "timestamp.body".
A refund says how much of the donation was given back in all, and not when: it bears the day of the donation.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from crm.errors import DomainError
from outreach.sources import marks, signatures
from outreach.sources.documents import Node, malformed, read_json
from outreach.sources.events import Event

SOURCE: Final = "donorbox"
_GIVEN: Final = {"paid", "refunded", "partially_refunded"}


def read(body: bytes, headers: Mapping[str, str]) -> list[Event]:
    """Raises DomainError: event_too_long, event_malformed, amount_*, currency_*."""
    found = read_json(body)
    if not isinstance(found.value, list) or not found.value:
        malformed("body")
    return [event for donation in found.items() for event in record(donation)]


def verify(body: bytes, headers: Mapping[str, str], secret: str, *, at: datetime) -> None:
    """Raises DomainError: signature_missing, signature_wrong, signature_old, secret_missing, event_too_long."""
    parts = signatures.header(headers, "Donorbox-Signature").split(",")
    if len(parts) != 2:  # noqa: PLR2004
        raise DomainError("signature_wrong")
    said_at = signatures.seconds(parts[0])
    signatures.check(body, [parts[1]], prefix=f"{parts[0]}.", secret=secret)
    signatures.check_age(said_at, at=at)


def record(donation: Node) -> list[Event]:
    """One donation, as it stands now: itself, and what was given back of it."""
    donation.record()
    if donation.at("status").word() not in _GIVEN:
        return []
    currency, ident = donation.at("currency").currency(), donation.at("id").identity()
    came = marks.joined(
        [
            marks.in_fields(donation),
            marks.in_value(donation.at("utm_term")),
            marks.in_value(donation.at("utm_content")),
        ]
    )
    occurred_at = donation.at("donation_date").moment()
    donor = donation.at("donor")
    gift = Event(
        source=SOURCE,
        external_id=ident,
        kind="donation",
        occurred_at=occurred_at,
        amount_minor=donation.at("amount").major(currency),
        currency=currency,
        click_ids=came.click_ids,
        code=came.code,
        utm=came.utm,
        supporter=donor.at("email").text() or donor.at("id").identity_or_blank(),
    )
    if donation.at("amount_refunded").is_nothing():
        return [gift]
    back = donation.at("amount_refunded").major(currency)
    total = Event(
        source=SOURCE,
        external_id=f"{ident}:refunded:{back}",
        kind="donation",
        occurred_at=occurred_at,
        amount_minor=back,
        currency=currency,
        refund_of=ident,
        is_total=True,
    )
    return [gift, total]
