"""When an approved message leaves: in its reader's hours, within what may leave in 24 hours, and not while one pauses."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import example, given
from hypothesis import strategies as st

from crm.models import Influencer
from crm.services import representations
from outreach.models import Message, Outreach
from outreach.services import campaigns, delivery, limits, messages, pipeline, waiting
from tests.factories import (
    NOW,
    AddressFactory,
    OutreachFactory,
    UserFactory,
    approved_message,
    at_any_hour,
)
from tests.factories.many import approved_messages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PARIS = ZoneInfo("Europe/Paris")
SATURDAY = datetime(2026, 11, 28, 10, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 9, tzinfo=PARIS)


def moved(message: Message, zone: str) -> Message:
    """The same person, who lives there."""
    Influencer.objects.filter(outreaches=message.outreach_id).update(timezone=zone)
    return message


def state_of(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.reason


# Hours -------------------------------------------------------------------------------------------------------------------


def test_what_is_due_on_a_saturday_leaves_on_monday_at_nine_and_is_not_late_by_it():
    message = moved(approved_message(), "Europe/Paris")
    Message.objects.update(due_at=SATURDAY, expires_at=SATURDAY + DAY)
    assert delivery.deliver_due(at=SATURDAY) == 0
    assert state_of(message) == ("planned", "outside_hours")
    assert message.due_at == MONDAY
    assert message.expires_at == MONDAY + DAY
    assert delivery.deliver_due(at=MONDAY - timedelta(seconds=1)) == 0
    assert delivery.deliver_due(at=MONDAY) == 1


def test_an_approval_says_when_it_leaves():
    message = moved(approved_message(), "Asia/Tokyo")
    messages.cancel(message=message, at=NOW)
    Message.objects.filter(pk=message.pk).update(state="draft", reason="", finished_at=None)
    again = messages.approve(message=message, by=UserFactory(), at=NOW)  # 19:00 in Tokyo
    assert again.due_at == datetime(2026, 11, 25, 9, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert again.expires_at == again.due_at + DAY


def test_on_a_public_holiday_of_theirs_nothing_leaves_unless_the_house_says_otherwise():
    message = approved_message()
    Influencer.objects.update(country="FR")
    friday = datetime(2026, 12, 25, 10, tzinfo=PARIS)
    Message.objects.update(due_at=friday, expires_at=friday + DAY)
    assert delivery.deliver_due(at=friday) == 0
    assert state_of(message) == ("planned", "outside_hours")
    assert message.due_at == datetime(2026, 12, 28, 9, tzinfo=PARIS)
    Message.objects.update(due_at=friday)
    limits.change(keeps_holidays=False)
    assert delivery.deliver_due(at=friday) == 1


def test_it_is_the_agent_s_clock_where_an_agent_reads():
    message = moved(approved_message(), "Asia/Tokyo")
    agent = AddressFactory(influencer__kind="agency", influencer__timezone="Europe/Paris")
    person = message.outreach.influencer
    representations.begin(influencer=person, agent=agent.influencer, by=UserFactory(), at=NOW)
    Message.objects.update(address=agent)
    assert delivery.deliver_due(at=NOW) == 1


ZONES = ["Europe/Paris", "America/New_York", "America/Sao_Paulo", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]
CHANGES = [datetime(2027, 3, 28, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC), datetime(2027, 3, 14, tzinfo=UTC)]
CHANGES += [datetime(2027, 4, 4, tzinfo=UTC), datetime(2026, 10, 4, tzinfo=UTC)]


@given(
    zone=st.sampled_from(ZONES),
    start=st.sampled_from(CHANGES),
    hours=st.integers(-36, 36),
    opens=st.integers(0, 22),
)
@example(zone="Europe/Paris", start=CHANGES[0], hours=1, opens=2)
@example(zone="Europe/Paris", start=CHANGES[1], hours=0, opens=2)
def test_wherever_they_live_it_leaves_once_and_inside_the_hours_of_their_clock(zone, start, hours, opens):
    with transaction.atomic():
        at_any_hour(opens=time(opens), closes=time(opens + 1))
        message = moved(approved_message(), zone)
        at = start + timedelta(hours=hours)
        Message.objects.update(due_at=at, expires_at=at + DAY)
        sent = 0
        for _round in range(3):
            sent += delivery.deliver_due(at=at)
            message.refresh_from_db()
            if message.state != "sent":
                at = message.due_at
        assert sent == 1
        assert message.dispatched_at.astimezone(ZoneInfo(zone)).hour == opens
        transaction.set_rollback(True)


# Late --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slept", "expected"),
    [(HOUR, ("sent", "")), (8 * HOUR, ("planned", "outside_hours")), (9 * DAY, ("expired", "expired"))],
)
def test_after_a_server_slept_what_is_a_little_late_leaves_in_hours_and_what_is_very_late_does_not(slept, expected):
    message = approved_message()
    delivery.deliver_due(at=NOW + slept)
    assert state_of(message) == expected
    if message.state == "planned":
        assert delivery.deliver_due(at=message.due_at) == 1


def test_how_late_a_message_may_be_is_what_the_house_says():
    limits.change(lateness_hours=2)
    message = approved_message()
    assert message.expires_at == NOW + 2 * HOUR


# How many ----------------------------------------------------------------------------------------------------------------


def test_whoever_approves_more_than_leave_in_a_day_loses_none():
    found = approved_messages(7, at=NOW)
    Message.objects.update(expires_at=NOW + DAY)
    limits.change(sender_daily=2)
    sent = [delivery.deliver_due(at=NOW + day * DAY) for day in range(8)]
    assert sum(sent) == 7
    assert max(sent) == 2
    assert {state_of(message) for message in found} == {("sent", "")}


def test_of_one_cause_so_many_leave_in_a_day_and_another_cause_goes_on():
    approved_messages(2, at=NOW)
    at_any_hour(cause_daily=1)
    other = approved_message("zoe@studio.example")
    assert delivery.deliver_due(at=NOW) == 2
    assert state_of(other) == ("sent", "")
    held = Message.objects.get(state="planned")
    assert (held.reason, held.due_at) == ("cap_cause", NOW + DAY)


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (None, 50),
        (date(2026, 11, 24), 10),  # today, a Tuesday
        (date(2026, 11, 23), 15),
        (date(2026, 11, 20), 22),  # the weekend in between does not count
        (date(2026, 12, 1), 10),  # to come
        (date(2025, 1, 1), 50),
    ],
)
def test_a_new_sender_begins_with_few_and_is_counted_in_working_days(since, expected):
    limits.change(warming_since=since)
    assert waiting.daily(limits.current(), at=NOW) == expected


def test_while_a_sender_is_new_the_gate_lets_no_more_through():
    approved_messages(12, at=NOW)
    limits.change(warming_since=NOW.date())
    assert delivery.deliver_due(at=NOW) == 10
    assert set(Message.objects.filter(state="planned").values_list("reason", flat=True)) == {"cap_sender"}


# Pauses ------------------------------------------------------------------------------------------------------------------


def everything(is_paused: bool) -> None:
    limits.change(is_paused=is_paused)


def of_the_campaign(is_paused: bool) -> None:
    (campaigns.pause if is_paused else campaigns.resume)(campaign=Outreach.objects.get().campaign)


@pytest.mark.parametrize("pause", [everything, of_the_campaign])
def test_what_is_paused_waits_and_is_not_late_by_it(pause):
    at_any_hour(lateness_hours=1)
    message = approved_message()
    pause(True)
    for minutes in range(0, 3 * 60, 10):
        assert delivery.deliver_due(at=NOW + timedelta(minutes=minutes)) == 0
    assert state_of(message) == ("planned", "paused")
    pause(False)
    assert delivery.deliver_due(at=NOW + 3 * HOUR) == 1


def test_a_campaign_that_pauses_stops_no_other():
    first, other = approved_message(), approved_message("zoe@studio.example")
    campaigns.pause(campaign=first.outreach.campaign)
    assert delivery.deliver_due(at=NOW) == 1
    assert (state_of(first), state_of(other)) == (("planned", "paused"), ("sent", ""))


# Answers -----------------------------------------------------------------------------------------------------------------


def test_an_answer_in_whatever_conversation_since_the_approval_holds_it_back():
    message = approved_message()
    person, officer = message.outreach.influencer, UserFactory()
    other = OutreachFactory(influencer=person, stage="contacted")
    pipeline.answered(outreach=other, text="Yes!", on=NOW.date(), at=NOW + timedelta(minutes=1), by=officer)
    assert delivery.deliver_due(at=NOW + timedelta(minutes=2)) == 0
    assert state_of(message) == ("refused", "they_answered")


def test_an_answer_that_was_known_at_the_approval_does_not():
    message = approved_message()
    other = OutreachFactory(influencer=message.outreach.influencer, stage="contacted")
    earlier = NOW - 2 * DAY
    pipeline.answered(outreach=other, text="Yes!", on=earlier.date(), at=earlier, by=UserFactory())
    assert delivery.deliver_due(at=NOW) == 1
