"""The compassion-fatigue guard: whoever was asked not long ago, or often, is left in peace, for whatever cause."""

from datetime import timedelta

import pytest

from crm.errors import DomainError
from crm.models import Influencer
from outreach.models import Enrolment, Limits, Message, Sequence
from outreach.services import delivery, fatigue, limits, pipeline
from tests.factories import (
    NOW,
    AddressFactory,
    CampaignFactory,
    OutreachFactory,
    UserFactory,
    approved_message,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]

DAY = timedelta(days=1)


@pytest.fixture
def person() -> Influencer:
    return AddressFactory().influencer


def asked(person, when, *, state="sent", step="first") -> Message:
    """A message of a conversation of its own."""
    outreach = OutreachFactory(influencer=person)
    return Message.objects.create(
        purpose="partnership",
        reference=f"outreach:{outreach.pk}:{step}",
        outreach=outreach,
        address=person.addresses.get(),
        language="en",
        subject="Rivers",
        body="Hello",
        text="Hello",
        state=state,
        message_id=f"<{outreach.pk}@causeway.example>",
        approved_at=when,
        due_at=when,
        dispatched_at=when,
    )


def rest(person, **said) -> fatigue.Rest | None:
    return fatigue.rests([person], limits=limits.current(), at=NOW, **said).get(person.pk)


@pytest.mark.parametrize("state", ["sent", "uncertain", "dispatching"])
def test_whoever_was_asked_is_asked_again_after_sixty_days(person, state):
    asked(person, NOW - 60 * DAY + timedelta(minutes=1), state=state)
    assert rest(person) == fatigue.Rest("cooling_off", NOW + timedelta(minutes=1))
    Message.objects.update(dispatched_at=NOW - 60 * DAY)
    assert rest(person) is None


@pytest.mark.parametrize("state", ["refused", "cancelled", "expired", "planned", "draft"])
def test_what_reached_nobody_is_no_ask(person, state):
    asked(person, NOW - DAY, state=state)
    assert rest(person) is None


def test_what_follows_in_a_conversation_is_the_same_ask(person):
    asked(person, NOW - DAY, step="step:2")
    assert rest(person) is None


def test_four_asks_a_year_are_enough(person):
    days = [364, 250, 180, 90]
    for ago in days:
        asked(person, NOW - ago * DAY)
    assert rest(person) == fatigue.Rest("asked_enough", NOW + DAY)
    limits.change(asks_a_year=5)
    assert rest(person) is None


def test_the_longer_rest_is_told(person):
    for ago in (364, 250, 180, 10):
        asked(person, NOW - ago * DAY)
    assert rest(person) == fatigue.Rest("cooling_off", NOW + 50 * DAY)


def test_a_conversation_does_not_hold_itself_back(person):
    own = asked(person, NOW - DAY).outreach
    assert rest(person, apart_from=own) is None
    other = OutreachFactory(influencer=person)
    assert rest(person, apart_from=other) == fatigue.Rest("cooling_off", NOW + 59 * DAY)


def test_whoever_was_reached_another_way_rests_too(person):
    Influencer.objects.filter(pk=person.pk).update(last_contacted_at=NOW - 59 * DAY)
    person.refresh_from_db()
    assert rest(person) == fatigue.Rest("cooling_off", NOW + DAY)


def test_of_many_each_has_their_own_rest_at_one_price(person, django_assert_num_queries):
    others = [AddressFactory().influencer for _ in range(20)]
    asked(person, NOW - 10 * DAY)
    asked(others[3], NOW - 20 * DAY)
    with django_assert_num_queries(1):
        found = fatigue.rests([person, *others], limits=Limits(), at=NOW)
    assert {pk: each.until for pk, each in found.items()} == {
        person.pk: NOW + 50 * DAY,
        others[3].pk: NOW + 40 * DAY,
    }


# A manager's word --------------------------------------------------------------------------------------------------------


def test_a_manager_lets_somebody_be_asked_and_it_stands_on_their_timeline(person):
    asked(person, NOW - DAY)
    manager = UserFactory(role="manager")
    campaign = CampaignFactory()
    opened, plan = pipeline.start(
        campaign=campaign, influencers=[person], by=manager, at=NOW, waived=[person.pk], waived_reason="They asked us."
    )
    assert plan.held == ()
    [outreach] = opened
    outreach.refresh_from_db()
    assert (outreach.waived_by, outreach.waived_at, outreach.waived_reason) == (manager, NOW, "They asked us.")
    line = person.activities.get(kind="rest_waived")
    assert (line.by, line.params) == (manager, {"campaign": campaign.name, "reason": "They asked us."})


@pytest.mark.parametrize(
    ("role", "reason", "code"),
    [("officer", "They asked us.", "waiving_not_allowed"), ("manager", "  ", "waiving_reason_blank")],
)
def test_nobody_else_does_and_not_without_a_reason(person, role, reason, code):
    asked(person, NOW - DAY)
    with pytest.raises(DomainError, match=code):
        pipeline.start(
            campaign=CampaignFactory(),
            influencers=[person],
            by=UserFactory(role=role),
            at=NOW,
            waived=[person.pk],
            waived_reason=reason,
        )
    assert not person.outreaches.filter(campaign__name="Spring clean-up", stage="shortlisted", waived_at=NOW).exists()


def test_whoever_does_not_rest_needs_no_word(person):
    opened, _plan = pipeline.start(
        campaign=CampaignFactory(), influencers=[person], by=UserFactory(role="officer"), at=NOW, waived=[person.pk]
    )
    opened[0].refresh_from_db()
    assert opened[0].waived_at is None


# At the gate -------------------------------------------------------------------------------------------------------------


def test_of_two_first_messages_that_were_approved_for_one_person_one_leaves():
    first = approved_message()
    asked(first.outreach.influencer, NOW - 59 * DAY)
    assert delivery.objection(message=first, at=NOW) == "cooling_off"
    assert delivery.deliver_due(at=NOW) == 0
    first.refresh_from_db()
    assert (first.state, first.reason) == ("refused", "cooling_off")


def test_whom_a_manager_let_be_asked_is_asked():
    first = approved_message()
    asked(first.outreach.influencer, NOW - 59 * DAY)
    manager = UserFactory(role="manager")
    fatigue.waive(outreach=first.outreach, reason="They asked us for news.", by=manager, at=NOW)
    assert delivery.deliver_due(at=NOW) == 1


def test_whoever_was_asked_often_enough_is_left_in_peace_at_the_gate_too():
    first = approved_message()
    for ago in (364, 250, 180, 90):
        asked(first.outreach.influencer, NOW - ago * DAY)
    assert delivery.deliver_due(at=NOW) == 0
    first.refresh_from_db()
    assert (first.state, first.reason) == ("refused", "asked_enough")


def test_what_follows_in_a_conversation_goes_though_they_were_asked():
    first = approved_message()
    Message.objects.filter(pk=first.pk).update(reference=f"outreach:{first.outreach_id}:step:2")
    sequence = Sequence.objects.create(name="Gently")
    Enrolment.objects.create(outreach=first.outreach, sequence=sequence, position=2, since_at=NOW)
    asked(first.outreach.influencer, NOW - 59 * DAY)
    assert delivery.deliver_due(at=NOW) == 1
