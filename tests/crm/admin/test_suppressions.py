"""The page of those who said no: added to and looked up by address, which stands nowhere afterwards."""

import pytest

from crm.models import Suppression
from crm.services import addresses
from tests.factories import NOW, AddressFactory, UserFactory, browser_of

pytestmark = pytest.mark.django_db
LIST = "/admin/crm/suppression/"
EMAIL = "somebody@plage.example"


@pytest.fixture
def client():
    return browser_of(UserFactory(role="officer"))


def add(client, **said):
    given = {"email": EMAIL, "scope": "partnership", "reason": "declined", "note": "by telephone"}
    return client.post(f"{LIST}add/", given | said, follow=True)


def test_a_no_is_noted_for_somebody_we_do_not_know(client):
    page = add(client).content.decode()
    row = Suppression.objects.get()
    assert (row.reason, row.note, row.by.is_staff) == ("declined", "by telephone", True)
    assert "by telephone" in page
    assert "Asked not to be written to" in client.get(LIST).content.decode()
    assert "plage.example" not in page + client.get(LIST).content.decode()
    assert "This was noted already." in add(client).content.decode()


@pytest.mark.parametrize(
    ("said", "word"), [({"email": "nobody"}, "not an e-mail address"), ({"note": "a@b.example"}, "without the address")]
)
def test_what_cannot_be_noted_is_said_and_what_was_typed_stays(client, said, word):
    page = add(client, **said).content.decode()
    assert word in page
    assert 'value="%s"' % (said.get("email") or EMAIL) in page
    assert not Suppression.objects.exists()


def test_an_address_is_looked_up_by_post(client):
    AddressFactory(email="free@plage.example")
    addresses.complained(email=EMAIL, at=NOW)

    def look(email):
        return client.post(f"{LIST}look_up/", {"email": email}).content.decode()

    assert "Complaint" in look(EMAIL.upper())
    assert "Nothing is noted about this address." in look("free@plage.example")
    assert "not an e-mail address" in look("nobody")
    assert "Complaint" not in client.get(f"{LIST}look_up/?email={EMAIL}").content.decode().partition("<main")[2]


def test_nothing_there_is_changed_or_removed(client):
    add(client)
    row = Suppression.objects.get()
    root = browser_of(UserFactory(is_superuser=True))
    for who in (client, root):
        assert who.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
        who.post(f"{LIST}{row.pk}/change/", {"reason": "unsubscribed"})
    row.refresh_from_db()
    assert row.reason == "declined"


def test_an_analyst_sees_none_of_it():
    browser = browser_of(UserFactory(role="analyst"))
    for address in (LIST, f"{LIST}add/", f"{LIST}look_up/"):
        assert browser.get(address).status_code == 403
    assert browser.post(f"{LIST}look_up/", {"email": EMAIL}).status_code == 403


def test_the_outbox_leads_there(client):
    assert f'href="{LIST}"' in client.get("/admin/outreach/message/").content.decode()
