"""One invented message of every source, as it would send it: for the test button. Nobody in them exists."""

import json
from collections.abc import Mapping
from typing import Any, Final

_CLICK: Final = "00000000000000000000000000000000"
_EMAIL: Final = "test@supporters.example"


def _json(said: Any) -> bytes:
    return json.dumps(said).encode()


_STRIPE: Final = {
    "id": "evt_test",
    "object": "event",
    "created": 1_735_725_600,
    "livemode": True,
    "type": "checkout.session.completed",
    "data": {
        "object": {
            "id": "cs_test",
            "object": "checkout.session",
            "amount_total": 2500,
            "client_reference_id": _CLICK,
            "created": 1_735_725_600,
            "currency": "eur",
            "customer_details": {"email": _EMAIL},
            "mode": "payment",
            "payment_intent": "pi_test",
            "payment_status": "paid",
        }
    },
}
_HELLOASSO: Final = {
    "eventType": "Payment",
    "data": {
        "id": 1,
        "amount": 2500,
        "date": "2025-01-01T10:00:00+00:00",
        "state": "Authorized",
        "order": {"id": 1, "formType": "Donation"},
        "payer": {"email": _EMAIL},
        "items": [{"id": 1, "amount": 2500, "type": "Donation", "state": "Processed"}],
        "refundOperations": [],
    },
    "metadata": {"cw_click": _CLICK},
}
_DONORBOX: Final = {
    "id": 1,
    "action": "new",
    "status": "paid",
    "amount": "25.0",
    "amount_refunded": "0.0",
    "currency": "EUR",
    "donation_date": "2025-01-01T10:00:00.000Z",
    "donor": {"id": 1, "email": _EMAIL},
    "utm_term": f"cw-{_CLICK}",
}
_GIVEWP: Final = {
    "id": 1,
    "createdAt": "2025-01-01T10:00:00+00:00",
    "status": "publish",
    "mode": "live",
    "type": "single",
    "amount": {"value": 25, "valueInMinorUnits": 2500, "currency": "EUR"},
    "donorId": 1,
    "email": _EMAIL,
    "customFields": [{"label": "cw_click", "value": _CLICK}],
}
_SIGNATURE: Final = {
    "identifiers": ["action_network:00000000-0000-4000-8000-000000000000"],
    "created_date": "2025-01-01T10:00:00Z",
    "modified_date": "2025-01-01T10:00:00Z",
    "action_network:referrer_data": {"source": f"cw-{_CLICK}"},
    "person": {"email_addresses": [{"primary": True, "address": _EMAIL}]},
    "_links": {"self": {"href": "https://actionnetwork.org/api/v2/petitions/p1/signatures/s1"}},
}
_MOBILIZE: Final = {
    "id": 1,
    "attended": True,
    "created_date": 1_735_725_600,
    "modified_date": 1_735_725_600,
    "person": {"id": 1, "email_addresses": [{"primary": True, "address": _EMAIL}]},
    "event": {"id": 1},
    "timeslot": {"id": 1, "start_date": 1_735_725_600, "end_date": 1_735_732_800},
    "status": "CONFIRMED",
    "referrer": {"utm_content": f"cw-{_CLICK}"},
}
_GENERIC: Final = {
    "external_id": "TEST-1",
    "kind": "donation",
    "amount_minor": 2500,
    "currency": "EUR",
    "occurred_at": "2025-01-01T10:00:00Z",
    "cw_click": _CLICK,
    "supporter": _EMAIL,
}

BODIES: Final[Mapping[str, bytes]] = {
    "generic": _json(_GENERIC),
    "csv": (",".join(_GENERIC) + "\n" + ",".join(str(value) for value in _GENERIC.values()) + "\n").encode(),
    "stripe": _json(_STRIPE),
    "helloasso": _json(_HELLOASSO),
    "donorbox": _json([_DONORBOX]),
    "givewp": _json(_GIVEWP),
    "action_network": _json([{"osdi:signature": _SIGNATURE}]),
    "osdi": _json({"_embedded": {"osdi:signatures": [_SIGNATURE]}}),
    "mobilize": _json({"data": [_MOBILIZE]}),
}
