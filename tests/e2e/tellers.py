"""Systems that tell of actions: what each sends of a visitor's act, as its documents have it, and what that comes to."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from tests.outreach.sources import payloads
from tests.outreach.sources.test_signatures import SECRETS, signed

MAIA, TOM = "Maïa Rivière", "Tom Baker"
SIGNS: Final = SECRETS | {"csv": SECRETS["generic"]}  # both as Standard Webhooks do
_HASH: Final = "0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060"


class Came(NamedTuple):
    """What a visitor brought along: the id of the click, and the partner's code."""

    click: str
    code: str


@dataclass(frozen=True)
class Did:
    """One act as it should stand in the report: by whom it came, what it was, and how much is left of its money."""

    partner: str
    kind: str
    minor: int | None = None
    currency: str = ""
    number: float = 1

    @property
    def acts(self) -> float:
        """Hours are one act, however many they are."""
        return 1 if self.kind == "volunteer_hours" else self.number


def acts(did: Iterable[Did], *, of: str = "") -> float:
    return sum(one.acts for one in did if of in ("", one.partner))


def totals(did: Iterable[Did], *, of: str = "") -> dict[tuple[str, str], tuple[float, int | None]]:
    """{(kind, currency): (number, minor units)}; of one partner, where one is named."""
    found: dict[tuple[str, str], tuple[float, int | None]] = {}
    for one in did:
        if of in ("", one.partner):
            number, minor = found.get((one.kind, one.currency), (0, None))
            added = minor if one.minor is None else (minor or 0) + one.minor
            found[one.kind, one.currency] = number + one.number, added
    return found


# What comes of the first visitor (Maïa's link), the second (that of her story) and the third (Tom's). HelloAsso's is of
# the second, GiveWP's, too. Of two clicks the later one leads; Stripe gives ten euros back later.
TOLD: Final[dict[str, tuple[Did, ...]]] = {
    "generic": (
        Did(TOM, "donation", 3_000, "EUR"),
        Did(TOM, "volunteer_hours", number=3.5),
        Did(TOM, "donation", 95_000, "USD"),
    ),
    "csv": (Did(MAIA, "donation", 3_000, "JPY"), Did(MAIA, "signature", number=4)),
    "stripe": (Did(MAIA, "donation", 2_500 - 1_000, "EUR"),),
    "helloasso": (Did(MAIA, "donation", 2_000, "EUR"),),
    "donorbox": (Did(TOM, "donation", 10_000, "USD"),),
    "givewp": (Did(MAIA, "donation", 2_550, "GBP"),),
    "action_network": (Did(MAIA, "signature"), Did(MAIA, "donation", 500, "USD")),
    "osdi": (Did(TOM, "attendance"),),
    "mobilize": (Did(TOM, "sign_up"), Did(TOM, "attendance")),
}
# What came by the table that Léa brings, and what she gives to Tom by hand.
BY_TABLE: Final = Did(MAIA, "donation", 1_250, "EUR")
STRAY: Final = Did(TOM, "donation", 700, "EUR")
DID: Final = [one for told in TOLD.values() for one in told] + [BY_TABLE, STRAY]
REFUND: Final = payloads.refund(1_000)


def message(kind: str, maia: Came, story: Came, tom: Came) -> tuple[Any, Came]:
    """What it sends, with the names that stand for a click and a code, and what they stand for."""
    match kind:
        case "generic":
            gift = payloads.generic(click_ids=[maia.click, tom.click], code=..., supporter="noor@supporters.example")
            hours = {"external_id": "H-1", "kind": "volunteer_hours", "hours": "3.5", "amount_minor": ...}
            spoken = f"{tom.code[:4]} {tom.code[4:]}".upper()
            bare = {"click_ids": ..., "code": spoken, "supporter": ..., "utm": ...}
            coins = {"asset": "ETH", "network": "ethereum", "tx_hash": _HASH, "quantity": "0.25", "rate_source": "ECB"}
            crypto = {"external_id": ..., "amount_minor": 95_000, "currency": "USD", "crypto": coins}
            events = [payloads.generic(**bare | hours, currency=...), payloads.generic(**bare | crypto)]
            return {"events": [gift | {"amount_minor": 3_000}, *events]}, tom
        case "stripe":
            return payloads.session(), maia
        case "helloasso":
            return payloads.helloasso_order(), story
        case "donorbox":
            return [payloads.donorbox()], tom
        case "givewp":
            return payloads.givewp(**{"amount.currency": "GBP"}), story
        case "action_network":
            gift = payloads.osdi_donation(identifiers=["action_network:2"])
            signature = payloads.action_network("osdi:signature", payloads.osdi_item(identifiers=["action_network:1"]))
            return [*signature, *payloads.action_network("osdi:donation", gift)], maia
        case "osdi":
            came = payloads.osdi_item(identifiers=["action_network:3"], status="accepted")
            return {"_embedded": {"osdi:attendances": [came]}}, tom
        case "mobilize":
            return {"data": [payloads.mobilize(attended=True)]}, tom
    raise AssertionError(f"{kind}: say what it sends")


def sent(kind: str, *came: Came, campaign: str, at: datetime) -> tuple[bytes, dict[str, str]]:
    """(body, headers) as the source posts them at this instant; signed, where it signs."""
    if kind == "csv":
        body = _table(came[0], at)
    else:
        said, visitor = message(kind, *came)
        body = _filled(said, visitor, who=kind, campaign=campaign, at=at)
    return body, _headers(kind, body, at)


def taken_back(*, at: datetime) -> tuple[bytes, dict[str, str]]:
    body = _filled(REFUND, Came("", ""), who="stripe", campaign="", at=at)
    return body, _headers("stripe", body, at)


def stray(*, at: datetime) -> tuple[bytes, dict[str, str]]:
    """A gift that says nothing of how somebody came."""
    bare = dict.fromkeys(("click_ids", "code", "utm", "supporter"), ...)
    said = payloads.generic(external_id="D-7", amount_minor=700, **bare)
    body = _filled(said, Came("", ""), who="stray", campaign="", at=at)
    return body, _headers("generic", body, at)


def _headers(kind: str, body: bytes, at: datetime) -> dict[str, str]:
    return {"Content-Type": "application/json"} | (
        signed(kind, at=at, secret=SIGNS[kind], raw=body) if kind in SIGNS else {}
    )


def _filled(said: Any, came: Came, *, who: str, campaign: str, at: datetime) -> bytes:
    """With this visitor's marks, of this campaign, by somebody whom no other source knows, and just now."""
    text = json.dumps(said)
    for name, value in (
        (payloads.CLICK, came.click),
        (payloads.OTHER_CLICK, came.click),
        (payloads.CODE, came.code),
        (payloads.EMAIL, f"{who}@supporters.example"),
        ('"spring"', f'"{campaign}"'),
    ):
        text = text.replace(name, value)
    text = re.sub(r'"2027-[^"]*"', f'"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"', text)
    return re.sub(r"\b180\d{7}\b", str(int(at.timestamp())), text).encode()


def _table(came: Came, at: datetime) -> bytes:
    when = at.astimezone(UTC).isoformat()
    return (
        "source,external_id,kind,quantity,amount,currency,occurred_at,cw_click\n"
        f"salle.example,S-1,donation,,3000,JPY,{when},{came.click}\n"
        f"salle.example,S-2,signature,4,,,{when},{came.click}\n"
    ).encode()
