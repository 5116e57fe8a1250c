"""No order of commits hides a change from whoever reads the log: real connections, transactions that end when they do."""

import random
import threading
import time
from contextlib import contextmanager

import pytest
from django.db import connection, connections, transaction

from crm.models import Influencer
from matching.columns import changes
from matching.models import ChangeLog
from matching.services import snapshot
from tests.factories import NOW, InfluencerFactory
from tests.matching.snapshots import read_anew, told

pytestmark = pytest.mark.django_db(transaction=True)


class Writer:
    """A connection of its own, in which one transaction is open."""

    def __init__(self):
        self.connection = connections.create_connection("default")
        self.connection.set_autocommit(False)

    def change(self, person, bio="Changed."):
        with self.connection.cursor() as cursor:
            cursor.execute("UPDATE crm_influencer SET bio = %s WHERE id = %s", [bio, person.pk])

    def number(self) -> int:
        """Of the open transaction."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            return cursor.fetchone()[0]

    def begin(self):
        """A transaction that has read, and has not written."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM crm_influencer")

    def commit(self):
        self.connection.commit()

    def rollback(self):
        self.connection.rollback()

    def close(self):
        self.connection.close()


@pytest.fixture
def writers():
    made = []

    def writer():
        made.append(Writer())
        return made[-1]

    yield writer
    for one in made:
        one.close()


class Reader:
    """Reads on from where it was."""

    def __init__(self):
        self.position = changes.position()

    def read(self):
        found = changes.since(self.position)
        self.position = found.position
        return found.ids


def test_a_transaction_that_commits_late_is_seen_when_it_does(writers):
    first, second = InfluencerFactory(), InfluencerFactory()
    reader, late, quick = Reader(), writers(), writers()
    late.change(first)
    quick.change(second)
    quick.commit()  # began later, ends earlier
    assert reader.read() == [second.pk]
    assert reader.read() == []
    late.commit()
    assert reader.read() == [first.pk]
    assert reader.read() == []


def test_what_is_taken_back_was_never_there(writers):
    person = InfluencerFactory()
    reader, writer = Reader(), writers()
    writer.change(person)
    writer.rollback()
    assert reader.read() == []


def test_who_began_before_the_reader_and_writes_after_is_seen(writers):
    person = InfluencerFactory()
    old = writers()
    old.begin()
    reader = Reader()
    assert reader.read() == []
    old.change(person)
    assert reader.read() == []
    old.commit()
    assert reader.read() == [person.pk]


def test_a_savepoint_that_was_taken_back_and_one_that_was_kept(writers):
    kept, taken = InfluencerFactory(), InfluencerFactory()
    reader = Reader()
    with transaction.atomic():
        with transaction.atomic():
            Influencer.objects.filter(pk=kept.pk).update(bio="Kept.")
        with pytest.raises(RuntimeError), transaction.atomic():
            Influencer.objects.filter(pk=taken.pk).update(bio="Taken back.")
            raise RuntimeError
        assert reader.read() == [kept.pk]  # its own, not yet committed
        assert reader.read() == [kept.pk]  # nor read for good
    assert reader.read() == [kept.pk]
    assert reader.read() == []


def test_a_long_transaction_makes_nobody_read_the_others_again(writers):
    people = [InfluencerFactory() for _ in range(3)]
    reader, long = Reader(), writers()
    long.change(people[0])
    for person in people[1:]:
        Influencer.objects.filter(pk=person.pk).update(bio="Changed.")
        assert reader.read() == [person.pk]
    long.commit()
    assert reader.read() == [people[0].pk]


def test_the_log_is_never_shortened_by_what_somebody_may_still_read(writers):
    first, second = InfluencerFactory(), InfluencerFactory()
    changes.key()
    reader, late = Reader(), writers()
    late.change(first)
    # As if this were the only database of its server: what others write has no part in it.
    reader.position = f"{late.number()}:{late.number() + 1}:{late.number()}"
    changes.shorten(at=NOW)
    Influencer.objects.filter(pk=second.pk).update(bio="Changed.")
    changes.shorten(at=NOW + changes.KEPT)
    late.commit()
    assert changes.reaches(reader.position)
    assert reader.read() == [first.pk, second.pk]


def test_it_is_shortened_to_where_everything_had_ended_the_time_before():
    changes.key()
    changes.shorten(at=NOW)
    until = ChangeLog.objects.get().reaches_next
    # While other databases of the same server are written to, both ends may be the same: here they are not.
    ChangeLog.objects.update(reaches_back=until - 1)
    before, after = f"{until - 1}:{until - 1}:", f"{until}:{until}:"
    assert changes.reaches(before)
    changes.shorten(at=NOW + changes.KEPT)
    assert ChangeLog.objects.get().reaches_back == until
    assert not changes.reaches(before)
    assert changes.reaches(after)


@contextmanager
def threads(number, work):
    """So many at work; what any of them raises is raised."""
    raised = []

    def run(place):
        try:
            work(place)
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    running = [threading.Thread(target=run, args=(place,)) for place in range(number)]
    for one in running:
        one.start()
    yield running
    for one in running:
        one.join()
    assert raised == []


@pytest.mark.parametrize("seed", range(3))
def test_among_writers_at_work_what_was_committed_before_a_read_has_been_read(seed):
    people = [InfluencerFactory() for _ in range(40)]
    committed, reader, seen = [], Reader(), []
    before = snapshot.refresh(at=NOW)
    assert len(before) == 40

    def write(place):
        draw = random.Random(100 * seed + place)
        own = people[place::4]
        for turn in range(25):
            person = draw.choice(own)
            with transaction.atomic():
                Influencer.objects.filter(pk=person.pk).update(bio=f"Turn {turn} of {place}.")
                time.sleep(draw.choice((0, 0, 0.001, 0.02)))
            committed.append(person.pk)

    with threads(4, write) as running:
        while any(one.is_alive() for one in running):
            number = len(committed)
            seen += reader.read()
            for pk in committed[:number]:
                assert seen.count(pk) >= 1
            caught_up = told(snapshot.refresh(at=NOW))
            assert len(caught_up) == 40
    seen += reader.read()
    assert set(seen) == set(committed)
    assert len(seen) <= len(committed)
    found = snapshot.refresh(at=NOW)
    assert told(found) == read_anew(at=NOW, usual=found.contents.usual)
