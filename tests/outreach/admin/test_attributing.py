"""Campaign › Attribution: the models side by side, how far they differ, and that none of them is proof of cause."""

import json

import pytest
from django.urls import reverse

from outreach import tasks
from outreach.models import AttributionRun, Campaign, Comparison
from outreach.services import attributions, conversions
from tests.factories import NOW, CampaignFactory, LinkFactory, UserFactory, browser_of
from tests.outreach.admin.reading import words
from tests.outreach.test_attributions import LATER, visited
from tests.outreach.test_credits import DAY, act, credited

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory()


@pytest.fixture
def links(campaign):
    names = ("Amina Diallo", "Ben Ode", "Cleo Marsh")
    return [LinkFactory(outreach__campaign=campaign, outreach__influencer__name=name) for name in names]


def step(campaign, name="attribution") -> str:
    return reverse(f"admin:outreach_campaign_{name}", args=[campaign.pk])


def test_the_models_stand_side_by_side_with_their_spread(client, campaign, links):
    act(1, click_ids=visited(links, "c"))
    act(2, kind="signature", amount_minor=None, currency="", click_ids=visited(links[:1], "d"))
    attributions.run(campaign=campaign, at=LATER)
    said = words(client.get(step(campaign)))
    assert "2 actions were led to by this campaign, 50% of them by a single touch." in said
    assert "None of them is proof of what caused it" in said
    assert "The models cannot differ here." not in said
    assert "Amina Diallo" in said
    assert "Money in EUR" in said
    assert "0.00&nbsp;–&nbsp;25.00" in said
    assert "All other pages and reports go by one model: Last touch." in said
    assert "version 1" in said
    assert AttributionRun.objects.get().digest[:12] in said


def test_where_nearly_all_paths_have_one_touch_it_says_that_models_cannot_differ(client, campaign, links):
    for number in range(10):
        act(number, click_ids=visited(links[:1], f"c{number}-"))
    attributions.run(campaign=campaign, at=LATER)
    assert "The models cannot differ here." in words(client.get(step(campaign)))


def test_the_chart_has_both_ends_and_what_the_reports_say(client, campaign, links):
    act(1, click_ids=visited(links, "c"))
    attributions.run(campaign=campaign, at=LATER)
    page = client.get(step(campaign)).content.decode()
    found = page.split('data-value="')[1].split('"')[0].replace("&quot;", '"')
    data = json.loads(found)
    assert (data["labels"][0], {*data["labels"]}) == ("Cleo Marsh", {"Amina Diallo", "Ben Ode", "Cleo Marsh"})
    assert data["datasets"][0]["data"][0][1] == 1.0
    assert data["datasets"][1]["data"][0] == 1.0


def test_without_a_comparison_the_page_says_when_there_will_be_one(client, campaign):
    assert "They are once an hour" in words(client.get(step(campaign)))
    attributions.run(campaign=campaign, at=NOW)
    assert "There is nothing to share out." in words(client.get(step(campaign)))


def test_it_is_compared_on_request_by_post_alone(client, campaign):
    assert client.get(step(campaign, "compare_models")).status_code == 405
    assert not AttributionRun.objects.exists()
    for _twice in range(2):
        assert client.post(step(campaign, "compare_models"))["Location"] == step(campaign)
    assert not AttributionRun.objects.exists()  # never while somebody waits for a page
    said = words(client.get(step(campaign)))
    assert "The models are being compared." in said
    assert "Compare the models" not in said
    tasks.compare_asked(Comparison.objects.get().pk)
    kept = AttributionRun.objects.get()
    assert (kept.campaign, kept.is_asked) == (campaign, True)
    assert "There is nothing to share out." in words(client.get(step(campaign)))
    assert "The models are being compared." not in words(client.get(step(campaign)))


def test_how_far_a_comparison_is_stands_on_the_page(client, campaign):
    Comparison.objects.create(campaign=campaign, asked_at=NOW, done=2_000, of=100_000)
    assert "2,000 of 100,000 actions are read." in words(client.get(step(campaign)))


def test_an_analyst_reads_and_does_not_compare(campaign):
    browser = browser_of(UserFactory(role="analyst"))
    attributions.run(campaign=campaign, at=NOW)
    assert "Compare again" not in words(browser.get(step(campaign)))
    assert browser.post(step(campaign, "compare_models")).status_code == 403


def test_other_days_of_credit_credit_everything_again(client, campaign, links):
    row = act(1, click_ids=visited(links[:1], "c", before=NOW - 39 * DAY))
    conversions.attribute_due()
    assert credited(row) == {None: 1}
    said = {
        "name": campaign.name,
        "cause": campaign.cause_id,
        "starts_date": campaign.starts_date.isoformat(),
        "destination_url": campaign.destination_url,
        "organisation": campaign.organisation,
    }
    client.post(reverse("admin:outreach_campaign_edit", args=[campaign.pk]), said | {"attribution_days": 45})
    assert credited(row) == {links[0].pk: 1}
    client.post(reverse("admin:outreach_campaign_edit", args=[campaign.pk]), said)
    campaign.refresh_from_db()
    assert campaign.attribution_days == 45
