import itertools
import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.errors import DomainError
from outreach.sources import ledger, tables
from outreach.sources.documents import BODY_LIMIT
from outreach.sources.registry import SOURCES
from tests.outreach.sources import payloads as p
from tests.outreach.sources.payloads import body


def read(source, said):
    return SOURCES[source].read(body(said), {})


def told(events):
    """What matters of each: id, kind, amount, currency, what it takes back."""
    return [(e.external_id, e.kind, e.amount_minor, e.currency, e.refund_of) for e in events]


GIFTS = [
    ("generic", p.generic(), ("D-1", "donation", 2500, "EUR", "")),
    ("stripe", p.session(), ("pi_1", "donation", 2500, "EUR", "")),
    ("stripe", p.intent(), ("pi_1", "donation", 2500, "EUR", "")),
    ("stripe", p.charge(), ("pi_1", "donation", 2500, "EUR", "")),
    ("stripe", p.invoice(), ("in_1", "donation", 1000, "EUR", "")),
    ("stripe", p.invoice_payment(), ("in_1", "donation", 1000, "EUR", "")),
    ("stripe", p.refund(700), ("ch_1:refunded:700", "donation", 700, "EUR", "pi_1")),
    ("stripe", p.dispute(), ("dp_1", "donation", 2500, "EUR", "pi_1")),
    ("helloasso", p.helloasso_payment(), ("payment-13790", "donation", 2000, "EUR", "")),
    ("helloasso", p.helloasso_order(), ("payment-13790", "donation", 2000, "EUR", "")),
    ("donorbox", [p.donorbox()], ("4711", "donation", 10000, "USD", "")),
    ("givewp", p.givewp(), ("812", "donation", 2550, "EUR", "")),
    ("mobilize", {"data": [p.mobilize(modified_date=1_804_000_000)]}, ("198", "sign_up", None, "", "")),
    *(
        ("action_network", p.action_network(name, item), (p.osdi_item()["identifiers"][0], kind, minor, currency, ""))
        for name, item, kind, minor, currency in [
            ("osdi:donation", p.osdi_donation(), "donation", 500, "USD"),
            ("osdi:signature", p.osdi_item(), "signature", None, ""),
            ("osdi:submission", p.osdi_item(), "sign_up", None, ""),
            ("osdi:attendance", p.osdi_item(status="accepted"), "attendance", None, ""),
        ]
    ),
]


@pytest.mark.parametrize(("source", "said", "expected"), GIFTS)
def test_an_action_is_read(source, said, expected):
    assert told(read(source, said)) == [expected]


@pytest.mark.parametrize("said", [gift for gift in GIFTS if "cw" in json.dumps(gift[1]) or gift[0] == "generic"])
def test_our_click_travels_along_and_nobody_is_shown(said):
    [event] = read(said[0], said[1])
    assert p.CLICK in event.click_ids
    assert event.supporter in {p.EMAIL, ""}
    assert p.EMAIL not in repr(event)
    assert p.CLICK not in repr(event)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("stripe", p.session(payment_status="unpaid")),
        ("stripe", p.session(mode="setup")),
        ("stripe", p.merged(p.session(), {"livemode": False})),
        ("stripe", p.stripe("customer.created", {"id": "cus_1"})),
        ("stripe", p.charge(captured=False)),
        ("stripe", p.invoice(amount_paid=0)),
        ("stripe", p.dispute("charge.dispute.closed", status="won")),
        ("helloasso", p.helloasso_payment(**{"data.state": "Refused"})),
        ("helloasso", {"eventType": "Form", "data": {}}),
        ("donorbox", [p.donorbox(status="failed")]),
        ("givewp", p.givewp(mode="test")),
        ("givewp", p.givewp(status="pending")),
        ("action_network", p.action_network("osdi:outreach", p.osdi_item())),
        ("action_network", p.action_network("osdi:attendance", p.osdi_item(status="declined"))),
        ("mobilize", p.mobilize(status="WAITLISTED")),
    ],
)
def test_what_is_no_action_is_an_empty_list(source, said):
    assert read(source, said) == []


@pytest.mark.parametrize(
    ("source", "said", "code"),
    [
        ("generic", p.generic(kind="gift"), "kind_unknown"),
        ("generic", p.generic(external_id=...), "event_malformed"),
        ("generic", p.generic(occurred_at="2027-03-02T10:00:00"), "event_malformed"),
        ("generic", p.generic(amount="12.50"), "amount_invalid"),
        ("generic", p.generic(amount_minor=...), "amount_missing"),
        ("generic", p.generic(currency=...), "currency_missing"),
        ("generic", p.generic(quantity="1.5"), "quantity_invalid"),
        ("stripe", p.session(created="yesterday"), "event_malformed"),
        ("stripe", [], "event_malformed"),
        ("donorbox", p.donorbox(), "event_malformed"),
        ("donorbox", [p.donorbox(amount="1,234.50")], "amount_invalid"),
        ("givewp", p.givewp(**{"amount.valueInMinorUnits": 2551}), "amount_invalid"),
        ("mobilize", p.mobilize(id=...), "event_malformed"),
    ],
)
def test_an_unknown_shape_is_refused(source, said, code):
    with pytest.raises(DomainError) as caught:
        read(source, said)
    assert caught.value.code == code
    assert p.EMAIL not in str(caught.value.params)


def test_what_was_given_back_is_told_beside_the_gift():
    back = [{"id": 1, "amount": 500, "status": "Processed"}, {"id": 2, "amount": 900, "status": "Error"}]
    assert told(read("helloasso", p.helloasso_payment(**{"data.refundOperations": back})))[1:] == [
        ("payment-13790:refunded:500", "donation", 500, "EUR", "payment-13790")
    ]
    assert told(read("donorbox", [p.donorbox(amount_refunded="40.0")]))[1:] == [
        ("4711:refunded:4000", "donation", 4000, "USD", "4711")
    ]
    assert told(read("givewp", p.givewp(status="refunded")))[1:] == [
        ("812:refunded:2550", "donation", 2550, "EUR", "812")
    ]


STORY = [
    p.session(),
    p.refund(500),
    p.refund(1200),
    p.dispute(amount=1000),
    p.dispute("charge.dispute.funds_reinstated", amount=1000),
]


def test_the_order_of_events_changes_nothing():
    """All 120 orders of sale, two refunds, a dispute and its end, each told twice."""
    told_ = [event for said in STORY for event in read("stripe", said)]
    books = [ledger.balance([*order, *order]) for order in itertools.permutations(told_)]
    assert len(books) == 120
    assert all(book == books[0] for book in books)
    assert [(b.returned_minor, b.kept_minor, b.is_overdrawn) for b in books[0].balances] == [(1200, 1300, False)]
    assert books[0].unmatched == ()


def test_one_payment_told_four_times_is_one_gift_with_every_mark():
    reports = [e for said in (p.charge(), p.intent(), p.session()) for e in read("stripe", said)]
    found = [ledger.joined(order) for order in itertools.permutations(reports)]
    assert all(one == found[0] for one in found)
    assert [(e.external_id, e.click_ids, e.code) for e in found[0]] == [("pi_1", (p.CLICK,), p.CODE)]


def test_more_given_back_than_given_is_flagged_and_never_negative():
    book = ledger.balance([*read("stripe", p.session()), *read("stripe", p.dispute(amount=9000))])
    assert [(b.kept_minor, b.is_overdrawn) for b in book.balances] == [(0, True)]


def test_a_table_is_read_row_by_row():
    text = (
        'external_id;kind;amount;currency;occurred_at;cw_click\nA;donation;"1.234,50";EUR;2027-03-02T10:00:00Z;'
        + p.CLICK
    )
    text += "\nB;donation;nothing;EUR;2027-03-02T10:00:00Z;\n"
    first, second = tables.read_rows(text.encode())
    assert told(first.events) == [("A", "donation", 123_450, "EUR", "")]
    assert (second.line, second.error.code) == (3, "amount_invalid")


@pytest.mark.parametrize("source", SOURCES)
def test_a_body_is_capped(source):
    with pytest.raises(DomainError) as caught:
        SOURCES[source].read(b" " * (BODY_LIMIT + 1), {})
    assert caught.value.code == "event_too_long"


@pytest.mark.parametrize("source", SOURCES)
@given(raw=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
@settings(deadline=None)
def test_no_bytes_raise_anything_but_a_refusal(source, raw):
    with suppress(DomainError):
        SOURCES[source].read(raw, {})


junk = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.lists(st.integers(), max_size=2)
    | st.just({})
)


def places(said, way=()):
    yield way
    pairs = said.items() if isinstance(said, dict) else enumerate(said) if isinstance(said, list) else ()
    for name, inner in pairs:
        yield from places(inner, (*way, name))


@given(data=st.data())
@settings(deadline=None, max_examples=300)
def test_nothing_in_any_place_raises_anything_but_a_refusal(data):
    source, said, _ = data.draw(st.sampled_from(GIFTS))
    said = json.loads(json.dumps(said))
    *way, last = data.draw(st.sampled_from(list(places(said))[1:]))
    place = said
    for name in way:
        place = place[name]
    place[last] = data.draw(junk)
    with suppress(DomainError):
        read(source, said)


@pytest.mark.parametrize(
    ("booked", "kept"),
    [
        (..., 2_500),
        ([{"amount": -2_500, "currency": "eur"}, {"amount": 1_000, "currency": "eur"}], 1_000),
        ([{"amount": -2_500, "currency": "eur"}, {"amount": 1_000, "currency": "usd"}], 2_500),
        ([{"amount": -2_500, "currency": "eur"}, {"amount": 2_500, "currency": "eur"}], 2_500),
    ],
)
def test_of_a_dispute_that_was_won_in_part_that_part_comes_back(booked, kept):
    won = p.dispute("charge.dispute.funds_reinstated", balance_transactions=booked)
    told_ = [event for said in (p.session(), p.dispute(), won) for event in read("stripe", said)]
    assert [balance.kept_minor for balance in ledger.balance(told_).balances] == [kept]


def test_an_attendance_that_was_modified_says_that_it_stands_from_then_on():
    said = {"data": [p.mobilize(status="CANCELLED"), p.mobilize(status="CONFIRMED", modified_date=1_804_900_060)]}
    assert [(e.external_id, e.refund_of, e.is_restoration) for e in read("mobilize", said)] == [
        ("198", "", False),
        ("198:cancelled:1804900000", "198", False),
        ("198", "", False),
        ("198:stands:1804900060", "198", True),
    ]
    [balance] = ledger.balance(read("mobilize", said)).balances
    assert not balance.is_void
