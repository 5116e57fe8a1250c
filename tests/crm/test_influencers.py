"""A profile written by hand says exactly what was said, and whatever is not said there stays out of its reach."""

import pytest

from crm.errors import DomainError
from crm.formats.rows import AccountReading, InfluencerRow
from crm.models import Influencer
from crm.services import influencers, persons
from tests.factories import NOW, AccountFactory, AddressFactory, InfluencerFactory, UserFactory

pytestmark = pytest.mark.django_db


def change(person, **said):
    profile = InfluencerRow(line=0, **{"name": "Amina", "kind": "person"} | said)
    return influencers.change(
        influencer=person, profile=profile, source="by hand", at=NOW, by=UserFactory(username=f"u{person.pk}")
    )


def test_what_is_blank_is_cleared_and_interests_and_the_id_elsewhere_stay():
    person = InfluencerFactory(city="Hull", notes="Met in May.", interests=["surf"], external_id="p1")
    stored = change(person, languages=("fr",))
    person.refresh_from_db()
    assert (person.city, person.notes, person.bio, person.country) == ("", "", "", "")
    assert (person.interests, person.external_id, person.languages) == (["surf"], "p1", ["fr"])
    assert stored.verdict == "updated"
    activity = person.activities.get()
    assert (activity.kind, activity.by.username) == ("edited", f"u{person.pk}")
    assert "name" in activity.params["fields"]


def test_the_same_again_changes_nothing_and_is_not_told():
    person = InfluencerFactory(name="Amina", bio="", country="", languages=[])
    assert change(person).verdict == "unchanged"
    assert not person.activities.exists()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"name": " "}, "name_blank"),
        ({"topics": ("sdg-99",)}, "topic_unknown"),
        ({"email": "taken@studio.example"}, "address_taken"),
        ({"accounts": (AccountReading("instagram", "taken"),)}, "account_taken"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(said, code):
    person = InfluencerFactory(city="Hull")
    AccountFactory(handle="taken")
    AddressFactory(email="taken@studio.example")
    with pytest.raises(DomainError, match=code):
        change(person, **said)
    person.refresh_from_db()
    assert person.city == "Hull"


def test_a_person_erased_meanwhile_is_not_written():
    person = InfluencerFactory()
    persons.erase(influencer=Influencer.objects.get(pk=person.pk), at=NOW)
    with pytest.raises(DomainError, match="person_erased"):
        change(person)


def test_consent_is_not_recorded_by_the_way():
    person = InfluencerFactory()
    change(person, email="amina@home.example", email_kind="personal", basis="consent", email_source="her page")
    assert person.addresses.get().basis == ""
