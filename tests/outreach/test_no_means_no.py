"""No means no, now: a "no" and a send that race are put in one order, and no hand-over starts after the answer.

A hand-over starts with the commit of the gate. Whoever says no while the gate decides waits for that commit.
"""

import os
import threading
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client

from crm.errors import DomainError
from crm.models import Address, Influencer, Suppression
from crm.services import addresses, persons
from outreach.models import Message
from outreach.services import delivery, messages
from tests.factories import NOW, approved_message, at_any_hour

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("organisation", "own_keyring")]


@pytest.fixture(autouse=True)
def any_number(db):
    """More leave here in one moment than a sender may send in a day."""
    at_any_hour()


def unsubscribe(address):
    response = Client().post(urlsplit(messages.unsubscribe_url(address)).path, {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200


def note_that_they_said_no(address):
    addresses.suppress_person(influencer=address.influencer, reason="declined", at=NOW)


def complain(address):
    addresses.complained(email=address.email, at=NOW)


def bounce(address):
    addresses.bounced(email=address.email, at=NOW)


def erase(address):
    persons.erase(influencer=Influencer.objects.get(pk=address.influencer_id), at=NOW)


NOES = [unsubscribe, note_that_they_said_no, complain, bounce, erase]


class Held(threading.Thread):
    """A sender with a connection of its own, that waits at a named point until it is told to go on."""

    def __init__(self, work, *, at: str, folder):
        super().__init__()
        self.work, self.folder, self.answer = work, folder, None
        folder.mkdir()
        os.environ["HOLDPOINT"] = f"{at}:{folder}"

    def run(self):
        try:
            self.answer = self.work()
        finally:
            connection.close()

    def until_there(self):
        while self.is_alive() and not (self.folder / "here").exists():
            self.join(0.001)
        os.environ.pop("HOLDPOINT", None)  # nobody else waits

    def go_on(self):
        (self.folder / "go").touch()


@contextmanager
def held(work, *, at: str, folder):
    sender = Held(work, at=at, folder=folder)
    sender.start()
    sender.until_there()
    try:
        yield sender
    finally:
        sender.go_on()
        sender.join(60)


def ready() -> Message:
    message = approved_message(f"amina{Message.objects.count()}@sink.lan")
    delivery._claim(at=NOW)
    return message


def is_somebody_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


def before_the_gate(say_no, folder) -> None:
    """What is answered before the gate is heard there."""
    message = ready()
    with held(lambda: delivery.deliver(pk=message.pk, at=NOW), at="gate.before", folder=folder) as sender:
        say_no(message.address)
    message.refresh_from_db()
    assert (sender.answer, message.dispatched_at) == (False, None)
    assert message.state in {"refused", "cancelled"}


def at_the_gate(say_no, folder) -> None:
    """Whoever says no while the gate decides is answered after its commit: what started, started before."""
    message = ready()
    said: list[str] = []

    def says_no() -> None:
        try:
            say_no(message.address)
        except DomainError as error:
            said.append(error.code)
        else:
            said.append(Message.objects.get(pk=message.pk).state)
        connection.close()

    speaker = threading.Thread(target=says_no)
    with held(lambda: delivery.gate(pk=message.pk, at=NOW), at="gate.decided", folder=folder):
        speaker.start()
        while not is_somebody_waiting() and speaker.is_alive():
            speaker.join(0.001)
        assert speaker.is_alive()
        assert said == []
        assert not Suppression.objects.filter(subject=message.address.digest).exists()
    speaker.join(60)
    message.refresh_from_db()
    assert message.state == "dispatching"
    assert said == ["person_busy" if say_no is erase else "dispatching"]


def after_the_gate(say_no, folder, sink) -> None:
    """What has started is not called back. Where it comes back, it is not tried again."""
    message = ready()
    sink.answers["MAIL"] = "451 4.3.0 later"
    with held(lambda: delivery.deliver(pk=message.pk, at=NOW), at="gate.passed", folder=folder) as sender:
        say_no(message.address)
    message.refresh_from_db()
    assert (sender.answer, message.state) == (True, "planned")
    sink.answers.clear()
    assert delivery.deliver_due(at=message.due_at) == 0
    message.refresh_from_db()
    assert message.state == "refused"
    assert sink.messages == []


@pytest.fixture(params=[2, pytest.param(70, marks=pytest.mark.slow)], ids=["few", "many"])
def rounds(request, tmp_path):
    return [tmp_path / str(number) for number in range(request.param)]


@pytest.mark.parametrize("say_no", NOES)
def test_before_the_gate(say_no, rounds, sink):
    for folder in rounds:
        before_the_gate(say_no, folder)
    assert sink.messages == []


@pytest.mark.parametrize("say_no", NOES)
def test_at_the_gate(say_no, rounds, monkeypatch):
    monkeypatch.setattr(delivery, "LEASE", delivery.LEASE * 10_000)  # the clock of the database is not ours
    for folder in rounds:
        at_the_gate(say_no, folder)


@pytest.mark.parametrize("say_no", [say_no for say_no in NOES if say_no is not erase])  # who waits: see test_erasing
def test_after_the_gate(say_no, rounds, sink):
    for folder in rounds:
        after_the_gate(say_no, folder, sink)


def test_a_sender_that_stood_still_for_hours_hears_what_was_said_meanwhile(sink, tmp_path):
    message = ready()
    later = NOW + timedelta(hours=5)
    with held(lambda: delivery.deliver(pk=message.pk, at=NOW), at="gate.before", folder=tmp_path / "0") as sender:
        addresses.suppress(address=message.address, reason="unsubscribed", at=NOW)
        assert delivery.deliver_due(at=later) == 0  # another took it over
    assert (sender.answer, sink.messages) == (False, [])
    assert Address.objects.usable().count() == 0
