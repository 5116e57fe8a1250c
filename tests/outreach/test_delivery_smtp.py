"""From an approved row to a real mail server: what the server says is what the row says, and nothing goes out twice."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from outreach.models import Message
from outreach.services import delivery
from tests.factories import NOW, approved_message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation", "sink")]


def state_of(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.reason


def test_what_was_approved_is_what_arrives_once(sink):
    message = approved_message("amina@sink.lan")
    assert delivery.deliver_due(at=NOW) == 1
    assert delivery.deliver_due(at=NOW + timedelta(hours=1)) == 0
    (arrived,) = sink.messages
    mail = message_from_bytes(arrived.content, policy=policy.default)
    assert arrived.recipients == ["amina@sink.lan"]
    assert mail["Message-ID"] == message.message_id
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n").strip() == message.text.strip()
    assert state_of(message) == ("sent", "")
    assert (message.is_captured, message.raw) == (False, None)


def test_an_address_that_does_not_exist_is_not_tried_again(sink):
    sink.answers["RCPT"] = "550 5.1.1 no such user"
    message = approved_message("amina@sink.lan")
    delivery.deliver_due(at=NOW)
    assert state_of(message) == ("refused", "rcpt_550_5.1.1")
    delivery.deliver_due(at=NOW + timedelta(hours=1))
    assert sink.messages == []


def test_a_busy_server_is_asked_again_later_and_not_for_ever(sink):
    sink.answers["MAIL"] = "451 4.3.0 later"
    message = approved_message("amina@sink.lan")
    tried, at = 0, NOW
    while tried < 20 and state_of(message)[0] == "planned":
        at = message.due_at
        tried += delivery.deliver_due(at=at)
    assert tried == delivery.MAX_ATTEMPTS
    assert state_of(message) == ("refused", "mail_451_4.3.0")
    assert sink.messages == []


def test_a_busy_server_that_recovers_gets_the_message_once(sink):
    sink.answers["MAIL"] = "451 4.3.0 later"
    message = approved_message("amina@sink.lan")
    delivery.deliver_due(at=NOW)
    assert state_of(message) == ("planned", "mail_451_4.3.0")
    del sink.answers["MAIL"]
    assert delivery.deliver_due(at=NOW + timedelta(minutes=1)) == 0  # not before its time
    delivery.deliver_due(at=message.due_at)
    assert state_of(message) == ("sent", "")
    assert len(sink.messages) == 1


def test_an_answer_lost_after_the_final_dot_is_told_and_never_sent_again(sink):
    sink.answers |= {"DATA": "close", "TAKE": True}
    message = approved_message("amina@sink.lan")
    delivery.deliver_due(at=NOW)
    assert state_of(message) == ("uncertain", "no_answer_from_server")
    sink.answers.clear()
    for hours in (1, 24, 48):
        delivery.deliver_due(at=NOW + timedelta(hours=hours))
    assert len(sink.messages) == 1


def test_a_fictional_address_never_reaches_the_server(sink):
    message = approved_message("maia@studio.example")
    delivery.deliver_due(at=NOW)
    assert state_of(message) == ("refused", "reserved_domain")
    assert sink.messages == []


def test_a_server_that_is_away_costs_the_others_nothing(sink, settings):
    first, second = approved_message("amina@sink.lan"), approved_message("tom@sink.lan")
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    delivery.deliver_due(at=NOW)
    assert state_of(first)[0] == state_of(second)[0] == "planned"
    settings.EMAIL_URL = f"smtp://127.0.0.1:{sink.port}"
    delivery.deliver_due(at=NOW + timedelta(hours=1))
    assert sorted(message.recipients[0] for message in sink.messages) == ["amina@sink.lan", "tom@sink.lan"]
