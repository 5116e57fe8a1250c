"""Fictional messages in the shapes that the sources document. Nobody in them exists."""

import json
from typing import Any

CLICK = "0123456789abcdef0123456789abcdef"
OTHER_CLICK = "f" * 32
CODE = "wpnmfqtd"
EMAIL = "noor.vlieger@supporters.example"


def body(said: Any) -> bytes:
    return json.dumps(said).encode()


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """With what stands under dotted names put in its place; ... takes a name out."""
    said = json.loads(json.dumps(base))
    for path, value in changes.items():
        *way, last = path.split(".")
        place = said
        for name in way:
            place = place.setdefault(name, {})
        if value is ...:
            place.pop(last, None)
        else:
            place[last] = value
    return said


def generic(**changes: Any) -> dict[str, Any]:
    base = {
        "source": "give.example",
        "external_id": "D-1",
        "kind": "donation",
        "amount_minor": 2500,
        "currency": "EUR",
        "occurred_at": "2027-03-02T10:00:00Z",
        "click_ids": [CLICK],
        "code": "wpnm-fqtd",
        "utm": {"source": "instagram", "medium": "influencer"},
        "supporter": EMAIL,
    }
    return merged(base, changes)


# Stripe: one payment of 25 euros as its four events tell it.


def stripe(kind: str, thing: dict[str, Any], **changes: Any) -> dict[str, Any]:
    event = {
        "id": "evt_1",
        "object": "event",
        "api_version": "2024-06-20",
        "created": 1_804_000_100,
        "livemode": True,
        "type": kind,
        "data": {"object": thing},
    }
    return merged(event, changes)


def session(**changes: Any) -> dict[str, Any]:
    thing = {
        "id": "cs_live_1",
        "object": "checkout.session",
        "amount_total": 2500,
        "client_reference_id": CLICK,
        "created": 1_804_000_000,
        "currency": "eur",
        "customer": None,
        "customer_details": {"email": EMAIL, "name": "Noor Vlieger"},
        "invoice": None,
        "metadata": {"cw_code": CODE, "utm_source": "instagram"},
        "mode": "payment",
        "payment_intent": "pi_1",
        "payment_status": "paid",
    }
    return stripe("checkout.session.completed", merged(thing, changes))


def intent(**changes: Any) -> dict[str, Any]:
    thing = {
        "id": "pi_1",
        "object": "payment_intent",
        "amount": 2500,
        "amount_received": 2500,
        "created": 1_804_000_010,
        "currency": "eur",
        "customer": None,
        "invoice": None,
        "latest_charge": "ch_1",
        "metadata": {},
        "payment_details": {"customer_reference": None, "order_reference": "cs_live_1"},
        "receipt_email": None,
        "status": "succeeded",
    }
    return stripe("payment_intent.succeeded", merged(thing, changes))


def charge(kind: str = "charge.succeeded", **changes: Any) -> dict[str, Any]:
    thing = {
        "id": "ch_1",
        "object": "charge",
        "amount": 2500,
        "amount_captured": 2500,
        "amount_refunded": 0,
        "billing_details": {"email": EMAIL, "name": "Noor Vlieger"},
        "captured": True,
        "created": 1_804_000_020,
        "currency": "eur",
        "customer": None,
        "invoice": None,
        "metadata": {},
        "paid": True,
        "payment_intent": "pi_1",
        "refunded": False,
        "status": "succeeded",
    }
    return stripe(kind, merged(thing, changes))


def refund(total: int, **changes: Any) -> dict[str, Any]:
    return charge("charge.refunded", amount_refunded=total, **changes)


def invoice(**changes: Any) -> dict[str, Any]:
    thing = {
        "id": "in_1",
        "object": "invoice",
        "amount_paid": 1000,
        "billing_reason": "subscription_cycle",
        "created": 1_804_000_000,
        "currency": "eur",
        "customer": "cus_1",
        "customer_email": EMAIL,
        "lines": {"data": [{"id": "il_1", "metadata": {"cw_click": CLICK}}]},
        "metadata": {},
        "parent": {"subscription_details": {"metadata": {"cw_code": CODE}}, "type": "subscription_details"},
        "status": "paid",
        "status_transitions": {"paid_at": 1_804_000_050},
    }
    return stripe("invoice.paid", merged(thing, changes))


def invoice_payment(**changes: Any) -> dict[str, Any]:
    thing = {
        "id": "inpay_1",
        "object": "invoice_payment",
        "amount_paid": 1000,
        "created": 1_804_000_040,
        "currency": "eur",
        "invoice": "in_1",
        "payment": {"type": "payment_intent", "payment_intent": "pi_7"},
        "status": "paid",
    }
    return stripe("invoice_payment.paid", merged(thing, changes))


def dispute(kind: str = "charge.dispute.funds_withdrawn", **changes: Any) -> dict[str, Any]:
    thing = {
        "id": "dp_1",
        "object": "dispute",
        "amount": 2500,
        "charge": "ch_1",
        "created": 1_804_500_000,
        "currency": "eur",
        "payment_intent": "pi_1",
        "status": "needs_response",
    }
    return stripe(kind, merged(thing, changes))


# HelloAsso


def helloasso_payment(**changes: Any) -> dict[str, Any]:
    told = {
        "eventType": "Payment",
        "data": {
            "order": {
                "id": 20499,
                "date": "2027-03-02T14:11:15.7442115+02:00",
                "formSlug": "plages",
                "formType": "Donation",
                "organizationSlug": "plages-nettes",
                "isAnonymous": False,
            },
            "payer": {"email": EMAIL, "country": "FRA", "firstName": "Noor", "lastName": "Vlieger"},
            "items": [{"shareAmount": 2000, "id": 20499, "amount": 2000, "type": "Donation", "state": "Processed"}],
            "cashOutState": "Transfered",
            "id": 13790,
            "amount": 2000,
            "date": "2027-03-02T14:11:15.0825381+02:00",
            "paymentMeans": "Card",
            "installmentNumber": 1,
            "state": "Authorized",
            "meta": {"createdAt": "2027-03-02T14:10:49.35+02:00", "updatedAt": "2027-03-05T09:00:00+01:00"},
            "refundOperations": [],
        },
    }
    return merged(told, changes)


def helloasso_order(**changes: Any) -> dict[str, Any]:
    told = {
        "eventType": "Order",
        "data": {
            "id": 20499,
            "date": "2027-03-02T14:11:15.7442115+02:00",
            "formSlug": "plages",
            "formType": "Donation",
            "payer": {"email": EMAIL, "country": "FRA", "firstName": "Noor", "lastName": "Vlieger"},
            "items": [
                {
                    "id": 20499,
                    "amount": 2000,
                    "type": "Donation",
                    "state": "Processed",
                    "customFields": [
                        {"id": 1, "name": "cw_click", "type": "TextInput", "answer": CLICK},
                        {"id": 2, "name": "CW_CODE", "type": "TextInput", "answer": CODE},
                    ],
                }
            ],
            "payments": [
                {"id": 13790, "amount": 2000, "date": "2027-03-02T14:11:15.0825381+02:00", "state": "Authorized"},
                {"id": 13791, "amount": 2000, "date": "2027-04-02T14:11:15+02:00", "state": "Pending"},
            ],
            "amount": {"total": 2000, "vat": 0, "discount": 0},
        },
    }
    return merged(told, changes)


# Donorbox, GiveWP


def donorbox(**changes: Any) -> dict[str, Any]:
    donation = {
        "action": "new",
        "campaign": {"id": 1, "name": "Clear Shores"},
        "donor": {"id": 59, "name": "Noor Vlieger", "email": EMAIL, "country": "BE"},
        "amount": "100.0",
        "formatted_amount": "$100",
        "recurring": False,
        "amount_refunded": "0.0",
        "stripe_charge_id": "ch_9",
        "id": 4711,
        "status": "paid",
        "donation_type": "stripe",
        "donation_date": "2027-03-02T17:54:13.432Z",
        "currency": "USD",
        "converted_amount": "100.0",
        "utm_campaign": "spring",
        "utm_source": "instagram",
        "utm_medium": "influencer",
        "utm_term": f"cw-{CLICK}",
        "utm_content": CODE,
    }
    return merged(donation, changes)


def givewp(**changes: Any) -> dict[str, Any]:
    donation = {
        "id": 812,
        "campaignId": 3,
        "formId": 7,
        "createdAt": "2027-03-02T10:00:00+00:00",
        "updatedAt": "2027-03-09T10:00:00+00:00",
        "status": "publish",
        "mode": "live",
        "type": "single",
        "amount": {"value": 25.5, "valueInMinorUnits": 2550, "currency": "EUR"},
        "gatewayId": "stripe",
        "donorId": 12,
        "firstName": "Noor",
        "lastName": "Vlieger",
        "email": EMAIL,
        "anonymous": False,
        "customFields": [
            {"label": "cw_click", "value": CLICK},
            {"label": "How did you hear of us?", "value": "A video"},
        ],
        "eventTickets": [],
    }
    return merged(donation, changes)


# Action Network and OSDI, Mobilize


def osdi_item(**changes: Any) -> dict[str, Any]:
    item = {
        "identifiers": ["action_network:d6bdf50e-c3a4-4981-a948-3d8c086066d7", "mailchimp:99"],
        "created_date": "2027-03-02T17:07:31Z",
        "modified_date": "2027-03-02T17:07:31Z",
        "action_network:referrer_data": {
            "source": f"cw-{CLICK}",
            "website": f"https://shores.example/act?utm_source=instagram&cw_click={OTHER_CLICK}",
        },
        "person": {
            "family_name": "Vlieger",
            "email_addresses": [
                {"primary": False, "address": "old@supporters.example"},
                {"primary": True, "address": EMAIL, "status": "subscribed"},
            ],
            "custom_fields": {"cw_code": CODE},
        },
        "add_tags": ["volunteer"],
        "_links": {"self": {"href": "https://actionnetwork.org/api/v2/petitions/p1/signatures/d6bdf50e"}},
    }
    return merged(item, changes)


def osdi_donation(**changes: Any) -> dict[str, Any]:
    return osdi_item(
        **{"amount": "5.00", "currency": "USD", "recipients": [{"display_name": "Shores", "amount": "5.00"}]} | changes
    )


def action_network(kind: str, item: dict[str, Any]) -> list[dict[str, Any]]:
    return [{kind: item, "idempotency_key": "b1946ac9", "action_network:sponsor": {"title": "Shores"}}]


def mobilize(**changes: Any) -> dict[str, Any]:
    entry = {
        "id": 198,
        "attended": None,
        "created_date": 1_804_000_000,
        "modified_date": 1_804_900_000,
        "person": {"id": 57, "given_name": "Noor", "email_addresses": [{"primary": True, "address": EMAIL}]},
        "event": {"id": 345, "event_type": "TRAINING"},
        "timeslot": {"id": 1, "start_date": 1_804_800_000, "end_date": 1_804_810_000},
        "status": "REGISTERED",
        "referrer": {
            "utm_source": "instagram",
            "utm_medium": None,
            "utm_campaign": "spring",
            "utm_term": None,
            "utm_content": f"cw-{CODE}",
            "url": f"https://www.mobilize.us/shores/event/345/?cw_click={CLICK}",
        },
    }
    return merged(entry, changes)
