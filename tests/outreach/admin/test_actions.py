"""How the form for an action by hand reads what people write. That the page uses it: test_campaigns."""

from datetime import date

import pytest
from django.utils import timezone, translation

from crm.errors import DomainError
from crm.words import say
from outreach.admin.actions import ActionForm
from outreach.models import Conversion
from outreach.services import conversions
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db

GIFT = {"kind": "donation", "amount": "12.50", "currency": "EUR", "receipt": "R-1"}


@pytest.fixture
def campaign():
    return CampaignFactory()


def refusal(campaign, **changed) -> str:
    """Why it is not recorded, by the form or by the ledger; "" where it is."""
    today = timezone.localdate()
    said = {"kind": "signature", "quantity": "1", "on": today.isoformat(), "once": "1"} | changed
    form = ActionForm(said, campaign=campaign, today=today)
    if not form.is_valid():
        return " ".join(sentence for sentences in form.errors.values() for sentence in sentences)
    try:
        conversions.record_by_hand(event=form.event(), at=timezone.now())
    except DomainError as error:
        return say(error)
    return ""


@pytest.mark.parametrize(
    ("changed", "expect"),
    [
        ({"kind": "donation"}, "A donation needs its amount."),
        (GIFT | {"receipt": " "}, "Where there is money, its receipt number is needed."),
        (GIFT | {"amount": "-5"}, "An amount is greater than zero."),
        (GIFT | {"amount": "0.00"}, "An amount is greater than zero."),
        (GIFT | {"amount": "1.234"}, "This amount can be read in two ways."),
        (GIFT | {"amount": "1,500"}, "This amount can be read in two ways."),
        (GIFT | {"amount": "0.500", "currency": "KWD"}, "This amount can be read in two ways."),
        (GIFT | {"amount": "12.3456"}, "This currency has no such small coins."),
        (GIFT | {"amount": "1.5", "currency": "JPY"}, "This currency has no such small coins."),
        (GIFT | {"amount": "1.234.5"}, "This is not an amount."),
        (GIFT | {"amount": "42.50 £"}, "The amount is in another currency than the one you chose."),
        (GIFT | {"amount": "12 $"}, "The amount is in another currency than the one you chose."),
        (GIFT | {"amount": "1e5"}, "Write all its digits."),
        (GIFT | {"amount": "9" * 13}, "This number is too large to be true."),
        (GIFT | {"amount": "9" * 5000}, "at most 40 characters"),
        (GIFT | {"currency": "ZZZ"}, "Select a valid choice."),
        (GIFT | {"currency": ""}, "Say in which currency."),
        (GIFT | {"amount": "much"}, "This is not a number."),
        ({"quantity": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"quantity": ""}, "This field is required."),
        ({"quantity": "1,5"}, "This must be a whole number."),
        ({"quantity": "1,500k"}, "This number can be read in two ways."),
        ({"quantity": "9" * 5000}, "This is not a number."),
        ({"quantity": "10000001"}, "Ensure this value is less than or equal to"),
        ({"on": "2999-01-01"}, "This action lies in the future."),
        ({"on": "9999-12-31"}, "This action lies in the future."),
        ({"on": "0001-01-01"}, "This day is long before the campaign began"),
        ({"on": "0202-11-20"}, "This day is long before the campaign began"),
        ({"on": "2025-11-22"}, "This day is long before the campaign began (Nov. 24, 2026). Check the year."),
    ],
)
def test_what_cannot_be_counted_is_said(campaign, changed, expect):
    assert expect in refusal(campaign, **changed)
    assert Conversion.objects.count() == 0


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        *(("25,00", "EUR", 2_500), ("25.00", "EUR", 2_500), ("1,5", "EUR", 150), ("1500", "EUR", 150_000)),
        *(("1 500,50", "EUR", 150_050), ("1\u202f500,50", "EUR", 150_050), ("1.500,50", "EUR", 150_050)),
        *(("1,500.50", "EUR", 150_050), ("1500", "JPY", 1_500), ("1,5", "KWD", 1_500), ("20", "RSD", 2_000)),
    ],
)
def test_an_amount_is_the_same_with_a_comma_and_with_a_dot(campaign, language, typed, currency, minor):
    with translation.override(language):
        assert refusal(campaign, **GIFT | {"amount": typed, "currency": currency}) == ""
    assert Conversion.objects.get().amount_minor == minor


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        *(("42,50 €", 4250), ("€42.50", 4250), ("1 234,50", 123_450), ("1\u202f234,50\u00a0€", 123_450)),
        *(("42.50€", 4250), ("42,50\u202f€", 4250), ("EUR 42.50", 4250), ("42,50", 4250)),
    ],
)
def test_an_amount_may_stand_with_its_currency(campaign, typed, minor):
    assert refusal(campaign, **GIFT | {"amount": typed}) == ""
    assert Conversion.objects.get().amount_minor == minor


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("typed", ["1500", "1 500", "1\u202f500", "1,500", "1.500"])
def test_a_number_is_read_as_people_write_it(campaign, language, typed):
    with translation.override(language):
        assert refusal(campaign, quantity=typed) == ""
    assert Conversion.objects.get().quantity == 1500


def test_a_day_of_the_year_before_the_campaign_is_taken(campaign):
    assert refusal(campaign, on="2025-11-24") == ""
    assert Conversion.objects.count() == 1


def test_a_campaign_that_begins_in_the_first_year_takes_no_day_of_it():
    said = refusal(CampaignFactory(starts_date=date(1, 1, 1)), on="0001-01-01")
    assert said == "This action lies more than 20 years back. Check the year."
