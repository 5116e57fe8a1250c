"""Two houses, or a house and a machine, that answer each other: whatever comes back, nothing of ours answers by itself."""

from datetime import timedelta
from email import message_from_bytes, policy
from itertools import pairwise

import pytest

from outreach.models import Message
from outreach.services import handover, replies
from tests.outreach.under_way import BEGAN, tick, under_way

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]
STEP = timedelta(hours=12)


def answered_by(message: Message, **headers: str) -> bytes:
    """What another house like ours sends on it: a letter as our own, from the other side, on the same thread."""
    letter = message_from_bytes(handover.hand_over(message, at=BEGAN).captured, policy=policy.SMTP)
    ours, theirs = letter["From"], letter["To"]
    changed = {"From": theirs, "To": ours, "Message-ID": f"<again-{message.pk}@other.example>"}
    for name, value in {**changed, "In-Reply-To": message.message_id, **headers}.items():
        del letter[name]
        letter[name] = value
    return letter.as_bytes()


def days_of_it(number: int, **headers: str) -> list[Message]:
    """Everything that left, each answered at once."""
    under_way()
    answered: set[int] = set()
    at = BEGAN
    for _ in range(number * 2):
        for message in Message.objects.filter(state="sent").exclude(pk__in=answered):
            answered.add(message.pk)
            replies.receive(raw=answered_by(message, **headers), door="mailbox", at=at)
            replies.read_waiting(at=at)
        tick(at)
        at += STEP
    return list(Message.objects.filter(state="sent").order_by("dispatched_at"))


def test_another_house_that_writes_back_is_a_person_who_answered():
    assert len(days_of_it(16)) == 1


@pytest.mark.parametrize(
    "said",
    [
        {"Auto-Submitted": "auto-replied"},
        {"X-Autoreply": "yes"},
        {"Precedence": "auto_reply"},
        {"Return-Path": "<>"},
        {"From": "Mail Delivery System <mailer-daemon@other.example>"},
    ],
)
def test_a_machine_that_answers_everything_moves_nothing(said):
    """The sequence goes on as if nothing had come, or stops: never is there one letter more, nor one sooner."""
    sent = days_of_it(16, **said)
    assert 1 <= len(sent) <= 3
    assert all(after.dispatched_at - before.dispatched_at >= timedelta(days=3) for before, after in pairwise(sent))


def test_our_own_letter_that_comes_back_is_no_answer():
    enrolment = under_way()
    first = Message.objects.get(state="sent")
    own = handover.hand_over(first, at=BEGAN).captured
    replies.receive(raw=own, door="mailbox", at=BEGAN)
    replies.read_waiting(at=BEGAN)
    enrolment.refresh_from_db()
    assert enrolment.state == "running"
