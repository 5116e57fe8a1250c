"""Our own shape: what any page, script or automation tool can send.

One object, a list of them, or {"events": [...]}; the fields are those of POST /api/v1/conversions/ and a few more:
`source`, `external_id`, `kind`, `occurred_at` (with its time zone), `amount_minor` or `amount` ("12.50"), `currency`,
`quantity` or `hours`, `click_ids` or `cw_click`, `code` or `cw_code`, `utm` or `utm_*`, `referrer`, `supporter`,
`refund_of`, and `crypto` {asset, network, tx_hash, quantity, rate_source} beside what it was worth in money.

Signed as Standard Webhooks are (specification 1.0, standard-webhooks/standard-webhooks): headers `webhook-id`,
`webhook-timestamp` and `webhook-signature`, "v1," and the base64 of HMAC-SHA256 over "id.timestamp.body".
"""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from crm.errors import DomainError
from outreach.sources import marks, money, signatures
from outreach.sources.documents import ITEMS_LIMIT, Node, malformed, read_json
from outreach.sources.events import KINDS, ONE, Crypto, Event

SOURCE: Final = "generic"
_SOURCE_LIMIT: Final = 50
_SIGNED: Final = re.compile(r"v[0-9]+[a-z]*,[0-9A-Za-z+/=]+")
_HOURS_STEP: Final = Decimal("0.01")
_MOST: Final = Decimal(2**31 - 1)


def read(body: bytes, headers: Mapping[str, str]) -> list[Event]:
    """Raises DomainError: event_too_long, event_malformed, kind_unknown, amount_missing, amount_invalid,
    amount_not_positive, currency_missing, currency_unknown, quantity_invalid."""
    found = read_json(body)
    whole = found if isinstance(found.value, list) else found.at("events")
    if whole.value is None:
        return [one(found)]
    if not isinstance(whole.value, list) or len(whole.value) > ITEMS_LIMIT:
        malformed("events")
    return [one(Node(value)) for value in whole.value]


def verify(body: bytes, headers: Mapping[str, str], secret: str, *, at: datetime) -> None:
    """Raises DomainError: signature_missing, signature_wrong, signature_old, secret_missing, event_too_long."""
    ident, stamp = signatures.header(headers, "webhook-id"), signatures.header(headers, "webhook-timestamp")
    listed = signatures.header(headers, "webhook-signature").split(" ")
    if not all(_SIGNED.fullmatch(said) for said in listed):  # such as two headers that were joined by a comma
        raise DomainError("signature_wrong")
    signed = [said.removeprefix("v1,") for said in listed if said.startswith("v1,")]
    key, said_at = signatures.standard_key(secret), signatures.seconds(stamp)
    if "." in ident:  # else what is id and what is timestamp could be told in two ways
        raise DomainError("signature_wrong")
    signatures.check(body, signed, prefix=f"{ident}.{stamp}.", secret=key, as_base64=True)
    signatures.check_age(said_at, at=at)


def one(entry: Node) -> Event:
    """One event. Raises DomainError as `read`."""
    entry.record()
    kind = entry.at("kind").text()
    if kind not in KINDS:
        raise DomainError("kind_unknown", kind=kind[:30], known=list(KINDS))
    crypto = _crypto(entry.at("crypto"))
    refund_of = entry.at("refund_of").identity_or_blank()
    minor, currency = _money(entry, needed=kind == "donation" and not refund_of)
    if crypto and minor is None:
        raise DomainError("amount_missing")
    came = marks.joined([marks.in_fields(entry), _own(entry), marks.in_url(entry.at("referrer"))])
    source = entry.at("source").identity_or_blank() or SOURCE
    return Event(
        source=source if len(source) <= _SOURCE_LIMIT else entry.at("source").fail(),
        external_id=_id(entry, crypto),
        kind=kind,
        occurred_at=entry.at("occurred_at").moment(),
        amount_minor=minor,
        currency=currency,
        crypto=crypto,
        quantity=_quantity(entry, kind),
        click_ids=came.click_ids,
        code=came.code,
        utm=came.utm,
        referrer=came.referrer,
        supporter=entry.at("supporter").text(),
        refund_of=refund_of,
    )


def _id(entry: Node, crypto: Crypto | None) -> str:
    said = entry.at("external_id").identity_or_blank()
    if crypto and not said:
        return f"{crypto.network}:{crypto.tx_hash}"
    return said or entry.at("external_id").fail()


def _money(entry: Node, *, needed: bool) -> tuple[int | None, str]:
    minor, major = entry.at("amount_minor"), entry.at("amount")
    has_minor, has_major = minor.value not in (None, ""), major.value not in (None, "")
    if has_minor and has_major:
        raise DomainError("amount_invalid")  # which of the two?
    if not has_minor and not has_major:
        if needed or entry.at("currency").value not in (None, ""):
            raise DomainError("amount_missing")
        return None, ""
    currency = entry.at("currency").currency()
    return (minor.minor() if has_minor else major.major(currency)), currency


def _quantity(entry: Node, kind: str) -> Decimal:
    name = "hours" if kind == "volunteer_hours" and entry.at("hours").value is not None else "quantity"
    said = entry.at(name).value
    if said in (None, "") and kind != "volunteer_hours":
        return ONE
    try:
        number = money.exact(said)
    except DomainError:
        raise DomainError("quantity_invalid") from None
    step = _HOURS_STEP if kind == "volunteer_hours" else ONE
    if number > _MOST or number % step:
        raise DomainError("quantity_invalid")
    return number


def _crypto(place: Node) -> Crypto | None:
    if place.value is None:
        return None
    place.record()
    return Crypto(
        asset=place.at("asset").word(),
        network=place.at("network").word(),
        tx_hash=place.at("tx_hash").word(),
        quantity=money.exact(place.at("quantity").value),
        rate_source=place.at("rate_source").word(),
    )


def _own(entry: Node) -> marks.Marks:
    """The names that our API gives to marks."""
    clicks = entry.at("click_ids")
    listed = clicks.value if isinstance(clicks.value, list) else []
    joined = "|".join(click for click in listed if isinstance(click, str)) if listed else clicks.value
    named = marks.in_fields(Node({marks.CLICK: joined, marks.CODE: entry.at("code").value}))
    utm = entry.at("utm").value
    short = {f"utm_{name.removeprefix('utm_')}": value for name, value in utm.items()} if isinstance(utm, dict) else {}
    return marks.joined([named, marks.in_fields(Node({name: short.get(name) for name in marks.UTM}))])
