"""Which rows a list remembers: those that its figures were taken from, as they had been seen by its instant."""

from datetime import timedelta

import pytest

from crm.formats.rows import PostReading
from crm.models import AccountSnapshot, AudienceShare, Post
from crm.services import activity
from matching.columns import causes, rows
from tests.factories import NOW, AccountFactory, CauseFactory, InfluencerFactory, published

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def seen(account, at, *, followers=None, rate=None) -> AccountSnapshot:
    return AccountSnapshot.objects.create(
        account=account, observed_at=at, source="f.csv", followers=followers, engagement_rate=rate
    )


def share(account, dimension, key, part, *, at=NOW - DAY) -> AudienceShare:
    return AudienceShare.objects.create(
        account=account, dimension=dimension, key=key, share=part, observed_at=at, source="f.csv"
    )


def post(account, name, at, *, read=None, **said) -> Post:
    published(account, [PostReading(platform_id=name, published_at=at, **said)], source="f.csv", at=read or at)
    return Post.objects.get(account=account, platform_id=name)


def found(person, *, at=NOW, **brief) -> rows.Rows:
    told = rows.of([person.pk], causes.profile(CauseFactory(**brief)), at=at)[person.pk]
    assert told.pop("profile")
    return told


def keys(*those) -> list[int]:
    return [one.pk for one in those]


def test_of_somebody_nobody_knows_there_is_only_the_profile():
    assert found(InfluencerFactory()) == {}


def test_posts_are_the_newest_twenty_until_the_instant_and_adverts_the_newest_three_of_a_year():
    account = AccountFactory()
    posts = [post(account, str(n), NOW - n * DAY, text=f"{n}", is_advert=n in {2, 30, 31, 32}) for n in range(40)]
    post(account, "later", NOW + DAY, text="Later.", is_advert=True)
    told = found(account.influencer)
    assert told["posts"] == keys(*posts[:20])
    assert len(set(told["texts"])) == 20
    assert told["adverts"] == keys(posts[2], posts[30], posts[31])


def test_growth_rests_on_two_readings_of_the_largest_account_and_engagement_on_those_that_tell_it():
    small, large = AccountFactory(), None
    large = AccountFactory(influencer=small.influencer, platform="tiktok")
    low = seen(small, NOW - 2 * DAY, followers=10, rate=0.1)
    before = seen(large, NOW - 100 * DAY, followers=1000, rate=0.1)
    last = seen(large, NOW - 9 * DAY, followers=2000, rate=0.2)
    blank = seen(large, NOW - 8 * DAY, rate=0.3)
    seen(large, NOW + DAY, followers=9000, rate=0.4)
    seen(large, NOW - 400 * DAY, rate=0.5)
    told = found(small.influencer)
    assert told["accounts"] == keys(small, large)
    assert told["sizes"] == keys(low, last)
    assert told["growth"] == keys(last, before)
    assert told["engagement"] == keys(blank, last, before)
    assert "growth" not in found(small.influencer, at=NOW - 50 * DAY)


def test_where_no_source_tells_the_engagement_it_rests_on_posts_of_the_largest_account():
    small = AccountFactory(followers=10)
    large = AccountFactory(influencer=small.influencer, platform="tiktok", followers=1000)
    post(small, "s", NOW - 9 * DAY, likes=5, read=NOW - 2 * DAY)
    posts = [post(large, str(n), NOW - (n + 3) * DAY, likes=50, read=NOW - DAY) for n in range(4)]
    post(large, "unread", NOW - 2 * DAY, likes=50, read=NOW + DAY)
    post(large, "fresh", NOW - 2 * DAY, likes=50, read=NOW - 2 * DAY)
    assert found(small.influencer)["reactions"] == keys(*posts[:3])


def test_an_audience_is_the_newest_reading_of_each_account_in_what_the_cause_asks_for():
    account = AccountFactory()
    share(account, "country", "GB", 0.9, at=NOW - 30 * DAY)
    share(account, "country", "GB", 0.9, at=NOW + DAY)
    _elsewhere, here = share(account, "country", "FR", 0.6), share(account, "country", "GB", 0.2)
    english = share(account, "language", "en", 0.7)
    share(account, "language", "fr", 0.2)
    share(account, "gender", "female", 0.5)
    other = AccountFactory(influencer=account.influencer, platform="x")
    instead = [share(other, "country", key, part) for key, part in (("US", 0.5), ("CA", 0.3))]
    share(other, "country", "MX", 0.1)
    told = found(account.influencer)
    assert told["countries"] == keys(here, *instead)
    assert told["languages"] == keys(english)
    assert "genders" not in told  # the cause does not ask for any


def test_ages_are_those_that_overlap_with_the_wanted_and_interests_are_wanted_however_they_are_spelt():
    account = AccountFactory()
    cause = CauseFactory()
    cause.targets.create(dimension="age", key="20-30")
    cause.targets.create(dimension="interest", key="Océans")
    shares = [share(account, "age", key, 0.2) for key in ("13-17", "18-24", "25-34", "35+")]
    sea = share(account, "interest", "océans", 0.3)
    share(account, "interest", "chess", 0.4)
    told = rows.of([account.influencer_id], causes.profile(cause), at=NOW)[account.influencer_id]
    assert told["ages"] == keys(*shares[1:3])
    assert told["interests"] == keys(sea)


def test_a_main_country_is_remembered_for_where_no_share_is_known():
    account = AccountFactory()
    main = share(account, "country", "FR", None)
    share(account, "country", "GB", None, at=NOW + DAY)
    assert found(account.influencer)["mains"] == keys(main)


def test_messages_and_answers_until_the_instant():
    person = InfluencerFactory()
    sent = [activity.record(influencer=person, kind="message_sent", at=NOW - n * DAY) for n in range(12)]
    answer = activity.record(influencer=person, kind="answered", at=NOW)
    activity.record(influencer=person, kind="message_sent", at=NOW + DAY)
    activity.record(influencer=person, kind="imported", at=NOW)
    told = found(person)
    assert (told["sent"], told["answered"]) == (keys(*sent[:10]), keys(answer))


def test_many_people_cost_what_one_does(django_assert_num_queries):
    people = [AccountFactory().influencer for _ in range(5)]
    profile = causes.profile(CauseFactory())
    for some in (people[:1], people):
        with django_assert_num_queries(11):
            rows.of([person.pk for person in some], profile, at=NOW)
