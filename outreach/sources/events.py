"""What every source's reader hands over: one thing that somebody did, or the taking back of one."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from crm.errors import DomainError
from crm.formats.goals import CURRENCIES
from outreach.sources import marks

KINDS: Final = ("donation", "sign_up", "signature", "attendance", "volunteer_hours", "other")
ONE: Final = Decimal(1)
UNNUMBERED: Final = "content:"  # how the id begins of what came without one: the hash of what it says


@dataclass(frozen=True)
class Crypto:
    """What was given in a crypto asset. What it was worth stands in the event, in an ordinary currency."""

    asset: str  # "BTC"
    network: str  # "bitcoin"
    tx_hash: str
    quantity: Decimal
    rate_source: str  # who said what it was worth, and when


@dataclass(frozen=True)
class Event:
    """One concrete action, or with `refund_of` the taking back of the one with that id.

    `amount_minor` is in minor units (cents) of `currency` and always greater than zero; None where no money moved. Of a
    taking back it is what was given back: by this event, or with `is_total` by this and all before it. None there: the
    whole action is taken back. With `is_restoration` it is no taking back: at that moment the action stood, so whatever
    took it back as a whole until then counts no more (a sign-up that was cancelled and made again). `also`: further ids
    by which the source speaks of the same action. `quantity`: people, or hours of volunteer hours. `supporter` is an
    address or id as it came: whoever takes the event in hashes it and keeps nothing else; it is not shown, nor are
    click ids and UTM parameters.
    """

    source: str
    external_id: str
    kind: str
    occurred_at: datetime
    amount_minor: int | None = None
    currency: str = ""
    crypto: Crypto | None = None
    quantity: Decimal = ONE
    click_ids: tuple[str, ...] = field(default=(), repr=False)
    code: str = ""
    utm: Mapping[str, str] = field(default_factory=dict, repr=False)
    referrer: str = ""  # the host alone: the rest of an address may name a person
    supporter: str = field(default="", repr=False)
    refund_of: str = ""
    is_total: bool = False
    is_restoration: bool = False
    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS or not self.external_id or self.occurred_at.utcoffset() is None:
            raise ValueError("an event needs a kind, an id and a moment with a time zone")
        if self.amount_minor is not None and (type(self.amount_minor) is not int or self.amount_minor <= 0):
            raise ValueError("an amount is a whole number of minor units above zero")
        if (self.amount_minor is None) != (self.currency == ""):
            raise ValueError("an amount and its currency come together")
        if self.is_restoration and (not self.refund_of or self.amount_minor is not None):
            raise ValueError("what stands after all names what it is, and no amount")

    @property
    def facts(self) -> tuple[object, ...]:
        """What two reports of one id must agree on to be the same. Marks, who acted and the minute may come apart."""
        said = (self.source, self.kind, self.amount_minor, self.currency, self.quantity)
        return (*said, self.refund_of, self.is_total, self.is_restoration)


def told(*, kind: str, external_id: str = "", **said: Any) -> Event:
    """An event of what our own API, a form or a script says; the fields are the event's; names in `utm` may leave out
    "utm_". Without an id what it says is its id, but for the supporter: whoever takes it in adds them.

    Raises DomainError: kind_unknown, amount_missing, amount_not_positive, currency_missing, currency_unknown,
    external_id_missing (there is money), refund_of_itself, event_malformed (a total
    that nothing was given back of).
    """
    if kind not in KINDS:
        raise DomainError("kind_unknown", kind=kind, known=list(KINDS))
    amount, currency, refund_of = (said.get(name) for name in ("amount_minor", "currency", "refund_of"))
    if amount is None and (
        currency or said.get("crypto") or said.get("is_total") or (kind == "donation" and not refund_of)
    ):
        raise DomainError("amount_missing")
    if amount is not None:
        _check_money(amount, currency or "")
    if not external_id and (amount is not None or refund_of):
        raise DomainError("external_id_missing")
    if refund_of and refund_of == external_id:
        raise DomainError("refund_of_itself")
    if said.get("is_total") and not refund_of:
        raise DomainError("event_malformed", field="is_total")
    utm = {f"utm_{name.removeprefix('utm_')}": value for name, value in (said.get("utm") or {}).items()}
    said["utm"] = {name: utm[name] for name in marks.UTM if name in utm}  # others may name a person
    said["referrer"] = marks.host_of(said.get("referrer") or "")
    blank = Event(external_id=UNNUMBERED, kind=kind, **said)
    return Event(external_id=external_id or f"{UNNUMBERED}{_content(blank)}", kind=kind, **said)


def _check_money(amount: int, currency: str) -> None:
    if amount <= 0:
        raise DomainError("amount_not_positive")
    if not currency:
        raise DomainError("currency_missing")
    if currency not in CURRENCIES:
        raise DomainError("currency_unknown", currency=currency)


def _content(event: Event) -> str:
    said = asdict(event) | {"occurred_at": event.occurred_at.timestamp(), "supporter": ""}
    del said["is_restoration"]  # has an id always; and ids that were made before there was one stay what they are
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()
