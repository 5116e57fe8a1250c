"""How partners' accounts grew while a campaign ran: readings only, nothing between them is made up."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.errors import DomainError
from crm.models import AccountSnapshot
from crm.services import own_profiles
from outreach.services import growth
from tests.factories import AccountFactory, CampaignFactory, OutreachFactory, UserFactory

pytestmark = pytest.mark.django_db
START = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
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
    (grown,) = told(campaign).partners.grown
    assert (grown.outreach, grown.before.value, grown.newest.value, grown.change, grown.share) == (
        outreach, 1000, 1250, 250, 0.25,
    )  # fmt: skip


def test_without_a_reading_before_the_first_one_within_stands(campaign):
    partner(campaign, [(3, 1000), (20, 900)])
    assert [one.change for one in told(campaign).partners.grown] == [-100]


def test_what_was_read_long_before_or_long_after_says_nothing(campaign):
    partner(campaign, [(-40, 10), (-30, 20), (-2, 1000), (10, 1100), (90, 9000)])
    assert [one.change for one in told(campaign).partners.grown] == [100]


def test_who_was_not_read_twice_is_counted_and_not_drawn(campaign):
    partner(campaign, [(10, 1100)])
    partner(campaign, [(-9, 1100), (-3, 1200)])  # nothing since it began
    partner(campaign, [(-9, 1100), (3, 1200)], stage="contacted")  # no partner
    found = told(campaign)
    assert (found.partners.grown, found.partners.silent) == ((), 2)


def test_what_was_counted_and_what_was_estimated_never_make_one_line(campaign):
    outreach = partner(campaign, [(-2, 1000), (10, 1100)])
    account = outreach.influencer.accounts.get()
    for day, followers in ((-1, 5000), (9, 5100)):
        at = START + timedelta(days=day)
        AccountSnapshot.objects.create(
            account=account, observed_at=at, source="y", followers=followers, is_estimate=True
        )
    assert [(one.is_estimate, one.change) for one in told(campaign).partners.grown] == [(False, 100), (True, 100)]


def own(campaign, readings):
    outreach = partner(CampaignFactory(), readings)
    own_profiles.choose(cause=campaign.cause, influencer=outreach.influencer)
    return outreach.influencer


def test_our_own_accounts_stand_beside_the_partners_and_among_them_only_where_they_are_partners(campaign):
    theirs = partner(campaign, [(-2, 1000), (10, 1100)])
    mine = own(campaign, [(-2, 500), (10, 800)])
    own(CampaignFactory(), [(-2, 1), (10, 2)])  # of another cause
    found = told(campaign)
    assert [(one.outreach, one.change) for one in found.partners.grown] == [(theirs, 100)]
    assert [(one.outreach, one.account.influencer, one.change) for one in found.own.grown] == [(None, mine, 300)]
    assert [line.account.influencer for line in found.own.growth.followers] == [mine]
    own_profiles.choose(cause=campaign.cause, influencer=theirs.influencer)
    assert len(told(campaign).own.grown) == 2
    assert len(told(campaign).partners.grown) == 1


def test_an_own_profile_that_was_not_read_twice_is_counted(campaign):
    own(campaign, [(10, 800)])
    assert (told(campaign).own.grown, told(campaign).own.silent) == ((), 1)


def test_what_was_noted_by_hand_on_two_days_is_growth_and_the_same_day_again_gives_way(campaign):
    mine = own(campaign, [])
    for day, followers in ((-1, 100), (5, 150), (5, 160)):
        on_date = (START + DAY * day).date()
        own_profiles.read(
            account=mine.accounts.get(), followers=followers, on_date=on_date, by=UserFactory(), at=START + DAY * 9
        )
    assert [one.change for one in told(campaign).own.grown] == [60]
    account = mine.accounts.get()
    assert (account.followers, account.source) == (160, "by hand")


def test_a_day_to_come_is_no_reading(campaign):
    account = own(campaign, []).accounts.get()
    with pytest.raises(DomainError, match="date_to_come"):
        own_profiles.read(account=account, followers=1, on_date=date(2026, 11, 3), by=UserFactory(), at=AT)


def test_many_partners_take_as_many_queries_as_one(campaign):
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            told(campaign)
        return len(seen)

    partner(campaign, [(-2, 1000), (10, 1100)])
    own(campaign, [(-2, 500), (10, 800)])
    one = queries()
    for _more in range(5):
        partner(campaign, [(-2, 1000), (10, 1100)])
        own(campaign, [(-2, 500), (10, 800)])
    assert queries() == one
    assert len(told(campaign).partners.grown) == 6


def test_a_campaign_that_runs_is_marked_until_now(campaign):
    campaign.ends_date = None
    assert (told(campaign).since.date(), told(campaign).until) == (START.date(), AT)
