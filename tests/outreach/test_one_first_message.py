"""One conversation, one first message: whatever becomes known of the person in between."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from crm.errors import DomainError
from crm.services import addresses
from outreach.channels.base import Outcome, Receipt
from outreach.models import Message, Outreach
from outreach.services import delivery, drafts, messages, pipeline, settling
from tests.factories import (
    NOW,
    AccountFactory,
    AddressFactory,
    LinkFactory,
    OutreachFactory,
    TemplateFactory,
    UserFactory,
    VettingFactory,
    approved_message,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]
LATER = NOW + timedelta(days=2)


@pytest.fixture
def officer():
    return UserFactory()


def conversation(person) -> Outreach:
    outreach = OutreachFactory(influencer=person)
    LinkFactory(outreach=outreach)
    VettingFactory(influencer=person, cause=outreach.campaign.cause)
    return outreach


def draft(outreach: Outreach, officer, *, at=NOW) -> Message:
    return drafts.draft(outreach=outreach, template=TemplateFactory(), at=at, by=officer)


def another_address_is_known(message: Message, officer) -> None:
    spoiled = {"kind": "personal", "basis": "legitimate_interest", "source": "x"}
    addresses.correct(address=message.address, **spoiled, by=officer, at=NOW)
    AddressFactory(influencer=message.outreach.influencer, email="new@studio.example")


@pytest.mark.parametrize(("state", "reason"), [("sent", ""), ("uncertain", "sender_died"), ("planned", "")])
def test_another_address_is_no_reason_to_write_again(officer, state, reason):
    message = approved_message()
    Message.objects.filter(pk=message.pk).update(state=state, reason=reason, dispatched_at=NOW)
    another_address_is_known(message, officer)
    assert draft(message.outreach, officer, at=LATER) == message


def test_somebody_written_to_by_hand_gets_no_mail_when_their_address_is_found(officer):
    outreach = conversation(AccountFactory().influencer)
    message = draft(outreach, officer)
    assert message.channel == "manual"
    messages.approve(message=message, by=officer, at=NOW)
    AddressFactory(influencer=outreach.influencer)
    assert draft(outreach, officer) == message
    delivery.confirm_by_hand(message=message, by=officer, at=NOW)
    assert draft(outreach, officer, at=LATER) == message


@pytest.mark.parametrize("state", sorted(Message.NEVER_SENT))
def test_where_nobody_got_it_another_may_be_written(officer, state):
    message = approved_message()
    Message.objects.filter(pk=message.pk).update(state=state)
    again = draft(message.outreach, officer)
    assert again != message
    assert draft(message.outreach, officer) == again


def test_the_database_itself_refuses_a_second_one():
    message = approved_message()
    other = AddressFactory(influencer=message.outreach.influencer, email="new@studio.example")
    with pytest.raises(IntegrityError, match="message_once_in_a_conversation"):
        Message.objects.create(outreach=message.outreach, reference=message.reference, address=other)


def test_what_is_on_the_wire_counts_against_the_daily_cap(officer):
    mail = approved_message()
    person = mail.outreach.influencer
    other = conversation(person)
    task = Message.objects.create(
        outreach=other, reference="by hand", account=AccountFactory(influencer=person), channel="manual", body="Hello"
    )
    messages.approve(message=task, by=officer, at=NOW)
    delivery._claim(at=NOW)
    assert delivery.gate(pk=mail.pk, at=NOW)
    with pytest.raises(DomainError) as refused:
        delivery.confirm_by_hand(message=task, by=officer, at=NOW)
    assert refused.value.params == {"reason": "cap_person"}


def test_an_answer_that_came_late_is_still_an_answer():
    message = approved_message()
    delivery._claim(at=NOW)
    handed_over = delivery.gate(pk=message.pk, at=NOW)
    late = NOW + timedelta(minutes=6)
    delivery.settle_stranded(at=late)
    delivery._write_down(handed_over, Receipt(Outcome.SENT, ""), at=late)
    message.refresh_from_db()
    assert (message.state, message.outreach.influencer.last_contacted_at) == ("sent", late)


def test_an_answer_that_came_after_a_person_settled_it_changes_nothing(officer):
    message = approved_message()
    delivery._claim(at=NOW)
    handed_over = delivery.gate(pk=message.pk, at=NOW)
    late = NOW + timedelta(minutes=6)
    delivery.settle_stranded(at=late)
    settling.settle(message=message, has_arrived=False, by=officer, at=late)
    delivery._write_down(handed_over, Receipt(Outcome.SENT, ""), at=late)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("refused", "did_not_arrive")


@pytest.mark.parametrize(
    "stages", [("in_conversation",), ("in_conversation", "agreed"), ("in_conversation", "agreed", "live")]
)
def test_whoever_has_answered_gets_no_first_message_any_more(officer, stages):
    message = approved_message()
    for stage in stages:
        pipeline.move(outreach=message.outreach, stage=stage, at=NOW, by=officer)
    assert delivery.deliver_due(at=NOW) == 0
    message.refresh_from_db()
    assert (message.state, message.reason) == ("refused", "they_answered")
