"""Erasing beside sending: whoever holds the address first is done first, and nothing comes back by a late event."""

import threading
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client

from crm.errors import DomainError
from crm.models import Address, Influencer
from crm.services import persons
from outreach.models import AttributionCredit, Click, Conversion, Message, Outreach
from outreach.services import conversions, delivery, handover, messages
from outreach.sources import events
from tests.factories import NOW, approved_message
from tests.outreach.test_locks import ORDER, locks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_keyring"), pytest.mark.usefixtures("organisation")]


def state() -> tuple[str, str, str, bytes | None]:
    message = Message.objects.get()
    return message.state, message.reason, message.text, message.raw


@pytest.mark.parametrize("before", ["draft", "planned", "claimed"])
def test_what_was_not_handed_over_is_cancelled(before):
    message = approved_message()
    Message.objects.update(state=before)
    persons.erase(influencer=message.outreach.influencer, at=NOW)
    assert state() == ("cancelled", "person_erased", "…", None)
    assert delivery.deliver_due(at=NOW) == 0


@pytest.mark.parametrize("before", ["sent", "refused", "uncertain", "expired"])
def test_what_became_of_a_message_stays_and_its_words_go(before):
    message = approved_message()
    Message.objects.update(state=before, reason="x")
    persons.erase(influencer=message.outreach.influencer, at=NOW)
    assert state() == (before, "x", "…", None)
    assert Message.objects.get().message_id == f"erased:{message.pk}"


def test_rows_are_held_in_the_order_of_the_house():
    message = approved_message()
    with locks() as taken:
        persons.erase(influencer=message.outreach.influencer, at=NOW)
    assert taken == ORDER


@pytest.mark.django_db(transaction=True)
def test_whoever_is_at_the_gate_while_they_are_erased_sends_nothing():
    message, passed = approved_message(), []
    Message.objects.update(state="claimed", lease_until=NOW)

    def pass_the_gate() -> None:
        try:
            passed.append(delivery.gate(pk=message.pk, at=NOW))
        finally:
            connection.close()

    sender = threading.Thread(target=pass_the_gate)
    with transaction.atomic():
        persons.erase(influencer=message.outreach.influencer, at=NOW)
        sender.start()
        sender.join(1)
        assert sender.is_alive()  # it waits for the address
    sender.join(20)
    assert (passed, state()) == ([None], ("cancelled", "person_erased", "…", None))


@pytest.mark.django_db(transaction=True)
def test_who_erases_while_the_gate_decides_is_told_that_a_message_is_on_its_way(monkeypatch):
    """The gate was first: the mail leaves. They are erased once it has, and what is captured of it goes too."""
    monkeypatch.setattr(delivery, "LEASE", delivery.LEASE * 10_000)  # the clock of the database is not ours
    message = approved_message()
    Message.objects.update(state="claimed", lease_until=NOW)
    at_gate, may_go, codes = threading.Event(), threading.Event(), []

    def send() -> None:
        def wait(execute, sql, params, many, context):
            if sql.startswith('UPDATE "outreach_message"') and not at_gate.is_set():
                at_gate.set()
                may_go.wait(20)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(wait):
            passed = delivery.gate(pk=message.pk, at=NOW)
        codes.append(passed.state)
        connection.close()

    def erase() -> None:
        try:
            persons.erase(influencer=Influencer.objects.get(), at=NOW)
        except DomainError as error:
            codes.append(error.code)
        connection.close()

    sender, eraser = threading.Thread(target=send), threading.Thread(target=erase)
    sender.start()
    at_gate.wait(20)
    eraser.start()
    eraser.join(1)
    assert eraser.is_alive()  # it waits for the address
    may_go.set()
    sender.join(20)
    eraser.join(20)
    assert sorted(codes) == ["dispatching", "person_busy"]
    assert Influencer.objects.exists()


def test_an_answer_of_the_server_that_comes_late_brings_no_text_back():
    """The lease ran out, they were erased, and the sender that was thought dead writes down what it captured."""
    message = approved_message()
    Message.objects.update(state="claimed")
    passed = delivery.gate(pk=message.pk, at=NOW)
    receipt = handover.hand_over(passed, at=NOW)
    assert receipt.captured
    Message.objects.update(lease_until=NOW.replace(year=2020))
    persons.erase(influencer=message.outreach.influencer, at=NOW)
    delivery._write_down(passed, receipt, at=NOW)
    assert state() == ("sent", "", "…", None)


def test_a_late_click_and_gift_count_and_lead_to_nobody():
    message = approved_message()
    link = message.outreach.link
    persons.erase(influencer=message.outreach.influencer, at=NOW)
    assert Client().get(f"/r/{link.code}").status_code == 302
    action = events.told(
        source="s", external_id="1", kind="donation", amount_minor=500, currency="EUR", occurred_at=NOW, code=link.code
    )
    row, _is_new = conversions.record(event=action, door="api", at=NOW)
    conversions.attribute(conversion=row)
    assert (Click.objects.count(), Conversion.objects.count(), AttributionCredit.objects.get().link) == (1, 1, link)
    assert (Outreach.objects.get().influencer, Influencer.objects.count()) == (None, 0)


@pytest.mark.parametrize("way", ["get", "post"])
def test_whoever_unsubscribes_after_they_were_erased_is_told_that_nothing_comes(way):
    message = approved_message()
    url = messages.unsubscribe_url(message.address)
    persons.erase(influencer=message.outreach.influencer, at=NOW)
    response = getattr(Client(), way)(urlsplit(url).path)
    assert response.status_code == 200
    assert "We do not write to you any more" in response.content.decode()
    assert not Address.objects.exists()
