"""Real servers under load, killed a hundred times, and a database that goes away: what was answered is counted, once."""

import time
from contextlib import contextmanager

import pytest
from django.db import connection

from outreach.models import Click
from outreach.services import click_spool
from tests.factories import LinkFactory
from tests.outreach.clicking.served import Load, Served, drain_once

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
KILLS = 100


@pytest.fixture
def served(settings):
    made = []

    def serve(**told):
        made.append(Served(settings.CLICK_DIR, **told))
        return made[-1]

    yield serve
    for each in made:
        each.close()


def kill(server, load, number: int) -> None:
    """So many, one after the other, each after something was answered since."""
    while server.killed < number:
        before, until = len(load.acknowledged), time.monotonic() + 30
        while len(load.acknowledged) < before + 5:
            assert time.monotonic() < until
            time.sleep(0.005)
        server.kill_one()


def account(load) -> None:
    """Every click that was answered is stored, and no request is stored twice."""
    stored = list(Click.objects.values_list("click_id", flat=True))
    assert len(load.acknowledged) == len(set(load.acknowledged))
    assert set(load.acknowledged) - set(stored) == set()
    assert len(stored) <= load.asked + 1  # and that of whoever waited until the server was there
    assert Click.objects.filter(verdict=None).count() == 0


@pytest.mark.parametrize("durability", ["commit", "spool"])
def test_of_what_was_answered_nothing_is_lost_or_doubled_by_a_hundred_kills(served, settings, durability):
    link = LinkFactory()
    server = served(CLICK_DURABILITY=durability, CLICK_FSYNC="0")
    server.wait(f"/r/{link.code}")
    with Load(server, f"/r/{link.code}", visitors=8) as load:
        kill(server, load, KILLS)
    server.close()
    if durability == "spool":
        for number in range(1, 11):
            assert drain_once(settings.CLICK_DIR, f"clicks.drain.stored:{number % 3 + 1}") in {-9, 0}
    click_spool.drain()
    assert click_spool.drain() == 0
    assert server.killed >= KILLS
    account(load)


@contextmanager
def outage():
    """The database takes nobody in any more, and whoever was in is put out."""
    name = connection.settings_dict["NAME"]
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
    try:
        yield
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def test_with_the_database_away_under_load_visitors_are_led_on_and_all_are_counted(served):
    link = LinkFactory()
    server = served(workers=1)
    server.wait(f"/r/{link.code}")
    with Load(server, f"/r/{link.code}", visitors=8, rate=200) as load:
        time.sleep(2)
        for _ in range(3):
            with outage():
                time.sleep(2)
            time.sleep(2)
    server.close()
    assert click_spool.drain() > 0
    account(load)
    assert load.failed <= load.asked / 1000
