"""Senders killed at every point of the way: nobody is written to twice, and every message is accounted for.

Real processes and committed rows. Where one was killed after the gate its message is `uncertain`, and no other is.
"""

import random
from contextlib import suppress

import pytest
from django.utils import timezone

from crm.errors import DomainError
from outreach.models import Message
from outreach.services import messages
from tests.config.servers import within
from tests.factories.many import approved_messages
from tests.outreach.sending.accounts import LEASE, account, is_open, recover

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE_GATE = ("send.claimed", "send.connected")
AFTER_GATE = ("send.gated", "send.data", "send.dot", "send.answered")
KILLED = -9


def test_a_sender_killed_at_any_point_leaves_at_most_its_own_message_uncertain(nursery, sink):
    approved_messages(40, at=timezone.now())
    for point in BEFORE_GATE:
        nursery.start(failpoint=point, batch=5)
    for point in AFTER_GATE:
        nursery.start(failpoint=f"{point}:3", batch=5)
    nursery.wait_for_all()
    assert nursery.ended == [KILLED] * 6
    recover(nursery)
    assert account(sink, planned=40) == {"sent": 36, "uncertain": 4}
    assert len(sink.messages) == 38  # of the four, two had arrived
    reasons = Message.objects.filter(state="uncertain").values_list("reason", flat=True)
    assert set(reasons) == {"sender_died"}


class Reaper:
    """Keeps senders at work on a queue, and kills them."""

    def __init__(self, nursery, sink, *, workers: int, batch: int) -> None:
        self.nursery, self.sink, self.workers, self.batch = nursery, sink, workers, batch
        self.draw, self.later = random.Random(11), 0.0

    def at(self, points: list[str]) -> None:
        """One sender is killed at each of these points, at one of its first messages."""
        waiting = self.draw.sample(points, len(points))
        while waiting or self.nursery.alive:
            while waiting and len(self.nursery.alive) < self.workers:
                point = waiting.pop()
                number = 1 if point in BEFORE_GATE else self.draw.randint(1, self.batch)
                self._start(failpoint=f"{point}:{number}")
            if self.nursery.wait() == 0:  # what is left is claimed by the dead
                self.later += LEASE

    def at_random(self, number: int) -> int:
        """So many are killed wherever they are, or fewer where the work is done before."""
        killed = 0
        while killed < number and is_open():
            while len(self.nursery.alive) < self.workers:
                self._start()
            seen, more = len(self.sink.messages), self.draw.randint(0, 4)
            within(1, lambda: len(self.sink.messages) >= seen + more)  # noqa: B023
            self.nursery.kill(self.draw.choice(sorted(self.nursery.alive)))
            how = self.nursery.wait()
            killed += how == KILLED
            self.later += LEASE if how == 0 else 0
        self.nursery.wait_for_all()
        return killed

    def _start(self, **order: object) -> None:
        self.nursery.start(batch=self.batch, later=self.later, **order)


def prove_once(nursery, sink, *, number: int, each: int, at_random: int, workers: int) -> int:
    """How many were killed at random."""
    approved_messages(number, at=timezone.now())
    reaper = Reaper(nursery, sink, workers=workers, batch=5)
    reaper.at([*BEFORE_GATE, *AFTER_GATE] * each)
    assert nursery.ended.count(KILLED) == each * 6
    killed = reaper.at_random(at_random)
    recover(nursery, later=reaper.later)
    found = account(sink, planned=number)
    assert found["sent"] + found["uncertain"] == number
    assert each * 4 <= found["uncertain"] <= each * 4 + killed
    return killed


def test_senders_killed_at_random_while_others_go_on(nursery, sink):
    assert prove_once(nursery, sink, number=50, each=1, at_random=3, workers=2) > 0


@pytest.mark.slow
def test_ten_thousand_messages_and_five_hundred_killed_senders(nursery, sink):
    """About ten minutes on two cores."""
    assert prove_once(nursery, sink, number=10_000, each=50, at_random=200, workers=4) == 200


def test_what_staff_take_back_while_senders_work_and_die_is_sent_or_cancelled(nursery, sink):
    made = approved_messages(30, at=timezone.now())
    taken_back = 0
    for number, message in enumerate(made[::-2]):
        if number % 5 == 0:
            nursery.start(failpoint="send.claimed", batch=4)  # in the middle of fetching
            nursery.start(batch=1)
        with suppress(DomainError):  # message_already_gone
            messages.cancel(message=message, at=timezone.now())
            taken_back += 1
    nursery.wait_for_all()
    recover(nursery)
    assert account(sink, planned=30) == {"sent": 30 - taken_back, "cancelled": taken_back}
    assert taken_back > 0


@pytest.mark.slow
def test_senders_that_run_out_of_memory(nursery, sink):
    """Not killed from outside: they end wherever the next byte is refused, at twenty places on the way."""
    approved_messages(400, at=timezone.now())
    for place in range(20):
        nursery.start("starve", spare=place * 20, batch=10)
        nursery.wait()
    died = len(nursery.ended) - nursery.ended.count(0)
    assert died >= 5
    recover(nursery)
    assert account(sink, planned=400)["uncertain"] <= died
