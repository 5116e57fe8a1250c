"""From rows to columns: what the ranker is told of people, and that it is told nothing of the future."""

from datetime import timedelta

import pytest

from crm.formats.rows import PostReading
from crm.models import AccountSnapshot, AudienceShare, Influencer, Topic
from crm.services import topics
from matching.columns import causes, profiles
from matching.models import Match
from matching.services import match_lists, ranking
from tests.factories import NOW, AccountFactory, CauseFactory, InfluencerFactory, published

pytestmark = pytest.mark.django_db


def publish(account, text, *, at=NOW, name="p", hashtags=()):
    reading = PostReading(platform_id=name, published_at=at, text=text, hashtags=hashtags)
    published(account, [reading], source="export.csv", at=at)


def texts(at=NOW):
    return profiles.of(Influencer.objects.all(), at=at).texts


def test_a_person_speaks_by_bio_posts_hashtags_and_interests():
    person = InfluencerFactory(bio="I dive.", hashtags=["Sea"], interests=["sailing"])
    publish(AccountFactory(influencer=person), "Older.", name="a", at=NOW - timedelta(days=2), hashtags=("Sea", "Reef"))
    publish(AccountFactory(influencer=person), "Newer.", name="b", at=NOW - timedelta(days=1))
    InfluencerFactory(bio="", hashtags=[], interests=[])
    assert texts() == ("I dive. Newer. Older. #Sea #Reef sailing", "")


def test_only_the_twenty_newest_posts_of_each_person_count():
    for person in InfluencerFactory.create_batch(2, bio="Bio"):
        account = AccountFactory(influencer=person)
        for n in range(25):
            publish(account, f"{n:02}", name=str(n), at=NOW - timedelta(days=n))
    assert texts() == (" ".join(["Bio", *(f"{n:02}" for n in range(20))]),) * 2


def test_posts_after_the_instant_do_not_exist_yet():
    publish(AccountFactory(influencer=InfluencerFactory(bio="Bio")), "Tomorrow.", at=NOW + timedelta(seconds=1))
    assert texts() == ("Bio",)
    assert texts(at=NOW + timedelta(seconds=1)) == ("Bio Tomorrow.",)


def test_a_list_ranks_as_of_its_own_instant_whenever_it_is_built():
    will_speak, _silent = (AccountFactory(influencer=InfluencerFactory(bio="Hello.")) for _ in range(2))
    publish(will_speak, "We clear beaches of plastic every spring.", at=NOW + timedelta(days=1))
    fits = []
    for as_of in (NOW, NOW + timedelta(days=2)):
        match_list = match_lists.request(cause=CauseFactory(), at=as_of)
        ranking.build(match_list=match_list, at=NOW + timedelta(days=2))
        matches = Match.objects.filter(match_list=match_list).order_by("influencer")
        fits.append([match.values["topic_fit"]["value"] for match in matches])
    (before, beside), (after, _) = fits
    assert before == beside
    assert after > before


def test_a_cause_says_the_same_wherever_its_rows_lie():
    cause = CauseFactory(topics=["sdg-12", "animals"])
    before = causes.profile(cause)
    Topic.objects.filter(slug="sdg-12").update(slug="sdg-12")  # Postgres writes the row anew, behind the other
    assert causes.profile(cause) == before


def test_whoever_speaks_of_a_part_speaks_of_the_whole():
    topics.seed()
    person, other = InfluencerFactory(), InfluencerFactory()
    person.topics.set(Topic.objects.filter(slug__in=["clean-beaches", "sdg-05"]))
    found = profiles.of(Influencer.objects.all(), at=NOW).topics
    assert found.keys == ("clean-beaches", "sdg-05", "sdg-14")
    assert found.weights.toarray().tolist() == [[1.0, 1.0, 1.0], [0.0, 0.0, 0.0]]
    assert found.known.tolist() == [True, False], other
    profile = causes.profile(CauseFactory(topics=["clean-beaches"]))
    assert profile.topics == {"clean-beaches", "sdg-14"}
    assert "limpieza de playas" in profile.text


def test_platforms_and_audiences_weigh_by_the_followers_that_had_been_seen():
    small = AccountFactory(platform="instagram")
    large = AccountFactory(influencer=small.influencer, platform="tiktok")
    for account, then, later in ((small, 3_000, 3_000), (large, 1_000, 9_000)):
        for at, followers in ((NOW - timedelta(days=9), then), (NOW + timedelta(days=9), later)):
            AccountSnapshot.objects.create(account=account, observed_at=at, source="f.csv", followers=followers)
    said = {"dimension": "country", "share": 1.0, "observed_at": NOW - timedelta(days=9), "source": "f.csv"}
    AudienceShare.objects.create(account=small, key="FR", **said)
    AudienceShare.objects.create(account=large, key="BE", **said)
    for at, instagram in ((NOW, 0.75), (NOW + timedelta(days=10), 0.25)):
        found = profiles.of(Influencer.objects.all(), at=at)
        assert found.platforms.columns(["instagram", "tiktok"]).tolist() == [[instagram, 1 - instagram]]
        assert found.countries.columns(["FR", "BE"]).tolist() == [[instagram, 1 - instagram]]
    assert profiles.of(Influencer.objects.all(), at=NOW - timedelta(days=10)).platforms.known.all()
