"""Paused at every level, taken up again, stopped: by staff, by an answer, by a no, by a merge, by an erasure."""

from datetime import UTC, date, datetime, timedelta

import pytest

from crm.errors import DomainError
from crm.models import Influencer
from crm.services import addresses, merging, persons, representations
from outreach.models import Enrolment, Message
from outreach.services import delivery, enrolments, pipeline, sequences
from tests.factories import UserFactory
from tests.outreach.under_way import (
    BEGAN,
    DAY,
    approve_first,
    begun,
    conversation,
    first,
    stands,
    states,
    step,
    three_steps,
    tick,
    under_way,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]
DUE = BEGAN + 3 * DAY


def gated(message: Message, *, at) -> tuple[str, str]:
    """What the gate says of it."""
    Message.objects.filter(pk=message.pk).update(state="claimed")
    delivery.gate(pk=message.pk, at=at)
    message.refresh_from_db()
    return message.state, message.reason


# Paused --------------------------------------------------------------------------------------------------------------


def test_a_pause_takes_nothing_back_and_lets_nothing_go():
    enrolment = under_way()
    sequences.pause(enrolment=enrolment, reason="paused_by_staff", by=UserFactory(), at=BEGAN)
    tick(DUE)
    message = step(enrolment, 2)
    assert (message.state, message.reason) == ("planned", "sequence_paused")
    assert message.due_at == DUE + timedelta(minutes=10)
    assert stands(enrolment) == ("paused", "paused_by_staff", 2)


def test_after_a_pause_its_time_is_worked_out_anew():
    enrolment = under_way()
    sequences.pause(enrolment=enrolment, reason="paused_by_staff", at=BEGAN)
    tick(DUE)
    evening = DUE.replace(hour=20)
    sequences.resume(enrolment=enrolment, by=UserFactory(), at=evening)
    delivery.deliver_due(at=evening)  # before the next round
    tick(evening)
    message = step(enrolment, 2)
    assert (message.state, message.reason) == ("planned", "")
    assert message.due_at == datetime(2026, 11, 30, 9, 0, tzinfo=UTC)  # Monday, when the window opens
    tick(message.due_at)
    assert step(enrolment, 2).state == "sent"


def test_what_is_taken_up_again_in_time_keeps_its_time():
    enrolment = under_way()
    sequences.pause(enrolment=enrolment, reason="paused_by_staff", at=BEGAN)
    sequences.resume(enrolment=enrolment, at=BEGAN + DAY)
    tick(BEGAN + DAY)
    assert (step(enrolment, 2).due_at, step(enrolment, 2).reason) == (DUE, "")


def test_a_long_pause_ends_what_was_planned_and_another_is_planned_after_it():
    enrolment = under_way()
    sequences.pause(enrolment=enrolment, reason="paused_by_staff", at=BEGAN)
    for hour in range(0, 26):
        tick(DUE + timedelta(hours=hour))
    assert step(enrolment, 2).state == "expired"
    assert stands(enrolment) == ("paused", "paused_by_staff", 2)
    later = datetime(2026, 12, 9, 15, 0, tzinfo=UTC)
    sequences.resume(enrolment=enrolment, at=later)
    tick(later)
    assert states(enrolment)[1:] == [("expired", "sequence_paused"), ("sent", ""), ("planned", "")]
    assert step(enrolment, 2).due_at == later


def test_the_whole_sequence_is_paused_and_goes_on_by_itself_however_long_it_was():
    sequence = three_steps()
    here = under_way(sequence)
    fresh = begun(sequence, outreach=conversation("b@studio.example"))
    sequences.set_paused(sequence=sequence, is_paused=True)
    for hour in range(0, 26):
        tick(DUE + timedelta(hours=hour))
    assert states(here)[1:] == [("expired", "sequence_paused")]
    assert stands(here) == ("running", "", 2)
    approve_first(fresh, at=DUE)
    tick(DUE)
    assert (first(fresh).state, Message.objects.filter(outreach=fresh.outreach).count()) == ("sent", 1)
    sequences.set_paused(sequence=sequence, is_paused=False)
    later = datetime(2026, 12, 9, 15, 0, tzinfo=UTC)
    tick(later)
    tick(later)
    assert step(here, 2).state == "sent"
    assert step(fresh, 2).state == "sent"


def test_paused_at_both_levels_it_goes_on_when_neither_holds():
    enrolment = under_way()
    sequences.pause(enrolment=enrolment, reason="paused_by_staff", at=BEGAN)
    sequences.set_paused(sequence=enrolment.sequence, is_paused=True)
    sequences.resume(enrolment=enrolment, at=BEGAN)
    tick(DUE)
    assert states(enrolment)[1:] == [("planned", "sequence_paused")]
    sequences.set_paused(sequence=enrolment.sequence, is_paused=False)
    tick(DUE + timedelta(minutes=30))
    assert states(enrolment)[1][0] == "sent"


@pytest.mark.parametrize("level", ["campaign", "everything"])
def test_nothing_is_planned_while_a_campaign_or_everything_is_paused(level):
    from outreach.services import limits

    enrolment = begun(three_steps())
    approve_first(enrolment)
    delivery.deliver_due(at=BEGAN)
    campaign = enrolment.outreach.campaign
    type(campaign).objects.update(is_paused=level == "campaign")
    limits.change(is_paused=level == "everything")
    sequences.advance(at=BEGAN)
    assert Message.objects.count() == 1
    type(campaign).objects.update(is_paused=False)
    limits.change(is_paused=False)
    sequences.advance(at=BEGAN)
    assert step(enrolment, 2).due_at == DUE


def test_the_first_message_goes_whatever_is_paused_after_it():
    enrolment = begun(three_steps())
    approve_first(enrolment)
    sequences.pause(enrolment=enrolment, reason="paused_by_staff", at=BEGAN)
    delivery.deliver_due(at=BEGAN)
    assert first(enrolment).state == "sent"


def test_a_step_by_hand_is_held_as_well():
    enrolment = under_way()
    Message.objects.filter(pk=step(enrolment, 2).pk).update(channel="manual", address=None)
    sequences.pause(enrolment=enrolment, reason="paused_by_staff", at=BEGAN)
    with pytest.raises(DomainError) as refused:
        delivery.confirm_by_hand(message=step(enrolment, 2), by=UserFactory(), at=DUE)
    assert refused.value.params == {"reason": "sequence_paused"}


def test_paused_twice_or_taken_up_twice_is_said():
    enrolment = under_way()
    sequences.pause(enrolment=enrolment, reason="paused_by_staff", at=BEGAN)
    with pytest.raises(DomainError, match="sequence_not_under_way"):
        sequences.pause(enrolment=enrolment, reason="paused_by_staff", at=BEGAN)
    sequences.resume(enrolment=enrolment, at=BEGAN)
    with pytest.raises(DomainError, match="sequence_not_paused"):
        sequences.resume(enrolment=enrolment, at=BEGAN)


# A person ------------------------------------------------------------------------------------------------------------


def test_all_that_is_under_way_with_somebody_is_paused():
    sequence = three_steps()
    one = under_way(sequence)
    person = one.outreach.influencer
    from tests.factories import LinkFactory, OutreachFactory, VettingFactory

    second = OutreachFactory(influencer=person)
    LinkFactory(outreach=second)
    VettingFactory(influencer=person, cause=second.campaign.cause)
    two, other = begun(sequence, outreach=second), under_way(sequence, outreach=conversation("b@studio.example"))
    assert sequences.pause_person(influencer=person, reason="reply_unclear", at=BEGAN) == 2
    assert [stands(each)[:2] for each in (one, two, other)] == [("paused", "reply_unclear")] * 2 + [("running", "")]
    assert sequences.pause_person(influencer=person, reason="reply_unclear", at=BEGAN) == 0


def test_what_goes_through_an_agent_is_paused_with_them():
    sequence = three_steps()
    agent = conversation("agent@studio.example").influencer
    represented, alone = conversation("b@studio.example"), conversation("c@studio.example")
    representations.begin(influencer=represented.influencer, agent=agent, by=UserFactory(), at=BEGAN)
    through, directly = under_way(sequence, outreach=represented), under_way(sequence, outreach=alone)
    assert first(through).address.influencer == agent
    assert sequences.pause_person(influencer=agent, reason="reply_unclear", at=BEGAN) == 1
    assert (stands(through)[0], stands(directly)[0]) == ("paused", "running")


@pytest.mark.parametrize(
    ("zone", "goes_on"),
    [("Europe/London", datetime(2026, 12, 5, 0, 0, tzinfo=UTC)), ("Asia/Tokyo", datetime(2026, 12, 4, 15, 0, tzinfo=UTC)),
     ("America/Los_Angeles", datetime(2026, 12, 5, 8, 0, tzinfo=UTC))],
)  # fmt: skip
def test_whoever_was_away_is_written_to_once_their_last_day_is_over_where_they_live(zone, goes_on):
    enrolment = under_way()
    Influencer.objects.update(timezone=zone)
    until = date(2026, 12, 4)
    sequences.pause_person(influencer=enrolment.outreach.influencer, reason="out_of_office", until=until, at=BEGAN)
    sequences.advance(at=goes_on - timedelta(minutes=1))
    assert stands(enrolment) == ("paused", "out_of_office", 2)
    sequences.advance(at=goes_on)
    assert stands(enrolment) == ("running", "", 2)
    assert step(enrolment, 2).due_at >= goes_on
    assert enrolment.resumes_date is None


def test_a_pause_without_a_day_lasts_until_a_person_ends_it():
    enrolment = under_way()
    sequences.pause(enrolment=enrolment, reason="reply_unclear", at=BEGAN)
    tick(BEGAN + 300 * DAY)
    assert stands(enrolment)[0] == "paused"


# Stopped -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "reason"),
    [("in_conversation", "they_answered"), ("agreed", "they_answered"), ("declined", "they_declined"),
     ("no_answer", "no_answer"), ("conflict", "conflict")],
)  # fmt: skip
def test_where_the_conversation_goes_on_the_sequence_stops(stage, reason):
    enrolment = under_way()
    pipeline.move(outreach=enrolment.outreach, stage=stage, by=UserFactory(), at=BEGAN)
    assert stands(enrolment) == ("stopped", reason, 2)
    assert step(enrolment, 2).state == "cancelled"
    tick(DUE)
    assert len(states(enrolment)) == 2


def test_an_answer_noted_by_hand_stops_it():
    enrolment = under_way()
    pipeline.answered(outreach=enrolment.outreach, text="Yes!", on=BEGAN.date(), at=BEGAN, by=UserFactory())
    assert (stands(enrolment)[:2], states(enrolment)[1]) == (
        ("stopped", "they_answered"),
        ("cancelled", "they_answered"),
    )


def test_a_paused_one_is_stopped_by_an_answer_too():
    enrolment = under_way()
    sequences.pause(enrolment=enrolment, reason="paused_by_staff", at=BEGAN)
    pipeline.move(outreach=enrolment.outreach, stage="in_conversation", at=BEGAN)
    assert stands(enrolment)[:2] == ("stopped", "they_answered")


def test_a_conversation_set_aside_pauses_it():
    enrolment = under_way()
    pipeline.move(outreach=enrolment.outreach, stage="paused", at=BEGAN)
    assert stands(enrolment) == ("paused", "conversation_paused", 2)
    with pytest.raises(DomainError, match="sequence_conversation_over"):
        sequences.resume(enrolment=enrolment, at=BEGAN)
    pipeline.move(outreach=enrolment.outreach, stage="contacted", at=BEGAN)
    sequences.resume(enrolment=enrolment, at=BEGAN)
    tick(DUE)
    assert step(enrolment, 2).state == "sent"


def test_stopped_by_staff_it_takes_back_what_was_planned():
    enrolment = under_way()
    sequences.stop(enrolment=enrolment, by=UserFactory(), at=BEGAN)
    assert (stands(enrolment)[:2], states(enrolment)[1]) == (
        ("stopped", "stopped_by_staff"), ("cancelled", "sequence_stopped")
    )  # fmt: skip
    tick(DUE)
    assert len(states(enrolment)) == 2
    with pytest.raises(DomainError, match="sequence_over"):
        sequences.stop(enrolment=enrolment, at=BEGAN)


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [("stopped", "they_answered", "they_answered"), ("stopped", "stopped_by_staff", "sequence_stopped"),
     ("finished", "", "sequence_stopped")],
)  # fmt: skip
def test_the_gate_itself_refuses_what_is_left_of_a_sequence_that_ended(state, reason, said):
    enrolment = under_way()
    Enrolment.objects.update(state=state, reason=reason)
    assert gated(step(enrolment, 2), at=DUE) == ("refused", said)


def test_the_gate_refuses_a_follow_up_of_no_sequence():
    enrolment = under_way()
    message = step(enrolment, 2)
    Enrolment.objects.all().delete()
    assert gated(message, at=DUE) == ("refused", "sequence_stopped")


def test_whoever_said_no_gets_no_follow_up_and_the_sequence_ends():
    enrolment = under_way()
    addresses.refuse(email="amina@studio.example", reason="unsubscribed", at=BEGAN + DAY)
    tick(DUE)
    assert (stands(enrolment)[:2], states(enrolment)[1]) == (("stopped", "said_no"), ("refused", "said_no"))


def test_whoever_said_no_before_it_was_planned_gets_none_planned():
    enrolment = begun(three_steps())
    approve_first(enrolment)
    delivery.deliver_due(at=BEGAN)
    addresses.refuse(email="amina@studio.example", reason="unsubscribed", at=BEGAN)
    sequences.advance(at=BEGAN)
    assert (stands(enrolment), Message.objects.count()) == (("stopped", "said_no", 1), 1)


def test_of_somebody_erased_nothing_goes_on():
    enrolment = under_way()
    person = enrolment.outreach.influencer
    persons.erase(influencer=person, at=BEGAN + DAY)
    assert stands(enrolment)[:2] == ("stopped", "person_erased")
    tick(DUE)
    assert states(enrolment)[1] == ("cancelled", "person_erased")


def test_of_two_that_met_one_goes_on_and_taken_apart_both_do():
    sequence = three_steps()
    one = under_way(sequence)
    other = begun(sequence, outreach=conversation("b@studio.example", campaign=one.outreach.campaign))
    merged = merging.merge(winner=one.outreach.influencer, loser=other.outreach.influencer, by=UserFactory(), at=BEGAN)
    assert (stands(one)[0], stands(other)[:2]) == ("running", ("stopped", "merged"))
    merging.unmerge(merge=merged, by=UserFactory(), at=BEGAN + DAY)
    assert (stands(one)[0], stands(other)[:2]) == ("running", ("running", ""))
    tick(DUE)
    assert step(one, 2).state == "sent"


def test_holds_says_nothing_of_what_is_no_follow_up():
    assert enrolments.holds(first(under_way())) == ""
