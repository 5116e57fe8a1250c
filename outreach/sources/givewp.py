"""GiveWP: donations of a WordPress site, as its REST interface tells them.

Shapes: github.com/impress-org/givewp, src/API/REST/V3/Routes/Donations (DonationController, DonationViewModel, since
4.6.0) and the type Donation of its admin (Money since 4.13.0: {value, valueInMinorUnits, currency}), read in November
2026. GiveWP sends nothing by itself: a plugin for webhooks, or a script that polls, posts one donation, a list of
them, or {"data": …}. Ask with `includeSensitiveData=true`, or addresses and added fields are blank.

Our ids: `customFields` [{label, value}] of fields labelled `cw_click`, `cw_code` or `utm_*` (a hidden field with the
parameter of the page), or the same names in `meta`. Not signed: a secret in our address is the caller's business.
Only `mode` live counts; of `status` complete (`publish`) and refunded, the latter as a gift that was given back whole.
"""

from collections.abc import Mapping
from typing import Final

from crm.errors import DomainError
from outreach.sources import marks
from outreach.sources.documents import Node, read_json
from outreach.sources.events import Event

SOURCE: Final = "givewp"
_COMPLETE: Final = {"publish", "complete", "completed"}
_REFUNDED: Final = "refunded"


def read(body: bytes, headers: Mapping[str, str]) -> list[Event]:
    """Raises DomainError: event_too_long, event_malformed, amount_*, currency_*."""
    found = read_json(body)
    data = found.at("data") if found.at("data").value is not None else found
    donations = data.items() if isinstance(data.value, list) else [data]
    return [event for donation in donations for event in record(donation)]


def record(donation: Node) -> list[Event]:
    """One donation as it stands now. Raises DomainError as `read`."""
    donation.record()
    ident, status = donation.at("id").identity(), donation.at("status").word()
    if donation.at("mode").word() != "live" or status not in {*_COMPLETE, _REFUNDED}:
        return []
    amount, currency = _amount(donation.at("amount"))
    came = marks.joined(
        [marks.in_fields(donation.at("meta")), marks.in_answers(donation.at("customFields"), "label", "value")]
    )
    gift = Event(
        source=SOURCE,
        external_id=ident,
        kind="donation",
        occurred_at=_moment(donation.at("createdAt")).moment(),
        amount_minor=amount,
        currency=currency,
        click_ids=came.click_ids,
        code=came.code,
        utm=came.utm,
        supporter=_supporter(donation),
    )
    if status != _REFUNDED:
        return [gift]
    total = Event(
        source=SOURCE,
        external_id=f"{ident}:refunded:{amount}",
        kind="donation",
        occurred_at=_moment(donation.at("updatedAt")).moment(),
        amount_minor=amount,
        currency=currency,
        refund_of=ident,
        is_total=True,
    )
    return [gift, total]


def _amount(amount: Node) -> tuple[int, str]:
    """Both ways in which GiveWP writes it must say the same."""
    currency = amount.record().at("currency").currency()
    major = amount.at("value").major(currency)
    minor = amount.at("valueInMinorUnits")
    if minor.value is not None and minor.minor() != major:
        raise DomainError("amount_invalid")
    return major, currency


def _moment(place: Node) -> Node:
    """PHP writes a moment as {"date": "2026-11-24 10:00:00.000000", "timezone": "UTC"}; only that zone is sure."""
    if not isinstance(place.value, dict):
        return place
    is_utc = place.at("timezone").text() in {"UTC", "+00:00"}
    return Node(f"{place.at('date').text()}Z" if is_utc else None, place.path)


def _supporter(donation: Node) -> str:
    if email := donation.at("email").text():
        return email
    donor = donation.at("donorId")
    return donor.identity() if type(donor.value) is int and donor.value else ""  # 0: it was made anonymous
