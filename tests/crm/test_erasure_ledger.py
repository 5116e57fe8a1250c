"""A backup that is put back brings nobody back who was erased since, and nothing is sent before that is done."""

import json
import stat
from uuid import uuid4

import pytest

from crm.models import Address, ErasureReceipt, Influencer, InfluencerAlias, Suppression
from crm.services import erasure_ledger, persons
from outreach.models import Message
from outreach.services import delivery
from tests.factories import NOW, AccountFactory, AddressFactory, InfluencerFactory, UserFactory, approved_message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_keyring"), pytest.mark.usefixtures("organisation")]


def put_back() -> None:
    """The state of the day before: what the erasure left is not there."""
    ErasureReceipt.objects.all().delete()
    Suppression.objects.all().delete()


def test_it_names_nobody_and_only_its_owner_reads_it(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        receipt = persons.erase(influencer=AddressFactory(email="maia@x.example").influencer, at=NOW)
    line = json.loads(erasure_ledger.path().read_text())
    assert line == {
        "receipt": str(receipt.public_id),
        "at": "2026-11-24T10:00:00+00:00",
        "reason": "asked",
        "digests": receipt.digests,
        "is_lifted": False,
    }
    assert stat.S_IMODE(erasure_ledger.path().stat().st_mode) == 0o600
    assert erasure_ledger.missing() == []


def test_what_was_not_committed_is_not_in_it():
    persons.erase(influencer=AddressFactory().influencer, at=NOW)
    assert not erasure_ledger.path().exists()


def test_after_a_restore_they_are_erased_before_anything_is_sent(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        persons.erase(influencer=AddressFactory(email="maia@x.example").influencer, at=NOW)
    put_back()
    approved_message("maia@x.example")  # as the backup has it: due, and nothing speaks against it
    stays = AddressFactory(email="tom@x.example").influencer
    assert delivery.deliver_due(at=NOW) == 0
    assert list(Influencer.objects.all()) == [stays]
    assert Message.objects.get().reason == "person_erased"
    assert Suppression.objects.filter(reason="erased").exists()
    assert erasure_ledger.missing() == []
    assert persons.erase_again(at=NOW) == 0


@pytest.mark.parametrize("how", ["external id", "former id", "handle", "platform id"])
def test_they_are_found_by_any_of_their_names(how, django_capture_on_commit_callbacks):
    def make():
        if how == "external id":
            return InfluencerFactory(external_id="a1")
        if how == "former id":
            person = InfluencerFactory()
            InfluencerAlias.objects.create(influencer=person, public_id=uuid4(), number=0, external_id="a1")
            return person
        names = (
            {"handle": "maia.r"}
            if how == "handle"
            else {"handle": str(ErasureReceipt.objects.count()), "platform_id": "77"}
        )
        return AccountFactory(**names).influencer

    with django_capture_on_commit_callbacks(execute=True):
        persons.erase(influencer=make(), at=NOW)
    put_back()
    AccountFactory()
    make()
    assert persons.erase_again(at=NOW) == 1
    assert Influencer.objects.count() == 1


def test_whoever_came_back_since_is_left_alone(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        receipt = persons.erase(influencer=AddressFactory(email="maia@x.example").influencer, at=NOW)
        persons.lift(receipt=receipt, said="maia@x.example", at=NOW, by=UserFactory())
    put_back()
    AddressFactory(email="maia@x.example")
    assert persons.erase_again(at=NOW) == 0
    assert Address.objects.exists()
