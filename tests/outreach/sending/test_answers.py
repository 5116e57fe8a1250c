"""Thousands of mails and one of them bad; servers that take a mail and say nothing. What is not known is not sent again."""

from collections import Counter
from datetime import timedelta

import pytest

from outreach import words
from outreach.models import Message
from outreach.services import delivery, settling
from tests.factories import NOW, at_any_hour
from tests.factories.many import approved_messages
from tests.outreach.sending.accounts import account, arrived, states

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_limit():
    at_any_hour()


@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize("number", [20, pytest.param(500, marks=pytest.mark.slow)])
def test_answers_lost_after_the_dot_are_told_and_settled_by_what_the_mail_service_tells_later(sink, number, how):
    approved_messages(number, at=NOW)
    sink.answers |= {"DATA": how, "TAKE": True}
    assert delivery.deliver_due(at=NOW) == number
    sink.answers.clear()
    for hours in (1, 23, 48):
        assert delivery.deliver_due(at=NOW + timedelta(hours=hours)) == 0
    assert account(sink, planned=number) == {"uncertain": number}
    assert len(sink.messages) == number
    for place, message_id in enumerate(arrived(sink)):
        told = {"message_id": message_id, "has_arrived": place % 10 > 0, "at": NOW + timedelta(hours=49)}
        assert settling.settle_by_event(**told) is True
        assert settling.settle_by_event(**told) is False  # the same event again
    assert states() == {"sent": number * 9 // 10, "refused": number // 10}
    assert delivery.deliver_due(at=NOW + timedelta(hours=50)) == 0
    assert len(sink.messages) == number


def test_an_event_settles_only_what_is_uncertain(sink):
    (message,) = approved_messages(1, at=NOW)
    for state in set(Message.State) - {Message.State.UNCERTAIN}:
        Message.objects.update(state=state)
        assert settling.settle_by_event(message_id=message.message_id, has_arrived=False, at=NOW) is False
        assert states() == {state: 1}
    Message.objects.update(state="uncertain")
    assert settling.settle_by_event(message_id="<other@causeway.example>", has_arrived=True, at=NOW) is False
    assert settling.settle_by_event(message_id=message.message_id, has_arrived=True, at=NOW) is True
    message.refresh_from_db()
    assert (message.state, message.outreach.influencer.activities.filter(kind="message_settled").count()) == ("sent", 1)


def poison(sink, made: list[Message]) -> dict[int, str]:
    """Six of them spoilt, each in its way, one of them first and one last; what becomes of each."""
    of = dict(zip(("spam", "large", "later", "header", "subject", "nobody"), [0, 7, 11, 19, 23, -1], strict=True))
    sink.said_of = {
        made[of["spam"]].address.email: "554 5.7.1 spam",
        made[of["large"]].address.email: "552 5.3.4 too big",
        made[of["later"]].address.email: "451 4.3.0 later",
    }
    Message.objects.filter(pk=made[of["header"]].pk).update(message_id="<a@b>\r\nBcc: <evil@sink.lan>")
    Message.objects.filter(pk=made[of["subject"]].pk).update(subject="\x01\x02")
    type(made[0].address).objects.filter(pk=made[of["nobody"]].address_id).update(email="a@-.", email_key="a@-.")
    reasons = {
        **{"spam": "message_554_5.7.1", "large": "message_552_5.3.4", "later": "message_451_4.3.0"},
        **dict.fromkeys(("header", "subject", "nobody"), "envelope_malformed"),
    }
    return {made[place].pk: reasons[name] for name, place in of.items()}


@pytest.mark.parametrize("number", [40, pytest.param(1_000, marks=pytest.mark.slow)])
def test_what_cannot_be_sent_holds_up_nothing_and_is_given_up(sink, number):
    made = approved_messages(number, at=NOW)
    expected = poison(sink, made)
    assert delivery.deliver_due(at=NOW) == number
    assert states() == {"sent": number - 6, "refused": 5, "planned": 1}
    (waiting,), at = Message.objects.filter(state="planned"), NOW
    for attempt in range(1, delivery.MAX_ATTEMPTS):
        assert (waiting.attempts, waiting.state) == (attempt, "planned")
        assert waiting.due_at - at == timedelta(minutes=5 * 2**attempt)
        assert delivery.deliver_due(at=waiting.due_at - timedelta(seconds=1)) == 0
        at = waiting.due_at
        assert delivery.deliver_due(at=at) == 1
        waiting.refresh_from_db()
    for hours in (3, 20, 30):
        assert delivery.deliver_due(at=at + timedelta(hours=hours)) == 0
    assert account(sink, planned=number) == {"sent": number - 6, "refused": 6}
    assert dict(Message.objects.filter(state="refused").values_list("pk", "reason")) == expected
    asked = Counter(sink.asked_for)
    assert asked.pop(waiting.address.email) == delivery.MAX_ATTEMPTS
    assert set(asked.values()) == {1}


def test_a_mail_server_that_will_not_have_us_costs_no_attempt(sink, settings):
    approved_messages(3, at=NOW)
    assert words.message_reason("connect_lost").startswith("the mail server cannot be reached")
    good, settings.EMAIL_URL = settings.EMAIL_URL, "smtp://127.0.0.1:1"
    at = NOW
    for _round in range(2 * delivery.MAX_ATTEMPTS):
        assert delivery.deliver_due(at=at) == 0
        assert set(Message.objects.values_list("state", "attempts", "reason")) == {("planned", 0, "connect_lost")}
        at += timedelta(minutes=5)
    settings.EMAIL_URL = good
    assert delivery.deliver_due(at=at) == 3
    assert account(sink, planned=3) == {"sent": 3}


def test_the_gate_is_passed_at_the_moment_of_each_message_and_not_at_that_of_the_round(sink):
    approved_messages(3, at=NOW)
    ticks = iter(range(100))
    assert delivery.deliver_due(at=NOW, clock=lambda: NOW + timedelta(minutes=next(ticks))) == 3
    gone = list(Message.objects.order_by("dispatched_at").values_list("dispatched_at", flat=True))
    assert gone == sorted(set(gone))
    assert gone[0] > NOW
