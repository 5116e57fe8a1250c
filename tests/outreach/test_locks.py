"""Rows are held in one order: addresses, the person, the conversation, the message. Else two would wait for each other."""

import io
import re
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from crm.errors import DomainError
from crm.models import Address, Influencer
from crm.services import addresses, importing, undo
from outreach.models import Message, MessageTemplate, Outreach
from outreach.services import delivery, drafts, pipeline, settling
from tests.factories import NOW, OutreachFactory, UserFactory, approved_message

ORDER = ["crm_address", "crm_influencer", "outreach_outreach", "outreach_message"]
LOCKED = re.compile(r"""FROM "(\w+)".*FOR UPDATE(?: OF (.*))?""", re.DOTALL)
CHANGED = re.compile(r'^UPDATE "(\w+)"')

pytestmark = pytest.mark.usefixtures("organisation")


def held_by(sql: str) -> list[str]:
    """The tables of which a statement holds rows, in the order in which it does."""
    if found := LOCKED.search(sql):
        return re.findall(r'"(\w+)"', found[2] or "") or [found[1]]
    return CHANGED.findall(sql)


@contextmanager
def locks():
    """The tables of which rows were held, in the order in which each was first."""
    taken: list[str] = []

    def look(execute, sql, params, many, context):
        taken.extend(table for table in held_by(sql) if table in ORDER and table not in taken)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield taken


def gate(message):
    assert delivery.gate(pk=message.pk, at=NOW)


def by_hand(message):
    delivery.confirm_by_hand(message=message, by=message.approved_by, at=NOW)


def settle(message):
    settling.settle(message=message, has_arrived=True, by=message.approved_by, at=NOW)


def draft(message):
    template = MessageTemplate.objects.get()
    drafts.draft(outreach=message.outreach, template=template, by=message.approved_by, at=NOW)


def move(message):
    pipeline.move(outreach=message.outreach, stage="in_conversation", at=NOW)


def assign(message):
    pipeline.assign(outreach=message.outreach, owner=None, by=message.approved_by, at=NOW)


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
        (assign, {"state": "planned"}, ORDER[1:3]),
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


@pytest.mark.django_db(transaction=True)
def test_of_two_who_drop_one_card_at_the_same_instant_one_wins():
    outreach, told = OutreachFactory(stage="agreed"), []

    def drop() -> None:
        try:
            pipeline.move(outreach=outreach, stage="declined", seen="agreed", at=NOW)
        except DomainError as error:
            told.append(error.code)
        finally:
            connection.close()

    second = threading.Thread(target=drop)
    with transaction.atomic():
        pipeline.move(outreach=outreach, stage="live", seen="agreed", at=NOW)
        second.start()
        until = timezone.now() + timedelta(seconds=20)
        while not is_somebody_waiting() and timezone.now() < until:
            second.join(0.02)
    second.join(20)
    assert (told, Outreach.objects.get().stage) == (["moved_meanwhile"], "live")


def is_free(model, pk: int) -> bool:
    """Whether somebody else could hold this row now."""
    with transaction.atomic():
        return model.objects.select_for_update(skip_locked=True).filter(pk=pk).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", range(4))
def test_one_question_holds_its_rows_in_the_order_of_the_house(place):
    """What is named first is held first: whoever waits for the person holds the address, and nothing after it."""
    message = approved_message()
    Message.objects.update(state="claimed")
    chain = [
        (Address, message.address_id), (Influencer, message.outreach.influencer_id), (Outreach, message.outreach_id), (Message, message.pk)
    ]  # fmt: skip
    passed = []

    def pass_the_gate() -> None:
        try:
            passed.append(delivery.gate(pk=message.pk, at=NOW))
        finally:
            connection.close()

    sender = threading.Thread(target=pass_the_gate)
    model, pk = chain[place]
    with transaction.atomic():
        model.objects.select_for_update().get(pk=pk)
        sender.start()
        until = timezone.now() + timedelta(seconds=20)
        while not is_somebody_waiting() and timezone.now() < until:
            sender.join(0.02)
        free = []  # asked by somebody else: what this transaction holds is free to itself

        def look() -> None:
            free.extend(is_free(*row) for row in chain)
            connection.close()

        looker = threading.Thread(target=look)
        looker.start()
        looker.join(20)
    sender.join(20)
    assert free == [False] * (place + 1) + [True] * (3 - place)
    assert [each.state for each in passed] == ["dispatching"]
