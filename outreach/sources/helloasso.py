"""HelloAsso: payments and orders of donation, membership, event and checkout forms.

Shapes: dev.helloasso.com, “Les notifications” and “Exemples de notifications” (2024, read in November 2026), and the
models of github.com/HelloAsso/helloasso-python (states of payments, operations and forms). Amounts are cents of euro,
HelloAsso's one currency.

An `Order` and its `Payment`s tell the same money: both bear the payment's id ("payment-13790"). Gifts are what
came by forms of donation and crowdfunding; a Checkout is what its metadata say in `cw_kind`; other money is "other". An
order's tickets are one attendance, its memberships one sign-up. What was given back is told as a total.

Our ids: `metadata` of a Checkout (`cw_click`, `cw_code`, `utm_*`, `cw_kind`); of other forms the fields that they add,
named `cw_click` or `cw_code` (`customFields` of an order's items). HelloAsso passes on no UTM parameters.

Signed for partners only: `x-ha-signature` is the hex of HMAC-SHA256 over the body with the signature key of the
notification URL, without a timestamp. For others a secret in our address is all there is, and the caller's business.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from crm.errors import DomainError
from outreach.sources import marks, signatures
from outreach.sources.documents import Node, read_json
from outreach.sources.events import KINDS, Event
from outreach.sources.marks import Marks

SOURCE: Final = "helloasso"
CURRENCY: Final = "EUR"
_GIFTS: Final = {"Donation", "CrowdFunding"}
_PAID: Final = {"Authorized", "Refunded", "Refunding", "Contested"}  # the last two: the money is here still
_UNPAID_ITEMS: Final = {"Canceled", "Abandoned", "Deleted", "Waiting", "Unknown"}


def read(body: bytes, headers: Mapping[str, str]) -> list[Event]:
    """Raises DomainError: event_too_long, event_malformed, amount_*."""
    told = read_json(body).record()
    kind = told.at("eventType").word()
    if kind not in {"Payment", "Order"}:
        return []
    data = told.at("data").record()
    own = marks.in_fields(told.at("metadata"))
    if kind == "Payment":
        return _payment(data, order=data.at("order"), payer=data.at("payer"), told=told, came=own)
    return _order(data, told=told, own=own)


def verify(body: bytes, headers: Mapping[str, str], secret: str, *, at: datetime) -> None:
    """Of partners. Nothing says how old it is: a replay is known by its id alone.

    Raises DomainError: signature_missing, signature_wrong, secret_missing, event_too_long.
    """
    signatures.check(body, [signatures.header(headers, "x-ha-signature")], prefix="", secret=secret)


def _order(order: Node, *, told: Node, own: Marks) -> list[Event]:
    items = order.at("items").items()
    came = marks.joined([own, *(marks.in_answers(item.at("customFields"), "name", "answer") for item in items)])
    found: list[Event] = []
    for payment in order.at("payments").items():
        found += _payment(payment, order=order, payer=order.at("payer"), told=told, came=came)
    for kind, name in (("attendance", "Registration"), ("sign_up", "Membership")):
        count = sum(item.at("type").text() == name and item.at("state").text() not in _UNPAID_ITEMS for item in items)
        if count:
            found.append(
                Event(
                    source=SOURCE,
                    external_id=f"order-{order.at('id').identity()}:{kind}",
                    kind=kind,
                    occurred_at=order.at("date").moment(),
                    quantity=Decimal(count),
                    click_ids=came.click_ids,
                    code=came.code,
                    utm=came.utm,
                    supporter=order.down("payer", "email").text(),
                )
            )
    return found


def _payment(payment: Node, *, order: Node, payer: Node, told: Node, came: Marks) -> list[Event]:
    state = payment.at("state").word()
    if state not in _PAID or payment.at("amount").is_zero():
        return []
    ident, kind, amount = f"payment-{payment.at('id').identity()}", _kind(order, told), payment.at("amount").minor()
    occurred_at = payment.at("date").moment()
    gift = Event(
        source=SOURCE,
        external_id=ident,
        kind=kind,
        occurred_at=occurred_at,
        amount_minor=amount,
        currency=CURRENCY,
        click_ids=came.click_ids,
        code=came.code,
        utm=came.utm,
        supporter=payer.at("email").text(),
    )
    back = _given_back(payment, state=state, amount=amount)
    if not back:
        return [gift]
    total = Event(
        source=SOURCE,
        external_id=f"{ident}:refunded:{back}",
        kind=kind,
        occurred_at=_last_change(payment, occurred_at),
        amount_minor=back,
        currency=CURRENCY,
        refund_of=ident,
        is_total=True,
    )
    return [gift, total]


def _kind(order: Node, told: Node) -> str:
    form = order.at("formType").word()
    if form in _GIFTS:
        return "donation"
    said = told.down("metadata", "cw_kind").text()
    if form != "Checkout" or not said:
        return "other"
    if said not in KINDS:
        raise DomainError("kind_unknown", kind=said[:30], known=list(KINDS))
    return said


def _given_back(payment: Node, *, state: str, amount: int) -> int:
    """What is done of it. A payment that is called refunded without a list of how was given back whole."""
    operations = payment.at("refundOperations").items()
    done = [one for one in operations if one.at("status").word() == "Processed"]
    if not done:
        return amount if state == "Refunded" else 0
    return sum(one.at("amount").minor() for one in done)


def _last_change(payment: Node, otherwise: datetime) -> datetime:
    changed = payment.down("meta", "updatedAt")
    return changed.moment() if changed.value is not None else otherwise
