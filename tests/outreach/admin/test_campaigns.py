"""The pages of a campaign: made, changed, and "what came of it?"."""

import json
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.models import Goal
from outreach.models import Campaign, Click, Conversion
from outreach.services import conversions
from outreach.sources import events
from tests.factories import (
    CampaignFactory,
    CauseFactory,
    LinkFactory,
    OutreachFactory,
    UserFactory,
)
from tests.outreach.admin.reading import said, words

pytestmark = pytest.mark.django_db
ADD = "/admin/outreach/campaign/add/"


def step(campaign, name: str) -> str:
    return reverse(f"admin:outreach_campaign_{name}", args=[campaign.pk])


def filled(cause, **changed) -> dict[str, object]:
    return {
        "name": "Spring clean-up",
        "cause": cause.pk,
        "starts_date": "2026-11-24",
        "destination_url": "https://give.example/form",
        "organisation": "Clear Shores",
    } | changed


@pytest.fixture
def campaign():
    return CampaignFactory()


@pytest.fixture
def link(campaign):
    return LinkFactory(outreach__campaign=campaign, outreach__influencer__name="Amina Diallo")


# Made and changed -----------------------------------------------------------------------------------------------------


def test_a_campaign_is_made_and_belongs_to_who_made_it(client, officer):
    response = client.post(ADD, filled(CauseFactory()) | {"owner": officer.pk})
    made = Campaign.objects.get()
    assert response["Location"] == step(made, "change")
    assert (made.slug, made.owner) == ("spring-clean-up", officer)


def test_the_page_where_people_act_may_be_written_as_people_write_it(client):
    client.post(ADD, filled(CauseFactory()) | {"destination_url": " www.give.example/form?a=1"})
    assert Campaign.objects.get().destination_url == "https://www.give.example/form?a=1"


@pytest.mark.parametrize(
    ("changed", "expect"),
    [
        ({"slug": "taken"}, "The short name “taken” is taken. Choose another one."),
        ({"slug": "Not Good"}, "A short name has small letters, digits and hyphens only."),
        ({"ends_date": "2026-11-01"}, "The campaign ends before it starts. Correct one of the two dates."),
        ({"destination_url": "our form"}, "This is not a web address. Write it in full"),
        ({"destination_url": "javascript:alert(1)"}, "This is not a web address. Write it in full"),
        ({"destination_url": "HTTPS://give.example/"}, "This is not a web address. Write it in full"),
        ({"starts_date": "soon"}, "Enter a valid date."),
        ({"cause": "0"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_is_kept(client, changed, expect):
    CampaignFactory(slug="taken")
    page = client.post(ADD, filled(CauseFactory()) | changed)
    assert page.status_code == 200
    assert expect in words(page)
    assert 'value="Clear Shores"' in page.content.decode()
    assert Campaign.objects.count() == 1


def test_the_page_to_go_back_to_is_one_of_ours(client):
    for wanted in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        response = client.post(f"{ADD}?next={wanted}", filled(CauseFactory()))
        assert response["Location"].startswith("/admin/outreach/campaign/")


def test_changing_keeps_the_short_name_unless_another_is_given(client, campaign):
    response = client.post(step(campaign, "edit"), filled(campaign.cause, name="Autumn"))
    assert response.status_code == 302
    before = campaign.slug
    campaign.refresh_from_db()
    assert (campaign.name, campaign.slug) == ("Autumn", before)


def test_links_given_away_lead_to_the_new_page(client, campaign, link):
    client.post(step(campaign, "edit"), filled(campaign.cause, destination_url="https://give.example/new"))
    link.refresh_from_db()
    assert link.destination_url == "https://give.example/new"


def test_people_chosen_for_one_cause_are_not_carried_to_another(client, campaign, link):
    page = client.post(step(campaign, "edit"), filled(CauseFactory()))
    assert "Make another campaign for the other cause." in words(page)
    assert Campaign.objects.get().cause == campaign.cause


def test_whoever_may_only_read_changes_nothing(analyst, campaign):
    assert analyst.get(step(campaign, "change")).status_code == 200
    assert [analyst.get(step(campaign, name)).status_code for name in ("edit", "record_action")] == [403, 403]
    assert analyst.get(ADD).status_code == 403
    page = analyst.get(step(campaign, "change")).content.decode()
    assert "edit/" not in page
    assert "record_action/" not in page


# What came of it ------------------------------------------------------------------------------------------------------


def act(link, number: int, **changed) -> None:
    at = timezone.now() - timedelta(days=number)
    Click.objects.create(link=link, click_id=f"c{number}", at=at, method="GET")
    action = {"kind": "donation", "amount_minor": 2_500, "currency": "EUR"} | changed
    conversions.record(
        door="api",
        event=events.told(
            source="give.example", external_id=str(number), occurred_at=at, click_ids=(f"c{number}",), **action
        ),
        at=timezone.now(),
    )
    conversions.attribute_due()


def test_the_answer_stands_at_the_top_in_words(client, campaign, link):
    act(link, 1)
    act(link, 2)
    act(link, 3, currency="GBP")
    act(link, 4, kind="signature", amount_minor=None, currency="", quantity=3)
    text = words(client.get(step(campaign, "change")))
    assert "0 of 1 contacted, 0 replied, 0 agreed." in text
    assert "The campaign led to 2 donations (€50.00), 1 donation (£25.00), 3 petition signatures." in text
    assert "Clicks 4 by people; 4 requests in all" in text
    assert "Costs: unknown, no costs are recorded." in text
    assert "€75" not in text


def test_progress_to_a_goal_counts_its_own_currency_and_other_campaigns_apart(client, campaign, link):
    Goal.objects.create(cause=campaign.cause, kind="donation", amount_minor=10_000, currency="EUR")
    Goal.objects.create(cause=campaign.cause, kind="signature", quantity=40)
    other = LinkFactory(outreach__campaign=CampaignFactory(cause=campaign.cause))
    act(link, 1)
    act(link, 2, currency="GBP")
    act(other, 3)
    act(link, 4, kind="signature", amount_minor=None, currency="", quantity=10)
    text = words(client.get(step(campaign, "change")))
    assert "Donation · €50.00 of €100.00 (50%)" in text
    assert "€25.00 by this campaign, €25.00 by the cause’s other campaigns" in text
    assert "Petition signature · 10 of 40 (25%)" in text


def test_charts_have_axes_with_names_a_legend_and_their_data_as_a_table(client, campaign, link):
    act(link, 1)
    act(link, 3)
    page = client.get(step(campaign, "change"))
    chart = page.context["charts"][0]
    data, options = json.loads(chart["data"]), json.loads(chart["options"])
    assert data["datasets"][0]["data"] == [1, 0, 1]  # the day without a click is one of the days
    assert options["scales"]["y"]["title"] == {"display": True, "text": "Clicks per day", "color": "#737b8c"}
    assert options["scales"]["y"]["beginAtZero"] is True
    assert options["plugins"]["legend"]["display"] is True
    assert page.content.decode().count('class="chart"') == 2
    assert "The data as a table" in words(page)


def test_a_long_past_day_makes_no_long_chart_and_stands_in_the_table(client, campaign, link):
    act(link, 1)
    act(link, 5_000)
    page = client.get(step(campaign, "change"))
    data, options = (json.loads(page.context["charts"][0][name]) for name in ("data", "options"))
    assert (len(data["labels"]), sum(data["datasets"][0]["data"])) == (120, 1)
    assert options["scales"]["x"]["title"]["text"] == "Week from (the last 120; the table has all)"
    assert [row[1:] for row in page.context["rows"]] == [(1, 1), (1, 1)]


def test_what_to_do_next_leads_to_the_very_rows(client, officer, campaign, link):
    OutreachFactory(campaign=campaign, stage="in_conversation")
    OutreachFactory()  # of another campaign
    text = client.get(step(campaign, "change")).content.decode()
    assert f"/admin/outreach/outreach/?campaign__id__exact={campaign.pk}&amp;todo=vet" in text
    for todo in ("vet", "answer"):
        found = client.get(f"/admin/outreach/outreach/?campaign__id__exact={campaign.pk}&todo={todo}")
        assert found.context["cl"].result_count == 1


def test_a_campaign_with_nobody_in_it_says_how_to_begin(client, campaign):
    page = client.get(step(campaign, "change"))
    assert "Nobody is in this campaign yet." in words(page)
    assert f"/admin/matching/matchlist/?cause__id__exact={campaign.cause_id}" in page.content.decode()


def test_the_page_costs_the_same_for_one_person_and_for_many(client, campaign, link):
    def price() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(step(campaign, "change")).status_code == 200
        return len(queries)

    act(link, 1)
    client.get(step(campaign, "change"))
    once = price()
    for number in (2, 3, 4):
        act(LinkFactory(outreach__campaign=campaign), number)
    assert price() == once


# An action by hand ----------------------------------------------------------------------------------------------------


def told(page, **changed) -> dict[str, object]:
    """What the page starts from, as a browser sends it."""
    form = page.context["form"]
    return {"kind": "signature", **{name: form[name].value() for name in ("quantity", "on", "once")}} | changed


def record(client, campaign, *, follow=False, **changed):
    said = {"kind": "signature", "quantity": "1", "on": timezone.localdate().isoformat(), "once": uuid4().hex}
    return client.post(step(campaign, "record_action"), said | changed, follow=follow)


GIFT = {"kind": "donation", "amount": "12.50", "currency": "EUR", "receipt": "R-1"}


def test_a_gift_told_by_hand_is_credited_at_once(client, campaign, link):
    page = record(client, campaign, **GIFT, outreach=link.outreach.pk, follow=True)
    assert said(page) == ["Recorded."]
    gift = Conversion.objects.get()
    assert (gift.source, gift.external_id, gift.amount_minor, gift.currency) == ("by hand", "R-1", 1250, "EUR")
    assert "The campaign led to 1 donation (€12.50)." in words(page)


def test_the_same_receipt_twice_is_told_and_counted_once(client, campaign, link):
    assert said(record(client, campaign, **GIFT, follow=True)) == ["Recorded."]
    again = record(client, campaign, **GIFT, follow=True)
    assert said(again) == ["This was recorded already, so it was not counted again."]
    page = record(client, campaign, **GIFT | {"amount": "99"})
    assert "Receipt number “R-1” is recorded already, with another amount, day or person." in words(page)
    assert Conversion.objects.count() == 1


def test_pressing_the_button_twice_records_one_action_and_a_new_form_another(client, campaign):
    address = step(campaign, "record_action")
    form = told(client.get(address))
    client.post(address, form)
    client.post(address, form)
    assert Conversion.objects.count() == 1
    record(client, campaign)
    assert Conversion.objects.count() == 2


def test_what_belongs_to_nobody_is_told_apart(client, campaign, link):
    Goal.objects.create(cause=campaign.cause, kind="signature", quantity=500)
    page = words(record(client, campaign, quantity="250", follow=True))
    assert "Told for this campaign, but for nobody in it:" in page
    assert "250 petition signatures." in page
    assert "No concrete action is known yet." in page
    assert "250 of 500 (50%)" in page


@pytest.mark.parametrize("language", ["en", "fr"])
def test_amount_and_number_are_taken_as_people_write_them(client, campaign, language):
    """All the ways: test_actions."""
    client.cookies["django_language"] = language
    record(client, campaign, **GIFT | {"amount": "1\u202f500,50\u00a0€", "quantity": "1 500"})
    gift = Conversion.objects.get()
    assert (gift.amount_minor, gift.currency, gift.quantity) == (150_050, "EUR", 1500)


@pytest.mark.parametrize(
    ("changed", "expect"),
    [
        (GIFT | {"receipt": " "}, "Where there is money, its receipt number is needed."),  # says the form
        ({"on": "2999-01-01"}, "This action lies in the future."),  # says the ledger
    ],
)
def test_what_cannot_be_counted_is_said(client, campaign, changed, expect):
    """All that cannot: test_actions."""
    page = record(client, campaign, **changed)
    assert page.status_code == 200
    assert expect in words(page)
    assert Conversion.objects.count() == 0


def test_a_refused_amount_and_number_stay_as_they_were_typed(client, campaign):
    page = record(client, campaign, **GIFT | {"amount": "1.500", "quantity": "1,5"}).content.decode()
    assert 'value="1.500"' in page
    assert 'value="1,5"' in page


def test_somebody_of_another_campaign_gets_no_credit_here(client, campaign):
    stranger = LinkFactory(outreach__campaign=CampaignFactory()).outreach
    assert "Select a valid choice." in words(record(client, campaign, outreach=stranger.pk))


def test_the_list_shows_results_for_many_campaigns_at_the_price_of_one(client, campaign, link):
    UserFactory()
    act(link, 1)
    act(link, 2, kind="signature", amount_minor=None, currency="", quantity=4)
    row = client.get("/admin/outreach/campaign/").context["cl"].result_list[0]
    assert (row.people, row.contacted, row.replied, row.clicks, row.actions) == (1, 0, 0, 2, 5)


def test_the_day_is_today_unless_somebody_says_otherwise(client, campaign):
    page = client.get(step(campaign, "record_action"))
    assert f'value="{timezone.localdate().isoformat()}"' in page.content.decode()


def test_from_a_conversation_one_records_an_action_and_comes_back_to_it(client, link):
    page = reverse("admin:outreach_outreach_change", args=[link.outreach.pk])
    address = client.get(page).context["record_action"]
    form = client.get(address)
    assert f'href="{page}"' in form.content.decode()  # the way out too
    back = client.post(address, told(form, outreach=link.outreach.pk), follow=True)
    assert back.redirect_chain == [(page, 302)]
    assert said(back) == ["Recorded."]
    assert Conversion.objects.get().code == link.code


def test_a_conversation_without_a_link_does_not_break_the_page_of_its_campaign(client, campaign):
    OutreachFactory(campaign=campaign)
    assert "no link yet" in words(client.get(step(campaign, "change")))


@pytest.mark.parametrize("named", ["own", "0", "x", "9" * 400, ""])
def test_coming_from_a_conversation_its_person_is_chosen_already(client, named):
    outreach = LinkFactory().outreach
    asked = str(outreach.pk) if named == "own" else named
    page = client.get(f"/admin/outreach/campaign/{outreach.campaign.pk}/record_action/", {"outreach": asked})
    assert page.status_code == 200
    assert (f'<option value="{outreach.pk}" selected>' in page.content.decode()) is (named == "own")


# How the form reads ---------------------------------------------------------------------------------------------------


def test_the_form_says_what_money_requires_and_names_currencies(client, campaign):
    client.cookies["django_language"] = "fr"
    assert '<option value="EUR">EUR · euro</option>' in client.get(step(campaign, "record_action")).content.decode()
    client.cookies["django_language"] = "en"
    source = client.get(step(campaign, "record_action")).content.decode()
    for name in ("amount", "receipt"):  # shown by causeway.css while a donation is chosen, or an amount typed
        assert f'<span class="cw-required cw-required--{name}">required</span>' in source
    style = (Path(finders.find("crm/causeway.css"))).read_text()
    assert ":has(select[name=kind] option[value=donation]:checked) :is(.cw-required--amount, .cw-required--rec" in style
    assert '<option value="donation"' in source


def test_a_code_is_shown_as_it_is_said(client, campaign):
    link = LinkFactory(code="wpnmfqtd", outreach__campaign=campaign)
    conversation = reverse("admin:outreach_outreach_change", args=[link.outreach.pk])
    for page in (step(campaign, "change"), step(campaign, "record_action"), conversation):
        assert "wpnm-fqtd" in words(client.get(page))


def test_what_an_agreement_waits_for_is_something_to_do(client, campaign):
    agreed = OutreachFactory(campaign=campaign, stage="agreed")
    page = client.get(step(campaign, "change"))
    assert "1 person agreed: give their link, note when their post is out" in words(page)
    assert "Nothing waits for you here." not in words(page)
    found = client.get("/admin/outreach/outreach/", {"campaign__id__exact": campaign.pk, "todo": "follow"})
    assert [row.pk for row in found.context["cl"].result_list] == [agreed.pk]
