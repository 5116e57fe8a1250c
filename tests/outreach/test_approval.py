"""For some causes a manager approves every first message: an officer puts it before one."""

from datetime import timedelta

import pytest

from crm.errors import DomainError
from crm.models import Cause
from outreach.models import Enrolment, Message, Sequence
from outreach.services import delivery, drafts, messages
from tests.factories import (
    NOW,
    AccountFactory,
    LinkFactory,
    OutreachFactory,
    TemplateFactory,
    UserFactory,
    VettingFactory,
    approved_message,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]


@pytest.fixture
def draft() -> Message:
    """A first message for a cause that asks for a manager."""
    message = approved_message()
    Message.objects.update(state="draft", approved_by=None, approved_at=None, due_at=None)
    Cause.objects.update(asks_approval=True)
    message.refresh_from_db()
    return message


@pytest.fixture
def officer():
    return UserFactory(role="officer")


@pytest.fixture
def manager():
    return UserFactory(role="manager")


def test_an_officer_puts_it_before_a_manager_who_approves_it(draft, officer, manager):
    with pytest.raises(DomainError, match="needs_manager"):
        messages.approve(message=draft, by=officer, at=NOW)
    put = messages.submit(message=draft, by=officer, at=NOW)
    assert (put.state, put.submitted_by, put.submitted_at) == ("draft", officer, NOW)
    with pytest.raises(DomainError, match="submitted_already"):
        messages.submit(message=draft, by=officer, at=NOW)
    messages.approve(message=draft, by=manager, at=NOW)
    assert delivery.deliver_due(at=NOW) == 1


def test_a_manager_sends_it_back_with_a_remark_until_it_is_put_before_them_again(draft, officer, manager):
    messages.submit(message=draft, by=officer, at=NOW)
    with pytest.raises(DomainError, match="needs_manager"):
        messages.send_back(message=draft, remark="Shorter.", by=officer, at=NOW)
    with pytest.raises(DomainError, match="remark_blank"):
        messages.send_back(message=draft, remark=" ", by=manager, at=NOW)
    back = messages.send_back(message=draft, remark=" Shorter. ", by=manager, at=NOW)
    assert (back.state, back.submitted_by, back.submitted_at, back.remark) == ("draft", None, None, "Shorter.")
    assert draft.outreach.influencer.activities.filter(kind="sent_back", by=manager).count() == 1
    with pytest.raises(DomainError, match="not_submitted"):
        messages.send_back(message=draft, remark="Shorter.", by=manager, at=NOW)
    assert messages.submit(message=draft, by=officer, at=NOW).remark == ""


def test_where_no_cause_asks_for_it_nobody_is_bothered(draft, officer):
    Cause.objects.update(asks_approval=False)
    with pytest.raises(DomainError, match="manager_not_needed"):
        messages.submit(message=draft, by=officer, at=NOW)
    messages.approve(message=draft, by=officer, at=NOW)


def test_what_follows_in_a_conversation_needs_no_manager(draft, officer):
    Message.objects.update(reference=f"outreach:{draft.outreach_id}:step:2")
    sequence = Sequence.objects.create(name="Gently")
    Enrolment.objects.create(outreach=draft.outreach, sequence=sequence, position=2, since_at=NOW)
    messages.approve(message=draft, by=officer, at=NOW)
    assert delivery.deliver_due(at=NOW) == 1


@pytest.mark.parametrize("role", ["officer", "manager"])
def test_at_the_gate_it_counts_who_approved_it(draft, role):
    Cause.objects.update(asks_approval=False)
    messages.approve(message=draft, by=UserFactory(role=role), at=NOW)
    Cause.objects.update(asks_approval=True)  # since then
    assert delivery.deliver_due(at=NOW + timedelta(minutes=1)) == (role == "manager")
    draft.refresh_from_db()
    assert draft.reason == ("" if role == "manager" else "needs_manager")


def test_a_manager_who_is_none_any_more_let_nothing_go(draft, manager):
    messages.approve(message=draft, by=manager, at=NOW)
    manager.groups.clear()
    assert delivery.deliver_due(at=NOW) == 0
    draft.refresh_from_db()
    assert (draft.state, draft.reason) == ("refused", "needs_manager")


def test_what_an_officer_sends_by_hand_needs_a_manager_too(officer, manager):
    account = AccountFactory()
    outreach = OutreachFactory(influencer=account.influencer, campaign__cause__asks_approval=True)
    LinkFactory(outreach=outreach)
    VettingFactory(influencer=account.influencer, cause=outreach.campaign.cause)
    draft = drafts.draft(outreach=outreach, template=TemplateFactory(), at=NOW, by=officer)
    with pytest.raises(DomainError, match="needs_manager"):
        messages.approve(message=draft, by=officer, at=NOW)
    approved = messages.approve(message=draft, by=manager, at=NOW)
    assert delivery.confirm_by_hand(message=approved, by=officer, at=NOW).state == "sent"
