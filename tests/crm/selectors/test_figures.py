"""How accounts compare with their peers, whom a post reaches, and how figures went over time."""

from datetime import date, timedelta

import pytest

from crm import selectors
from crm.models import AccountDay, AccountSnapshot, Influencer, Post
from tests.factories import NOW, AccountFactory

pytestmark = pytest.mark.django_db


def snapshot(account, *, days: int, **said) -> AccountSnapshot:
    return AccountSnapshot.objects.create(account=account, observed_at=NOW - timedelta(days), **{"source": "s"} | said)


def post(account, number: int, **said) -> Post:
    return Post.objects.create(
        account=account,
        platform_id=str(number),
        **{"published_at": NOW - timedelta(days=number + 2), "observed_at": NOW, "source": "s"} | said,
    )


def figures(person):
    return selectors.account_figures(
        person, snapshots=selectors.snapshots(person), posts=selectors.posts(person), at=NOW
    )


def compared(person) -> dict:
    return {one.account: one.peers for one in figures(person) if one.peers}


# Peers --------------------------------------------------------------------------------------------------------------


def test_engagement_is_compared_with_other_people_s_accounts_of_that_size_on_that_platform():
    account = AccountFactory(followers=1_000, engagement_rate=0.05)
    for number in range(19):
        AccountFactory(followers=500 + 70 * number, engagement_rate=0.01 if number < 14 else 0.05)
    for other in (
        {"followers": 499}, {"followers": 2_001}, {"platform": "tiktok"}, {"engagement_rate": None},
        {"influencer": account.influencer},
    ):  # fmt: skip
        AccountFactory(**{"followers": 1_000, "engagement_rate": 0.01} | other)
    peers = compared(account.influencer)[account]
    assert (peers.number, peers.is_enough, peers.least, peers.most) == (19, False, 500, 2_000)  # one is missing
    AccountFactory(followers=2_000, engagement_rate=0.09)
    peers = compared(account.influencer)[account]
    assert (peers.number, peers.is_enough, peers.lower, peers.share) == (20, True, 14, 0.7)


def test_all_accounts_are_compared_in_one_question(django_assert_num_queries):
    first = AccountFactory(followers=1_000, engagement_rate=0.05)
    AccountFactory(influencer=first.influencer, platform="tiktok", followers=9, engagement_rate=0.1)
    AccountFactory(influencer=first.influencer, platform="x", followers=None, engagement_rate=0.1)
    AccountFactory(followers=1_100, engagement_rate=0.01)
    person = Influencer.objects.prefetch_related("accounts").get(pk=first.influencer_id)
    with django_assert_num_queries(1):
        found = selectors.account_figures(person, snapshots=(), posts=(), at=NOW)
    peers = [one.peers for one in found if one.peers]
    assert [(each.account.platform, each.number, each.lower) for each in peers] == [
        ("instagram", 1, 1),
        ("tiktok", 0, 0),
    ]


# What one post reaches -------------------------------------------------------------------------------------------------


def test_reach_is_the_middle_of_the_posts_of_a_year():
    account = AccountFactory(followers=1_000)
    for number, reach in enumerate((10, 20, 30, 1_000_000)):
        post(account, number, reach=reach, views=7)
    post(account, 9, reach=9_999, published_at=NOW - timedelta(days=366))
    (one,) = figures(account.influencer)
    assert one.reach is None  # four say too little
    post(account, 4, reach=25, views=8)
    (one,) = figures(account.influencer)
    assert (one.reach.kind, one.reach.number, one.reach.posts) == ("reach", 25, 5)
    Post.objects.update(reach=None)
    (one,) = figures(account.influencer)
    assert (one.reach.kind, one.reach.number, one.reach.posts) == ("views", 7, 5)


def test_views_that_a_source_tells_on_average_come_last():
    account = AccountFactory()
    snapshot(account, days=3, avg_views=500)
    snapshot(account, days=1, followers=5)
    (one,) = figures(account.influencer)
    assert (one.reach.kind, one.reach.number, one.reach.at) == ("average", 500, NOW - timedelta(days=3))


def test_engagement_that_no_source_tells_is_worked_out_from_posts():
    account = AccountFactory(followers=1_000)
    for number in range(5):
        post(account, number, likes=10 * (number + 1), comments=5, shares=5)
    (one,) = figures(account.influencer)
    assert (one.rate, one.rate_posts) == (0.04, 5)
    account.engagement_rate = 0.5
    account.save()
    (one,) = figures(Influencer.objects.get())
    assert (one.rate, one.rate_posts) == (0.5, 0)


def test_an_estimate_is_known_for_one():
    account = AccountFactory(followers=10, observed_at=NOW)
    snapshot(account, days=0, followers=10, is_estimate=True)
    snapshot(account, days=9, followers=9)
    assert figures(account.influencer)[0].is_estimate
    AccountSnapshot.objects.filter(followers=10).update(is_estimate=False)
    assert not figures(account.influencer)[0].is_estimate


def test_who_is_real_is_as_the_newest_says_that_tells_it():
    account = AccountFactory()
    other = AccountFactory(influencer=account.influencer, platform="tiktok", followers=5)
    snapshot(account, days=60, credible_share=0.9)
    snapshot(account, days=30, credible_share=0.0, source="vendor")
    snapshot(account, days=1, followers=48_000)
    snapshot(other, days=1, followers=5)
    one, two = figures(account.influencer)
    assert one.credible == selectors.Credible(0.0, NOW - timedelta(days=30), "vendor")
    assert two.credible is None


# Over time ----------------------------------------------------------------------------------------------------------


def test_what_was_counted_and_what_was_estimated_are_never_one_line():
    account = AccountFactory()
    for days, followers, is_estimate in ((90, 130, True), (60, 140, True), (30, 100, False), (0, 120, False)):
        snapshot(account, days=days, followers=followers, engagement_rate=0.05, is_estimate=is_estimate)
    growth = selectors.growth(account.influencer)
    assert [(s.is_estimate, [p.value for p in s.points]) for s in growth.followers] == [
        (False, [100, 120]),
        (True, [130, 140]),
    ]
    assert [s.is_estimate for s in growth.engagement] == [False, True]
    assert growth.change == pytest.approx(0.2)  # of what was counted
    assert [row.followers for row in growth.rows] == [120, 100, 140, 130]


def test_one_reading_is_no_line_but_a_row():
    account = AccountFactory()
    snapshot(account, days=0, followers=5)
    growth = selectors.growth(account.influencer)
    assert (growth.followers, growth.engagement, growth.change, len(growth.rows)) == ((), (), None, 1)


def test_days_of_the_owner_s_statistics_are_readings_too():
    account = AccountFactory()
    snapshot(account, days=0, followers=120)
    for day, followers in ((20, 100), (21, None)):
        AccountDay.objects.create(account=account, day=date(2026, 11, day), followers=followers, source="x.csv")
    (line,) = selectors.growth(account.influencer).followers
    assert [point.value for point in line.points] == [100, 120]


def test_five_lines_of_some_hundred_points_are_the_most_and_the_ends_stay():
    first = AccountFactory(followers=100)
    for number in range(6):
        account = first if number == 5 else AccountFactory(influencer=first.influencer, followers=number)
        for days in range(300 if account == first else 2):
            snapshot(account, days=days, followers=1_000 - days)
    growth = selectors.growth(first.influencer)
    assert ([len(s.points) for s in growth.followers], growth.left_out) == ([101, 2, 2, 2, 2], 1)
    points = growth.followers[0].points
    assert (points[-1].value, growth.followers[0].account) == (1_000, first)
    assert (points[0].value, points[0].at) == (701, NOW - timedelta(days=299))
