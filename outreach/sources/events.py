"""What every source's reader hands over: one thing that somebody did, or the taking back of one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

KINDS: Final = ("donation", "sign_up", "signature", "attendance", "volunteer_hours", "other")
ONE: Final = Decimal(1)


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
    whole action is taken back. `also`: further ids by which the source speaks of the same action. `quantity`: people,
    or hours of volunteer hours. `supporter` is an address or id as it came: whoever takes the event in hashes it and
    keeps nothing else; it is not shown, nor are click ids and UTM parameters.
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
    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS or not self.external_id or self.occurred_at.utcoffset() is None:
            raise ValueError("an event needs a kind, an id and a moment with a time zone")
        if self.amount_minor is not None and (type(self.amount_minor) is not int or self.amount_minor <= 0):
            raise ValueError("an amount is a whole number of minor units above zero")
        if (self.amount_minor is None) != (self.currency == ""):
            raise ValueError("an amount and its currency come together")

    @property
    def facts(self) -> tuple[object, ...]:
        """What two reports of one id must agree on to be the same. Marks, who acted and the minute may come apart."""
        return (self.source, self.kind, self.amount_minor, self.currency, self.quantity, self.refund_of, self.is_total)
