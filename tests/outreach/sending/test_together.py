"""Many at once: schedulers, approvals, and a database that cuts everybody off. What is done once is done once."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from crm.errors import DomainError
from crm.models import Activity, Address
from crm.services import addresses
from matching.models import RelevanceLabel
from outreach.models import AttributionCredit, Click, Conversion, Message
from outreach.services import conversions, delivery, limits, messages
from outreach.sources import events
from tests.config.servers import within
from tests.factories import NOW, LinkFactory, OutreachFactory, approved_message, at_any_hour
from tests.factories.many import approved_messages
from tests.outreach.sending.accounts import account, is_open

pytestmark = pytest.mark.django_db(transaction=True)


def bring_other_work(number: int, *, at) -> None:
    """Silent conversations, and gifts that nobody has attributed."""
    for place in range(number):
        quiet = OutreachFactory(stage="contacted", stage_at=at - timedelta(days=31))
        link = LinkFactory(outreach=quiet)
        Click.objects.create(link=link, click_id=f"c{place}", at=at - timedelta(days=2), method="GET")
        gift = events.told(
            source="give.example",
            external_id=f"D-{place}",
            kind="donation",
            occurred_at=at,
            amount_minor=2_500,
            currency="EUR",
            click_ids=(f"c{place}",),
        )
        conversions.record(event=gift, door="api", at=at)


@pytest.mark.parametrize(("number", "rounds"), [(16, 1), pytest.param(1_000, 10, marks=pytest.mark.slow)])
def test_eight_schedulers_do_everything_once(nursery, sink, number, rounds):
    at_any_hour(gap_seconds=0)
    at = timezone.now()
    approved_messages(number, at=at)
    bring_other_work(10, at=at)
    for _round in range(rounds):
        for _scheduler in range(8):
            nursery.start("tick")
        nursery.wait_for_all()
    assert set(nursery.ended) == {0}
    assert account(sink, planned=number) == {"sent": number}
    told = Counter(Activity.objects.values_list("kind", "influencer"))
    assert Counter(kind for kind, _person in told) == {"message_sent": number, "stage_moved": number + 10}
    assert set(told.values()) == {1}
    assert RelevanceLabel.objects.filter(kind="no_answer").count() == 10
    assert (Conversion.objects.count(), AttributionCredit.objects.count()) == (10, 10)


def test_of_a_hundred_approvals_of_one_draft_one_counts(sink, organisation):
    at_any_hour()
    message = approved_message("amina@sink.lan")
    Message.objects.update(state="draft", approved_by=None, approved_at=None, due_at=None, message_id=None, text="")
    officer, together = message.approved_by, threading.Barrier(20)
    at = timezone.now()

    def approve(number: int) -> str:
        if number < 20:
            together.wait(30)
        try:
            messages.approve(message=message, by=officer, at=at)
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return "approved"

    with ThreadPoolExecutor(20) as pool:
        answers = Counter(pool.map(approve, range(100)))
    assert answers == {"approved": 1, "message_not_draft": 99}
    assert delivery.deliver_due(at=at) == 1
    assert delivery.deliver_due(at=at) == 0
    assert account(sink, planned=1) == {"sent": 1}


def cut_everybody_off() -> int:
    """From the database, but for whoever asks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize(("number", "cuts", "every"), [(24, 2, 0), pytest.param(3_000, 60, 2, marks=pytest.mark.slow)])
def test_a_database_that_cuts_everybody_off_again_and_again(nursery, sink, number, cuts, every):
    """`every`: seconds between cuts. The same two workers go on, and everything is sent once."""
    approved_messages(number, at=timezone.now())
    draw, cut = random.Random(5), 0
    for _worker in range(2):
        nursery.start("keep_on")
    for _cut in range(cuts):
        seen, more = len(sink.messages), draw.randint(1, 4)
        within(30, lambda: len(sink.messages) >= seen + more or not is_open())  # noqa: B023
        within(every, lambda: not is_open())
        cut += cut_everybody_off()
    nursery.wait_for_all()
    assert cut > 0
    assert nursery.ended == [0, 0]
    found = account(sink, planned=number)
    # Of a cut in the very moment in which the gate's yes is committed nobody knows on which side it fell.
    assert found["sent"] + found["uncertain"] == number
    assert found["uncertain"] <= cut


def test_what_the_mail_server_answered_is_kept_though_the_database_was_away_at_that_moment(sink):
    (message,) = approved_messages(1, at=NOW)

    def cut() -> str:
        number = cut_everybody_off()  # in the thread of the mail server, which thus is another client
        connection.close()
        return f"250 2.0.0 Ok: queued as {number:08}"

    sink.said_of = {message.address.email: cut}
    assert delivery.deliver_due(at=NOW) == 1
    message.refresh_from_db()
    assert (message.state, message.outreach.influencer.activities.filter(kind="message_sent").count()) == ("sent", 1)


def is_somebody_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


@pytest.mark.parametrize("name", ["sender", "cause"])
def test_two_senders_at_the_gate_do_not_both_take_the_last_place_of_the_day(organisation, name):
    first, second = approved_messages(2, at=NOW)
    limits.change(**{f"{name}_daily": 1})
    Message.objects.update(state="claimed")
    decided, may_go, passed = threading.Event(), threading.Event(), []

    def hold_on(execute, sql, params, many, context):
        if sql.startswith('UPDATE "outreach_message"') and not decided.is_set():
            decided.set()
            may_go.wait(30)
        return execute(sql, params, many, context)

    def pass_the_gate(message: Message) -> None:
        with connection.execute_wrapper(hold_on):
            passed.append(delivery.gate(pk=message.pk, at=NOW) is not None)
        connection.close()

    senders = [threading.Thread(target=pass_the_gate, args=[message]) for message in (first, second)]
    senders[0].start()
    assert decided.wait(30)
    senders[1].start()
    assert within(30, is_somebody_waiting)  # for what the first one decided
    may_go.set()
    for sender in senders:
        sender.join(30)
    assert sorted(passed) == [False, True]
    assert Counter(Message.objects.values_list("state", "reason")) == {
        ("dispatching", ""): 1,
        ("planned", f"cap_{name}"): 1,
    }


def test_a_no_said_while_the_gate_waits_is_heard(organisation):
    """By the clock it was said after the sender had turned to this message."""
    (message,) = approved_messages(1, at=NOW)
    Message.objects.update(state="claimed")
    said_at, passed = NOW + timedelta(seconds=5), []

    def pass_the_gate() -> None:
        passed.append(delivery.gate(pk=message.pk, at=NOW, clock=lambda: NOW + timedelta(seconds=9)))
        connection.close()

    sender = threading.Thread(target=pass_the_gate)
    with transaction.atomic():
        Address.objects.select_for_update().get(pk=message.address_id)
        sender.start()
        assert within(30, is_somebody_waiting)
        addresses.suppress(address=message.address, reason="unsubscribed", at=said_at)
    sender.join(30)
    message.refresh_from_db()
    assert (passed, message.state, message.reason) == ([None], "refused", "said_no")


def test_the_gate_reads_the_clock_once_all_is_held(organisation):
    """What became too late while it waited for the rows does not go."""
    (message,) = approved_messages(1, at=NOW)
    Message.objects.update(state="claimed", expires_at=NOW + timedelta(seconds=7))
    assert delivery.gate(pk=message.pk, at=NOW, clock=lambda: NOW + timedelta(seconds=9)) is None
    message.refresh_from_db()
    assert (message.state, message.reason) == ("expired", "expired")
