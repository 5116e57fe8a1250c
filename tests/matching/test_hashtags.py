"""Hashtags are counted over everybody's posts, and proposed from those of a cause's own people."""

from datetime import timedelta
from uuid import UUID

import pytest

from crm.formats.rows import PostReading
from crm.models import Influencer, Topic
from crm.services import persons, topics
from matching.models import HashtagCount, HashtagFigure, Match, MatchList
from matching.services import hashtags
from matching.tasks import count_hashtags
from tests.factories import NOW, AccountFactory, CauseFactory, InfluencerFactory, all_published

pytestmark = pytest.mark.django_db


def person(*tags, days=(1,), likes=None, **kwargs) -> Influencer:
    [made] = people(1, *tags, days=days, likes=likes, **kwargs)
    return made


def people(number: int, *tags, days=(1,), likes=None, **kwargs) -> list[Influencer]:
    """As many people, all of whom posted with these hashtags."""
    made = [AccountFactory(influencer=InfluencerFactory(**kwargs), followers=1_000) for _ in range(number)]
    all_published({
        one: [PostReading(f"{one.pk}-{day}", NOW - timedelta(days=day), hashtags=tags, likes=likes) for day in days]
        for one in made
    })  # fmt: skip
    return [one.influencer for one in made]


def figures() -> dict[str, tuple]:
    rows = HashtagFigure.objects.all()
    return {row.key: (row.spelled, row.people, row.posts, row.recent, row.before) for row in rows}


def test_everybody_s_hashtags_are_counted_without_case_and_accents():
    person("Océan", days=(1, 100, 200))
    person("océan", "seul")
    person("OCEAN", days=(2, 400))
    person("Océan", days=(-1,))  # not yet
    hashtags.count(at=NOW)
    assert figures() == {"ocean": ("Océan", 3, 5, 3, 1)}
    assert HashtagCount.objects.values_list("at", "people", "posts").get() == (NOW, {"en": 3}, {"en": 5})


def test_what_only_one_person_uses_and_who_was_erased_is_not_counted():
    person("mine", "sea")
    person("sea")
    persons.erase(influencer=person("sea"), at=NOW)
    hashtags.count(at=NOW)
    assert set(figures()) == {"sea"}
    assert figures()["sea"][1] == 2


def test_engagement_is_the_middle_of_recent_posts_per_follower_and_unknown_where_likes_are():
    for likes in (10, 50, 900):
        person("sea", likes=likes)
    person("sea", likes=5, days=(120,))
    people(2, "hidden")
    hashtags.count(at=NOW)
    assert dict(HashtagFigure.objects.values_list("key", "engagement")) == {"sea": 0.05, "hidden": None}


def test_counting_again_replaces_the_last_count_and_the_daily_one_waits_a_day():
    for _ in range(2):
        person("sea")
    count_hashtags(at=NOW.isoformat())
    count_hashtags(at=(NOW + timedelta(hours=1)).isoformat())
    assert HashtagCount.objects.get().at == NOW
    count_hashtags(at=(NOW + timedelta(hours=25)).isoformat())
    assert HashtagCount.objects.get().at == NOW + timedelta(hours=25)
    assert HashtagFigure.objects.count() == 1


def test_proposals_come_from_the_top_of_the_newest_list():
    cause = CauseFactory()
    top = people(10, "cleansea", "love")
    people(40, "love")
    MatchList.objects.create(cause=cause, state="failed", requested_at=NOW, as_of=NOW + timedelta(days=1))
    newest = ready(cause, top)
    hashtags.count(at=NOW)
    proposals = hashtags.proposals(cause=cause)
    assert (proposals.basis.match_list, proposals.aligned, proposals.people) == (newest, 10, 50)
    assert [(p.usage.spelled, p.usage.aligned, p.usage.people, p.advice.value) for p in proposals.hashtags] == [
        ("cleansea", 10, 10, "use"),
        ("love", 10, 50, "avoid"),
    ]


def ready(cause, people) -> MatchList:
    from matching.services.rankers import serving

    found = MatchList.objects.create(
        *(), cause=cause, ranker=serving(at=NOW)[0], state="ready",
        requested_at=NOW, as_of=NOW, ready_at=NOW, considered=50,
    )  # fmt: skip
    Match.objects.bulk_create(
        Match(match_list=found, influencer=one, rank=n, score=0.5, percentile=50, sides={}, values={})
        for n, one in enumerate(people, 1)
    )
    return found


def test_only_the_best_fifth_of_a_list_is_taken_for_aligned():
    cause = CauseFactory()
    ready(cause, people(30, "sea"))
    assert len(hashtags.aligned(cause=cause).people) == 10


def test_without_a_list_people_with_a_topic_or_a_part_of_one_are_aligned():
    topics.seed()
    cause = CauseFactory(topics=["sdg-14"])
    divers = people(2, "sea")
    divers[0].topics.set(Topic.objects.filter(slug="sdg-14"))
    divers[1].topics.set(Topic.objects.filter(slug="clean-beaches"))
    person("sea").topics.set(Topic.objects.filter(slug="sdg-05"))
    basis = hashtags.aligned(cause=cause)
    assert (sorted(basis.people), basis.match_list) == ([one.pk for one in divers], None)


def test_of_more_than_enough_of_them_some_are_drawn_and_not_whoever_came_first(monkeypatch):
    monkeypatch.setattr(hashtags, "_TOP", 1)
    topics.seed()
    divers = [person("sea", public_id=UUID(int=10 - number)) for number in range(4)]
    for diver in divers:
        diver.topics.set(Topic.objects.filter(slug__in=["sdg-14", "clean-beaches"]))
    basis = hashtags.aligned(cause=CauseFactory(topics=["sdg-14"]))
    assert basis.people == [divers[3].pk, divers[2].pk]


def test_before_anything_was_counted_nothing_is_proposed():
    proposals = hashtags.proposals(cause=CauseFactory())
    assert (proposals.count, proposals.hashtags) == (None, ())


def test_people_are_held_against_those_of_the_cause_s_languages():
    """Else every French hashtag would seem to be a French cause's own."""
    cause = CauseFactory(languages=["fr"])
    top = people(10, "plage", "bonjour", languages=["fr"])
    people(30, "bonjour", languages=["fr", "en"])
    people(60, "hello", "plage", languages=["en"])
    ready(cause, top)
    hashtags.count(at=NOW)
    found = hashtags.proposals(cause=cause)
    assert (found.aligned, found.people, found.posts, found.languages) == (10, 40, 40, ("fr",))
    assert {(one.usage.spelled, one.usage.people, one.advice.value) for one in found.hashtags} == {
        ("plage", 10, "try"),
        ("bonjour", 40, "avoid"),
    }
    cause.languages = []
    assert {one.usage.spelled: one.usage.people for one in hashtags.proposals(cause=cause).hashtags} == {
        "plage": 70,
        "bonjour": 40,
    }


def test_a_proposal_takes_a_fixed_number_of_questions(django_assert_num_queries):
    cause = CauseFactory()
    ready(cause, people(10, "sea", "reef", "tide"))
    hashtags.count(at=NOW)
    with django_assert_num_queries(6):
        assert len(hashtags.proposals(cause=cause).hashtags) == 3
