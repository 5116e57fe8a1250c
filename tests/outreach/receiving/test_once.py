"""One letter, one effect: whoever dies on the way, however many doors it comes by, and whatever is being sent meanwhile."""

import threading

import pytest
from django.db import connection

from crm.models import Activity
from outreach.models import InboundMessage, Message
from outreach.services import delivery, replies
from tests.factories import NOW
from tests.outreach.receiving.mails import came, mail, planned, stage_of, written_to
from tests.outreach.test_no_means_no import held, is_somebody_waiting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("organisation", "own_keyring")]

POINTS = ("reply.received", "reply.stored", "reply.kept", "reply.applied", "reply.read")
KILLED = -9


def test_whoever_takes_a_letter_in_may_die_anywhere_and_it_takes_effect_once(nursery):
    for point in POINTS:
        message = written_to(f"{point}@studio.example")
        raw = mail(answers=message).hex()
        nursery.start("take_in", failpoint=point, raw=raw)
        assert nursery.wait() == KILLED
        nursery.start("take_in", raw=raw)  # the mail service was not answered, so it tries again
        assert nursery.wait() == 0
        replies.read_waiting(at=NOW)
        assert InboundMessage.objects.filter(outreach=message.outreach).count() == 1
        assert Activity.objects.filter(kind="answered", influencer=message.outreach.influencer).count() == 1
        assert stage_of(message) == "in_conversation"


def test_what_was_stored_is_read_though_nobody_tries_again(nursery):
    message = written_to()
    nursery.start("take_in", failpoint="reply.kept", raw=mail(answers=message).hex())
    assert nursery.wait() == KILLED
    assert stage_of(message) == "contacted"
    assert replies.read_waiting(at=NOW) == 1
    assert stage_of(message) == "in_conversation"


def test_a_hundred_times_at_once_it_is_one(nursery):
    message = written_to()
    raw = mail(answers=message).hex()
    for _ in range(5):
        nursery.start("take_in", raw=raw, times=20)
    nursery.wait_for_all()
    assert nursery.ended == [0] * 5
    assert InboundMessage.objects.count() == 1
    assert Activity.objects.filter(kind="answered").count() == 1


def claimed() -> tuple[Message, Message]:
    """A message that went out, and what is about to go to the same person."""
    sent = written_to()
    due = planned(sent)
    Message.objects.filter(pk=due.pk).update(state="claimed")
    return sent, due


def test_a_reply_that_was_taken_in_before_the_gate_is_heard_there(tmp_path):
    sent, due = claimed()
    with held(lambda: delivery.deliver(pk=due.pk, at=NOW), at="gate.before", folder=tmp_path / "hold") as sender:
        came(mail(answers=sent))
    due.refresh_from_db()
    assert (sender.answer, due.state, due.reason, due.dispatched_at) == (False, "planned", "reply_waits", None)


def test_a_reply_that_comes_while_the_gate_decides_is_taken_in_after_it(tmp_path):
    sent, due = claimed()
    done: list[str] = []

    def comes() -> None:
        came(mail(answers=sent))
        done.append(Message.objects.get(pk=due.pk).state)
        connection.close()

    writer = threading.Thread(target=comes)
    with held(lambda: delivery.gate(pk=due.pk, at=NOW), at="gate.decided", folder=tmp_path / "hold"):
        writer.start()
        while not is_somebody_waiting() and writer.is_alive():
            writer.join(0.001)
        assert writer.is_alive()
        assert done == []
    writer.join(60)
    assert done == ["dispatching"]
