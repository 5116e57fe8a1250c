"""When posts do best, and what they say, of the rows as they are stored."""

from datetime import timedelta

import pytest

from crm import selectors
from crm.models import AudienceShare, Post
from tests.factories import NOW, AccountFactory, CauseFactory, InfluencerFactory

pytestmark = pytest.mark.django_db


def post(account, number: int, **said) -> Post:
    return Post.objects.create(
        account=account,
        platform_id=str(number),
        **{"published_at": NOW - timedelta(days=number + 2), "observed_at": NOW, "source": "s"} | said,
    )


def hours(person):
    audience = selectors.audience(person)
    return selectors.hours(person, published=selectors.posts(person), audience=audience, at=NOW)


def test_a_post_counts_with_its_likes_its_followers_and_a_day_of_age():
    account = AccountFactory(followers=100)
    whole = {"likes": 4, "comments": 3, "shares": 1}
    assert selectors.reading(post(account, 1, **whole), followers=100).rate == 0.08
    assert selectors.reading(post(account, 2, likes=4), followers=100).rate == 0.04
    assert selectors.reading(post(account, 3, comments=3), followers=100) is None
    for followers in (None, 0):
        assert selectors.reading(post(account, 4 + bool(followers is None), **whole), followers=followers) is None
    fresh = post(account, 6, **whole, published_at=NOW - timedelta(hours=23))
    assert selectors.reading(fresh, followers=100) is None


def test_each_account_has_its_hours_and_the_one_with_most_posts_comes_first():
    small = AccountFactory(followers=10, influencer__timezone="Africa/Dakar")
    large = AccountFactory(influencer=small.influencer, platform="tiktok")
    AccountFactory(influencer=small.influencer, platform="x")
    for number in range(21):
        post(small, number, likes=number)
    post(large, 1, likes=5)
    post(large, 2, likes=5, published_at=NOW - timedelta(days=366))
    post(large, 3, likes=None)
    first, second = hours(small.influencer)
    assert (first.account, first.week.posts, second.account, second.week.posts) == (small, 21, large, 1)
    assert (first.zone.name, first.zone.reason) == ("Africa/Dakar", "own")


def test_the_audience_gives_the_clock_where_the_person_s_is_unknown():
    account = AccountFactory()
    post(account, 1, likes=5)
    assert hours(account.influencer)[0].zone.reason == "unknown"
    for key, share in (("FR", 0.3), ("SN", 0.5)):
        AudienceShare.objects.create(
            account=account, dimension="country", key=key, share=share, observed_at=NOW, source="s"
        )
    zone = hours(account.influencer)[0].zone
    assert (zone.name, zone.country) == ("Africa/Dakar", "SN")


def test_what_they_said_is_found_by_cause_topic_and_conflict():
    account = AccountFactory()
    cause = CauseFactory(name="Clean beaches", hashtags=["CleanBeaches"], conflicts=["Acme Oil"])
    newest = post(account, 1, text="Come along! Plastic kills the ocean. #CleanBeaches", language="en")
    post(account, 2, text="Paid partnership with Acme Oil.", language="en")
    post(account, 3, text="My cat.", language="en")
    spoken = selectors.spoken(selectors.posts(account.influencer))
    assert (spoken.posts, len(spoken.mentions)) == (3, 2)
    first, second = spoken.mentions
    assert (first.post, first.causes, first.conflicts) == (newest, (cause,), ())
    assert "sdg-14" in {topic.slug for topic in first.topics}
    assert first.said.sentence == "Plastic kills the ocean. #CleanBeaches"
    assert (second.causes, second.conflicts) == ((), (cause,))
    assert spoken.causes == ((cause, 1),)


def test_what_does_not_go_with_a_cause_is_judged_as_for_its_match_lists():
    account = AccountFactory()
    CauseFactory(name="Sober", conflicts=["alcohol"])
    told = "An evening with wine.", "Still without alcohol.", "My cat."
    for number, text in enumerate(told):
        post(account, number, text=text, language="en")
    mentions = selectors.spoken(selectors.posts(account.influencer)).mentions
    assert [mention.post.text for mention in mentions if mention.conflicts] == ["An evening with wine."]


def test_posts_of_all_accounts_are_read_at_once(django_assert_num_queries):
    first = AccountFactory()
    second = AccountFactory(influencer=first.influencer, platform="x")
    for number, account in enumerate((first, second, first)):
        post(account, number)
    person = type(first.influencer).objects.prefetch_related("accounts").get()
    with django_assert_num_queries(1):
        found = [found.account for found in selectors.posts(person)]
    assert found == [first, second, first]


def test_somebody_without_accounts_has_nothing_published():
    person = InfluencerFactory()
    assert (selectors.posts(person), hours(person)) == ([], [])
