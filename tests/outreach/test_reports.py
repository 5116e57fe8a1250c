"""What came of a campaign: everything counted once, nothing added that does not add up."""

from datetime import timedelta

import pytest

from crm.models import Goal
from outreach.models import Click
from outreach.selectors import ActionTotal
from outreach.services import conversions, reports
from outreach.sources import events
from tests.factories import NOW, CampaignFactory, LinkFactory, OutreachFactory

pytestmark = pytest.mark.django_db


def act(number: int, *, link=None, at=NOW, **said) -> None:
    action = events.told(source="x", external_id=str(number), occurred_at=at, code=link.code if link else "", **said)
    conversions.record_by_hand(event=action, at=NOW)


@pytest.fixture
def campaign():
    return CampaignFactory()


@pytest.fixture
def link(campaign):
    return LinkFactory(outreach__campaign=campaign)


def test_a_number_told_at_once_counts_as_that_many(campaign, link):
    act(1, link=link, kind="signature", quantity=250)
    act(2, link=link, kind="signature")
    report = reports.campaign(campaign=campaign)
    assert report.totals == (ActionTotal("signature", "", 251, None),)
    assert report.actions == 251


def test_hours_are_given_as_hours_and_counted_as_one_act(campaign, link):
    act(1, link=link, kind="volunteer_hours", quantity=8)
    report = reports.campaign(campaign=campaign)
    assert (report.totals, report.actions) == ((ActionTotal("volunteer_hours", "", 8, None),), 1)


def test_every_person_stands_with_what_came_through_them(campaign, link):
    idle = OutreachFactory(campaign=campaign)
    best = LinkFactory(outreach__campaign=campaign)
    LinkFactory()  # of another campaign
    Click.objects.create(link=link, click_id="a", at=NOW, method="GET")
    Click.objects.create(link=link, click_id="b", at=NOW, method="HEAD")
    act(1, link=best, kind="donation", amount_minor=500, currency="EUR")
    people = reports.people(campaign=campaign)
    assert [(one.outreach, one.clicks, one.actions, one.totals) for one in people] == [
        (best.outreach, 0, 1, [ActionTotal("donation", "EUR", 1, 500)]),
        (link.outreach, 1, 0, []),
        (idle, 0, 0, []),
    ]


def test_actions_that_name_the_campaign_and_nobody_are_told_apart(campaign, link):
    act(1, kind="signature", utm={"utm_campaign": campaign.slug})
    act(2, kind="signature", utm={"utm_id": str(campaign.public_id)})
    act(3, kind="signature", utm={"utm_campaign": "another"})
    act(4, kind="signature")
    act(5, link=link, kind="signature", utm={"utm_campaign": campaign.slug})
    report = reports.campaign(campaign=campaign)
    assert report.unassigned == (ActionTotal("signature", "", 2, None),)
    assert report.totals == (ActionTotal("signature", "", 1, None),)


def test_a_short_name_used_again_takes_nothing_from_the_campaign_that_had_it(campaign):
    had = campaign.slug
    act(1, kind="signature", utm={"utm_campaign": had, "utm_id": str(campaign.public_id)})
    campaign.slug = f"{had}-2025"
    campaign.save()
    heir = CampaignFactory(slug=had, cause=campaign.cause)
    act(2, kind="signature", utm={"utm_campaign": had, "utm_id": ""})
    one = (ActionTotal("signature", "", 1, None),)
    assert reports.campaign(campaign=campaign).unassigned == one
    assert reports.campaign(campaign=heir).unassigned == one


def test_a_day_is_the_day_of_the_house(campaign, link, settings):
    settings.TIME_ZONE = "Europe/Paris"
    night = NOW.replace(hour=23, minute=30) - timedelta(days=1)  # half past midnight in Paris
    Click.objects.create(link=link, click_id="a", at=night, method="GET")
    act(1, link=link, kind="signature", at=night, quantity=2)
    assert reports.campaign(campaign=campaign).days == ((NOW.date(), 1, 2.0),)


def test_a_goal_takes_its_own_kind_and_currency_from_every_campaign_of_the_cause(campaign, link):
    euros = Goal.objects.create(cause=campaign.cause, kind="donation", amount_minor=9_000, currency="EUR")
    names = Goal.objects.create(cause=campaign.cause, kind="signature", quantity=50)
    act(1, link=link, kind="donation", amount_minor=500, currency="EUR")
    act(2, link=link, kind="donation", amount_minor=700, currency="GBP")
    act(3, link=LinkFactory(outreach__campaign=CampaignFactory(cause=campaign.cause)), kind="signature", quantity=3)
    act(4, kind="signature", quantity=4, utm={"utm_campaign": campaign.slug})
    act(5, link=LinkFactory(), kind="signature")  # of another cause
    assert reports.goals(campaign=campaign) == (
        reports.GoalProgress(euros, wanted=9_000, reached_here=500, reached=500),
        reports.GoalProgress(names, wanted=50, reached_here=4, reached=7),
    )
