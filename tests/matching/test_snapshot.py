"""The snapshot that lists are ranked from: whatever was committed about anybody is in it, and nothing else."""

from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction

from crm.formats.rows import PostReading
from crm.models import AccountSnapshot, Activity, AudienceShare, Influencer, SocialAccount, Topic
from crm.services import topics
from matching.columns import causes, changes, profiles
from matching.models import Change, ChangeLog
from matching.ranking.scorecard import scorecard
from matching.ranking.snapshot.store import CURRENT, ROLLING, Store
from matching.ranking.text import TextSpace
from matching.services import match_lists, ranking, snapshot
from tests.factories import NOW, AccountFactory, CauseFactory, InfluencerFactory, published
from tests.matching.snapshots import files, part_of, read_anew, stands_in, told

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def contents(name=CURRENT):
    return Store(settings.SNAPSHOT_DIR).contents(name)


def holds_what_is(at=NOW):
    """Whether the snapshot, caught up, says of everybody what Postgres does."""
    found = snapshot.refresh(at=at)
    return told(found) == read_anew(at=at, usual=found.contents.usual)


def somebody(**said):
    person = InfluencerFactory(**said)
    account = AccountFactory(influencer=person)
    at = {"observed_at": NOW - DAY, "source": "f.csv"}
    AccountSnapshot.objects.create(account=account, followers=9_000, engagement_rate=0.04, **at)
    AudienceShare.objects.create(account=account, dimension="country", key="FR", share=0.4, **at)
    published(account, [PostReading("p1", NOW - DAY, text="The sea is full of plastic. #ocean", hashtags=("ocean",))])
    Activity.objects.create(influencer=person, kind="message_sent", at=NOW - DAY)
    return person


def _post(person):
    published(person.accounts.get(), [PostReading("p2", NOW - DAY / 2, text="Another one about beaches.")])


def _moved_account(person):
    person.accounts.update(influencer=InfluencerFactory())


CHANGES = {
    "a bio": lambda person: Influencer.objects.filter(pk=person.pk).update(bio="I cook."),
    "a country": lambda person: Influencer.objects.filter(pk=person.pk).update(country="FR"),
    "a last contact": lambda person: Influencer.objects.filter(pk=person.pk).update(last_contacted_at=NOW),
    "languages, interests, hashtags": lambda person: Influencer.objects.filter(pk=person.pk).update(
        languages=["fr"], interests=["sailing"], hashtags=["mer"]
    ),
    "a topic": lambda person: person.topics.set(Topic.objects.filter(slug="clean-beaches")),
    "no topic": lambda person: person.topics.clear(),
    "an account": lambda person: AccountFactory(influencer=person, platform="tiktok"),
    "an account of somebody else": _moved_account,
    "followers": lambda person: person.accounts.update(followers=12, engagement_rate=0.5),
    "no account": lambda person: person.accounts.all().delete(),
    "a reading": lambda person: AccountSnapshot.objects.create(
        account=person.accounts.get(), observed_at=NOW - DAY / 2, source="g.csv", followers=90_000
    ),
    "another reading": lambda person: AccountSnapshot.objects.update(followers=77_000),
    "no reading": lambda person: AccountSnapshot.objects.all().delete(),
    "an audience": lambda person: AudienceShare.objects.create(
        account=person.accounts.get(), dimension="age", key="18-24", share=0.9, observed_at=NOW - DAY, source="f.csv"
    ),
    "another audience": lambda person: AudienceShare.objects.update(share=0.8),
    "no audience": lambda person: AudienceShare.objects.all().delete(),
    "a post": _post,
    "another text": lambda person: person.accounts.get().posts.update(text="About chess."),
    "no post": lambda person: person.accounts.get().posts.all().delete(),
    "a message": lambda person: Activity.objects.create(influencer=person, kind="message_sent", at=NOW - DAY / 2),
    "an answer": lambda person: Activity.objects.create(influencer=person, kind="answered", at=NOW - DAY / 2),
    "no message": lambda person: Activity.objects.all().delete(),
    "somebody gone": lambda person: person.delete(),
    "somebody new": lambda person: somebody(bio="I dive."),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_changes_about_somebody_is_seen(what):
    topics.seed()
    person, beside = somebody(), somebody()
    person.topics.set(Topic.objects.filter(slug="animals"))
    before = told(snapshot.refresh(at=NOW))
    Change.objects.all().delete()  # else all that this transaction wrote is read again, whatever the change leaves
    CHANGES[what](person)
    assert holds_what_is()
    after = told(snapshot.refresh(at=NOW))
    assert (after == before) is False
    if what not in {"another reading", "no reading", "another audience", "no audience", "no message"}:  # of everybody
        assert after[beside.pk] == before[beside.pk]
    assert len(after) == Influencer.objects.count()


@pytest.mark.django_db(transaction=True)
def test_only_whom_something_changed_about_is_read_again():
    for _ in range(3):
        somebody()
    first = snapshot.refresh(at=NOW)
    assert first.contents.fresh == ()
    changed = Influencer.objects.order_by("pk")[1]
    Influencer.objects.filter(pk=changed.pk).update(bio="I cook.")
    assert changes.since(first.contents.position).ids == [changed.pk]
    again = snapshot.refresh(at=NOW)
    assert (again.contents.base, len(again.contents.fresh)) == (first.contents.base, 1)
    assert part_of(again, changed.pk).segment.ids.tolist() == [changed.pk]


def test_what_changed_before_the_request_is_in_the_list():
    cause = CauseFactory(description="We clear beaches of plastic.", languages=[], countries=[])
    person, other = InfluencerFactory(bio="Chess."), InfluencerFactory(bio="I clear beaches.")

    def first():
        match_list = match_lists.request(cause=cause, at=NOW)
        ranking.build(match_list=match_list, at=NOW)
        return match_list.matches.get(rank=1).influencer

    assert first() == other
    Influencer.objects.filter(pk=person.pk).update(bio="We clear beaches of plastic.")
    assert first() == person


def test_a_list_is_what_ranking_everybody_in_memory_gives():
    topics.seed()
    for bio in ("I clear beaches.", "Chess.", "La mer et les plages", "", "I cook and dive."):
        somebody(bio=bio, languages=["fr"] if "mer" in bio else ["en"])
    cause = CauseFactory(topics=["clean-beaches"], countries=["FR"], hashtags=["ocean"])
    match_list = match_lists.request(cause=cause, at=NOW)
    ranking.build(match_list=match_list, at=NOW)
    people = profiles.of(Influencer.objects.all(), at=NOW)
    texts = TextSpace.of(people.texts, snapshot.refresh(at=NOW).rarity)
    brute = scorecard().rank(people, causes.profile(cause), texts, top=100)
    stored = match_list.matches.order_by("rank").values_list("influencer", "score", "percentile")
    told_ = [(one.id, one.score, one.percentile) for one in map(brute.explanation, range(len(brute)))]
    assert list(stored) == told_
    assert [{n: v["value"] for n, v in match.values.items()} for match in match_list.matches.order_by("rank")] == [
        {n: v.value for n, v in brute.explanation(n_).values.items()} for n_ in range(len(brute))
    ]


@pytest.mark.django_db(transaction=True)
def test_whoever_is_gone_is_in_no_file():
    people = [somebody(pk=7_000_000_000_001 + 7919 * n) for n in range(4)]
    snapshot.refresh(at=NOW)
    Influencer.objects.filter(pk=people[1].pk).update(bio="I cook.")  # stands in an older segment and in a newer one
    snapshot.refresh(at=NOW)
    snapshot.roll(at=NOW, at_a_time=3)  # and in what is being made
    gone = people[1].pk
    assert len(stands_in(gone)) == 3
    people[1].delete()
    assert len(snapshot.refresh(at=NOW)) == 3
    assert stands_in(gone) == []
    assert stands_in(people[0].pk)


def test_who_goes_while_everybody_is_read_is_in_no_file_either():
    people = [somebody(pk=7_000_000_000_001 + 7919 * n) for n in range(3)]
    gone, waiting = people[0].pk, [people[0]]

    def vanish(execute, sql, params, many, context):
        found = execute(sql, params, many, context)
        if 'FROM "crm_socialaccount"' in sql and waiting:
            waiting.pop().delete()
        return found

    with connection.execute_wrapper(vanish):
        assert snapshot.roll(at=NOW, at_a_time=9)
    assert stands_in(gone) == []
    assert stands_in(people[1].pk)


def test_files_are_the_owners_alone():
    somebody()
    snapshot.refresh(at=NOW)
    folders = {path.parent for path in files()}
    assert {oct(path.stat().st_mode & 0o777) for path in files()} == {"0o600"}
    assert {oct(folder.stat().st_mode & 0o777) for folder in folders} == {"0o700"}


def test_nothing_is_kept_that_does_not_hold():
    for n in range(9):
        somebody(bio=f"Person {n}")
        snapshot.refresh(at=NOW)
    found = snapshot.refresh(at=NOW)
    named = {*found.contents.base, *found.contents.fresh, found.contents.rarity}
    assert {path.name for path in settings.SNAPSHOT_DIR.iterdir() if path.is_dir()} == named
    assert len(found.parts) <= 5
    assert len(found) == 9


def test_everybody_is_read_anew_once_what_hangs_on_time_is_a_day_old():
    person = somebody()
    first = snapshot.refresh(at=NOW)
    assert snapshot.refresh(at=NOW + DAY).contents.as_of == first.contents.as_of
    later = NOW + DAY + timedelta(seconds=1)
    again = snapshot.refresh(at=later)
    assert again.contents.as_of == later.isoformat()
    assert told(again)[person.pk]["figures"] != told(first)[person.pk]["figures"]
    assert told(again) == read_anew(at=later, usual=again.contents.usual)


def test_an_earlier_list_is_ranked_as_of_its_own_instant():
    account = somebody().accounts.get()
    snapshot.refresh(at=NOW + 9 * DAY)
    published(account, [PostReading("p9", NOW + 5 * DAY, text="Later.")])
    assert snapshot.refresh(at=NOW + 9 * DAY).contents.as_of == (NOW + 9 * DAY).isoformat()
    assert holds_what_is(at=NOW)


def test_it_is_made_piece_by_piece_and_goes_on_where_it_stopped():
    people = sorted(somebody().pk for _ in range(5))
    assert not snapshot.roll(at=NOW, at_a_time=2)
    assert contents() is None
    assert (contents(ROLLING).done, contents(ROLLING).as_of) == (people[1], NOW.isoformat())
    assert not snapshot.roll(at=NOW + DAY / 2, at_a_time=2)
    Influencer.objects.filter(pk=people[0]).update(bio="Changed meanwhile.")
    assert snapshot.roll(at=NOW + DAY / 2, at_a_time=2)
    assert (contents().as_of, contents(ROLLING)) == (NOW.isoformat(), None)
    assert told(snapshot.refresh(at=NOW)) == read_anew(at=NOW, usual=contents().usual)


def test_it_goes_on_though_a_transaction_that_was_open_when_it_began_ended_meanwhile():
    other = psycopg.connect(**connection.get_connection_params())
    other.execute("SELECT pg_current_xact_id()")
    people = [somebody() for _ in range(2)]

    def end(execute, sql, params, many, context):
        told = execute(sql, params, many, context)
        if "pg_current_snapshot()::text, pg_current_xact_id_if_assigned" in sql:
            other.rollback()
        return told

    with other, connection.execute_wrapper(end):
        assert not snapshot.roll(at=NOW, at_a_time=1)
    assert not snapshot.roll(at=NOW, at_a_time=1)
    assert contents(ROLLING).done == people[1].pk


def test_what_was_begun_too_long_ago_is_begun_again():
    for _ in range(3):
        somebody()
    snapshot.roll(at=NOW, at_a_time=2)
    later = NOW + DAY + timedelta(seconds=1)
    snapshot.roll(at=later, at_a_time=2)
    assert contents(ROLLING).as_of == later.isoformat()


def test_many_changes_are_read_in_pieces_that_stay_read():
    for _ in range(5):
        somebody()
    snapshot.refresh(at=NOW)
    Influencer.objects.update(bio="I cook.")

    def die():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        snapshot.refresh(at=NOW, beat=die, at_a_time=2)
    assert len(contents().pending) == 3
    beats = []
    snapshot.refresh(at=NOW, beat=lambda: beats.append(1), at_a_time=9)
    assert contents().pending == ()
    assert holds_what_is()


def test_other_words_of_a_topic_are_heard_in_everybody():
    topics.seed()
    person = somebody()
    before = told(snapshot.refresh(at=NOW))[person.pk]
    Topic.objects.all().update(words={})
    after = told(snapshot.refresh(at=NOW))[person.pk]
    assert after["figures"] != before["figures"]
    assert holds_what_is()


def test_damaged_files_are_made_anew():
    somebody()
    before = told(snapshot.refresh(at=NOW))
    for damage in (
        lambda path: path.write_bytes(path.read_bytes()[:-9]),
        lambda path: path.write_bytes(b""),
        lambda path: path.unlink(),
    ):
        for name in ("arrays.npy", "table.json", CURRENT):
            snapshot._store.cache_clear()
            [path, *_] = [path for path in files() if path.name == name]
            damage(path)
            assert told(snapshot.refresh(at=NOW)) == before


def test_a_database_that_was_emptied_or_is_another_is_read_anew():
    somebody()
    snapshot.refresh(at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE crm_influencer CASCADE")
    assert not ChangeLog.objects.exists()
    assert len(snapshot.refresh(at=NOW)) == 0
    again = somebody()
    assert list(told(snapshot.refresh(at=NOW))) == [again.pk]


@pytest.mark.parametrize("table", ["crm_post", "crm_accountsnapshot", "crm_audienceshare", "crm_activity"])
def test_a_table_that_was_emptied_is_seen(table):
    somebody()
    snapshot.refresh(at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {table} CASCADE")
    assert holds_what_is()


def test_changes_are_let_go_of_after_days_and_who_has_not_read_them_reads_everybody():
    key = changes.key()
    somebody()
    assert changes.reaches(changes.position())
    before = changes.position()
    changes.shorten(at=NOW)
    changes.shorten(at=NOW + changes.KEPT - timedelta(seconds=1))
    number = Change.objects.count()
    assert number > 0
    changes.shorten(at=NOW + changes.KEPT)
    log = ChangeLog.objects.get()
    assert (log.key, log.shortened_at) == (key, NOW + changes.KEPT)
    # In one transaction nothing ends before it does: all is as it was, and nothing that is not read is let go of.
    assert Change.objects.count() == number
    assert changes.reaches(before)
    ChangeLog.objects.update(reaches_back=log.reaches_back + 1, reaches_next=log.reaches_back + 1)
    assert not changes.reaches(before)


def test_a_minute_s_work_makes_what_is_not_there_and_catches_up():
    person = somebody()
    snapshot.keep(at=NOW)
    assert contents() is not None
    Influencer.objects.filter(pk=person.pk).update(bio="I cook.")
    snapshot.keep(at=NOW + timedelta(minutes=1))
    assert len(contents().fresh) == 1
    snapshot.keep(at=NOW + timedelta(hours=19))
    assert (contents().as_of, contents().fresh) == ((NOW + timedelta(hours=19)).isoformat(), ())


def test_nobody_is_a_snapshot_too():
    assert len(snapshot.refresh(at=NOW)) == 0
    somebody()
    assert holds_what_is()
    with transaction.atomic():
        SocialAccount.objects.all().delete()
        Influencer.objects.all().delete()
    assert len(snapshot.refresh(at=NOW)) == 0
