"""What an action cost: by currency, and as one sum only by rates that somebody wrote down."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from crm.errors import DomainError
from crm.models import AuditEvent, Goal
from outreach.models import Cost, ExchangeRate
from outreach.services import breakdown, costs, exchange
from outreach.services.costs import CostLine, Costs
from tests.factories import NOW, CampaignFactory, OutreachFactory, UserFactory

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def outreach():
    return OutreachFactory(campaign=CampaignFactory())


def spend(outreach, minor, currency, **said) -> Cost:
    given = {"kind": "fee", "on_date": TODAY, "by": UserFactory()} | said
    return costs.record(outreach=outreach, amount_minor=minor, currency=currency, **given)


def rate(base, quote, value, on=TODAY) -> ExchangeRate:
    return exchange.record(
        base=base,
        quote=quote,
        rate=Decimal(value),
        on_date=on,
        source="European Central Bank",
        by=UserFactory(),
        at=NOW,
    )


def told(outreach, *, actions=4.0, on=TODAY, **said) -> Costs:
    return costs.of_campaign(campaign=outreach.campaign, actions=actions, on=on, **said)


def test_an_action_costs_what_was_spent_shared_by_all_actions(outreach):
    spend(outreach, 10_000, "EUR")
    spend(outreach, 2_002, "EUR", kind="expenses", note="Train")
    spend(OutreachFactory(), 5, "EUR")  # of another campaign
    assert told(outreach) == Costs((CostLine("EUR", 12_002, 2, 3_000),))


def test_without_an_action_none_has_a_cost(outreach):
    spend(outreach, 10_000, "EUR")
    assert told(outreach, actions=0.0).lines[0].per_action_minor is None


def test_currencies_stand_apart_while_no_rate_is_stored(outreach):
    spend(outreach, 10_000, "EUR")
    spend(outreach, 5_000, "GBP")
    found = told(outreach, into="EUR")
    assert found.lines == (CostLine("EUR", 10_000, 1, 2_500), CostLine("GBP", 5_000, 1, 1_250))
    assert (found.total.amount_minor, found.total.missing, found.total_per_action_minor) == (None, ("GBP",), None)


def test_a_total_names_the_rates_that_made_it(outreach):
    Goal.objects.create(cause=outreach.campaign.cause, kind="donation", amount_minor=9_000, currency="EUR")
    spend(outreach, 10_000, "EUR")
    spend(outreach, 5_000, "GBP")
    spend(outreach, 3_000, "JPY")  # no small coins
    rates = (rate("GBP", "EUR", "1.2"), rate("EUR", "JPY", "160"))
    found = told(outreach)
    assert found.total == exchange.Converted("EUR", 10_000 + 6_000 + 1_875, rates, ())
    assert found.total_per_action_minor == 4_469


def test_the_newest_rate_of_the_day_or_before_counts(outreach):
    spend(outreach, 5_000, "GBP", on_date=TODAY - timedelta(days=30))
    rate("GBP", "EUR", "1.1", on=TODAY - timedelta(days=9))
    rate("GBP", "EUR", "1.2", on=TODAY - timedelta(days=2))
    rate("GBP", "EUR", "1.3", on=TODAY + timedelta(days=1))
    assert told(outreach, into="EUR").total.amount_minor == 6_000
    assert told(outreach, into="EUR", on=TODAY - timedelta(days=10)).total.missing == ("GBP",)


def test_what_is_spent_later_is_not_spent_yet(outreach):
    spend(outreach, 5_000, "GBP", on_date=date(2027, 1, 1))
    assert told(outreach).lines == ()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"minor": 0}, "amount_not_positive"),
        ({"minor": 10**13}, "count_too_big"),
        ({"currency": "EUX"}, "currency_unknown"),
        ({"kind": "bribe"}, "cost_kind_unknown"),
    ],
)
def test_what_is_no_cost_is_refused(outreach, said, code):
    with pytest.raises(DomainError, match=code):
        spend(outreach, **{"minor": 100, "currency": "EUR"} | said)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"base": "XXQ"}, "currency_unknown"),
        ({"base": "EUR"}, "currencies_same"),
        ({"value": "0"}, "rate_not_positive"),
        ({"value": "-1"}, "rate_not_positive"),
        ({"value": "NaN"}, "rate_not_positive"),
    ],
)
def test_what_is_no_rate_is_refused(said, code):
    with pytest.raises(DomainError, match=code):
        rate(**{"base": "GBP", "quote": "EUR", "value": "1.2"} | said)


def test_a_rate_says_who_told_it():
    with pytest.raises(DomainError, match="rate_without_source"):
        exchange.record(base="GBP", quote="EUR", rate=Decimal(1), on_date=TODAY, source=" ", by=UserFactory(), at=NOW)


def test_a_day_has_one_rate():
    rate("GBP", "EUR", "1.2")
    with pytest.raises(DomainError, match="rate_taken"):
        rate("GBP", "EUR", "1.3")
    assert ExchangeRate.objects.get().rate == Decimal("1.2")


@pytest.mark.parametrize("change", [{"amount_minor": 0}, {"currency": "eur"}, {"kind": "bribe"}])
def test_the_database_holds_to_it(outreach, change):
    row = spend(outreach, 100, "EUR")
    with pytest.raises(IntegrityError), transaction.atomic():
        Cost.objects.filter(pk=row.pk).update(**change)


def test_money_leaves_a_trail(outreach):
    row = spend(outreach, 100, "EUR")
    costs.remove(cost=row)
    rates = rate("GBP", "EUR", "1.2")
    exchange.remove(rate=rates)
    events = AuditEvent.objects.filter(table__in=["outreach_cost", "outreach_exchangerate"]).order_by("pk")
    assert list(events.values_list("table", "operation")) == [
        ("outreach_cost", "INSERT"),
        ("outreach_cost", "DELETE"),
        ("outreach_exchangerate", "INSERT"),
        ("outreach_exchangerate", "DELETE"),
    ]


def test_what_a_merged_conversation_cost_stands_with_the_one_that_goes_on(outreach):
    closed = OutreachFactory(campaign=outreach.campaign, influencer=outreach.influencer, stage="merged")
    alone = OutreachFactory(campaign=outreach.campaign, influencer=None, stage="merged")
    for one in (outreach, closed, alone):
        spend(one, 100, "EUR")
    heir_of = breakdown.heirs(outreach.campaign)
    assert heir_of == {closed.pk: outreach.pk}
    found = costs.of_people(campaign=outreach.campaign, heir_of=heir_of, on=TODAY)
    assert found == {outreach.pk: {"EUR": 200}, alone.pk: {"EUR": 100}}
