"""There is one way out: whatever path a message takes, a suppressed address gets nothing that asks for anything."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from crm.errors import DomainError
from crm.services import addresses, representations
from outreach.models import Message
from outreach.services import delivery, drafts, messages, notices
from outreach.tasks import sweep_outbox
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
    browser_of,
    tool_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation", "sink")]
EMAIL = "amina@sink.lan"


@pytest.fixture
def outreach():
    address = AddressFactory(email=EMAIL)
    outreach = OutreachFactory(influencer=address.influencer)
    LinkFactory(outreach=outreach)
    VettingFactory(influencer=address.influencer, cause=outreach.campaign.cause)
    return outreach


@pytest.fixture
def officer():
    return UserFactory(role="officer")


def drafted(outreach, officer) -> Message:
    return drafts.draft(outreach=outreach, template=TemplateFactory(), at=NOW, by=officer)


def by_the_service(outreach, officer):
    messages.approve(message=drafted(outreach, officer), by=officer, at=NOW)
    return lambda: delivery.deliver_due(at=NOW)


def by_its_page(outreach, officer):
    draft = drafted(outreach, officer)
    said = {"subject": draft.subject, "body": draft.body}
    url = f"/admin/outreach/message/{draft.pk}/approve/"

    def go():
        browser_of(officer).post(url, said)
        sweep_outbox()

    return go


def by_the_api(outreach, officer):
    draft = drafted(outreach, officer)
    tool = tool_of(officer, "messages:write")

    def go():
        tool.post(f"/api/v1/messages/{draft.public_id}/approve/")
        sweep_outbox()

    return go


def by_the_api_from_the_start(outreach, officer):
    tool, template = tool_of(officer, "messages:write"), TemplateFactory()

    def go():
        said = {"outreach": str(outreach.public_id), "template": str(template.public_id)}
        answer = tool.post("/api/v1/messages/", said, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (409, "person_said_no")

    return go


def by_a_second_try(outreach, officer):
    """The first one was turned away for a while by the server."""
    message = messages.approve(message=drafted(outreach, officer), by=officer, at=NOW)
    Message.objects.filter(pk=message.pk).update(attempts=1, reason="mail_451_4.3.0")
    return lambda: delivery.deliver_due(at=NOW + timedelta(hours=1))


def by_another_worker(outreach, officer):
    """The one that had claimed it died before the gate."""
    message = messages.approve(message=drafted(outreach, officer), by=officer, at=NOW)
    Message.objects.filter(pk=message.pk).update(state="claimed", lease_until=NOW)
    return lambda: delivery.deliver_due(at=NOW + timedelta(hours=1))


def by_the_tick(outreach, officer):
    messages.approve(message=drafted(outreach, officer), by=officer, at=NOW)
    return lambda: call_command("tick")


def by_their_agent(outreach, officer):
    """Who speaks for them, at the same address that said no."""
    person = OutreachFactory(campaign=outreach.campaign)
    LinkFactory(outreach=person)
    VettingFactory(influencer=person.influencer, cause=outreach.campaign.cause)
    representations.begin(influencer=person.influencer, agent=outreach.influencer, by=officer, at=NOW)
    messages.approve(message=drafted(person, officer), by=officer, at=NOW)
    return lambda: delivery.deliver_due(at=NOW)


def by_hand(outreach, officer):
    account = AccountFactory(influencer=outreach.influencer)
    message = messages.approve(message=drafted(outreach, officer), by=officer, at=NOW)
    Message.objects.filter(pk=message.pk).update(channel="manual", address=None, account=account)

    def go():
        with pytest.raises(DomainError, match="message_held"):
            delivery.confirm_by_hand(message=message, by=officer, at=NOW)

    return go


WAYS = [
    by_the_service,
    by_its_page,
    by_the_api,
    by_the_api_from_the_start,
    by_a_second_try,
    by_another_worker,
    pytest.param(by_the_tick, marks=pytest.mark.slow),  # which does all that is due
    by_their_agent,
    by_hand,
]


def unsubscribes():
    addresses.refuse(email=EMAIL, reason="unsubscribed", at=NOW)


def declines():
    addresses.refuse(email="AMINA@Sink.LAN", reason="declined", at=NOW)


def complains():
    addresses.complained(email=EMAIL, at=NOW)


def bounces():
    addresses.bounced(email=EMAIL, at=NOW)


@pytest.mark.parametrize("no", [unsubscribes, complains])
@pytest.mark.parametrize("way", WAYS)
def test_no_way_leads_around_the_gate(way, no, outreach, officer, sink):
    go = way(outreach, officer)
    no()
    go()
    assert sink.messages == []
    assert not Message.objects.filter(state__in=["sent", "uncertain", "dispatching"]).exists()


@pytest.mark.parametrize("way", [by_the_service, by_a_second_try, by_another_worker])
def test_the_same_ways_lead_out_where_nobody_said_no(way, outreach, officer, sink):
    way(outreach, officer)()
    assert [arrived.recipients for arrived in sink.messages] == [[EMAIL]]


@pytest.mark.parametrize(
    ("no", "reset", "note"), [(unsubscribes, 1, 1), (declines, 1, 1), (complains, 1, 0), (bounces, 0, 0)]
)
def test_what_each_purpose_must_pass(no, reset, note, outreach, officer, sink):
    """To one address that is a contact's and a colleague's: mails of a partnership 0, whoever says no."""
    UserFactory(email=EMAIL)
    messages.approve(message=drafted(outreach, officer), by=officer, at=NOW)
    said = {"language": "en", "subject": "Agreed", "body": "In May."}
    notices.write_to_person(outreach=outreach, reference="agreement:1", at=NOW, by=officer, **said)
    Client().post("/admin/password/", {"email": EMAIL})
    no()
    delivery.deliver_due(at=NOW)
    sweep_outbox()
    count = {p: Message.objects.filter(purpose=p, state="sent").count() for p in Message.Purpose.values}
    assert count == {"partnership": 0, "transactional": note, "staff": reset}
    assert len(sink.messages) == note + reset
    assert not any(b"List-Unsubscribe" in arrived.content for arrived in sink.messages)


def test_each_message_that_asks_for_something_says_how_to_stop_it(sink):
    for number in range(5):
        approved_message(f"p{number}@sink.lan")
    delivery.deliver_due(at=NOW)
    posts = [b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in m.content for m in sink.messages]
    links = [b"\r\nList-Unsubscribe: <http" in m.content for m in sink.messages]
    assert (posts, links) == ([True] * 5, [True] * 5)
