"""Mail for somebody who is represented: to their agent, under the agent's no, one a day for all of their people."""

from datetime import timedelta

import pytest

from crm.services import addresses, instance, representations
from outreach.models import Message
from outreach.services import delivery, drafts, messages
from tests.factories import (
    NOW,
    AddressFactory,
    CampaignFactory,
    InfluencerFactory,
    LinkFactory,
    OutreachFactory,
    TemplateFactory,
    UserFactory,
    VettingFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house():
    instance.describe(organisation="Clear Shores", postal_address="12 quai des Brumes, 29200 Brest")


@pytest.fixture
def agency():
    return AddressFactory(influencer__name="Agency", influencer__kind="agency", email="talents@agency.example")


def approved(agency, *, own: str = "", campaign=None, at=NOW) -> Message:
    person, officer = InfluencerFactory(), UserFactory()
    if own:
        AddressFactory(influencer=person, email=own)
    representations.begin(influencer=person, agent=agency.influencer, by=officer, at=NOW)
    outreach = OutreachFactory(influencer=person, **{"campaign": campaign} if campaign else {})
    LinkFactory(outreach=outreach)
    VettingFactory(influencer=person, cause=outreach.campaign.cause)
    draft = drafts.draft(outreach=outreach, template=TemplateFactory(), at=at, by=officer)
    return messages.approve(message=draft, by=officer, at=at)


def state_of(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.reason


@pytest.mark.parametrize("own", ["", "amina@own.example"])
def test_it_goes_to_the_agent(agency, own):
    message = approved(agency, own=own)
    delivery.deliver_due(at=NOW)
    assert state_of(message) == ("sent", "")
    assert message.address == agency


def test_an_agent_s_no_holds_back_what_is_for_any_of_their_people(agency):
    first, second = approved(agency), approved(agency)
    addresses.suppress(address=agency, reason="unsubscribed", at=NOW)
    delivery.deliver_due(at=NOW)
    assert [state_of(first), state_of(second)] == [("refused", "address_not_usable")] * 2


def test_an_agent_gets_one_message_a_day_whomever_it_is_for(agency):
    first, second = approved(agency), approved(agency)
    delivery.deliver_due(at=NOW)
    assert state_of(first) == ("sent", "")
    assert state_of(second) == ("planned", "cap_person")
    assert second.dispatched_at is None


def test_an_agent_is_written_to_for_each_of_their_people_in_one_campaign(agency):
    campaign, later = CampaignFactory(), NOW + timedelta(days=15)
    first = approved(agency, campaign=campaign)
    delivery.deliver_due(at=NOW)
    second = approved(agency, campaign=campaign, at=later)
    delivery.deliver_due(at=later)
    assert [state_of(first), state_of(second)] == [("sent", ""), ("sent", "")]
    assert second.address == agency


def test_nothing_goes_to_whoever_does_not_speak_for_them_any_more(agency):
    message = approved(agency)
    made = message.outreach.influencer.representations.get()
    representations.end(representation=made, until_date=NOW.date(), by=UserFactory(), at=NOW)
    delivery.deliver_due(at=NOW + timedelta(minutes=1))
    assert state_of(message) == ("refused", "address_not_usable")


def test_the_person_s_own_no_counts_before_the_agent_s_yes(agency):
    message = approved(agency, own="amina@own.example")
    addresses.suppress_person(influencer=message.outreach.influencer, reason="declined", at=NOW)
    delivery.deliver_due(at=NOW)
    assert state_of(message) == ("refused", "said_no")
