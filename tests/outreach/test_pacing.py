"""Messages that are due at once leave one after the other, and none comes too late for having waited for the others."""

from datetime import timedelta

import pytest

from outreach.models import Message
from outreach.services import limits, pacing
from outreach.tasks import sweep_outbox
from tests.factories import NOW, approved_message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]
SECOND = timedelta(seconds=1)


def due(number: int) -> list[Message]:
    found = [approved_message(email=f"amina{place}@studio.example") for place in range(number)]
    Message.objects.update(due_at=NOW, expires_at=NOW + timedelta(hours=1))
    return found


def waits() -> list[int]:
    rows = Message.objects.order_by("due_at", "pk").values_list("due_at", flat=True)
    return [round((at - NOW).total_seconds()) for at in rows]


def test_each_gets_a_moment_of_its_own():
    due(3)
    assert pacing.pace(at=NOW) == 2
    assert waits() == [0, 30, 60]
    # Their time to live is what it was, counted from when it is their turn.
    assert {row.expires_at - row.due_at for row in Message.objects.all()} == {timedelta(hours=1)}


def test_whoever_has_just_gone_is_waited_for():
    first, _second = due(2)
    Message.objects.filter(pk=first.pk).update(state="sent", dispatched_at=NOW - 10 * SECOND)
    pacing.pace(at=NOW)
    assert waits() == [0, 20]


def test_what_a_dead_sender_left_waits_its_turn_too():
    left, _other = due(2)
    Message.objects.filter(pk=left.pk).update(state="claimed", lease_until=NOW - SECOND)
    pacing.pace(at=NOW)
    assert waits() == [0, 30]


def test_what_a_sender_has_in_hand_is_let_be():
    held, _other = due(2)
    Message.objects.filter(pk=held.pk).update(state="claimed", lease_until=NOW + SECOND)
    assert pacing.pace(at=NOW) == 0


def test_once_given_a_moment_is_kept():
    due(3)
    pacing.pace(at=NOW)
    before = waits()
    assert pacing.pace(at=NOW + SECOND) == 0 or waits()[0] != before[0]
    assert waits()[1:] == before[1:]


def test_nothing_is_moved_without_a_gap():
    due(3)
    limits.change(gap_seconds=0)
    assert pacing.pace(at=NOW) == 0
    assert waits() == [0, 0, 0]


def test_what_the_server_slept_over_stays_too_late():
    due(2)
    pacing.pace(at=NOW + timedelta(days=9))
    assert {row.expires_at for row in Message.objects.all()} == {NOW + timedelta(hours=1)}


def test_drafts_and_what_is_written_to_people_who_wait_for_it_are_let_be():
    due(2)
    Message.objects.update(purpose="transactional")
    assert pacing.pace(at=NOW) == 0


def test_the_sweep_paces_before_it_sends():
    due(3)
    for seconds in (0, 29, 30, 59, 60):
        sweep_outbox((NOW + seconds * SECOND).isoformat())
    gone = Message.objects.filter(state="sent").order_by("dispatched_at").values_list("dispatched_at", flat=True)
    assert [round((at - NOW).total_seconds()) for at in gone] == [0, 30, 60]
