"""One gift, counted once, in its own currency; nothing dropped, nothing guessed."""

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from crm.errors import DomainError
from outreach import signing
from outreach.attribution.rules import RULES
from outreach.models import AttributionCredit, Click, Conversion
from outreach.services import conversions, ledger
from outreach.sources import events
from tests.factories import NOW, LinkFactory

pytestmark = pytest.mark.django_db

GIFT = {
    "source": "give.example",
    "external_id": "D-1",
    "kind": "donation",
    "amount_minor": 2_500,
    "currency": "EUR",
    "occurred_at": NOW,
    "supporter": "ada@home.example",
}


def tell(*, at=NOW, door="api", **changes):
    return conversions.record(event=events.told(**GIFT | changes), door=door, at=at)


def click(link, *, at=NOW - timedelta(hours=1), name="c1") -> Click:
    return Click.objects.create(link=link, click_id=name, at=at, method="GET")


def test_told_twice_is_counted_once():
    first, is_new = tell(at=NOW)
    again, is_new_again = tell(at=NOW + timedelta(days=90))
    assert (is_new, is_new_again) == (True, False)
    assert first == again
    assert Conversion.objects.count() == 1


def test_the_same_id_with_other_content_is_a_conflict():
    tell(at=NOW)
    with pytest.raises(DomainError, match="conversion_conflict"):
        tell(amount_minor=9_900)
    assert Conversion.objects.get().amount_minor == 2_500


def test_who_acted_may_be_named_in_two_ways():
    first, _ = tell()
    again, is_new = tell(supporter="cus_1")
    assert (again, is_new) == (first, False)
    assert len(ledger.supporters_of(first)) == 2


def test_a_report_repeated_after_a_key_rotation_is_the_same(settings):
    first, _ = tell(at=NOW)
    ring = json.loads(settings.KEYRING.read_text())
    ring["keys"]["v2"], ring["current"] = "ab" * 32, "v2"
    settings.KEYRING = settings.KEYRING.with_name("rotated.json")
    settings.KEYRING.write_text(json.dumps(ring))
    assert tell(at=NOW) == (first, False)


def test_two_gifts_of_one_person_and_one_amount_are_two():
    tell(at=NOW)
    tell(external_id="D-2")
    assert Conversion.objects.count() == 2


def test_the_supporter_is_kept_as_a_keyed_hash_only():
    row, _ = tell(at=NOW)
    assert row.supporter
    assert "ada" not in str(list(Conversion.objects.values()))
    other, _ = tell(external_id="D-2", supporter=" ADA@home.example ")
    assert other.supporter == row.supporter


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount_minor": -1}, "amount_not_positive"),
        ({"amount_minor": 0}, "amount_not_positive"),
        ({"currency": "XQZ"}, "currency_unknown"),
        ({"currency": "eur"}, "currency_unknown"),
        ({"currency": ""}, "currency_missing"),
        ({"amount_minor": None, "currency": ""}, "amount_missing"),
        ({"amount_minor": None}, "amount_missing"),
        ({"external_id": ""}, "external_id_missing"),
        ({"kind": "like"}, "kind_unknown"),
        ({"occurred_at": NOW + timedelta(hours=2)}, "occurs_in_future"),
        ({"occurred_at": NOW - timedelta(days=7306)}, "occurs_too_early"),
        ({"occurred_at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=2)))}, "occurs_too_early"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(change, code):
    with pytest.raises(DomainError, match=code):
        tell(**change)
    assert not Conversion.objects.exists()


def test_what_happened_years_ago_is_taken():
    tell(occurred_at=NOW - timedelta(days=7304))
    assert Conversion.objects.count() == 1


def test_a_signature_without_an_id_is_known_by_its_content():
    signature = {"kind": "signature", "external_id": "", "amount_minor": None, "currency": ""}
    first, _ = tell(**signature)
    again, is_new = tell(**signature)
    assert (first, is_new) == (again, False)


@pytest.mark.parametrize("change", [lambda rows: rows.update(amount_minor=1), lambda rows: rows._raw_delete("default")])
def test_the_ledger_refuses_changes(change):
    tell(at=NOW)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change(Conversion.objects.all())


def test_the_last_link_touched_within_the_window_gets_the_credit():
    early, late, too_late, too_old = (LinkFactory() for _ in range(4))
    click(too_old, at=NOW - timedelta(days=31), name="c0")
    click(early, at=NOW - timedelta(days=3), name="c1")
    click(late, at=NOW - timedelta(days=1), name="c2")
    click(too_late, at=NOW + timedelta(minutes=61), name="c3")
    tell(click_ids=("c1", "c0", "c3", "c2", "unknown"))
    assert conversions.attribute_due() == 1
    credit = AttributionCredit.objects.get()
    assert (credit.link, credit.share, credit.amount_minor) == (late, Decimal(1), 2_500)


def test_a_source_that_cuts_off_the_seconds_loses_nobody_their_credit():
    link = LinkFactory()
    click(link, at=NOW + timedelta(seconds=0.6))
    tell(click_ids=("c1",), at=NOW + timedelta(seconds=2))
    conversions.attribute_due()
    assert AttributionCredit.objects.get().link == link


def test_a_spoken_code_is_a_touch():
    link = LinkFactory()
    tell(code=link.code.upper())
    conversions.attribute_due()
    assert AttributionCredit.objects.get().link == link


@pytest.mark.parametrize("code", ["wpnmfqtd", "k7m2p9q4x3hd5t"])  # a new one, and one of those given away before
@pytest.mark.parametrize("say", [str.upper, signing.spoken, lambda code: f" {code[:3]} {code[3:]} "])
def test_a_spoken_code_is_understood_as_people_write_it(code, say):
    link = LinkFactory(code=code)
    tell(code=say(code))
    conversions.attribute_due()
    assert AttributionCredit.objects.get().link == link


def test_what_nobody_led_to_is_kept_as_nobodys():
    tell(click_ids=("unknown",), code="nope")
    assert conversions.attribute_due() == 1
    credit = AttributionCredit.objects.get()
    assert (credit.link, credit.share, credit.amount_minor) == (None, Decimal(1), 2_500)
    assert conversions.attribute_due() == 0


def test_computing_again_gives_the_same():
    link = LinkFactory()
    click(link)
    row, _ = tell(click_ids=("c1",))
    first = [(c.link_id, c.share, c.amount_minor) for c in conversions.attribute(conversion=row)]
    again = [(c.link_id, c.share, c.amount_minor) for c in conversions.attribute(conversion=row)]
    assert first == again
    assert AttributionCredit.objects.count() == 1


def test_the_database_itself_refuses_a_second_row_of_one_id():
    tell(at=NOW)
    row = Conversion.objects.get()
    row.pk, row.public_id = None, "00000000-0000-4000-8000-000000000000"
    with pytest.raises(IntegrityError, match="conversion_once"), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize("rule", RULES)
def test_whatever_a_rule_gives_can_be_stored_and_sums_to_the_gift(rule):
    links = [LinkFactory() for _ in range(3)]
    touched = [0, 1, 2, 1, 0, 0, 2]
    for hours, place in enumerate(touched, start=1):
        click(links[place], at=NOW - timedelta(hours=97 * hours), name=f"c{hours}")
    names = tuple(f"c{hours}" for hours in range(1, len(touched) + 1))
    row, _ = tell(click_ids=names)
    credits = conversions.attribute(conversion=row, rule=rule)

    assert sum(credit.share for credit in credits) == 1
    assert sum(credit.amount_minor for credit in credits) == 2_500
    assert {credit.link_id for credit in credits} <= {link.pk for link in links}
    assert {(credit.rule, credit.rule_version) for credit in credits} == {(rule, RULES[rule].version)}
