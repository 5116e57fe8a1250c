"""What is recorded about an address decides whether it is written to; a no outlives every correction."""

import pytest

from crm.errors import DomainError
from crm.models import Address, Influencer
from crm.services import addresses, persons
from tests.factories import NOW, AccountFactory, AddressFactory, UserFactory

pytestmark = pytest.mark.django_db


def correct(address, **said):
    facts = {"kind": "personal", "basis": "consent", "source": "she wrote to us", "proof": "Her mail of 3 May."}
    return addresses.correct(address=address, **facts | said, by=UserFactory(), at=NOW)


def usable() -> bool:
    return Address.objects.usable(at=NOW).exists()


def test_consent_is_recorded_with_its_proof_and_told():
    address = AddressFactory(kind="personal", basis="", source="")
    correct(address)
    assert usable()
    activity = address.influencer.activities.get()
    assert (activity.kind, activity.params) == ("consent_recorded", {"proof": "Her mail of 3 May."})


def test_consent_without_proof_is_refused():
    address = AddressFactory(kind="personal", basis="")
    with pytest.raises(DomainError, match="consent_proof_missing"):
        correct(address, proof=" ")
    assert not usable()


def test_consent_that_is_recorded_already_needs_no_new_proof():
    address = AddressFactory(kind="personal", basis="consent")
    correct(address, proof="", source="her page")
    activity = address.influencer.activities.get()
    assert (activity.kind, activity.params) == ("address_corrected", {"fields": ["source"]})


def test_a_correction_never_lifts_a_no():
    address = AddressFactory()
    addresses.suppress(address=address, reason="unsubscribed", at=NOW)
    correct(address)
    assert not usable()


def test_an_address_of_somebody_erased_is_not_touched():
    address = AddressFactory()
    persons.erase(influencer=address.influencer, at=NOW)
    with pytest.raises(DomainError, match="person_erased"):
        correct(address)


def test_a_no_covers_every_address_and_account():
    account = AccountFactory(platform_id="17")
    address = AddressFactory(influencer=account.influencer)
    addresses.suppress_person(influencer=account.influencer, reason="declined", at=NOW)
    assert addresses.has_said_no(AccountFactory(platform_id="18", handle="x").influencer, at=NOW) is False
    assert addresses.has_said_no(address.influencer, at=NOW)
    address.delete()
    assert addresses.has_said_no(Influencer.objects.get(pk=account.influencer_id), at=NOW)
