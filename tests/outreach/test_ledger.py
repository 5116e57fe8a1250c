"""What is left of an action, in whatever order its story is told; and who takes it into account."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from crm.errors import DomainError
from crm.models import ActionKind, Goal
from outreach import selectors
from outreach.models import (
    Assignment,
    AttributionCredit,
    Balance,
    Campaign,
    Click,
    Conversion,
    ConversionId,
    ConversionMark,
)
from outreach.services import conversions, ledger, reports
from outreach.sources import events
from outreach.sources import ledger as rules
from outreach.sources.events import Crypto, Event
from tests.factories import NOW, AddressFactory, CampaignFactory, LinkFactory, UserFactory

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
GIFT = Event("give.example", "G-1", "donation", NOW, 10_000, "EUR")


def tell(event, *, door="hook", at=NOW, **said):
    return conversions.record(event=event, door=door, at=at, **said)


def back(ident, amount, *, of="G-1", is_total=False, currency="EUR"):
    currency = currency if amount else ""
    return Event("give.example", ident, "donation", NOW + MINUTE, amount, currency, refund_of=of, is_total=is_total)


def state():
    """All that the ledger comes to: what is left of each action, and who is credited with what."""
    conversions.attribute_due()
    left = sorted(
        (row.external_id, ledger.kept_minor(row), Balance.objects.filter(conversion=row, is_void=True).exists())
        for row in Conversion.objects.actions()
    )
    credits = sorted(AttributionCredit.objects.values_list("conversion__external_id", "link", "share", "amount_minor"))
    return left, credits, sorted(ledger.waiting().values_list("external_id", flat=True))


STORY = ("click", "sale", "part", "more", "chargeback")


EVERY_ORDER = tuple(permutations(STORY))
SOME = EVERY_ORDER[::5]  # 24 of 120, in which each step comes first, last, and before and after each other


@pytest.mark.parametrize("orders", [SOME, pytest.param(EVERY_ORDER, marks=pytest.mark.slow)], ids=["some", "every"])
@pytest.mark.parametrize("reinstated", [False, True])
def test_in_all_orders_of_click_sale_refunds_and_chargeback_the_ledger_is_the_same(reinstated, orders):
    seen = set()
    told = {
        "sale": replace(GIFT, click_ids=("c1",)),
        "part": back("R-1", 1_000),
        "more": back("R-2", 2_000),
        "chargeback": back("X-1", 3_333),
    }
    if reinstated:
        told["more"] = back("X-1:won", 3_333, of="X-1")
    for order in orders:
        with transaction.atomic():
            link = LinkFactory(pk=77, code="wpnmfqtd")
            for step in order:
                if step == "click":
                    Click.objects.create(link=link, click_id="c1", at=NOW - MINUTE, method="GET")
                    conversions.credit_named(click_ids=["c1"])
                    continue
                tell(told[step])
                if step != "sale":
                    conversions.attribute_due()  # at whatever moment anybody looks
            seen.add(str(state()))
            transaction.set_rollback(True)
    kept = 9_000 if reinstated else 3_667
    assert seen == {str(([("G-1", kept, False)], [("G-1", 77, Decimal("1.000000000000"), kept)], []))}


@st.composite
def stories(draw):
    """Gifts and takings back, told again and again, in any order."""
    gifts = [Event("s.example", f"G-{n}", "donation", NOW, draw(st.integers(1, 500)), "EUR") for n in range(2)]
    backs = [
        Event(
            "s.example",
            f"R-{n}",
            "donation",
            NOW,
            amount := draw(st.one_of(st.none(), st.integers(1, 600))),
            draw(st.sampled_from(["EUR", "EUR", "USD"])) if amount else "",
            refund_of=draw(st.sampled_from(["G-0", "G-1", "R-0", "R-1", "G-9"])),
            is_total=bool(amount) and draw(st.booleans()),
        )
        for n in range(draw(st.integers(0, 4)))
    ]
    every = [event for event in [*gifts, *backs] if event.refund_of != event.external_id]
    return draw(st.permutations(every * 2))


@given(stories())
def test_the_database_comes_to_what_the_rules_say(told):
    with transaction.atomic():
        for event in told:
            tell(event)
        found = {row.external_id: ledger.kept_minor(row) for row in Conversion.objects.actions()}
        expected = {each.action.external_id: each.kept_minor for each in rules.balance(told).balances}
        transaction.set_rollback(True)
    assert found == expected


def test_a_refund_before_its_gift_waits_and_counts_once_the_gift_comes():
    tell(back("R-1", 4_000))
    assert list(ledger.waiting().values_list("external_id", flat=True)) == ["R-1"]
    assert conversions.attribute_due() == 0
    tell(GIFT)
    assert not ledger.waiting().exists()
    assert state()[0] == [("G-1", 6_000, False)]


def test_a_refund_in_another_currency_counts_nowhere_and_waits():
    tell(GIFT)
    tell(back("R-1", 4_000, currency="USD"))
    assert state()[0] == [("G-1", 10_000, False)]
    assert list(ledger.waiting().values_list("external_id", flat=True)) == ["R-1"]


def test_more_given_back_than_given_is_flagged_and_never_less_than_nothing():
    tell(GIFT)
    tell(back("R-1", 10_001))
    left = Balance.objects.get()
    assert (left.kept_minor, left.is_void, left.is_overdrawn) == (0, True, True)


def test_what_is_left_is_shared_to_the_cent_when_a_refund_comes():
    links = [LinkFactory() for _ in range(3)]
    Campaign.objects.update(attribution_days=7)
    for place, link in enumerate(links):
        Click.objects.create(link=link, click_id=f"c{place}", at=NOW - (place + 1) * MINUTE, method="GET")
    row, _ = tell(replace(GIFT, click_ids=("c0", "c1", "c2")))
    conversions.attribute(conversion=row, rule="linear_touch")
    conversions.attribute(conversion=row, rule="last_touch")
    tell(back("R-1", 1_000))
    for rule in ("linear_touch", "last_touch"):
        credits = AttributionCredit.objects.filter(rule=rule)
        assert sum(credit.amount_minor for credit in credits) == 9_000
        assert sum(credit.share for credit in credits) == 1
        assert {credit.window_days for credit in credits} == {7}


def test_reports_and_goals_count_what_is_left():
    campaign = CampaignFactory()
    link = LinkFactory(outreach__campaign=campaign)
    Goal.objects.create(cause=campaign.cause, kind=ActionKind.DONATION, amount_minor=50_000, currency="EUR")
    told = {"code": link.code}
    tell(replace(GIFT, **told))
    tell(replace(GIFT, external_id="G-2", **told))
    tell(replace(GIFT, external_id="G-3", currency="USD", **told))
    tell(back("R-1", 2_500))
    conversions.attribute_due()
    tell(back("R-2", 10_000, of="G-2"))
    found = reports.campaign(campaign=campaign)
    assert [(total.currency, total.number, total.amount_minor) for total in found.totals] == [
        ("EUR", 1.0, 7_500),
        ("USD", 1.0, 10_000),
    ]
    assert found.actions == 2
    assert [goal.reached for goal in reports.goals(campaign=campaign)] == [7_500]
    listed = selectors.actions_by_kind(since=NOW, until=NOW + MINUTE)
    assert [(total.currency, total.number, total.amount_minor) for total in listed] == [
        ("EUR", 1.0, 7_500),
        ("USD", 1.0, 10_000),
    ]


def test_an_attendance_that_was_taken_back_counts_no_more():
    link = LinkFactory()
    tell(Event("s", "A-1", "attendance", NOW, code=link.code))
    conversions.attribute_due()
    tell(Event("s", "A-1:gone", "attendance", NOW, refund_of="A-1"))
    assert reports.campaign(campaign=link.outreach.campaign).actions == 0


def test_reports_that_share_an_id_in_a_roundabout_way_are_one_gift():
    session = replace(GIFT, external_id="pi_1", also=("cs_1",), code="wpnmfqtd")
    charge = replace(GIFT, external_id="ch_1", supporter="ada@home.example")
    tell(session)
    tell(charge)
    tell(back("R-1", 4_000, of="ch_1"))
    conversions.attribute_due()
    row, is_new = tell(replace(GIFT, external_id="pi_1", also=("ch_1",)))  # now it is known that they are one
    assert not is_new
    assert list(Conversion.objects.actions()) == [row]
    assert state()[0] == [("pi_1", 6_000, False)]
    assert (ledger.codes_of(row), len(ledger.supporters_of(row))) == ({"wpnmfqtd"}, 1)
    assert set(ConversionId.objects.values_list("external_id", "conversion__external_id")) == {
        ("pi_1", "pi_1"),
        ("cs_1", "pi_1"),
        ("ch_1", "pi_1"),
        ("R-1", "R-1"),
    }


def test_a_later_report_brings_its_marks_once_and_credit_follows_them():
    link = LinkFactory(code="wpnmfqtd")
    row, _ = tell(GIFT)
    conversions.attribute_due()
    assert AttributionCredit.objects.get().link is None
    for _ in range(3):
        tell(replace(GIFT, code="WPNM-FQTD", utm={"utm_source": "instagram"}, referrer="shores.example"))
    assert AttributionCredit.objects.get().link == link
    mark = ConversionMark.objects.get()
    assert (mark.conversion, mark.code, mark.utm, mark.referrer) == (
        row,
        "WPNM-FQTD",
        {"utm_source": "instagram"},
        "shores.example",
    )


def test_other_words_under_the_same_names_are_kept_beside_them_and_only_once():
    told = [replace(GIFT, code=code, utm={"utm_source": source}) for code, source in (("aaaa", "b"), ("bbbb", "a"))]
    for event in told * 3:
        tell(event)
    assert ConversionMark.objects.count() == 1
    row = Conversion.objects.get()
    assert ledger.codes_of(row) == {"aaaa", "bbbb"}
    assert ledger.marks_of(row).utm == {"utm_source": "a"}


@pytest.mark.parametrize(
    "change", [{"amount_minor": 9_999}, {"currency": "USD"}, {"kind": "other"}, {"quantity": Decimal(2)}]
)
def test_other_facts_under_a_known_id_are_refused_and_change_nothing(change):
    tell(replace(GIFT, also=("A-1",)))
    with pytest.raises(DomainError, match="conversion_conflict"):
        tell(replace(GIFT, external_id="A-1", **change))
    assert state()[0] == [("G-1", 10_000, False)]


@pytest.mark.parametrize("order", [(False, True), (True, False)])
def test_a_pixel_gives_way_to_what_the_source_says(order):
    link, thief = LinkFactory(), LinkFactory()
    seen = Event("give.example", "G-1", "donation", NOW, code=thief.code)
    for is_verified in order:
        if is_verified:
            tell(replace(GIFT, code=link.code))
        else:
            tell(seen, door="pixel", is_verified=False)
        conversions.attribute_due()
    assert [(row.is_verified, row.amount_minor) for row in Conversion.objects.actions()] == [(True, 10_000)]
    assert [credit.link for credit in AttributionCredit.objects.all()] == [link]


def test_what_only_a_pixel_says_is_told_apart_and_counts_in_no_figure():
    link = LinkFactory()
    tell(Event("give.example", "P-1", "signature", NOW, code=link.code), door="pixel", is_verified=False)
    conversions.attribute_due()
    found = reports.campaign(campaign=link.outreach.campaign)
    assert (found.actions, found.totals) == (0, ())
    assert [(total.kind, total.number) for total in found.unverified] == [("signature", 1.0)]


def test_hours_keep_their_quarters():
    tell(Event("s", "H-1", "volunteer_hours", NOW, quantity=Decimal("2.25")))
    assert Conversion.objects.get().quantity == Decimal("2.25")


def test_a_gift_in_a_crypto_asset_keeps_what_was_given_and_who_said_what_it_was_worth():
    told = Crypto("BTC", "bitcoin", "ab" * 32, Decimal("0.00412345"), "exchange.example 2026-11-24T10:00Z")
    tell(replace(GIFT, crypto=told))
    assert ledger.as_event(Conversion.objects.get()).crypto == told


@pytest.mark.parametrize(
    "change", ["crypto_network = ''", "amount_minor = NULL, currency = ''", "rate_source = ''", "crypto_quantity = 0"]
)
def test_of_a_crypto_gift_the_database_takes_all_or_nothing(change):
    told = Crypto("BTC", "bitcoin", "ab" * 32, Decimal(1), "exchange.example")
    row, _ = tell(replace(GIFT, crypto=told))
    row.pk, row.public_id, row.external_id = None, "00000000-0000-4000-8000-000000000000", "other"
    for part in change.split(", "):
        name, value = part.split(" = ")
        setattr(row, name, {"NULL": None, "''": "", "0": Decimal(0)}[value])
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_later_marks_and_assignments_are_never_changed():
    row, _ = tell(GIFT)
    tell(replace(GIFT, code="abcd"))
    conversions.assign(conversion=row, link=None, by=UserFactory(), at=NOW, why="A neighbour.")
    for change in (
        lambda: ConversionMark.objects.update(code=""),
        lambda: ConversionMark.objects.all()._raw_delete("default"),
        lambda: Assignment.objects.update(at=NOW + MINUTE),
        lambda: Assignment.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert Assignment.objects.update(why="") == 1  # free words may name somebody who is erased


def test_an_action_is_given_to_a_partner_as_if_their_code_had_been_spoken():
    link, officer = LinkFactory(), UserFactory()
    row, _ = tell(GIFT)
    conversions.attribute_due()
    conversions.assign(conversion=row, link=link, by=officer, at=NOW, why="She wrote that she gave.")
    assert [(credit.link, credit.amount_minor) for credit in AttributionCredit.objects.all()] == [(link, 10_000)]
    conversions.assign(conversion=row, link=None, by=officer, at=NOW)
    assert [credit.link for credit in AttributionCredit.objects.all()] == [None]
    assert Assignment.objects.count() == 2


def test_what_was_given_to_a_partner_stays_theirs_when_it_turns_out_to_be_another_report():
    link = LinkFactory()
    tell(GIFT)
    other, _ = tell(replace(GIFT, external_id="ch_1"))
    conversions.attribute_due()
    conversions.assign(conversion=other, link=link, by=UserFactory(), at=NOW, why="So.")
    row, _ = tell(replace(GIFT, also=("ch_1",)))
    assert [(credit.conversion, credit.link) for credit in AttributionCredit.objects.all()] == [(row, link)]


def test_whoever_gives_an_action_to_somebody_says_why():
    row, _ = tell(GIFT)
    with pytest.raises(DomainError, match="assigning_reason_blank"):
        conversions.assign(conversion=row, link=LinkFactory(), by=UserFactory(), at=NOW, why=" ")
    taken, _ = tell(back("R-1", 1))
    with pytest.raises(DomainError, match="taking_back_has_nobody"):
        conversions.assign(conversion=taken, link=LinkFactory(), by=UserFactory(), at=NOW, why="So.")


def test_nobody_earns_credit_for_a_gift_of_their_own():
    address, other = AddressFactory(), LinkFactory()
    own = LinkFactory(outreach__influencer=address.influencer)
    tell(replace(GIFT, code=own.code, supporter=address.email.upper()))
    tell(replace(GIFT, external_id="G-2", code=other.code, supporter=address.email))
    conversions.attribute_due()
    assert dict(AttributionCredit.objects.values_list("conversion__external_id", "link")) == {
        "G-1": None,
        "G-2": other.pk,
    }


def test_the_same_without_an_id_by_two_people_is_two_and_by_one_is_one():
    for who in ("ada@home.example", "bob@home.example", "ADA@home.example"):
        tell(events.told(source="s", kind="signature", occurred_at=NOW, supporter=who))
    assert Conversion.objects.count() == 2


def test_a_dispute_that_was_won_and_lost_after_all_takes_the_gift_back():
    story = [GIFT, back("P-1", 10_000), back("W-1", 10_000, of="P-1"), back("L-1", 10_000, of="W-1")]
    for event in story:
        tell(event)
    assert state()[0] == [("G-1", 0, True)]


@pytest.mark.parametrize("amount", [10_000, None])
def test_a_dispute_that_was_won_in_part_takes_back_the_rest_to_the_cent(amount):
    story = [GIFT, back("P-1", amount), back("W-1", 3_333, of="P-1")]
    for order in permutations(story):
        with transaction.atomic():
            for event in (*order, back("W-2", 1, of="P-1")):
                tell(event)
            assert state()[0] == [("G-1", 3_334, False)]
            assert not ledger.waiting().exists()
            transaction.set_rollback(True)


def test_what_comes_back_of_a_refund_is_never_more_than_the_refund():
    for event in [GIFT, back("P-1", 4_000), back("W-1", 9_000, of="P-1")]:
        tell(event)
    assert state()[0] == [("G-1", 10_000, False)]


@pytest.mark.parametrize("amount", [10_000, None])
def test_what_comes_back_in_another_currency_counts_nowhere_and_waits(amount):
    for event in [GIFT, back("P-1", amount), back("W-1", 10_000, of="P-1", currency="USD")]:
        tell(event)
    assert state()[0] == [("G-1", 0, True)]
    assert list(ledger.waiting().values_list("external_id", flat=True)) == ["W-1"]
    assert [event.external_id for event in rules.balance(map(ledger.as_event, Conversion.objects.all())).unmatched] == [
        "W-1"
    ]


def sign_up(ident, minutes, **said):
    return Event("mobilize", ident, "sign_up", NOW + minutes * MINUTE, **said)


@pytest.mark.parametrize(("last", "kept"), [(None, True), ("cancelled:5", False)])
def test_somebody_who_cancels_and_signs_up_again_counts_once_and_the_later_state_wins_in_any_order(last, kept):
    story = [
        sign_up("198", 0),
        sign_up("198:cancelled:1", 1, refund_of="198"),
        sign_up("198:stands:3", 3, refund_of="198", is_restoration=True),
    ]
    story += [sign_up(f"198:{last}", 5, refund_of="198")] if last else []
    for order in permutations(story):
        with transaction.atomic():
            for event in order:
                tell(event)
            assert Conversion.objects.counting().count() == kept
            assert not ledger.waiting().exists()
            transaction.set_rollback(True)


def test_only_what_names_an_action_and_no_amount_can_say_that_it_stands():
    row, _ = tell(GIFT)
    columns = {field.attname: getattr(row, field.attname) for field in Conversion._meta.concrete_fields}
    del columns["id"], columns["public_id"]
    for wrong in ({"refund_of": ""}, {"refund_of": "G-1"}):
        with pytest.raises(IntegrityError, match="conversion_restoration"), transaction.atomic():
            Conversion.objects.create(**columns | {"external_id": "Z", "is_restoration": True} | wrong)
