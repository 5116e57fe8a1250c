"""Each reason points to the stored rows it rests on, as its list knew them; what is gone since is named as gone."""

from datetime import timedelta

import pytest

from crm.formats.rows import PostReading
from crm.models import AccountSnapshot, Activity, AudienceShare, Influencer, Post, SocialAccount
from crm.services import activity, merging, topics
from matching.models import Match, MatchList, RelevanceLabel
from matching.services import evidence, match_lists, ranking
from tests.factories import NOW, AccountFactory, CauseFactory, InfluencerFactory, UserFactory, published

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def cause():
    topics.seed()
    return CauseFactory(
        name="Clean beaches", description="We clear beaches.", hashtags=["CleanSea"], topics=["sdg-14"], platforms=["x"]
    )


@pytest.fixture
def account() -> SocialAccount:
    person = InfluencerFactory(bio="I dive, and I love the beach.", hashtags=["cleansea"])
    return AccountFactory(influencer=person, platform="x", handle="amina", followers=48_000)


def listed(cause, *, at=NOW) -> MatchList:
    match_list = match_lists.request(cause=cause, at=at)
    ranking.build(match_list=match_list, at=at)
    match_list.refresh_from_db()
    return match_list


def told(match_list, person, feature) -> list[evidence.Evidence]:
    match = match_list.matches.get(influencer=person)
    return list(evidence.of(match_list, [match])[match.pk][feature])


def texts(match_list, person, feature) -> list[str]:
    return [row.text for row in told(match_list, person, feature)]


def post(account, name, at, *, read=None, **said) -> Post:
    published(account, [PostReading(platform_id=name, published_at=at, **said)], source="export.csv", at=read or at)
    return Post.objects.get(account=account, platform_id=name)


def share(account, dimension, key, part, *, at=NOW - DAY) -> AudienceShare:
    return AudienceShare.objects.create(
        account=account, dimension=dimension, key=key, share=part, observed_at=at, source="report.json"
    )


def seen(account, at, **figures) -> AccountSnapshot:
    return AccountSnapshot.objects.create(account=account, observed_at=at, source="f.csv", **figures)


def test_nearness_rests_on_topics_bio_and_the_posts_that_have_most_in_common(cause, account):
    account.influencer.topics.set(cause.topics.all())
    plain = post(account, "a", NOW - 2 * DAY, text="Lunch.")
    post(account, "b", NOW - 9 * DAY, text="The beach at dawn.", url="https://x.example/b")
    post(account, "c", NOW - 5 * DAY, text="An ocean and a beach.", hashtags=("CleanSea",))
    rows = told(listed(cause), account.influencer, "topic_fit")
    assert [(row.kind, row.text) for row in rows] == [
        ("profile", "Topics in common: Life below water"),
        ("profile", "I dive, and I love the beach."),
        ("post", "An ocean and a beach. #CleanSea"),
        ("post", "The beach at dawn."),
        ("post", "Lunch."),
    ]
    assert rows[2].parts[1::2] == ("ocean", "beach", "#CleanSea")
    second = rows[3]
    assert (second.date, second.source, second.where, second.url) == (
        NOW - 9 * DAY, "export.csv", "X · amina", "https://x.example/b",
    )  # fmt: skip
    assert rows[4].place == f"?post={plain.pk}#post-{plain.pk}"


def test_an_audience_rests_on_its_rows_with_their_source_and_date(cause, account):
    share(account, "country", "GB", 0.42)
    share(account, "country", "FR", 0.5)
    [row] = told(listed(cause), account.influencer, "audience_geo")
    assert (row.kind, row.text, row.date, row.source, row.where, row.place) == (
        "audience", "United Kingdom 42%", NOW - DAY, "report.json", "X · amina", "#audience",
    )  # fmt: skip


def test_an_estimate_rests_on_what_it_was_made_from(cause, account):
    share(account, "country", "FR", None)
    match_list = listed(cause)
    assert texts(match_list, account.influencer, "audience_geo") == ["France is the main one, its share unknown"]
    assert texts(match_list, account.influencer, "language_reach") == ["Posts in: English"]


def test_hashtags_in_common_are_named_and_marked_and_otherwise_those_used_instead(cause, account):
    post(account, "a", NOW - DAY, text="Dawn #cleanSEA", hashtags=("cleanSEA", "Dawn"))
    post(account, "b", NOW - DAY, text="Noon", hashtags=("Noon",))
    other = AccountFactory(influencer__hashtags=["Chess"])
    post(other, "a", NOW - DAY, text="Mate", hashtags=("Endgame",))
    match_list = listed(cause)
    rows = told(match_list, account.influencer, "hashtag_overlap")
    assert [row.text for row in rows] == ["Hashtags in common: #cleansea", "Dawn #cleanSEA #Dawn"]
    assert rows[1].parts[1::2] == ("#cleanSEA",)
    assert texts(match_list, other.influencer, "hashtag_overlap") == [
        "Hashtags of the profile: #Chess", "Mate #Endgame",
    ]  # fmt: skip


def test_commitment_rests_on_the_sentences_that_speak_of_a_cause(cause, account):
    post(account, "a", NOW - DAY, text="Breakfast was late. Then we went to clean the ocean.")
    post(account, "b", NOW - 2 * DAY, text="Lunch.")
    assert texts(listed(cause), account.influencer, "cause_share") == ["Then we went to clean the ocean."]


def test_adverts_and_the_last_post_rest_on_the_posts_themselves(cause, account):
    post(account, "a", NOW - 3 * DAY, text="New.", is_advert=False)
    post(account, "b", NOW - 4 * DAY, text="Buy this.", is_advert=True)
    match_list = listed(cause)
    assert texts(match_list, account.influencer, "sponsorship_load") == ["Buy this."]
    assert texts(match_list, account.influencer, "days_since_last_post") == ["New."]


def test_figures_of_accounts_rest_on_readings(cause, account):
    for n in range(20):
        seen(AccountFactory(platform="x"), NOW - 9 * DAY, followers=48_000 + n, engagement_rate=0.02)
    seen(account, NOW - 100 * DAY, followers=40_000)
    seen(account, NOW - 2 * DAY, followers=48_200, engagement_rate=0.03, is_estimate=True)
    match_list, person = listed(cause), account.influencer
    assert texts(match_list, person, "growth_rate") == ["≈ 48,200 followers", "40,000 followers"]
    [row] = told(match_list, person, "engagement_rate")
    assert (row.kind, row.text, row.is_estimate) == ("snapshot", "≈ 3.0% of the followers react", True)
    [row] = told(match_list, person, "platform_fit")
    assert (row.kind, row.text, row.date, row.source) == ("account", "≈ 48,200 followers", NOW - 2 * DAY, "f.csv")


def test_engagement_that_no_source_tells_rests_on_posts_and_their_reactions(cause, account):
    for n in range(20):
        seen(AccountFactory(platform="x"), NOW - 9 * DAY, followers=48_000 + n, engagement_rate=0.02)
    post(account, "a", NOW - 9 * DAY, text="Dawn.", likes=900, comments=100, read=NOW - 2 * DAY)
    [row] = told(listed(cause), account.influencer, "engagement_rate")
    assert (row.kind, row.text, row.note) == ("post", "Dawn.", "1,000 reactions")


def test_contacts_rest_on_the_messages_of_90_days_and_answers_on_all(cause, account):
    for days in (200, 10):
        activity.record(influencer=account.influencer, kind="message_sent", at=NOW - days * DAY, campaign="Spring")
    activity.record(influencer=account.influencer, kind="answered", at=NOW - 199 * DAY, campaign="Spring")
    match_list, person = listed(cause), account.influencer
    assert [(row.kind, row.date) for row in told(match_list, person, "contacts_last_90d")] == [
        ("activity", NOW - 10 * DAY)
    ]
    assert [(row.text, row.date) for row in told(match_list, person, "reply_rate")] == [
        ("Answered about “Spring”", NOW - 199 * DAY),
        ("A message for “Spring” went out", NOW - 10 * DAY),
        ("A message for “Spring” went out", NOW - 200 * DAY),
    ]


def test_real_followers_rest_on_what_a_source_held_of_each_account(cause, account):
    seen(account, NOW - 9 * DAY, followers=48_000, credible_share=0.7)
    seen(account, NOW - 2 * DAY, followers=48_000, credible_share=0.83)
    seen(account, NOW - DAY, followers=48_100)
    [row] = told(listed(cause), account.influencer, "authenticity")
    assert (row.text, row.date, row.is_estimate) == ("≈ 83% of the followers are real people", NOW - 2 * DAY, True)


def test_actions_so_far_rest_on_outcomes_and_on_the_messages_that_had_their_time(cause, account):
    for days in (200, 10):
        activity.record(influencer=account.influencer, cause=cause, kind="message_sent", at=NOW - days * DAY)
    for number, days in ((3.5, 100), (40.0, -1)):
        RelevanceLabel.objects.create(
            influencer=account.influencer, cause=cause, side="wants", kind="actions", about=f"outreach:{days}",
            origin=f"actions:{days}", at=NOW - days * DAY, actions=number, reached=1000,
        )  # fmt: skip
    rows = told(listed(cause), account.influencer, "action_rate")
    assert [(row.kind, row.date) for row in rows] == [("outcome", NOW - 100 * DAY), ("activity", NOW - 200 * DAY)]
    assert rows[0].text == "Clean beaches: 3.5 concrete actions"


def test_what_nobody_knows_rests_on_nothing(cause, account):
    match = listed(cause).matches.get()
    found = evidence.of(match.match_list, [match])[match.pk]
    assert not {"audience_geo", "growth_rate", "authenticity", "action_rate", "log_followers"} & set(found)


def test_what_came_later_is_no_evidence_whenever_it_is_said_to_have_been(cause, account):
    post(account, "a", NOW - 40 * DAY, text="The beach.")
    match_list = listed(cause)
    post(account, "b", NOW - 3 * DAY, text="The beach again.", read=NOW + DAY)
    share(account, "country", "GB", 0.9, at=NOW - 2 * DAY)
    seen(account, NOW - 2 * DAY, followers=90_000)
    activity.record(influencer=account.influencer, kind="message_sent", at=NOW - DAY)
    person = account.influencer
    assert texts(match_list, person, "days_since_last_post") == ["The beach."]
    assert "The beach again." not in texts(match_list, person, "topic_fit")
    assert texts(match_list, person, "platform_fit") == ["48,000 followers"]
    assert texts(match_list, person, "contacts_last_90d") == []


def test_rows_that_are_gone_are_named_as_gone(cause, account):
    posts = [post(account, str(n), NOW - (n + 1) * DAY, text=f"The beach, {n}.", is_advert=True) for n in range(3)]
    share(account, "country", "GB", 0.42)
    message = activity.record(influencer=account.influencer, kind="message_sent", at=NOW - DAY)
    match_list, person = listed(cause), account.influencer
    ids = [row.id for row in told(match_list, person, "days_since_last_post")]
    Post.objects.filter(pk__in=[one.pk for one in posts[:2]]).delete()
    AudienceShare.objects.all().delete()
    message.delete()
    [row] = told(match_list, person, "days_since_last_post")
    assert (row.is_gone, row.text) == (True, "1 post that it rested on is not stored any more")
    assert ([row.id], row.date, row.url) == (ids, None, "")
    assert texts(match_list, person, "topic_fit")[-2:] == [
        "The beach, 2.", "2 posts that it rested on are not stored any more",
    ]  # fmt: skip
    assert texts(match_list, person, "audience_geo") == [
        "1 figure of the audience that it rested on is not stored any more"
    ]
    assert texts(match_list, person, "contacts_last_90d") == ["1 message that it rested on is not stored any more"]
    SocialAccount.objects.all().delete()
    assert texts(match_list, person, "platform_fit") == ["1 account that it rested on is not stored any more"]


def test_what_was_written_over_since_says_so(cause, account):
    post(account, "a", NOW - 3 * DAY, text="The beach.", likes=1)
    share(account, "country", "GB", 0.42)
    match_list, person = listed(cause), account.influencer
    assert {row.note for row in told(match_list, person, "topic_fit")} == {""}
    post(account, "a", NOW - 3 * DAY, text="The beach.", likes=900, read=NOW + DAY)  # more likes, the same words
    assert {row.note for row in told(match_list, person, "topic_fit")} == {""}
    post(account, "a", NOW - 3 * DAY, text="The beach, edited.", read=NOW + 2 * DAY)
    Influencer.objects.update(bio="I moved to the beach.")
    AudienceShare.objects.update(is_newest=False)
    assert [row.note for row in told(match_list, person, "topic_fit")] == [
        "the profile has changed since this list was made", "its words have changed since this list was made",
    ]  # fmt: skip
    assert [row.note for row in told(match_list, person, "audience_geo")] == ["there is a newer reading since"]


def test_a_list_that_remembers_no_rows_tells_what_is_known_of_its_time(cause, account):
    post(account, "a", NOW - 3 * DAY, text="The beach.")
    match_list = listed(cause)
    Match.objects.update(rows={})
    post(account, "b", NOW + DAY, text="The beach tomorrow.")
    assert texts(match_list, account.influencer, "days_since_last_post") == ["The beach."]


def test_nobody_is_shown_rows_of_somebody_else(cause, account):
    """Two profiles that were one when the list was made, and are taken apart again."""
    other = AccountFactory(platform="youtube", influencer__bio="Chess.")
    post(other, "a", NOW - DAY, text="The beach of somebody else.")
    by = UserFactory(role="officer")
    loser = other.influencer
    merge = merging.merge(winner=account.influencer, loser=loser, by=by, at=NOW)
    match_list, person = listed(cause), account.influencer
    assert texts(match_list, person, "days_since_last_post") == ["The beach of somebody else."]
    merging.unmerge(merge=merge, by=by, at=NOW + DAY)
    assert texts(match_list, person, "days_since_last_post") == ["1 post that it rested on is not stored any more"]


def test_nor_where_both_stand_on_one_page(cause, account):
    other = AccountFactory(platform="youtube", influencer__bio="Chess.")
    post(account, "a", NOW - DAY, text="The beach.")
    activity.record(influencer=account.influencer, kind="message_sent", at=NOW - DAY)
    match_list = listed(cause)
    SocialAccount.objects.filter(pk=account.pk).update(influencer=other.influencer)
    Activity.objects.update(influencer=other.influencer)
    found = evidence.of(match_list, list(match_list.matches.all()))
    mine, theirs = (found[match_list.matches.get(influencer=one.influencer).pk] for one in (account, other))
    assert all(
        row.is_gone for row in (*mine["days_since_last_post"], *mine["contacts_last_90d"], *mine["platform_fit"])
    )
    assert "days_since_last_post" not in theirs


def test_a_row_has_one_name_wherever_it_stands_and_tells_nobody_how_many_there_are(cause, account):
    kept = post(account, "a", NOW - DAY, text="We clean the ocean.")
    match_list, person = listed(cause), account.influencer
    names = {told(match_list, person, feature)[-1].id for feature in ("topic_fit", "cause_share")}
    [name] = names
    assert len(name) == 32
    assert str(kept.pk) not in (name, name[:4])
    assert told(match_list, person, "topic_fit")[0].id == str(person.public_id)


def test_only_one_feature_is_looked_up_where_one_is_asked_for(cause, account):
    post(account, "a", NOW - DAY, text="The beach.")
    match_list = listed(cause)
    match = match_list.matches.get()
    assert list(evidence.of(match_list, [match], only="topic_fit")[match.pk]) == ["topic_fit"]
    assert evidence.of(match_list, [match], only="nonsense") == {match.pk: {}}


def test_for_programs_it_is_quoted_only_where_asked(cause, account):
    post(account, "a", NOW - DAY, text="The beach.", url="https://x.example/a")
    row = told(listed(cause), account.influencer, "topic_fit")[-1]
    bare = {
        "kind": "post", "id": row.id, "date": (NOW - DAY).isoformat(), "source": "export.csv", "is_estimate": False, "is_gone": False,
    }  # fmt: skip
    assert row.as_dict(is_quoted=False) == bare
    assert row.as_dict(is_quoted=True) == bare | {"text": "The beach.", "url": "https://x.example/a"}


def test_many_matches_cost_what_one_does(cause, django_assert_num_queries):
    for n in range(4):
        account = AccountFactory()
        post(account, str(n), NOW - DAY, text="The beach.", hashtags=("Sea",))
        share(account, "country", "GB", 0.5)
        seen(account, NOW - DAY, followers=10)
        activity.record(influencer=account.influencer, kind="message_sent", at=NOW - DAY)
    match_list = listed(cause)
    matches = list(match_list.matches.all())
    for some in (matches[:1], matches):
        fresh = MatchList.objects.select_related("cause").get(pk=match_list.pk)
        with django_assert_num_queries(9):
            evidence.of(fresh, some)
    assert Activity.objects.filter(kind="message_sent").count() == 4
