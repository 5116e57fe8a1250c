"""Who speaks for whom."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.errors import DomainError
from crm.models import Activity, Influencer, Representation
from crm.selectors import standings
from crm.services import persons, representations
from tests.factories import NOW, AddressFactory, InfluencerFactory, UserFactory

pytestmark = pytest.mark.django_db


def begin(influencer, agent, **said) -> Representation:
    return representations.begin(influencer=influencer, agent=agent, by=UserFactory(), at=NOW, **said)


def erased() -> Influencer:
    person = InfluencerFactory()
    persons.erase(influencer=person, at=NOW)
    return person


def test_an_agent_may_speak_for_many_and_timelines_do_not_name_them():
    agent = InfluencerFactory(kind="agency", name="Big Agency")
    people = [InfluencerFactory() for _ in range(2)]
    for person in people:
        begin(person, agent, territory="France", since_date=date(2026, 1, 1))
    assert [each.influencer for each in agent.represents.order_by("pk")] == people
    assert list(Activity.objects.values_list("kind", "params")) == [("represented", {})] * 2


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda person, agent: begin(person, person), "representation_of_oneself"),
        (begin, "representation_known"),
        (lambda person, agent: begin(person, agent, territory="X", since_date=date(2027, 1, 1)), "date_to_come"),
        (lambda person, agent: begin(erased(), agent), "person_erased"),
    ],
)
def test_what_cannot_be_is_refused(spoil, code):
    person, agent = InfluencerFactory(), InfluencerFactory()
    begin(person, agent)
    with pytest.raises(DomainError) as refused:
        spoil(person, agent)
    assert refused.value.code == code


def test_it_ends_on_a_day_that_has_come():
    made, by = begin(InfluencerFactory(), InfluencerFactory(), since_date=date(2026, 3, 1)), UserFactory()

    def end(day: date) -> None:
        representations.end(representation=made, until_date=day, by=by, at=NOW)

    with pytest.raises(DomainError, match="date_to_come"):
        end(NOW.date() + timedelta(days=1))
    with pytest.raises(DomainError, match="dates_crossed"):
        end(date(2026, 2, 1))
    end(date(2026, 4, 1))
    made.refresh_from_db()
    assert made.until_date == date(2026, 4, 1)
    assert not Representation.objects.current().exists()
    begin(made.influencer, made.agent)  # and may begin again


def test_the_day_is_the_one_the_office_has():
    just_after_midnight = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # the second of March in Paris
    person, agent, by = InfluencerFactory(), InfluencerFactory(), UserFactory()
    today, tomorrow = date(2026, 3, 2), date(2026, 3, 3)
    said = {"influencer": person, "agent": agent, "by": by, "at": just_after_midnight}
    with pytest.raises(DomainError, match="date_to_come"):
        representations.begin(since_date=tomorrow, **said)
    made = representations.begin(since_date=today, **said)
    with pytest.raises(DomainError, match="date_to_come"):
        representations.end(representation=made, until_date=tomorrow, by=by, at=just_after_midnight)
    representations.end(representation=made, until_date=today, by=by, at=just_after_midnight)
    assert Representation.objects.get().until_date == today


def test_the_database_refuses_what_no_service_would_write():
    person, agent = InfluencerFactory(), InfluencerFactory()
    begin(person, agent)
    for said in (
        {"influencer": person, "agent": person},
        {"influencer": person, "agent": agent},
        {"influencer": agent, "agent": person, "since_date": NOW.date(), "until_date": date(2020, 1, 1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Representation.objects.create(**said)


def test_one_may_write_to_whoever_has_an_agent_one_may_write_to():
    agent = AddressFactory(influencer__kind="agency").influencer
    person = InfluencerFactory()
    made = begin(person, agent)
    assert standings([person], at=timezone.now())[person.pk].code == "agent"
    representations.end(representation=made, until_date=NOW.date(), by=UserFactory(), at=NOW)
    assert standings([person], at=timezone.now())[person.pk].code == "nowhere"
