"""Rounds: by two processes at once, killed, and with a clock that changes between two steps."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from crm.services import instance
from outreach.models import Message
from outreach.services import delivery, replies, sequences
from tests.factories import InboundMessageFactory, InfluencerFactory, UserFactory
from tests.outreach.sending.nursery import Nursery
from tests.outreach.under_way import (
    BEGAN,
    DAY,
    approve_first,
    begun,
    conversation,
    stands,
    states,
    step,
    three_steps,
    tick,
    under_way,
)

ZONES = ["Europe/Paris", "Europe/London", "America/Los_Angeles", "Asia/Tokyo", "Pacific/Auckland", "America/Sao_Paulo"]


def moves(enrolment, zone: str) -> None:
    """Staff note where they live now."""
    person = enrolment.outreach.influencer
    person.refresh_from_db()
    person.timezone = zone
    person.save()


@pytest.mark.django_db
@pytest.mark.usefixtures("organisation")
def test_whoever_moves_is_written_to_by_the_clock_they_live_by_now():
    enrolment = under_way()
    assert step(enrolment, 2).due_at == BEGAN + 3 * DAY  # 10:00 in London
    moves(enrolment, "America/Los_Angeles")
    sequences.advance(at=BEGAN + DAY)
    # 2:00 in the morning there: at 9:00 of that day, which is 17:00 UTC.
    assert step(enrolment, 2).due_at == datetime(2026, 11, 27, 17, 0, tzinfo=UTC)
    assert step(enrolment, 2).expires_at == datetime(2026, 11, 28, 17, 0, tzinfo=UTC)
    assert Message.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("organisation")
def test_what_nobody_edited_is_not_looked_at_again():
    enrolment = under_way()
    Message.objects.filter(pk=step(enrolment, 2).pk).update(due_at=BEGAN + 4 * DAY)
    sequences.advance(at=BEGAN + DAY)
    assert step(enrolment, 2).due_at == BEGAN + 4 * DAY


class MovingAbout(TestCase):
    """T3: wherever somebody moves between two steps, each step goes once, in their office hours, in its order."""

    def setUp(self):
        from django.test import override_settings

        here = override_settings(POSTAL_ADDRESS="12 quai des Brumes, 29200 Brest")
        here.enable()
        self.addCleanup(here.disable)

    @given(
        zones=st.lists(st.sampled_from(ZONES), min_size=1, max_size=4),
        hours=st.lists(st.integers(1, 80), min_size=4, max_size=4),
        days=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    )
    def test_never_two_and_always_in_their_hours(self, zones, hours, days):
        from zoneinfo import ZoneInfo

        enrolment = under_way(three_steps(days=days))
        now = BEGAN
        for zone, more in zip(zones, hours, strict=False):
            moves(enrolment, zone)
            now += timedelta(hours=more)
            tick(now)
            tick(now)
        for _round in range(20):
            waits = Message.objects.filter(state="planned").order_by("due_at").first()
            if waits is None:
                break
            now = max(now + timedelta(hours=12), waits.due_at)
            tick(now)
        assert not Message.objects.filter(state="planned").exists()
        sent = list(Message.objects.filter(state="sent").order_by("dispatched_at"))
        assert len({message.reference for message in sent}) == len(sent) <= 3
        assert len({message.reference for message in Message.objects.exclude(state__in=Message.NEVER_SENT)}) == len(
            Message.objects.exclude(state__in=Message.NEVER_SENT)
        )
        for before, after in pairwise(sent):
            assert after.dispatched_at - before.dispatched_at >= timedelta(hours=24)
        for message in Message.objects.filter(reference__contains=":step:"):
            clocks = [message.due_at.astimezone(ZoneInfo(zone)) for zone in {*zones, "Europe/London"}]
            assert any(9 <= local.hour < 18 and local.weekday() < 5 for local in clocks)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [6])
def test_processes_that_tick_at_once_plan_each_step_once(nursery, sink, number):
    sequence = three_steps()
    for each in range(number):
        approve_first(begun(sequence, outreach=conversation(f"p{each}@sink.lan")))
    delivery.deliver_due(at=BEGAN)
    for _scheduler in range(4):
        nursery.start("tick")
    nursery.wait_for_all()
    assert set(nursery.ended) == {0}
    assert Message.objects.filter(reference__endswith=":step:2").count() == number
    assert Message.objects.filter(state="planned").count() == number


@pytest.mark.django_db(transaction=True)
def test_a_process_that_dies_between_planning_and_noting_it_leaves_nothing_half(nursery, sink):
    enrolment = begun(three_steps(), outreach=conversation("a@sink.lan"))
    approve_first(enrolment)
    delivery.deliver_due(at=BEGAN)
    nursery.start("tick", failpoint="sequence.planned")
    nursery.wait_for_all()
    assert nursery.ended == [-9]
    assert (Message.objects.count(), stands(enrolment)) == (1, ("running", "", 1))
    nursery.start("tick")
    nursery.wait_for_all()
    assert (Message.objects.count(), stands(enrolment)) == (2, ("running", "", 2))


@pytest.fixture
def nursery(sink, organisation):
    instance.describe(organisation="Clear Shores", postal_address="12 quai des Brumes, 29200 Brest")  # for all
    made = Nursery(sink.port)
    yield made
    made.close()


@pytest.mark.django_db
@pytest.mark.usefixtures("organisation")
def test_what_became_too_late_while_a_reply_waited_says_so_once_somebody_has_looked():
    enrolment = begun(three_steps())
    approve_first(enrolment)
    reply = InboundMessageFactory(outreach=None, influencer=enrolment.outreach.influencer)
    for later in (timedelta(), timedelta(hours=23, minutes=30)):
        delivery.deliver_due(at=BEGAN + later)
    assert states(enrolment) == [("expired", "reply_waits")]
    replies.done(inbound=reply, by=UserFactory(), at=BEGAN + DAY)
    sequences.advance(at=BEGAN + DAY)
    assert stands(enrolment) == ("paused", "expired", 1)


@pytest.mark.django_db
def test_nobody_is_found_where_nothing_is_under_way():
    InfluencerFactory()
    assert sequences.advance(at=BEGAN) == 0
