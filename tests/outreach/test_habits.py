"""The hour at which they answer, from the letters that came, and what the planner makes of it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from outreach import words
from outreach.services import habits, limits, timing
from tests.factories import AddressFactory, InboundMessageFactory, InfluencerFactory, UserFactory, browser_of
from tests.outreach.under_way import BEGAN, conversation, step, under_way

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]
DAY = timedelta(days=1)
PARIS = ZoneInfo("Europe/Paris")


def answers(person, hour: int, number: int, **said) -> None:
    """By the clock of Paris, on days before."""
    for day in range(1, number + 1):
        local = (BEGAN - day * DAY).astimezone(PARIS).replace(hour=hour, minute=20)
        row = {"outreach": None, "influencer": person, "received_at": local.astimezone(UTC), "desk": "done"}
        InboundMessageFactory(**row | said)


def found(person):
    calendar = timing.calendar_of(person, limits=limits.current())
    return habits.suggestion(person, calendar=calendar, at=BEGAN)


@pytest.fixture
def person():
    return InfluencerFactory(country="FR", timezone="Europe/Paris")


def test_their_own_answers_say_when(person):
    answers(person, 16, 5)
    assert (found(person).hour, found(person).basis, found(person).own) == (16, "own", 5)


@pytest.mark.parametrize(
    "said",
    [
        {"nature": "automatic"},
        {"nature": "bounce"},
        {"kind": "out_of_office"},
        {"confirmed_kind": "automatic"},
        {"door": "by_hand"},
        {"influencer": None},
        {"received_at": BEGAN - 800 * DAY},
        {"received_at": BEGAN + DAY},
    ],
)
def test_what_a_machine_wrote_was_noted_by_hand_or_is_old_says_nothing(person, said):
    answers(person, 16, 8, **said)
    assert (found(person).hour, found(person).own) == (None, 0)


def test_people_of_their_country_speak_for_them_where_they_were_silent(person):
    answers(InfluencerFactory(country="FR", timezone="Europe/Paris"), 11, 40)
    answers(InfluencerFactory(country="BR"), 15, 40)
    assert (found(person).hour, found(person).basis, found(person).peers) == (11, "peers", 40)
    assert found(InfluencerFactory(country="")).basis == "none"


def test_an_agent_s_hours_are_their_own(person):
    agent = AddressFactory(email="agent@agency.example")
    answers(person, 16, 6, sender=agent)
    assert found(person).own == 0


def test_a_follow_up_keeps_its_day_and_leaves_at_their_hour():
    outreach = conversation("amina@studio.example")
    person = outreach.influencer
    person.country, person.timezone = "FR", "Europe/Paris"
    person.save()
    answers(person, 15, 6)
    enrolment = under_way(outreach=outreach)
    message = step(enrolment, 2)
    assert message.due_at == datetime(2026, 11, 27, 14, 0, tzinfo=UTC)  # Friday at 15:00 in Paris
    page = browser_of(UserFactory(role="officer")).get(f"/admin/outreach/message/{message.pk}/change/").content.decode()
    assert "They mostly answer about 3 p.m., by their clock (from 6 answers of theirs)." in page


def test_it_is_said_in_french(person):
    answers(person, 15, 6)
    with translation.override("fr"):
        assert "15:00" in words.answering_hour(found(person))
