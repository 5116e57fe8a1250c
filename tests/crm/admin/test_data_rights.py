"""Managers and administrators hand out a copy, erase, and read who changed what; officers do none of it."""

import json

import pytest

from crm.models import Activity, Address, ErasureReceipt, Influencer
from crm.services import audit, persons
from tests.factories import NOW, AccountFactory, AddressFactory, UserFactory, browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    address = AddressFactory(influencer__name="Maïa  Rivière", email="maia@x.example")
    AccountFactory(influencer=address.influencer, handle="maia.r")
    return address.influencer


def page(person, step: str) -> str:
    return f"/admin/crm/influencer/{person.pk}/{step}/"


@pytest.mark.parametrize(
    ("role", "status"), [("analyst", 403), ("officer", 403), ("manager", 200), ("administrator", 200)]
)
def test_who_may(person, role, status):
    client = browser_of(UserFactory(role=role))
    shown = client.get(page(person, "change")).content.decode()
    for step in ("export", "erase", "trail"):
        assert client.get(page(person, step)).status_code == status, step
        assert (page(person, step) in shown) == (status == 200), step


def test_a_copy_is_taken_by_pressing_a_button_and_noted(person):
    sam = UserFactory(role="manager")
    client = browser_of(sam)
    assert "Colleagues are named by their role only" in client.get(page(person, "export")).content.decode()
    assert not Activity.objects.exists()
    response = client.post(page(person, "export"))
    bundle = json.loads(b"".join(response.streaming_content))
    assert (bundle["person"], response["Content-Disposition"]) == (
        str(person.public_id),
        f'attachment; filename="{person.public_id}.json"',
    )
    assert list(Activity.objects.values_list("kind", "by")) == [("exported", sam.pk)]


@pytest.mark.parametrize("typed", ["", "maia", "Maia Riviere"])
def test_nobody_is_erased_by_a_slip(person, typed):
    client = browser_of(UserFactory(role="manager"))
    response = client.post(page(person, "erase"), {"reason": "asked", "typed": typed})
    assert response.status_code == 200
    assert Influencer.objects.exists()


def test_erasing_says_what_goes_and_what_stays_and_hands_out_a_receipt(person):
    sam = UserFactory(role="manager")
    client = browser_of(sam)
    asked = client.get(page(person, "erase")).content.decode()
    assert "This cannot be undone." in asked
    assert "Keyed hashes of their addresses, accounts and ids" in asked
    response = client.post(page(person, "erase"), {"reason": "asked", "typed": "maïa rivière"}, follow=True)
    receipt = ErasureReceipt.objects.get()
    assert response.redirect_chain == [(f"/admin/crm/erasurereceipt/{receipt.pk}/change/", 302)]
    shown = response.content.decode()
    assert "2 keyed hashes are kept" in shown
    assert "Maïa" not in shown
    assert receipt.by == sam
    assert not Influencer.objects.exists()


def test_a_receipt_can_be_taken_along_and_names_nobody(person):
    receipt = persons.erase(influencer=person, at=NOW)
    client = browser_of(UserFactory(role="manager"))
    assert str(receipt.public_id)[:8] in client.get("/admin/crm/erasurereceipt/").content.decode()
    body = client.get(f"/admin/crm/erasurereceipt/{receipt.pk}/download/").json()
    assert (body["receipt"], body["digests"]) == (str(receipt.public_id), receipt.digests)
    assert "maia" not in json.dumps(body)


@pytest.mark.parametrize(("role", "status"), [("officer", 403), ("manager", 403), ("administrator", 302)])
def test_only_an_administrator_lets_somebody_come_back(person, role, status):
    receipt = persons.erase(influencer=person, at=NOW)
    client = browser_of(UserFactory(role=role))
    said = {"said": "maia@x.example", "asked": "on"}
    assert client.post(f"/admin/crm/erasurereceipt/{receipt.pk}/lift/", said).status_code == status
    receipt.refresh_from_db()
    assert bool(receipt.lifted_at) == (status == 302)


def test_without_their_own_wish_nobody_comes_back(person):
    receipt = persons.erase(influencer=person, at=NOW)
    client = browser_of(UserFactory(role="administrator"))
    client.post(f"/admin/crm/erasurereceipt/{receipt.pk}/lift/", {"said": "maia@x.example"})
    shown = client.post(f"/admin/crm/erasurereceipt/{receipt.pk}/lift/", {"said": "tom@x.example", "asked": "on"})
    assert "This is not an address, profile or id of the person" in shown.content.decode()
    receipt.refresh_from_db()
    assert receipt.lifted_at is None


def test_the_trail_says_who_changed_what_in_words(person):
    sam = UserFactory(role="manager")
    client = browser_of(sam)
    with audit.said(by=sam.pk, why="admin:crm_influencer_address"):
        Address.objects.update(basis="consent", noticed_at=NOW)
    shown = client.get(page(person, "trail")).content.decode()
    for words in (
        "Address: modification",
        "legal basis: legitimate interest → consent",
        "Corrected on the profile",
        "Léa Martin",
    ):
        assert words in shown
