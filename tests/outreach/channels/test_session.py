"""Many messages over one connection: what becomes of one says nothing of the next."""

import threading
from dataclasses import replace

import pytest

from outreach.channels import email
from outreach.channels.base import Outcome, Receipt
from outreach.channels.email import SmtpChannel
from outreach.channels.mime import compose
from tests.fakes import Sink
from tests.outreach.channels.letters import ENVELOPE, RENDERED

TAKEN = Receipt(Outcome.SENT, "accepted", "4TQ8wk2Zz")


class Piped(Sink):
    """Takes several commands at once (RFC 2920)."""

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return [responses[0], "250-PIPELINING", *responses[1:]]


@pytest.fixture(params=[Sink, Piped])
def server(request):
    made = request.param()
    yield made
    made.close()


@pytest.fixture
def session(server):
    channel = SmtpChannel(f"smtp://127.0.0.1:{server.port}", timeout=5)
    with channel.session(ENVELOPE.from_address) as session:
        yield session


def deliver(session, number: int = 0) -> Receipt:
    return session.deliver(RENDERED, replace(ENVELOPE, message_id=f"<{number}@causeway.org>"))


def test_all_of_them_arrive_as_composed_over_one_connection(server, session):
    assert [deliver(session, number) for number in range(5)] == [TAKEN] * 5
    sent = [compose(RENDERED, replace(ENVELOPE, message_id=f"<{number}@causeway.org>")) for number in range(5)]
    assert [arrived.content for arrived in server.messages] == sent
    assert len(server.lines) == 1


def test_nothing_is_opened_before_it_has_to_be(server):
    before = threading.active_count()
    with SmtpChannel(f"smtp://127.0.0.1:{server.port}").session(ENVELOPE.from_address) as session:
        refused = session.deliver(RENDERED, replace(ENVELOPE, to_address="maia@studio.example"))
        assert (refused.detail_code, server.lines, threading.active_count()) == ("reserved_domain", [], before)


@pytest.mark.parametrize(
    ("verb", "answer", "code"),
    [
        ("MAIL", "451 later", "mail_451"),
        ("RCPT", "550 5.1.1 unknown", "rcpt_550_5.1.1"),
        ("DATA", "554 5.7.1 spam", "message_554_5.7.1"),
    ],
)
def test_what_one_is_refused_for_leaves_the_next_one_alone(server, session, verb, answer, code):
    assert deliver(session, 1) == TAKEN
    server.answers = {verb: answer}
    assert deliver(session, 2).detail_code == code
    server.answers = {}
    assert deliver(session, 3) == TAKEN
    assert [arrived.recipients for arrived in server.messages] == [["amina@sink.lan"]] * 2
    dropped = isinstance(server, Piped) and verb != "DATA"  # what was asked with it may have been begun
    assert len(server.lines) == 1 + dropped


@pytest.mark.parametrize("answer", ["close", "2500 what", "354 more"])
def test_after_an_answer_that_leaves_something_open_the_line_is_dropped(server, session, answer):
    server.answers = {"DATA": answer, "TAKE": True}
    assert deliver(session, 1).outcome == Outcome.UNCERTAIN
    server.answers = {}
    assert deliver(session, 2) == TAKEN
    assert (len(server.messages), len(server.lines)) == (2, 2)


def test_a_server_that_grew_tired_of_waiting_is_called_again(server, session):
    assert deliver(session, 1) == TAKEN
    server.hang_up()
    assert deliver(session, 2) == TAKEN
    assert (len(server.messages), len(server.lines)) == (2, 2)


def test_a_server_that_wants_no_more_on_this_line_is_called_again_once(server, session):
    assert deliver(session, 1) == TAKEN
    server.answers = {"MAIL": "421 4.7.0 too many"}
    assert deliver(session, 2) == Receipt(Outcome.FAILED, "mail_421_4.7.0")
    assert (len(server.messages), len(server.lines)) == (1, 2)


def test_after_a_hundred_another_line_is_opened(server, session, monkeypatch):
    monkeypatch.setattr(email, "_MOST_PER_LINE", 2)
    assert [deliver(session, number) for number in range(5)] == [TAKEN] * 5
    assert len(server.lines) == 3


def test_a_sender_that_no_mail_can_come_from_dooms_no_message(server):
    with SmtpChannel(f"smtp://127.0.0.1:{server.port}").session("nobody") as session:
        assert session.open() == Receipt(Outcome.FAILED, "envelope_malformed")
    assert server.lines == []
