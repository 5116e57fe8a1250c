"""What waits for somebody, whose turn it is, and what came in."""

from datetime import timedelta

import pytest

from outreach import selectors, words
from outreach.models import Message, Outreach
from outreach.selectors import ActionTotal, Todo
from outreach.services import conversions
from tests.factories import NOW, AddressFactory, LinkFactory, OutreachFactory, UserFactory, VettingFactory

pytestmark = pytest.mark.django_db
EMPTY = Todo(drafts=0, by_hand=0, uncertain=0, held=0, to_answer=0, to_vet=0, unanswered=0)


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
    for _ in range(2):
        OutreachFactory(stage="contacted", stage_at=NOW - timedelta(days=7))
    OutreachFactory(stage="shortlisted")
    OutreachFactory(stage="shortlisted", influencer=None)
    seen = OutreachFactory(stage="shortlisted")
    VettingFactory(influencer=seen.influencer, cause=seen.campaign.cause, verdict="refused")
    elsewhere = OutreachFactory(stage="shortlisted")
    VettingFactory(influencer=elsewhere.influencer)
    assert selectors.todo(at=NOW) == Todo(drafts=1, by_hand=1, uncertain=3, held=2, to_answer=1, to_vet=2, unanswered=2)
    assert selectors.todo(at=NOW, campaign=vetted.campaign) == Todo(
        drafts=1, by_hand=1, uncertain=3, held=2, to_answer=0, to_vet=0, unanswered=0
    )


def test_actions_are_counted_by_kind_and_currency_whoever_they_are_credited_to():
    def act(number: int, at, **said) -> None:
        action = conversions.Action(source="x", external_id=str(number), occurred_at=at, **said)
        conversions.record(action=action, at=NOW)

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
        ("in_conversation", "cleared", "sent", "email", "in_conversation"),
        ("declined", "cleared", "draft", "email", "declined"),
    ],
)
def test_whose_turn_it_is(stage, verdict, state, channel, step):
    outreach = OutreachFactory(stage=stage)
    newest = message(outreach, state, channel) if state else None
    asked = {"verdict": verdict, "message": newest, "has_said_no": False, "at": NOW}
    assert selectors.next_step(outreach, **asked) == step
    assert selectors.next_step(outreach, **asked | {"has_said_no": True}) == "said_no"


@pytest.mark.parametrize("stage", Outreach.Stage.values)
def test_every_stage_has_words_for_its_next_step(stage):
    outreach = OutreachFactory(stage=stage)
    step = selectors.next_step(outreach, verdict=None, message=None, has_said_no=False, at=NOW + timedelta(days=9))
    assert words.next_step(step)[0]


def test_results_of_many_campaigns_are_read_at_once(django_assert_num_queries):
    links = [LinkFactory() for _ in range(3)]
    for number, link in enumerate(links):
        action = conversions.Action("x", str(number), "signature", NOW, quantity=5, code=link.code)
        conversions.record_by_hand(action=action, at=NOW)
    UserFactory()
    campaigns = type(links[0].outreach.campaign).objects.order_by("pk")
    with django_assert_num_queries(1):
        rows = list(selectors.with_results(campaigns, rule="last_touch"))
    assert [(row.people, row.contacted, row.clicks, row.actions) for row in rows] == [(1, 0, 0, 5)] * 3
