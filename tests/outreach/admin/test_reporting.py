"""A campaign's report beyond its page: files to take away, costs, rates, and the weekly mail one asks for."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from crm.models import AccountSnapshot
from outreach.models import Cost, ExchangeRate
from outreach.services import costs, exchange, weekly
from tests.factories import NOW, AccountFactory, CampaignFactory, OutreachFactory, UserFactory, browser_of
from tests.outreach.admin.reading import words

pytestmark = pytest.mark.django_db
RATES = "/admin/outreach/exchangerate/"


@pytest.fixture
def campaign():
    return CampaignFactory()


@pytest.fixture
def outreach(campaign):
    return OutreachFactory(campaign=campaign, influencer__name="Amina Diallo", stage="live")


def step(campaign, name: str) -> str:
    return reverse(f"admin:outreach_campaign_{name}", args=[campaign.pk])


def spent(outreach, **changed) -> dict[str, object]:
    return {
        "outreach": outreach.pk, "kind": "fee", "amount": "1 200,50", "currency": "EUR", "on_date": "2026-11-20", "note": "",
    } | changed  # fmt: skip


@pytest.mark.parametrize(("kind", "begins"), [("csv", b"PK\x03\x04"), ("xlsx", b"PK\x03\x04"), ("pdf", b"%PDF-")])
def test_a_report_is_taken_away_as_a_file(client, campaign, outreach, kind, begins):
    response = client.get(step(campaign, kind))
    assert response.content.startswith(begins)
    assert response["Content-Disposition"].startswith(f'attachment; filename="{campaign.slug}-')


def test_a_cost_is_written_down_and_stands_on_the_page(client, officer, campaign, outreach):
    response = client.post(step(campaign, "costs"), spent(outreach))
    assert response.status_code == 302
    row = Cost.objects.get()
    assert (row.amount_minor, row.currency, row.by) == (120_050, "EUR", officer)
    assert "€1,200.50 spent, no action yet" in words(client.get(step(campaign, "change")))
    assert "Amina Diallo" in words(client.get(step(campaign, "costs")))


@pytest.mark.parametrize("changed", [{"amount": "1.500"}, {"amount": "0"}, {"amount": "x"}, {"currency": "EUX"}])
def test_what_is_no_amount_is_not_written_down(client, campaign, outreach, changed):
    assert client.post(step(campaign, "costs"), spent(outreach, **changed)).status_code == 200
    assert not Cost.objects.exists()


def test_a_mistake_is_removed_by_a_button_and_never_by_a_link(client, officer, campaign, outreach):
    row = costs.record(outreach=outreach, kind="fee", amount_minor=5, currency="EUR", on_date=NOW.date(), by=officer)
    assert client.get(step(campaign, "remove_cost"), {"cost": row.pk}).status_code in {404, 405}
    assert client.post(step(CampaignFactory(), "remove_cost"), {"cost": row.pk}).status_code == 404
    assert Cost.objects.exists()
    client.post(step(campaign, "remove_cost"), {"cost": row.pk})
    assert not Cost.objects.exists()


def test_who_only_reads_writes_no_costs(analyst, campaign, outreach):
    assert analyst.get(step(campaign, "costs")).status_code == 403
    assert analyst.get(step(campaign, "pdf")).status_code == 200


def test_currencies_without_a_rate_have_no_total_and_with_one_it_is_named(client, officer, campaign, outreach):
    for currency in ("EUR", "GBP"):
        costs.record(
            outreach=outreach, kind="fee", amount_minor=10_000, currency=currency, on_date=NOW.date(), by=officer
        )
    page = words(client.get(step(campaign, "change")))
    assert "no exchange rate is recorded" in page
    exchange.record(
        base="GBP", quote="EUR", rate=Decimal("1.15185"), on_date=NOW.date(), source="ECB", by=officer, at=NOW
    )
    page = words(client.get(step(campaign, "change")))
    assert "1 GBP = 1.15185 EUR on" in page
    assert "according to ECB" in page
    assert "Together, converted:" in page


def test_rates_are_recorded_by_administrators(client, campaign):
    form = {"base": "GBP", "quote": "EUR", "rate": "1,1734", "on_date": "2026-11-20", "source": "ECB"}
    assert client.post(f"{RATES}add/", form).status_code == 403
    administrator = browser_of(UserFactory(role="administrator"))
    assert administrator.post(f"{RATES}add/", form).status_code == 302
    rate = ExchangeRate.objects.get()
    assert (rate.rate, rate.source) == (Decimal("1.1734"), "ECB")
    assert "ECB" in words(client.get(f"{RATES}{rate.pk}/change/"))
    assert administrator.get(f"{RATES}{rate.pk}/remove/").status_code == 200
    assert ExchangeRate.objects.exists()
    administrator.post(f"{RATES}{rate.pk}/remove/")
    assert not ExchangeRate.objects.exists()


def test_one_chooses_for_oneself_what_comes_every_week(client, officer, campaign):
    page = reverse("admin:outreach_campaign_weekly")
    assert client.get(page).status_code == 200
    client.post(page, {"campaigns": [campaign.pk]})
    assert weekly.chosen(user=officer) == [campaign]
    client.post(page, {})
    assert weekly.chosen(user=officer) == []


def test_growth_is_drawn_with_the_days_of_the_campaign_marked(client, campaign, outreach):
    account = AccountFactory(influencer=outreach.influencer)
    start = NOW.replace(year=campaign.starts_date.year, month=campaign.starts_date.month, day=campaign.starts_date.day)
    for days, followers in ((-3, 1000), (1, 1100)):
        AccountSnapshot.objects.create(
            account=account, observed_at=start + timedelta(days=days), source="x", followers=followers
        )
    campaign.ends_date = campaign.starts_date + timedelta(days=5)
    campaign.save()
    response = client.get(step(campaign, "change"))
    assert "cw-plot-span" in response.content.decode()
    assert "+100 (+10%)" in words(response)


def test_reach_is_unknown_while_no_publication_is_recorded(client, campaign, outreach):
    assert "Reach unknown no publication is recorded" in words(client.get(step(campaign, "change")))
