"""A no by address: whose it is need not be known, and each reason stands for itself."""

import pytest

from crm.errors import DomainError
from crm.models import Address, Influencer, Suppression
from crm.selectors import Preference, preference, standings
from crm.services import addresses, persons
from tests.factories import NOW, AddressFactory, UserFactory
from tests.planting import dump

pytestmark = pytest.mark.django_db
EMAIL = "amina@studio.example"


def noted() -> list[tuple[str, str]]:
    return list(Suppression.objects.order_by("pk").values_list("scope", "reason"))


def test_of_an_address_that_is_nobodys_only_a_keyed_hash_is_kept():
    row, is_new = addresses.refuse(email="Somebody@Plage.example", reason="declined", at=NOW, by=UserFactory())
    assert (is_new, row.scope, row.subject) == (True, "partnership", addresses.digest("somebody@plage.example"))
    assert not [rows for rows in dump().values() if any("plage.example" in line.lower() for line in rows)]


def test_whoever_comes_later_under_that_address_is_not_written_to():
    addresses.refuse(email="SOMEBODY@studio.example", reason="declined", at=NOW)
    address = AddressFactory(email="somebody@studio.example")
    assert addresses.has_said_no(address.influencer)
    assert not Address.objects.usable().exists()
    assert not Influencer.objects.contactable().exists()


def test_twice_is_the_same_no_and_another_reason_another_one():
    address = AddressFactory(email=EMAIL)
    for reason in ("unsubscribed", "unsubscribed", "declined", "complaint"):
        addresses.refuse(email=EMAIL, reason=reason, at=NOW)
    assert noted() == [("partnership", "unsubscribed"), ("partnership", "declined"), ("all", "complaint")]
    assert [a.kind for a in address.influencer.activities.order_by("pk")] == ["suppressed"] * 3


@pytest.mark.parametrize("say", [addresses.complained, addresses.bounced])
def test_what_is_heard_of_the_address_itself_stops_everything(say):
    assert say(email=EMAIL, at=NOW).scope == "all"
    assert say(email=EMAIL.upper(), at=NOW).pk == Suppression.objects.get().pk


def test_taking_back_takes_back_what_one_said_oneself_and_nothing_else():
    address = AddressFactory(email=EMAIL)
    said_by_staff = ("declined", "complaint", "bounced")
    for reason in ("unsubscribed", *said_by_staff):
        addresses.refuse(email=EMAIL, reason=reason, at=NOW)
    addresses.suppress(address=address, reason="unsubscribed", scope="all", at=NOW)
    assert addresses.take_back(subject=address.digest, at=NOW)
    assert [reason for _scope, reason in noted()] == list(said_by_staff)
    assert not addresses.take_back(subject=address.digest, at=NOW)


def test_what_a_colleague_noted_as_unsubscribed_is_not_ones_own():
    address = AddressFactory(email=EMAIL)
    addresses.suppress(address=address, reason="unsubscribed", at=NOW, by=UserFactory())
    assert preference(address.digest, address) == Preference("partnership", may_take_back=False)
    assert not addresses.take_back(subject=address.digest, at=NOW)


def test_taken_back_lists_know_it():
    address = AddressFactory(email=EMAIL)
    addresses.suppress(address=address, reason="unsubscribed", at=NOW)
    assert Influencer.objects.get().is_contactable is False
    addresses.take_back(subject=address.digest, at=NOW)
    assert Influencer.objects.get().is_contactable is True


def test_an_address_that_does_not_exist_is_no_word_of_the_person():
    address = AddressFactory(email=EMAIL)
    other = AddressFactory(influencer=address.influencer)
    addresses.bounced(email=EMAIL, at=NOW)
    assert not addresses.has_said_no(address.influencer)
    assert list(Address.objects.usable()) == [other]
    standing = standings([Influencer.objects.get()], at=NOW)[address.influencer_id]
    assert (standing.code, [each.objection for each in standing.addresses]) == ("yes", ["bounced", ""])
    assert Influencer.objects.get().is_contactable
    addresses.complained(email=EMAIL, at=NOW)  # somebody is there after all, and wants none of it
    assert standings([Influencer.objects.get()], at=NOW)[address.influencer_id].code == "no"
    assert not Influencer.objects.get().is_contactable


def test_a_no_is_heard_under_the_key_it_was_noted_with(settings, tmp_path):
    import json

    from crm import keyring

    keyring.fingerprint()
    ring = json.loads(settings.KEYRING.read_text())
    settings.KEYRING = tmp_path / "keyring.json"
    settings.KEYRING.write_text(json.dumps(ring))
    addresses.refuse(email=EMAIL, reason="declined", at=NOW)
    ring["keys"]["v2"], ring["current"] = "ab" * 32, "v2"
    settings.KEYRING.write_text(json.dumps(ring))
    address = AddressFactory(email=EMAIL)
    assert address.digest.startswith("v2:")
    assert addresses.refusals_at(address) == {"declined"}
    assert preference(address.digest, address).refused == "partnership"


def test_erasing_and_lifting_leaves_every_other_no(own_keyring):
    address = AddressFactory(email=EMAIL)
    addresses.suppress(address=address, reason="unsubscribed", scope="all", at=NOW)
    addresses.complained(email=EMAIL, at=NOW)
    receipt = persons.erase(influencer=address.influencer, at=NOW)
    assert sorted(noted()) == [("all", "complaint"), ("all", "erased"), ("all", "unsubscribed")]
    persons.lift(receipt=receipt, said=EMAIL, at=NOW, by=UserFactory())
    assert sorted(noted()) == [("all", "complaint"), ("all", "unsubscribed")]


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a@b.example\nBcc: c@d.example", "a@@b.example"])
def test_what_is_no_address_is_refused(email):
    with pytest.raises(DomainError, match="email_invalid"):
        addresses.refuse(email=email, reason="declined", at=NOW)
    assert not Suppression.objects.exists()


def test_a_note_keeps_no_address():
    with pytest.raises(DomainError, match="note_names_address"):
        addresses.refuse(email=EMAIL, reason="declined", note=f"wrote from {EMAIL}", at=NOW)
    row, _ = addresses.refuse(email=EMAIL, reason="declined", note=" by telephone ", at=NOW)
    assert row.note == "by telephone"


def test_a_note_that_names_somebody_is_emptied_when_they_are_erased(own_keyring):
    address = AddressFactory(email=EMAIL, influencer__name="Amélie Kwiatkowska")
    addresses.refuse(email="other@plage.example", reason="declined", note="Amélie Kwiatkowska", at=NOW)
    persons.erase(influencer=address.influencer, at=NOW)
    assert set(Suppression.objects.values_list("note", flat=True)) == {""}
