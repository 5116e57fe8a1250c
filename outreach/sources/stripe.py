"""Stripe: payments of Checkout, Payment Links, own forms and subscriptions; refunds and disputes.

Shapes: docs.stripe.com/api (Event, Checkout Session, PaymentIntent, Charge, Invoice, Invoice Payment, Dispute),
docs.stripe.com/webhooks (the `Stripe-Signature` header) and docs.stripe.com/currencies, versions 2020-08-27 to
2025-09-30, read in November 2026.

One payment is told by up to four events. They bear one id, that of the invoice, or else of the PaymentIntent, or else
of the charge, and name the others in `also`. Since 2025-03-31 an invoice does not say how it was paid: the
PaymentIntent's `payment_details.order_reference` and `invoice_payment.paid` do.

Our ids: `client_reference_id` (a click id, or "cw-" and the code), and `cw_click`, `cw_code`, `utm_*` in the `metadata`
of the session, the PaymentIntent, the charge, the invoice or its subscription.
Refunds are told in `charge.refunded` as the total up to then. A dispute counts when the money is gone
(`charge.dispute.funds_withdrawn`, or closed as lost), and no more when it comes back (`funds_reinstated`): all of it,
or the part that its `balance_transactions` say.
What was paid in test mode is no gift.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from outreach.sources import marks, money, signatures
from outreach.sources.documents import Node, read_json
from outreach.sources.events import Event
from outreach.sources.marks import Marks

SOURCE: Final = "stripe"

# How many digits Stripe counts where it is not those of ISO 4217: of the ariary none, of the krona and the shilling two
# that are always 00.
_DIGITS: Final = {"MGA": 0, "ISK": 2, "UGX": 2}


def read(body: bytes, headers: Mapping[str, str]) -> list[Event]:
    """Raises DomainError: event_too_long, event_malformed, amount_*, currency_*."""
    event = read_json(body).record()
    reader = _READERS.get(event.at("type").word())
    if reader is None or not event.at("livemode").flag():
        return []
    return reader(event.down("data", "object").record(), event.at("created").moment())


def verify(body: bytes, headers: Mapping[str, str], secret: str, *, at: datetime) -> None:
    """`Stripe-Signature: t=…,v1=…[,v1=…]`. Other schemes than v1 count for nothing.

    Raises DomainError: signature_missing, signature_wrong, signature_old, secret_missing, event_too_long.
    """
    parts = [part.partition("=") for part in signatures.header(headers, "Stripe-Signature").split(",")]
    stamps = [value for name, _, value in parts if name.strip() == "t"]
    signed = [value for name, _, value in parts if name.strip() == "v1"]
    stamp = stamps[0] if len(stamps) == 1 else ""  # two headers that were joined by a comma have two
    said_at = signatures.seconds(stamp)
    signatures.check(body, signed, prefix=f"{stamp}.", secret=secret)
    signatures.check_age(said_at, at=at)


def _session(session: Node, told_at: datetime) -> list[Event]:
    """`checkout.session.completed` and `…async_payment_succeeded`: only what is paid, and no set-up of cards."""
    if session.at("mode").text() not in {"payment", "subscription"} or session.at("payment_status").text() != "paid":
        return []
    return _gift(
        _ids(session.at("invoice"), session.at("payment_intent"), session.at("id")),
        session.at("amount_total"),
        session,
        [_metadata(session), marks.in_value(session.at("client_reference_id"))],
    )


def _intent(intent: Node, told_at: datetime) -> list[Event]:
    reference = intent.down("payment_details", "order_reference")
    invoice = intent.at("invoice") if intent.at("invoice").value else reference
    if not invoice.text().startswith("in_") and not isinstance(invoice.value, dict):
        invoice = Node(None)
    return _gift(
        _ids(invoice, intent.at("id"), intent.at("latest_charge")),
        intent.at("amount_received"),
        intent,
        [_metadata(intent)],
    )


def _charge(charge: Node, told_at: datetime) -> list[Event]:
    if not charge.at("paid").flag() or not charge.at("captured").flag():
        return []
    amount = charge.at("amount_captured") if charge.at("amount_captured").value is not None else charge.at("amount")
    return _gift(_of_charge(charge), amount, charge, [_metadata(charge)])


def _invoice(invoice: Node, told_at: datetime) -> list[Event]:
    """`invoice.paid`. Marks stand in the metadata of the subscription, where the invoice shows them."""
    paid_at = invoice.down("status_transitions", "paid_at")
    subscriptions = [
        _metadata(invoice.at("subscription_details")),
        _metadata(invoice.down("parent", "subscription_details")),
        *(_metadata(line) for line in invoice.down("lines", "data").items()),
    ]
    return _gift(
        _ids(invoice.at("id"), invoice.at("payment_intent"), invoice.at("charge")),
        invoice.at("amount_paid"),
        invoice,
        [_metadata(invoice), *subscriptions],
        occurred_at=(paid_at if paid_at.value is not None else invoice.at("created")).moment(),
    )


def _invoice_payment(payment: Node, told_at: datetime) -> list[Event]:
    paid = payment.at("payment")
    return _gift(
        _ids(payment.at("invoice"), paid.at("payment_intent"), paid.at("charge")),
        payment.at("amount_paid"),
        payment,
        [],
    )


def _refunded(charge: Node, told_at: datetime) -> list[Event]:
    currency = charge.at("currency").currency()
    total = _amount(charge.at("amount_refunded"), currency)
    ids = _of_charge(charge)
    return [
        Event(
            source=SOURCE,
            external_id=f"{charge.at('id').identity()}:refunded:{total}",
            kind="donation",
            occurred_at=told_at,
            amount_minor=total,
            currency=currency,
            refund_of=ids[0],
            is_total=True,
        )
    ]


def _withdrawn(dispute: Node, told_at: datetime) -> list[Event]:
    return [
        _disputed(
            dispute, ident=dispute.at("id").identity(), of=_ids(dispute.at("payment_intent"), dispute.at("charge"))[0]
        )
    ]


def _reinstated(dispute: Node, told_at: datetime) -> list[Event]:
    """The whole of it, or where Stripe's bookings say so a part: as the total that came back until now."""
    ident, currency = dispute.at("id").identity(), dispute.at("currency").currency()
    whole = _disputed(dispute, ident=f"{ident}:reinstated", of=ident)
    came = sum(_amount(each, currency) for each in _came_back(dispute, currency))
    if not 0 < came < (whole.amount_minor or 0):
        return [whole]
    return [replace(whole, external_id=f"{whole.external_id}:{came}", amount_minor=came, is_total=True)]


def _came_back(dispute: Node, currency: str) -> list[Node]:
    """What was booked for it in its own currency; what was withdrawn is below zero."""
    booked = dispute.at("balance_transactions")
    listed = booked.items() if isinstance(booked.value, list) else []
    moved = [one.at("amount") for one in listed if one.at("currency").text().upper() == currency]
    return [amount for amount in moved if isinstance(amount.value, int) and amount.value > 0]


def _closed(dispute: Node, told_at: datetime) -> list[Event]:
    return _withdrawn(dispute, told_at) if dispute.at("status").text() == "lost" else []


def _disputed(dispute: Node, *, ident: str, of: str) -> Event:
    currency = dispute.at("currency").currency()
    return Event(
        source=SOURCE,
        external_id=ident,
        kind="donation",
        occurred_at=dispute.at("created").moment(),
        amount_minor=_amount(dispute.at("amount"), currency),
        currency=currency,
        refund_of=of,
    )


def _gift(
    ids: tuple[str, ...], amount: Node, payment: Node, found: list[Marks], *, occurred_at: datetime | None = None
) -> list[Event]:
    """What was paid, unless it was nothing: trials and vouchers are told as payments of 0."""
    if amount.is_zero():
        return []
    currency = payment.at("currency").currency()
    came = marks.joined(found)
    return [
        Event(
            source=SOURCE,
            external_id=ids[0],
            also=ids[1:],
            kind="donation",
            occurred_at=occurred_at or payment.at("created").moment(),
            amount_minor=_amount(amount, currency),
            currency=currency,
            click_ids=came.click_ids,
            code=came.code,
            utm=came.utm,
            supporter=_supporter(payment),
        )
    ]


def _amount(amount: Node, currency: str) -> int:
    digits = _DIGITS.get(currency)
    return amount.minor() if digits is None else money.rescaled(amount.value, digits=digits, currency=currency)


def _of_charge(charge: Node) -> tuple[str, ...]:
    return _ids(charge.at("invoice"), charge.at("payment_intent"), charge.at("id"))


def _ids(*places: Node) -> tuple[str, ...]:
    """The ids that are there, the one that all events of a payment share first."""
    found = tuple(said for place in places if (said := place.identity_or_blank()))
    return found or places[-1].fail()


def _metadata(thing: Node) -> Marks:
    return marks.in_fields(thing.at("metadata"))


def _supporter(payment: Node) -> str:
    """The address, wherever this kind of object has it; else the customer's id."""
    places = [
        payment.down("customer_details", "email"),
        payment.at("customer_email"),
        payment.at("receipt_email"),
        payment.down("billing_details", "email"),
        payment.at("customer"),
    ]
    return next((said for place in places if (said := place.text())), "")


_READERS: Final[Mapping[str, Callable[[Node, datetime], list[Event]]]] = {
    "checkout.session.completed": _session,
    "checkout.session.async_payment_succeeded": _session,
    "payment_intent.succeeded": _intent,
    "charge.succeeded": _charge,
    "charge.captured": _charge,
    "invoice.paid": _invoice,
    "invoice_payment.paid": _invoice_payment,
    "charge.refunded": _refunded,
    "charge.dispute.funds_withdrawn": _withdrawn,
    "charge.dispute.funds_reinstated": _reinstated,
    "charge.dispute.closed": _closed,
}
