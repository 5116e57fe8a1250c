"""Mobilize: who signed up for an event, and who came.

Shapes: github.com/mobilizeamerica/api, README “Attendances” (API v1), read in November 2026. Mobilize sends nothing by
itself: a script polls `/v1/organizations/ID/attendances?updated_since=…` and posts what it answers, {"data": [...]},
or one attendance. Moments are seconds since 1970. Where sharing rules leave out the `id`, nothing can be counted once,
and it is refused.

An attendance is a sign-up, taken back where it is `CANCELLED`; `attended` true makes it an attendance, too. It keeps
its id where somebody cancels and signs up again: of its states the one that was modified last counts, in whatever order
they come.
Our ids: `referrer` has the UTM parameters and the `url` the page was opened with, whose query is read for `cw_click`,
`cw_code`; `utm_term` and `utm_content` may hold "cw-" and either. Not signed: a secret in our address is the caller's.
"""

from collections.abc import Mapping
from typing import Any, Final

from outreach.sources import marks
from outreach.sources.documents import Node, read_json
from outreach.sources.events import Event

SOURCE: Final = "mobilize"
_STATES: Final = {"REGISTERED", "CONFIRMED", "CANCELLED"}


def read(body: bytes, headers: Mapping[str, str]) -> list[Event]:
    """Raises DomainError: event_too_long, event_malformed."""
    found = read_json(body)
    data = found.at("data") if found.at("data").value is not None else found
    entries = data.items() if isinstance(data.value, list) else [data]
    return [event for entry in entries for event in record(entry)]


def record(entry: Node) -> list[Event]:
    """One attendance as it stands now. Raises DomainError: event_malformed."""
    ident, status = entry.record().at("id").identity(), entry.at("status").word()
    if status not in _STATES:
        return []
    attended = entry.at("attended")
    found = [_event(entry, ident, "sign_up", when="created_date")]
    if status == "CANCELLED":
        return [*found, _event(entry, f"{ident}:cancelled:{_modified(entry)}", "sign_up", refund_of=ident)]
    if entry.at("modified_date").value is not None and _modified(entry) > found[0].occurred_at.timestamp():
        again = _event(entry, f"{ident}:stands:{_modified(entry)}", "sign_up", refund_of=ident, is_restoration=True)
        found.append(again)
    if attended.value is not None and attended.flag():
        found.append(_event(entry, f"{ident}:attended", "attendance"))
    return found


def _modified(entry: Node) -> int:
    return int(entry.at("modified_date").moment().timestamp())


def _event(entry: Node, ident: str, kind: str, *, when: str = "modified_date", **taken: Any) -> Event:
    referrer = entry.at("referrer")
    came = marks.joined(
        [
            marks.in_fields(referrer),
            marks.in_url(referrer.at("url")),
            marks.in_value(referrer.at("utm_term")),
            marks.in_value(referrer.at("utm_content")),
        ]
    )
    addresses = entry.down("person", "email_addresses").items()
    return Event(
        source=SOURCE,
        external_id=ident,
        kind=kind,
        occurred_at=entry.at(when).moment(),
        click_ids=came.click_ids,
        code=came.code,
        utm=came.utm,
        referrer=came.referrer,
        supporter=next((said for place in addresses if (said := place.at("address").text())), ""),
        **taken,
    )
