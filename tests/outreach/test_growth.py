"""How partners' accounts grew while a campaign ran: readings only, nothing between them is made up."""

from datetime import UTC, date, datetime, timedelta

import pytest

from crm.models import AccountSnapshot
from outreach.services import growth
from tests.factories import AccountFactory, CampaignFactory, OutreachFactory

pytestmark = pytest.mark.django_db
START = datetime(2026, 6, 1, tzinfo=UTC)
AT = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def campaign():
    return CampaignFactory(starts_date=START.date(), ends_date=date(2026, 6, 30))


def partner(campaign, readings, stage="live", **said):
    """`readings`: (days after the start, followers)."""
    account = AccountFactory()
    outreach = OutreachFactory(campaign=campaign, influencer=account.influencer, stage=stage)
    for day, followers in readings:
        at = START + timedelta(days=day)
        AccountSnapshot.objects.create(account=account, observed_at=at, source="x", followers=followers, **said)
    return outreach


def told(campaign, at=AT):
    return growth.of_campaign(campaign=campaign, at=at)


def test_growth_is_from_the_last_reading_before_to_the_newest_one(campaign):
    outreach = partner(campaign, [(-20, 900), (-2, 1000), (10, 1100), (40, 1250)])
    (grown,) = told(campaign).grown
    assert (grown.outreach, grown.before.value, grown.newest.value, grown.change, grown.share) == (
        outreach, 1000, 1250, 250, 0.25,
    )  # fmt: skip


def test_without_a_reading_before_the_first_one_within_stands(campaign):
    partner(campaign, [(3, 1000), (20, 900)])
    assert [one.change for one in told(campaign).grown] == [-100]


def test_what_was_read_long_before_or_long_after_says_nothing(campaign):
    partner(campaign, [(-40, 10), (-30, 20), (-2, 1000), (10, 1100), (90, 9000)])
    assert [one.change for one in told(campaign).grown] == [100]


def test_who_was_not_read_twice_is_counted_and_not_drawn(campaign):
    partner(campaign, [(10, 1100)])
    partner(campaign, [(-9, 1100), (-3, 1200)])  # nothing since it began
    partner(campaign, [(-9, 1100), (3, 1200)], stage="contacted")  # no partner
    found = told(campaign)
    assert (found.grown, found.silent) == ((), 2)


def test_what_was_counted_and_what_was_estimated_never_make_one_line(campaign):
    outreach = partner(campaign, [(-2, 1000), (10, 1100)])
    account = outreach.influencer.accounts.get()
    for day, followers in ((-1, 5000), (9, 5100)):
        at = START + timedelta(days=day)
        AccountSnapshot.objects.create(
            account=account, observed_at=at, source="y", followers=followers, is_estimate=True
        )
    assert [(one.is_estimate, one.change) for one in told(campaign).grown] == [(False, 100), (True, 100)]


def test_a_campaign_that_runs_is_marked_until_now(campaign):
    campaign.ends_date = None
    assert (told(campaign).since.date(), told(campaign).until) == (START.date(), AT)
