"""The send gate: everything is asked again at the last moment, and a message goes out at most once."""

from datetime import timedelta
from email import message_from_bytes, policy
from importlib import import_module

import pytest
from django.apps import apps

from crm.errors import DomainError
from crm.models import Address
from crm.services import activity, addresses, instance, persons, vetting
from outreach.models import Message, Outreach
from outreach.rendering import Draft
from outreach.services import delivery, drafts, limits, messages, pipeline, settling
from tests.factories import (
    NOW,
    AccountFactory,
    AddressFactory,
    CampaignFactory,
    InfluencerFactory,
    LinkFactory,
    OutreachFactory,
    TemplateFactory,
    UserFactory,
    VettingFactory,
    approved_message,
    at_any_hour,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]


@pytest.fixture
def officer():
    return UserFactory()


@pytest.fixture
def address():
    return AddressFactory()


@pytest.fixture
def outreach(address) -> Outreach:
    outreach = OutreachFactory(influencer=address.influencer)
    LinkFactory(outreach=outreach)
    VettingFactory(influencer=address.influencer, cause=outreach.campaign.cause)
    return outreach


@pytest.fixture
def approved(outreach, officer) -> Message:
    draft = drafts.draft(outreach=outreach, template=TemplateFactory(), at=NOW, by=officer)
    return messages.approve(message=draft, by=officer, at=NOW)


def state_of(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.reason


def test_an_approved_message_is_captured_with_everything_a_first_message_owes(approved, address):
    assert delivery.deliver_due(at=NOW) == 1
    assert state_of(approved) == ("sent", "")
    mail = message_from_bytes(bytes(approved.raw), policy=policy.default)
    text = mail.get_body(("plain",)).get_content()
    assert mail["To"] == address.email
    assert mail["Message-ID"] == approved.message_id
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/u/" in mail["List-Unsubscribe"]
    assert "her page “Contact”" in text
    assert "12 quai des Brumes, 29200 Brest" in text


def test_what_was_sent_is_known_to_the_rest_of_the_house(approved, address):
    delivery.deliver_due(at=NOW)
    address.refresh_from_db()
    address.influencer.refresh_from_db()
    approved.outreach.refresh_from_db()
    assert address.noticed_at == NOW
    assert address.influencer.last_contacted_at == NOW
    assert approved.outreach.stage == "contacted"


def test_a_second_round_sends_nothing(approved):
    assert delivery.deliver_due(at=NOW) == 1
    assert delivery.deliver_due(at=NOW + timedelta(minutes=10)) == 0


def test_nothing_unapproved_goes_out(outreach, officer):
    draft = drafts.draft(outreach=outreach, template=TemplateFactory(), at=NOW, by=officer)
    assert delivery.deliver_due(at=NOW + timedelta(days=1)) == 0
    assert state_of(draft) == ("draft", "")


def test_no_said_after_approval_holds_it_back(approved, address):
    addresses.suppress(address=address, reason="unsubscribed", at=NOW)
    assert delivery.deliver_due(at=NOW) == 0
    assert state_of(approved) == ("refused", "said_no")


def test_a_personal_address_without_consent_is_not_written_to(approved, address):
    address.kind, address.basis = "personal", "legitimate_interest"
    address.save()
    delivery.deliver_due(at=NOW)
    assert state_of(approved) == ("refused", "address_not_usable")


def test_an_address_without_a_source_is_not_written_to(approved, address):
    address.source = ""
    address.save()
    delivery.deliver_due(at=NOW)
    assert state_of(approved) == ("refused", "address_not_usable")


def test_a_refusal_at_vetting_holds_it_back_whatever_came_before(approved, outreach, officer):
    vetting.answer(
        influencer=outreach.influencer,
        cause=outreach.campaign.cause,
        verdict="refused",
        reason="Sells crypto to minors.",
        by=officer,
        at=NOW + timedelta(minutes=1),
    )
    delivery.deliver_due(at=NOW + timedelta(minutes=2))
    assert state_of(approved) == ("refused", "not_vetted")


def test_clearance_for_another_cause_is_none(approved, outreach):
    outreach.influencer.vettings.all().delete()
    VettingFactory(influencer=outreach.influencer)
    delivery.deliver_due(at=NOW)
    assert state_of(approved) == ("refused", "not_vetted")


def test_a_closed_conversation_gets_no_message(approved, outreach):
    pipeline.move(outreach=outreach, stage="declined", at=NOW)
    delivery.deliver_due(at=NOW)
    assert state_of(approved) == ("refused", "conversation_closed")


def test_an_erased_person_gets_no_message(approved, address):
    persons.erase(influencer=address.influencer, at=NOW)
    assert delivery.deliver_due(at=NOW) == 0
    assert state_of(approved) == ("cancelled", "person_erased")


def test_a_server_that_slept_sends_no_stale_mail(approved):
    assert delivery.deliver_due(at=NOW + timedelta(hours=25)) == 0
    assert state_of(approved) == ("expired", "expired")


def test_one_message_a_day_for_one_person(approved, outreach, officer):
    limits.change(cooling_off_days=0)
    delivery.deliver_due(at=NOW)
    other = OutreachFactory(influencer=outreach.influencer, campaign=CampaignFactory(cause=outreach.campaign.cause))
    LinkFactory(outreach=other)
    draft = drafts.draft(outreach=other, template=TemplateFactory(), at=NOW, by=officer)
    second = messages.approve(message=draft, by=officer, at=NOW + timedelta(hours=2))
    assert delivery.deliver_due(at=NOW + timedelta(hours=2)) == 0
    assert state_of(second) == ("planned", "cap_person")
    assert second.due_at == NOW + timedelta(hours=24)
    assert delivery.deliver_due(at=NOW + timedelta(hours=24)) == 1


def test_so_many_messages_a_day_from_one_sender_and_the_next_waits_for_its_turn(approved):
    at_any_hour(sender_daily=3)
    for number in range(3):
        sent = approved_message(f"p{number}@studio.example")
        Message.objects.filter(pk=sent.pk).update(state="sent", dispatched_at=NOW - timedelta(hours=2 + number))
    assert delivery.deliver_due(at=NOW) == 0
    assert state_of(approved) == ("planned", "cap_sender")
    assert approved.due_at == NOW + timedelta(hours=20)
    assert delivery.deliver_due(at=NOW + timedelta(hours=20)) == 1


def test_a_sender_that_died_on_the_wire_leaves_it_uncertain_and_unsent(approved):
    delivery._claim(at=NOW)
    assert delivery.gate(pk=approved.pk, at=NOW)
    assert delivery.deliver_due(at=NOW + timedelta(minutes=1)) == 0
    assert state_of(approved) == ("dispatching", "")
    assert delivery.deliver_due(at=NOW + timedelta(minutes=6)) == 0
    assert state_of(approved) == ("uncertain", "sender_died")
    assert delivery.deliver_due(at=NOW + timedelta(minutes=12)) == 0


def test_a_sender_that_died_before_the_gate_is_followed_by_another(approved):
    delivery._claim(at=NOW)
    assert delivery.deliver_due(at=NOW + timedelta(minutes=1)) == 0
    assert delivery.deliver_due(at=NOW + timedelta(minutes=6)) == 1


@pytest.mark.parametrize("state", sorted(set(Message.State) - {Message.State.CLAIMED}))
def test_only_what_is_still_claimed_passes_the_gate(approved, state):
    Message.objects.update(state=state)
    assert delivery.gate(pk=approved.pk, at=NOW) is None
    assert state_of(approved) == (state, "")


def test_asking_twice_gives_the_same_draft(outreach, officer):
    template = TemplateFactory()
    first = drafts.draft(outreach=outreach, template=template, at=NOW, by=officer)
    assert drafts.draft(outreach=outreach, template=template, at=NOW, by=officer) == first


@pytest.fixture
def by_hand(officer) -> Message:
    """Somebody without an address: a task, the text to be copied into a direct message."""
    account = AccountFactory()
    outreach = OutreachFactory(influencer=account.influencer)
    LinkFactory(outreach=outreach)
    VettingFactory(influencer=account.influencer, cause=outreach.campaign.cause)
    draft = drafts.draft(outreach=outreach, template=TemplateFactory(), at=NOW, by=officer)
    return messages.approve(message=draft, by=officer, at=NOW)


def test_without_an_address_a_message_is_a_task_that_no_machine_sends(by_hand):
    assert (by_hand.channel, by_hand.account.handle_key) == ("manual", by_hand.account.handle)
    assert by_hand.text == by_hand.body
    assert delivery.deliver_due(at=NOW + timedelta(days=2)) == 0
    assert state_of(by_hand) == ("planned", "")


def test_what_a_person_sent_counts_as_sent(by_hand, officer):
    delivery.confirm_by_hand(message=by_hand, by=officer, at=NOW)
    assert state_of(by_hand) == ("sent", "")
    by_hand.outreach.influencer.refresh_from_db()
    by_hand.outreach.refresh_from_db()
    assert by_hand.outreach.influencer.last_contacted_at == NOW
    assert by_hand.outreach.stage == "contacted"
    with pytest.raises(DomainError, match="message_not_planned"):
        delivery.confirm_by_hand(message=by_hand, by=officer, at=NOW)


def test_by_hand_stands_under_the_same_rules(by_hand, officer):
    limits.change(cooling_off_days=0)
    person = by_hand.outreach.influencer
    person.vettings.all().delete()
    with pytest.raises(DomainError) as held:
        delivery.confirm_by_hand(message=by_hand, by=officer, at=NOW)
    assert held.value.params == {"reason": "not_vetted"}
    VettingFactory(influencer=person, cause=by_hand.outreach.campaign.cause)
    type(person).objects.filter(pk=person.pk).update(last_contacted_at=NOW - timedelta(hours=3))
    with pytest.raises(DomainError) as held:
        delivery.confirm_by_hand(message=by_hand, by=officer, at=NOW)
    assert held.value.params == {"reason": "cap_person"}
    assert state_of(by_hand) == ("planned", "")


def test_a_no_said_in_a_direct_message_holds_everywhere(by_hand, officer):
    person = by_hand.outreach.influencer
    address = AddressFactory(influencer=person)
    addresses.suppress_person(influencer=person, reason="declined", at=NOW, by=officer)
    with pytest.raises(DomainError) as held:
        delivery.confirm_by_hand(message=by_hand, by=officer, at=NOW)
    assert held.value.params == {"reason": "said_no"}
    assert not Address.objects.usable(at=NOW).filter(pk=address.pk).exists()
    plan = pipeline.plan(campaign=CampaignFactory(), influencers=[person], at=NOW)
    assert [(h.influencer, h.reason) for h in plan.held] == [(person, "said_no")]


def test_nobody_reachable_is_held_back_and_everybody_else_is_asked(officer):
    nobody = InfluencerFactory()
    with_account = AccountFactory().influencer
    plan = pipeline.plan(campaign=CampaignFactory(), influencers=[nobody, with_account], at=NOW)
    assert [person.pk for person in plan.ready] == [with_account.pk]
    assert [held.reason for held in plan.held] == ["not_contactable"]


def test_one_message_that_cannot_be_written_never_holds_up_the_others(approved, address, officer):
    other = OutreachFactory(influencer=AddressFactory().influencer)
    LinkFactory(outreach=other)
    VettingFactory(influencer=other.influencer, cause=other.campaign.cause)
    draft = drafts.draft(outreach=other, template=TemplateFactory(), at=NOW, by=officer)
    second = messages.approve(message=draft, by=officer, at=NOW)
    type(address).objects.filter(pk=address.pk).update(email="not-an-address@-.")
    delivery.deliver_due(at=NOW)
    assert state_of(approved) == ("refused", "envelope_malformed")
    assert state_of(second) == ("sent", "")


def test_with_another_keyring_nothing_is_sent_until_the_right_one_is_back(approved, settings, tmp_path):
    own = settings.KEYRING
    settings.KEYRING = tmp_path / "keyring.json"  # as after a restore without it: a new one is made
    assert delivery.deliver_due(at=NOW) == 0
    assert state_of(approved) == ("planned", "keyring_foreign")
    settings.KEYRING = own
    assert delivery.deliver_due(at=NOW + timedelta(minutes=10)) == 1


def test_with_a_damaged_keyring_nothing_is_sent(approved, settings, tmp_path):
    settings.KEYRING = tmp_path / "keyring.json"
    settings.KEYRING.write_text("{")
    assert delivery.deliver_due(at=NOW) == 0
    assert state_of(approved) == ("planned", "keyring_foreign")


def test_staff_say_where_the_organisation_is(outreach, officer, settings):
    settings.POSTAL_ADDRESS = ""
    draft = drafts.draft(outreach=outreach, template=TemplateFactory(), at=NOW, by=officer)
    with pytest.raises(DomainError, match="postal_address_missing"):
        messages.approve(message=draft, by=officer, at=NOW)
    with pytest.raises(DomainError, match="postal_address_missing"):
        instance.describe(organisation="Rivages Vivants", postal_address=" ")
    instance.describe(organisation="Rivages Vivants", postal_address="3 rue du Môle\n29200 Brest")
    assert "3 rue du Môle\n29200 Brest" in messages.approve(message=draft, by=officer, at=NOW).text


@pytest.fixture
def uncertain(approved) -> Message:
    """Its sender died on the wire."""
    delivery._claim(at=NOW)
    delivery.gate(pk=approved.pk, at=NOW)
    delivery.settle_stranded(at=NOW + timedelta(minutes=6))
    approved.refresh_from_db()
    return approved


LATER = NOW + timedelta(hours=30)


def test_what_arrived_after_all_counts_as_sent_when_it_went_out(uncertain, officer):
    settling.settle(message=uncertain, has_arrived=True, by=officer, at=LATER)
    assert state_of(uncertain) == ("sent", "")
    person, outreach = uncertain.outreach.influencer, Outreach.objects.get()
    person.refresh_from_db()
    assert (person.last_contacted_at, outreach.stage) == (NOW, "contacted")
    assert delivery.deliver_due(at=LATER) == 0


def test_settling_never_forgets_a_later_contact(uncertain, officer):
    person = uncertain.outreach.influencer
    type(person).objects.filter(pk=person.pk).update(last_contacted_at=NOW + timedelta(hours=25))
    settling.settle(message=uncertain, has_arrived=True, by=officer, at=LATER)
    person.refresh_from_db()
    assert person.last_contacted_at == NOW + timedelta(hours=25)


def test_what_did_not_arrive_is_not_sent_again_but_another_may_be_written(uncertain, outreach, officer):
    settling.settle(message=uncertain, has_arrived=False, by=officer, at=LATER)
    assert state_of(uncertain) == ("refused", "did_not_arrive")
    assert delivery.deliver_due(at=LATER) == 0
    outreach.refresh_from_db()
    assert outreach.stage == "shortlisted"
    draft = drafts.draft(outreach=outreach, template=TemplateFactory(), at=LATER, by=officer)
    assert draft != uncertain
    messages.approve(message=draft, by=officer, at=LATER)
    assert delivery.deliver_due(at=LATER) == 1


def test_what_is_settled_stays_settled(uncertain, officer):
    settling.settle(message=uncertain, has_arrived=True, by=officer, at=LATER)
    with pytest.raises(DomainError, match="message_not_uncertain"):
        settling.settle(message=uncertain, has_arrived=False, by=officer, at=LATER)
    assert state_of(uncertain) == ("sent", "")


def test_nothing_but_a_message_perhaps_sent_is_settled(approved, officer):
    with pytest.raises(DomainError, match="message_not_uncertain"):
        settling.settle(message=approved, has_arrived=False, by=officer, at=NOW)
    assert state_of(approved) == ("planned", "")


@pytest.mark.parametrize("is_settled", [False, True])
def test_while_a_message_may_have_arrived_no_other_is_drafted(uncertain, outreach, officer, is_settled):
    if is_settled:
        settling.settle(message=uncertain, has_arrived=True, by=officer, at=LATER)
    assert drafts.draft(outreach=outreach, template=TemplateFactory(), at=LATER, by=officer) == uncertain


def test_what_was_taken_back_may_be_written_anew_once(approved, outreach, officer):
    messages.cancel(message=approved, at=NOW)
    again = drafts.draft(outreach=outreach, template=TemplateFactory(), at=NOW, by=officer)
    assert again != approved
    assert drafts.draft(outreach=outreach, template=TemplateFactory(), at=NOW, by=officer) == again
    messages.approve(message=again, by=officer, at=NOW)
    assert delivery.deliver_due(at=NOW) == 1
    assert drafts.draft(outreach=outreach, template=TemplateFactory(), at=NOW, by=officer) == again


def test_what_is_edited_at_approval_is_what_goes_out(outreach, officer):
    draft = drafts.draft(outreach=outreach, template=TemplateFactory(), at=NOW, by=officer)
    edited = Draft(subject="Beaches", body="Dear {{ you }},  \n")
    approved = messages.approve(message=draft, by=officer, at=NOW, edited=edited)
    assert (approved.subject, approved.body) == ("Beaches", "Dear {{ you }},")
    assert approved.text.startswith("Dear {{ you }},\n\n—\n")
    with pytest.raises(DomainError, match="message_not_draft"):
        messages.approve(message=draft, by=officer, at=NOW, edited=edited)


def test_what_would_hold_a_message_back_is_foreseen(outreach, officer, address):
    draft = drafts.draft(outreach=outreach, template=TemplateFactory(), at=NOW, by=officer)
    assert delivery.objection(message=draft, at=NOW) == ""
    outreach.influencer.vettings.all().delete()
    assert delivery.objection(message=draft, at=NOW) == "not_vetted"
    addresses.suppress(address=address, reason="unsubscribed", at=NOW)
    assert delivery.objection(message=draft, at=NOW) == "said_no"


def test_timelines_written_before_are_told_apart_too():
    """The migration that came with the word: what was captured is called so, what was sent stays sent."""
    apart = import_module("outreach.migrations.0006_captured_on_timelines").tell_them_apart
    captured, sent = approved_message("a@studio.example"), approved_message("b@studio.example")
    for message in (captured, sent):
        Message.objects.filter(pk=message.pk).update(
            state="sent", is_captured=message == captured, finished_at=NOW, dispatched_at=NOW
        )
        person, cause = message.outreach.influencer, message.outreach.campaign.cause
        activity.record(influencer=person, cause=cause, kind="message_sent", at=NOW, campaign="Spring clean-up")
    apart(apps, None)
    kinds = [message.outreach.influencer.activities.get().kind for message in (captured, sent)]
    assert kinds == ["message_captured", "message_sent"]
