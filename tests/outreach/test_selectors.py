"""What waits for somebody, whose turn it is, and what came in."""

from datetime import timedelta
from itertools import product

import pytest

from crm.services import addresses
from outreach import selectors, words
from outreach.models import Message, Outreach
from outreach.selectors import ActionTotal, Todo
from outreach.services import conversions
from outreach.sources import events
from tests.factories import (
    NOW,
    AccountFactory,
    AddressFactory,
    LinkFactory,
    OutreachFactory,
    UserFactory,
    VettingFactory,
)

pytestmark = pytest.mark.django_db
EMPTY = Todo(
    drafts=0,
    approvals=0,
    by_hand=0,
    uncertain=0,
    held=0,
    to_answer=0,
    to_vet=0,
    to_write=0,
    unwritten=0,
    to_follow=0,
    unanswered=0,
)


def message(outreach, state: str, channel: str = "email", **values) -> Message:
    approved = {"approved_at": NOW, "due_at": NOW, "text": "Hello"} if state != "draft" else {}
    return Message.objects.create(
        outreach=outreach,
        address=AddressFactory(influencer=outreach.influencer),
        reference=f"outreach:{outreach.pk}:{Message.objects.count()}",
        message_id=f"<{Message.objects.count()}@charity.example>",
        subject="Hi",
        body="Hello",
        state=state,
        channel=channel,
        **approved | values,
    )


def test_nothing_waits_in_an_empty_house():
    assert selectors.todo(at=NOW) == EMPTY
    assert EMPTY.is_quiet


def test_each_count_counts_its_own_rows():
    vetted = OutreachFactory(stage="contacted", stage_at=NOW - timedelta(days=6))
    VettingFactory(influencer=vetted.influencer, cause=vetted.campaign.cause)
    for state, number in (("draft", 1), ("planned", 2), ("uncertain", 3), ("sent", 1)):
        for _ in range(number):
            message(vetted, state)
    message(vetted, "planned", "manual")
    message(vetted, "refused", finished_at=NOW - timedelta(days=6))
    message(vetted, "expired", finished_at=NOW)
    message(vetted, "refused", finished_at=NOW - timedelta(days=8))
    message(vetted, "cancelled", finished_at=NOW)
    OutreachFactory(stage="in_conversation")
    for _ in range(3):
        OutreachFactory(stage="agreed")
    OutreachFactory(stage="live")
    for _ in range(2):
        OutreachFactory(stage="contacted", stage_at=NOW - timedelta(days=7))
    OutreachFactory(stage="shortlisted")
    OutreachFactory(stage="shortlisted", influencer=None)
    seen = OutreachFactory(stage="shortlisted")
    VettingFactory(influencer=seen.influencer, cause=seen.campaign.cause, verdict="refused")
    elsewhere = OutreachFactory(stage="shortlisted")
    VettingFactory(influencer=elsewhere.influencer)
    of_messages = {"drafts": 1, "approvals": 0, "by_hand": 1, "uncertain": 3, "held": 2}
    everywhere = Todo(**of_messages, to_answer=1, to_vet=2, to_write=1, unwritten=0, to_follow=3, unanswered=2)
    assert selectors.todo(at=NOW) == everywhere
    here = Todo(**of_messages, to_answer=0, to_vet=0, to_write=1, unwritten=0, to_follow=0, unanswered=0)
    assert selectors.todo(at=NOW, campaign=vetted.campaign) == here


@pytest.mark.parametrize("is_whole", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("stage", Outreach.Stage.values)
def test_lists_and_conversations_agree_on_what_waits(stage, is_whole):
    """Whatever state a conversation is in: its page says that it waits exactly where the counts do."""
    kinds = [None, ("draft", "email"), ("planned", "email"), ("planned", "manual"), ("uncertain", "email")]
    kinds += [("sent", "email"), ("captured", "email"), ("refused", "email")]
    every = list(product((None, "cleared", "refused"), kinds, (1, 8)))
    turn = Outreach.Stage.values.index(stage) % 10
    for verdict, kind, days in every if is_whole else every[turn::10]:  # the fast suite takes every tenth, by stage
        outreach = OutreachFactory(stage=stage, stage_at=NOW - timedelta(days=days))
        if verdict:
            VettingFactory(influencer=outreach.influencer, cause=outreach.campaign.cause, verdict=verdict)
        newest = None
        if kind:
            state = "sent" if kind[0] == "captured" else kind[0]
            newest = message(outreach, state, kind[1], is_captured=kind[0] == "captured")
        step = selectors.next_step(outreach, verdict=verdict, message=newest, has_said_no=False, at=NOW)
        listed = [found for _outreach, found in selectors.waiting_steps(outreach.campaign.outreaches.all(), at=NOW)]
        assert listed == ([step] if step in selectors.WAITS else []), (verdict, kind, days)
        todo = selectors.todo(at=NOW, campaign=outreach.campaign)
        counted = todo.to_answer + todo.to_vet + todo.to_write + todo.to_follow + todo.unanswered
        assert counted == (selectors.WAITS.get(step, "message") != "message"), (verdict, kind, days)
        assert not (step in selectors.WAITS and todo.is_quiet), (verdict, kind, days)


def test_who_said_no_is_counted_nowhere():
    by_account = AccountFactory().influencer
    for person in (AddressFactory().influencer, by_account):
        OutreachFactory(influencer=person, stage="in_conversation")
        addresses.suppress_person(influencer=person, reason="declined", at=NOW)
    assert selectors.todo(at=NOW) == EMPTY


def test_what_waits_costs_the_same_for_many(django_assert_num_queries):
    for _ in range(3):
        AddressFactory(influencer=OutreachFactory(stage="in_conversation").influencer)
    with django_assert_num_queries(6):  # conversations; people, addresses, accounts, who speaks for them; who said no
        steps = selectors.waiting_steps(Outreach.objects.all(), at=NOW)
    assert len(steps) == 3


def test_actions_are_counted_by_kind_and_currency_whoever_they_are_credited_to():
    def act(number: int, at, **said) -> None:
        action = events.told(source="x", external_id=str(number), occurred_at=at, **said)
        conversions.record(event=action, door="api", at=NOW)

    week = NOW - timedelta(days=7)
    act(1, week, kind="donation", amount_minor=1000, currency="EUR")
    act(2, NOW - timedelta(seconds=1), kind="donation", amount_minor=500, currency="EUR")
    act(3, week, kind="donation", amount_minor=700, currency="JPY")
    act(4, week, kind="signature", quantity=40)
    act(5, NOW, kind="signature")  # the next week's
    act(6, week - timedelta(seconds=1), kind="signature")
    assert selectors.actions_by_kind(since=week, until=NOW) == (
        ActionTotal("donation", "EUR", 2, 1500),
        ActionTotal("donation", "JPY", 1, 700),
        ActionTotal("signature", "", 40, None),
    )


@pytest.mark.parametrize(
    ("stage", "verdict", "state", "channel", "step"),
    [
        ("shortlisted", None, None, "email", "vet"),
        ("shortlisted", None, "draft", "email", "vet"),
        ("shortlisted", "refused", None, "email", "refused_at_vetting"),
        ("shortlisted", "cleared", None, "email", "write"),
        ("shortlisted", "cleared", "cancelled", "email", "write_again"),
        ("shortlisted", "cleared", "draft", "email", "approve"),
        ("approved", "cleared", "planned", "email", "goes_out"),
        ("approved", "cleared", "planned", "manual", "send_by_hand"),
        ("shortlisted", "cleared", "uncertain", "email", "settle"),
        ("contacted", "cleared", "uncertain", "email", "settle"),
        ("contacted", "cleared", "refused", "email", "write_again"),
        ("contacted", "cleared", "sent", "email", "contacted"),
        ("contacted", None, None, "email", "contacted"),
        ("contacted", "cleared", "captured", "email", "captured"),
        ("in_conversation", "cleared", "captured", "email", "in_conversation"),
        ("in_conversation", "cleared", "sent", "email", "in_conversation"),
        ("declined", "cleared", "draft", "email", "declined"),
    ],
)
def test_whose_turn_it_is(stage, verdict, state, channel, step):
    outreach = OutreachFactory(stage=stage)
    captured = state == "captured"
    newest = message(outreach, "sent" if captured else state, channel, is_captured=captured) if state else None
    asked = {"verdict": verdict, "message": newest, "has_said_no": False, "at": NOW}
    assert selectors.next_step(outreach, **asked) == step
    assert selectors.next_step(outreach, **asked | {"has_said_no": True}) == "said_no"


@pytest.mark.parametrize("stage", Outreach.Stage.values)
def test_every_stage_has_words_for_its_next_step(stage):
    outreach = OutreachFactory(stage=stage)
    step = selectors.next_step(outreach, verdict=None, message=None, has_said_no=False, at=NOW + timedelta(days=9))
    assert words.next_step(step)[0]


@pytest.mark.parametrize("days", [6, 7])
def test_what_was_captured_is_never_called_sent(days):
    outreach = OutreachFactory(stage="contacted", stage_at=NOW - timedelta(days=days))
    captured = message(outreach, "sent", is_captured=True)
    step = selectors.next_step(outreach, verdict="cleared", message=captured, has_said_no=False, at=NOW)
    assert "captured" in words.next_step(step)[0]
    assert step == ("captured_long" if days == 7 else "captured")


def test_the_newest_campaign_that_wrote_names_the_organisation():
    address = AddressFactory()
    assert selectors.known_as(address) == ""
    for number, name in enumerate(["Clear Shores", "Clean Rivers", "Never Wrote"]):
        outreach = OutreachFactory(influencer=address.influencer, campaign__organisation=name)
        sent = message(outreach, "draft" if name == "Never Wrote" else "sent")
        Message.objects.filter(pk=sent.pk).update(
            address=address, dispatched_at=None if name == "Never Wrote" else NOW + timedelta(days=number)
        )
    assert selectors.known_as(address) == "Clean Rivers"


def test_results_of_many_campaigns_are_read_at_once(django_assert_num_queries):
    links = [LinkFactory() for _ in range(3)]
    for number, link in enumerate(links):
        action = events.told(
            source="x", external_id=str(number), kind="signature", occurred_at=NOW, quantity=5, code=link.code
        )
        conversions.record_by_hand(event=action, at=NOW)
    UserFactory()
    campaigns = type(links[0].outreach.campaign).objects.order_by("pk")
    with django_assert_num_queries(1):
        rows = list(selectors.with_results(campaigns, rule="last_touch"))
    assert [(row.people, row.contacted, row.clicks, row.actions) for row in rows] == [(1, 0, 0, 5)] * 3
