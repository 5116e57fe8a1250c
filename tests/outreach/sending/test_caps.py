"""Whatever is planned, by whom and when: nobody is written to twice within 24 hours, and no sender sends more than it may."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from crm.services import representations
from outreach.models import Message
from outreach.services import delivery
from tests.factories import (
    NOW,
    AddressFactory,
    CampaignFactory,
    CauseFactory,
    InfluencerFactory,
    OutreachFactory,
    UserFactory,
    VettingFactory,
    at_any_hour,
)

DAY = timedelta(hours=24)
PEOPLE = 4  # two with an address each, two whom one agent speaks for


def house(number: int) -> tuple[list, list, list]:
    """People, the address at which each is written to, and so many campaigns for which each is cleared."""
    officer, agent = UserFactory(), AddressFactory(influencer__kind="agency")
    own = [AddressFactory() for _ in range(PEOPLE - 2)]
    spoken_for = [InfluencerFactory() for _ in range(2)]
    for person in spoken_for:
        representations.begin(influencer=person, agent=agent.influencer, by=officer, at=NOW)
    people, cause = [*(address.influencer for address in own), *spoken_for], CauseFactory()
    for person in people:
        VettingFactory(influencer=person, cause=cause, by=officer)
    return people, [*own, agent, agent], [CampaignFactory(cause=cause, owner=officer) for _ in range(number)]


def plan(person, address, campaign, *, due_at) -> None:
    """An approved message in a campaign of its own: several sequences may meet in one person."""
    outreach = OutreachFactory(influencer=person, campaign=campaign)
    Message.objects.create(
        outreach=outreach,
        address=address,
        reference=f"outreach:{outreach.pk}:first",
        state="planned",
        language="en",
        subject="Beaches",
        body="Hello",
        text="Hello",
        approved_by=campaign.owner,
        approved_at=NOW,
        due_at=due_at,
        expires_at=NOW + timedelta(days=30),
        message_id=f"<{outreach.pk}@causeway.example>",
    )


def check(*, cap: int) -> None:
    gone = list(
        Message.objects.filter(state="sent")
        .order_by("dispatched_at")
        .values_list("dispatched_at", "outreach__influencer", "address")
    )
    for group in (1, 2):
        last: dict[int, object] = {}
        for row in gone:
            assert row[0] - last.get(row[group], NOW - DAY) >= DAY
            last[row[group]] = row[0]
    times = [row[0] for row in gone]
    assert all(later - first >= DAY for first, later in zip(times, times[cap:], strict=False))


hours = st.integers(0, 40 * 4).map(lambda quarters: timedelta(minutes=15 * quarters))


@pytest.mark.django_db
@given(
    planned=st.lists(st.tuples(st.integers(0, PEOPLE - 1), hours), min_size=1, max_size=5),
    rounds=st.lists(hours, min_size=1, max_size=5),
    cap=st.integers(1, 3),
    of_cause=st.none() | st.integers(1, 2),
)
def test_no_window_of_24_hours_holds_more_than_it_may(planned, rounds, cap, of_cause):
    with transaction.atomic():
        at_any_hour(sender_daily=cap, **({} if of_cause is None else {"cause_daily": of_cause}))
        people, addresses, campaigns = house(len(planned))
        for (who, after), campaign in zip(planned, campaigns, strict=True):
            plan(people[who], addresses[who], campaign, due_at=NOW + after)
        for after in sorted(rounds):
            delivery.deliver_due(at=NOW + after)
            check(cap=min(cap, of_cause or cap))
        # Nothing is forgotten over it: day by day each has its turn.
        for day in range(3, 3 + len(planned)):
            delivery.deliver_due(at=NOW + timedelta(days=day))
            check(cap=min(cap, of_cause or cap))
        assert not Message.objects.exclude(state="sent").exists()
        transaction.set_rollback(True)
