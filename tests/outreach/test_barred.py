"""Whom staff decided never to ask: held back where outreach starts, and at the gate whatever was planned before."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from crm.errors import DomainError
from crm.services import representations
from crm.words import say
from matching.services import exclusions
from outreach import selectors, words
from outreach.models import Message, Outreach
from outreach.services import delivery, drafts, messages, pipeline
from tests.factories import (
    NOW,
    AccountFactory,
    AddressFactory,
    CampaignFactory,
    CauseFactory,
    InfluencerFactory,
    LinkFactory,
    OutreachFactory,
    TemplateFactory,
    UserFactory,
    VettingFactory,
    approved_message,
    browser_of,
)
from tests.outreach.test_locks import ORDER, locks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]
SCOPES = pytest.mark.parametrize("code", ["never_for_cause", "never_again"])


def bar(person, cause, code="never_again", *, at=NOW):
    of = cause if code == "never_for_cause" else None
    made, _ = exclusions.exclude(influencer=person, cause=of, reason="Not with us.", by=UserFactory(), at=at)
    return made


def state_of(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.reason


# Starting ----------------------------------------------------------------------------------------------------------------


@SCOPES
def test_nothing_is_started_with_them_and_the_reason_is_said(code):
    campaign, person = CampaignFactory(), AddressFactory().influencer
    bar(person, campaign.cause, code)
    opened, plan = pipeline.start(campaign=campaign, influencers=[person], by=UserFactory(), at=NOW)
    assert (opened, plan.ready, [(held.influencer, held.reason) for held in plan.held]) == ([], (), [(person, code)])
    assert "never to be asked" in words.held_reason(code, {})
    assert [number for number, _why in words.held_together([code, code])] == [2]


def test_for_another_cause_they_may_be_asked_unless_it_is_never_again():
    campaign, once, ever = CampaignFactory(), AddressFactory().influencer, AddressFactory().influencer
    bar(once, CauseFactory(), "never_for_cause")
    bar(ever, CauseFactory(), "never_again")
    plan = pipeline.plan(campaign=campaign, influencers=[once, ever], at=NOW)
    assert (plan.ready, [held.influencer for held in plan.held]) == ((once,), [ever])


def test_once_it_is_lifted_they_may_be_asked():
    campaign, person = CampaignFactory(), AddressFactory().influencer
    exclusions.lift(exclusion=bar(person, campaign.cause), by=UserFactory(), at=NOW)
    assert pipeline.plan(campaign=campaign, influencers=[person], at=NOW).ready == (person,)


# Writing -----------------------------------------------------------------------------------------------------------------


@SCOPES
def test_nothing_is_drafted_for_them(code):
    outreach = OutreachFactory(influencer=AddressFactory().influencer)
    bar(outreach.influencer, outreach.campaign.cause, code)
    with pytest.raises(DomainError, match="person_barred") as refused:
        drafts.draft(outreach=outreach, template=TemplateFactory(), at=NOW, by=UserFactory())
    assert say(refused.value).startswith("Nothing is written to them: it was decided never to ask them")
    assert not Message.objects.exists()


@SCOPES
def test_what_was_approved_before_is_held_at_the_gate(code):
    message = approved_message()
    bar(message.outreach.influencer, message.outreach.campaign.cause, code)
    assert delivery.objection(message=message, at=NOW) == code
    assert delivery.deliver_due(at=NOW) == 0
    assert state_of(message) == ("refused", code)
    assert words.message_reason(code).startswith("it was decided never to ask them")


def test_a_decision_about_another_cause_holds_back_nothing():
    message = approved_message()
    bar(message.outreach.influencer, CauseFactory(), "never_for_cause")
    assert delivery.deliver_due(at=NOW) == 1


def test_what_is_sent_by_hand_is_held_too():
    outreach, officer = OutreachFactory(influencer=AccountFactory().influencer), UserFactory()
    LinkFactory(outreach=outreach)
    VettingFactory(influencer=outreach.influencer, cause=outreach.campaign.cause)
    draft = drafts.draft(outreach=outreach, template=TemplateFactory(), at=NOW, by=officer)
    message = messages.approve(message=draft, by=officer, at=NOW)
    bar(outreach.influencer, outreach.campaign.cause)
    with pytest.raises(DomainError, match="message_held") as held:
        delivery.confirm_by_hand(message=message, by=officer, at=NOW)
    assert held.value.params == {"reason": "never_again"}


@SCOPES
def test_an_agent_who_is_barred_gets_nothing_for_anybody(code):
    agent, officer, person = AddressFactory(), UserFactory(), InfluencerFactory()
    representations.begin(influencer=person, agent=agent.influencer, by=officer, at=NOW)
    outreach = OutreachFactory(influencer=person)
    LinkFactory(outreach=outreach)
    VettingFactory(influencer=person, cause=outreach.campaign.cause)
    draft = drafts.draft(outreach=outreach, template=TemplateFactory(), at=NOW, by=officer)
    message = messages.approve(message=draft, by=officer, at=NOW)
    assert message.address == agent
    bar(agent.influencer, outreach.campaign.cause, code)
    delivery.deliver_due(at=NOW)
    assert state_of(message) == ("refused", code)
    own = AddressFactory(influencer=person)
    again = drafts.draft(outreach=outreach, template=TemplateFactory(), at=NOW, by=officer)
    assert again.address == own


def test_whoever_decides_it_holds_rows_in_the_order_of_the_house():
    message = approved_message()
    with locks() as taken:
        bar(message.outreach.influencer, message.outreach.campaign.cause)
    assert taken == ORDER[:2]


@pytest.mark.django_db(transaction=True)
def test_whoever_is_at_the_gate_while_it_is_decided_waits_and_sends_nothing():
    message, passed = approved_message(), []
    Message.objects.update(state="claimed", lease_until=NOW)

    def pass_the_gate() -> None:
        try:
            passed.append(delivery.gate(pk=message.pk, at=NOW))
        finally:
            connection.close()

    sender = threading.Thread(target=pass_the_gate)
    with transaction.atomic():
        bar(message.outreach.influencer, message.outreach.campaign.cause)
        sender.start()
        sender.join(1)
        assert sender.is_alive()
    sender.join(20)
    assert (passed, state_of(message)) == ([None], ("refused", "never_again"))


# What is to be done --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["prospect", "shortlisted", "approved", "contacted", "in_conversation", "agreed"])
def test_their_conversation_waits_for_nobody_and_says_why(stage):
    waiting = OutreachFactory(stage=stage, stage_at=NOW - timedelta(days=9))
    other = OutreachFactory(stage=stage, stage_at=NOW - timedelta(days=9), campaign=CampaignFactory())
    bar(waiting.influencer, waiting.campaign.cause, "never_for_cause")
    bar(other.influencer, waiting.campaign.cause, "never_for_cause")  # a cause that is not that of their conversation
    steps = selectors.waiting_steps(Outreach.objects.all(), at=NOW)
    assert [outreach for outreach, _step in steps] == [other]
    asked = {"verdict": "cleared", "message": None, "has_said_no": False, "at": NOW}
    step = selectors.next_step(waiting, **asked, is_barred=True)
    assert (step, words.next_step(step)[0][:40]) == ("barred", "It was decided never to ask them for thi")


@pytest.mark.parametrize("stage", ["live", "completed", "declined", "no_answer", "conflict"])
def test_what_is_over_or_out_stays_what_it_is(stage):
    asked = {"verdict": None, "message": None, "has_said_no": False, "at": NOW, "is_barred": True}
    assert selectors.next_step(OutreachFactory(stage=stage), **asked) == stage


def test_their_conversation_says_so_and_offers_no_way_to_write():
    outreach = approved_message().outreach
    delivery.deliver_due(at=NOW)
    pipeline.move(outreach=outreach, stage="in_conversation", at=NOW)
    page = f"/admin/outreach/outreach/{outreach.pk}/change/"
    client = browser_of(UserFactory(role="officer"))
    assert client.get(page).context["write_back"]
    bar(outreach.influencer, outreach.campaign.cause)
    shown = client.get(page)
    assert shown.context["sentence"] == "It was decided never to ask them for this. Nothing goes out to them."
    assert (shown.context["write_back"], shown.context["step_address"]) == ("", "")
    assert "Never to be asked again, it was decided" in shown.content.decode()
