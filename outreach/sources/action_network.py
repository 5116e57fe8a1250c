"""Action Network, and whatever else speaks OSDI: donations, petition signatures, form submissions, RSVPs.

Shapes: actionnetwork.org/docs/webhooks (donation, signature, submission, attendance, outreach, upload: a list whose
entries are named by their type) and opensupporter.github.io/osdi-docs 1.2 (donations, signatures, submissions,
attendances: a collection under `_embedded`), read in November 2026. Amounts are decimal texts or numbers.

An `osdi:submission` is a sign-up, an accepted `osdi:attendance` an attendance. Letters (`osdi:outreach`), uploads and
other actions are none of ours: letters come in batches, even when none went out, the others without a referrer.

Our ids: add `?source=cw-CODE` (or "cw-" and a click id) to the address of the page (`referrer_data.source`); on your
own site, the query of the page that embeds the form (`referrer_data.website`) is read for `cw_click`, `cw_code` and
`utm_*`, as are custom fields of these names. Not signed: a secret in our address is the caller's business.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from outreach.sources import marks
from outreach.sources.documents import Node, malformed, read_json
from outreach.sources.events import Event
from outreach.sources.marks import Marks

SOURCE: Final = "action_network"
OSDI: Final = "osdi"
KINDS: Final = {
    "osdi:donation": "donation",
    "osdi:signature": "signature",
    "osdi:submission": "sign_up",
    "osdi:attendance": "attendance",
}
_PREFIX: Final = "action_network:"


def read(body: bytes, headers: Mapping[str, str]) -> list[Event]:
    """The webhooks of Action Network. Raises DomainError: event_too_long, event_malformed, amount_*, currency_*."""
    found = read_json(body)
    if not isinstance(found.value, list):
        malformed("body")
    return [event for entry in found.items() for event in _entry(entry.record())]


def read_osdi(body: bytes, headers: Mapping[str, str]) -> list[Event]:
    """A page of a collection as any OSDI system answers it. Raises DomainError as `read`."""
    embedded = read_json(body).at("_embedded").record()
    return [
        event
        for name in KINDS
        for entry in embedded.at(f"{name}s").items()
        for event in record(entry, KINDS[name], source=OSDI)
    ]


def _entry(entry: Node) -> Iterator[Event]:
    named = [
        name for name in entry.value if isinstance(name, str) and (":" in name) and name != "action_network:sponsor"
    ]
    if not named:
        malformed("body")
    for name in sorted({*named} & {*KINDS}):
        yield from record(entry.at(name), KINDS[name], source=SOURCE)


def record(item: Node, kind: str, *, source: str) -> list[Event]:
    """One resource as it stands now: the action, and what was taken back of it."""
    item.record()
    if kind == "attendance" and item.at("status").text() != "accepted":
        return []
    ident = _identifier(item, source)
    when = item.at("action_date") if item.at("action_date").value is not None else item.at("created_date")
    came, occurred_at = _marks(item), when.moment()
    currency, given, back = _money(item) if kind == "donation" else ("", None, None)
    done = Event(
        source=source,
        external_id=ident,
        kind=kind,
        occurred_at=occurred_at,
        amount_minor=given,
        currency=currency,
        click_ids=came.click_ids,
        code=came.code,
        utm=came.utm,
        referrer=came.referrer,
        supporter=_supporter(item.at("person")),
    )
    if back is None:
        return [done]
    total = Event(
        source=source,
        external_id=f"{ident}:refunded:{back}",
        kind=kind,
        occurred_at=_given_back_at(item) or occurred_at,
        amount_minor=back,
        currency=currency,
        refund_of=ident,
        is_total=True,
    )
    return [done, total]


def _money(item: Node) -> tuple[str, int, int | None]:
    """Currency, what was given, and what was given back. OSDI's `amount` is what is left after credits."""
    currency = item.at("currency").currency()
    credited = item.at("credited_amount")
    back = None if credited.is_nothing() else credited.major(currency)
    left = 0 if back and item.at("amount").is_nothing() else item.at("amount").major(currency)
    given = left + (back or 0)
    is_void = item.at("voided").value is not None and item.at("voided").flag()
    return currency, given, given if is_void else back


def _given_back_at(item: Node) -> datetime | None:
    when = next((item.at(name) for name in ("voided_date", "credited_date") if item.at(name).value is not None), None)
    return when.moment() if when else None


def _identifier(item: Node, source: str) -> str:
    """The system's own id, among others that were given to the resource; else the end of its address."""
    listed = [place.identity() for place in item.at("identifiers").items()]
    own = [said for said in listed if said.startswith(_PREFIX)]
    if named := own or (listed if source != SOURCE else []):
        return min(named)  # that of Action Network first: its webhooks and its collections speak of one action
    address = item.down("_links", "self", "href").text(1000)
    tail = Node(address.rstrip("/").rpartition("/")[2], "identifiers").identity()
    return f"{_PREFIX}{tail}" if source == SOURCE else tail


def _marks(item: Node) -> Marks:
    own = item.at("action_network:referrer_data")
    referrer = own if own.value is not None else item.at("referrer_data")
    website = referrer.at("website") if referrer.at("website").value else referrer.at("url")
    return marks.joined(
        [
            marks.in_value(referrer.at("source")),
            marks.in_url(website),
            marks.in_fields(item.down("person", "custom_fields")),
        ]
    )


def _supporter(person: Node) -> str:
    addresses = person.at("email_addresses").items()
    first = sorted(addresses, key=lambda place: place.at("primary").value is not True)
    return next((said for place in first if (said := place.at("address").text())), "")
