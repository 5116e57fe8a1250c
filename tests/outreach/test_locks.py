"""Rows are held in one order: addresses, the person, the conversation, the message. Else two would wait for each other."""

import io
import re
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from crm.models import Address
from crm.services import addresses, importing, undo
from outreach.models import Message, MessageTemplate
from outreach.services import delivery, drafts, pipeline
from tests.factories import NOW, UserFactory, approved_message

ORDER = ["crm_address", "crm_influencer", "outreach_outreach", "outreach_message"]
LOCKED = re.compile(r'FROM "(\w+)".*FOR UPDATE', re.DOTALL)
CHANGED = re.compile(r'UPDATE "(\w+)"')

pytestmark = pytest.mark.usefixtures("organisation")


@contextmanager
def locks():
    """The tables of which rows were held, in the order in which each was first."""
    taken: list[str] = []

    def look(execute, sql, params, many, context):
        found = LOCKED.search(sql) or CHANGED.match(sql)
        if found and found[1] in ORDER and found[1] not in taken:
            taken.append(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield taken


def gate(message):
    assert delivery.gate(pk=message.pk, at=NOW)


def by_hand(message):
    delivery.confirm_by_hand(message=message, by=message.approved_by, at=NOW)


def settle(message):
    delivery.settle(message=message, has_arrived=True, by=message.approved_by, at=NOW)


def draft(message):
    template = MessageTemplate.objects.get()
    drafts.draft(outreach=message.outreach, template=template, by=message.approved_by, at=NOW)


def move(message):
    pipeline.move(outreach=message.outreach, stage="in_conversation", at=NOW)


def say_no(message):
    addresses.suppress_person(influencer=message.outreach.influencer, reason="declined", at=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("act", "before", "expect"),
    [
        (gate, {"state": "claimed"}, ORDER),
        (by_hand, {"channel": "manual"}, ORDER),
        (settle, {"state": "uncertain", "reason": "sender_died"}, ORDER),
        (draft, {"state": "cancelled"}, ORDER[:3]),
        (move, {"state": "planned"}, ORDER[1:3]),
        (say_no, {"state": "planned"}, ORDER[:2]),
    ],
)
def test_every_writer_takes_them_in_the_same_order(act, before, expect):
    message = approved_message()
    Message.objects.update(**before)
    with locks() as taken:
        act(message)
    assert taken == expect


@pytest.mark.django_db
def test_an_import_is_taken_back_in_the_same_order():
    batch = importing.begin(subject="influencers", filename="p.csv", at=NOW)
    stream = io.BytesIO(b"external_id,name,email\n1,Ann,ann@x.example\n")
    importing.run(batch=batch, stream=stream, at=NOW, is_kept=True)
    batch.refresh_from_db()
    with locks() as taken:
        undo.undo(batch=batch, by=UserFactory(), at=NOW)
    assert taken[:2] == ORDER[:2]


@pytest.mark.django_db
def test_what_came_back_is_written_down_in_the_same_order():
    message = approved_message()
    Message.objects.update(state="claimed", lease_until=NOW + timedelta(minutes=5))
    passed = delivery.gate(pk=message.pk, at=NOW)
    with locks() as taken:
        delivery._write_down(passed, delivery.Receipt(delivery.Outcome.SENT, "accepted"), at=NOW)
    assert taken == ORDER


def is_somebody_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


@pytest.mark.django_db(transaction=True)
def test_forgetting_an_address_while_its_message_is_at_the_gate_makes_nobody_wait_for_ever():
    """The gate holds no message while it waits for the address: whoever has the address may change the message."""
    message = approved_message()
    Message.objects.update(state="claimed")
    passed = []

    def pass_the_gate() -> None:
        try:
            passed.append(delivery.gate(pk=message.pk, at=NOW))
        finally:
            connection.close()

    sender = threading.Thread(target=pass_the_gate)
    with transaction.atomic():
        address = Address.objects.select_for_update().get(pk=message.address_id)
        sender.start()
        until = timezone.now() + timedelta(seconds=20)
        while not is_somebody_waiting() and timezone.now() < until:
            sender.join(0.02)
        address.delete()  # which first takes it off its messages
    sender.join(20)
    message.refresh_from_db()
    assert (passed, message.state, message.reason, message.address) == ([None], "refused", "person_erased", None)
