"""The team's pages: who works here, as what, and how they get in."""

import pytest
from django.test import Client

from crm.models import User
from tests.factories import UserFactory, browser_of

pytestmark = pytest.mark.django_db

LIST = "/admin/crm/user/"
ADD = f"{LIST}add/"
PASSWORD = "océan-2027-plage"
NEW = {
    "first_name": "Nour", "last_name": "Haddad", "email": "nour@charity.example", "username": "nour",
    "role": "officer", "password": PASSWORD, "again": PASSWORD,
}  # fmt: skip


@pytest.fixture
def ada() -> User:
    return UserFactory(
        role="administrator", username="ada", first_name="Ada", last_name="Novak", email="ada@charity.example"
    )


@pytest.fixture
def client(ada) -> Client:
    return browser_of(ada)


def known(user: User, **values):
    said = {"first_name": user.first_name, "last_name": user.last_name, "email": user.email, "role": "administrator"}
    return said | {"is_active": "on"} | values


def test_somebody_new_can_come_in_and_do_what_their_role_may(client):
    assert client.post(ADD, NEW).status_code == 302
    nour = User.objects.get(username="nour")
    assert (nour.role, nour.get_full_name(), nour.is_staff, nour.is_superuser) == (
        "officer",
        "Nour Haddad",
        True,
        False,
    )
    browser = Client()
    assert browser.login(username="nour", password=PASSWORD)
    assert browser.get("/admin/crm/influencer/").status_code == 200
    assert browser.get(LIST).status_code == 403


def test_the_list_says_roles_in_words(client):
    UserFactory(role="officer", first_name="Léa", last_name="Martin")
    page = client.get(LIST).content.decode()
    assert "partnership officer" in page
    assert "administrator" in page


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"username": "ADA"}, "Somebody signs in as “ADA” already."),
        ({"username": "no blanks"}, "Enter a valid username."),
        ({"role": "emperor"}, "Select a valid choice."),
        ({"email": "nowhere"}, "Enter a valid email address."),
        ({"again": "another"}, "This is not the same password."),
        ({"password": "12345678", "again": "12345678"}, "This password is entirely numeric."),
        ({"password": "nour.haddad", "again": "nour.haddad"}, "too similar to the"),
        ({"first_name": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_is_said_and_adds_nobody(client, wrong, words):
    page = client.post(ADD, NEW | wrong)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert User.objects.count() == 1


def test_a_page_never_shows_a_password_again(client):
    page = client.post(ADD, NEW | {"role": ""}).content.decode()
    assert PASSWORD not in page


def test_a_role_changes_and_a_person_leaves(client):
    lea = UserFactory(role="officer", first_name="Léa", last_name="Martin")
    browser = browser_of(lea)
    client.post(f"{LIST}{lea.pk}/change/", known(lea, role="manager", last_name="Martin-Roux"))
    lea = User.objects.get(pk=lea.pk)
    assert (lea.role, lea.last_name, lea.groups.count()) == ("manager", "Martin-Roux", 1)
    client.post(f"{LIST}{lea.pk}/change/", {name: v for name, v in known(lea).items() if name != "is_active"})
    assert browser.get("/admin/").status_code == 302


def test_the_last_administrator_cannot_lock_everybody_out(client, ada):
    for said in (known(ada, role="officer"), {name: v for name, v in known(ada).items() if name != "is_active"}):
        page = client.post(f"{LIST}{ada.pk}/change/", said).content.decode()
        assert "Somebody must be able to let others in." in page
        ada.refresh_from_db()
        assert (User.objects.get(pk=ada.pk).role, ada.is_active) == ("administrator", True)


def test_a_new_password_opens_and_the_old_session_is_over(client):
    lea = UserFactory(role="officer", username="lea")
    browser = browser_of(lea)
    said = {"password": PASSWORD, "again": PASSWORD}
    assert client.post(f"{LIST}{lea.pk}/password/", said).status_code == 302
    assert browser.get("/admin/").status_code == 302
    assert Client().login(username="lea", password=PASSWORD)


def test_who_changes_their_own_password_stays_signed_in(client, ada):
    client.post(f"{LIST}{ada.pk}/password/", {"password": PASSWORD, "again": PASSWORD})
    assert client.get("/admin/").status_code == 200


def test_a_weak_password_is_refused_for_whom_it_is(client, ada):
    said = {"password": "ada@charity.example", "again": "ada@charity.example"}
    assert "too similar to the email" in client.post(f"{LIST}{ada.pk}/password/", said).content.decode()


def test_an_account_with_every_right_is_not_taken_over(client):
    root = UserFactory(is_superuser=True)
    for step, said in (
        ("password", {"password": PASSWORD, "again": PASSWORD}),
        ("change", known(root, role="analyst")),
    ):
        assert "has every right" in client.post(f"{LIST}{root.pk}/{step}/", said).content.decode()
    root.refresh_from_db()
    assert not root.check_password(PASSWORD)
    assert not root.groups.exists()


@pytest.mark.parametrize("role", ["analyst", "officer", "manager"])
def test_others_do_not_come_in(ada, role):
    browser = browser_of(UserFactory(role=role))
    for address in (LIST, ADD, f"{LIST}{ada.pk}/change/", f"{LIST}{ada.pk}/password/"):
        assert browser.get(address).status_code == 403
        assert browser.post(address, NEW).status_code == 403
    assert User.objects.count() == 2


def test_whoever_may_look_may_not_change(ada):
    from django.contrib.auth.models import Permission

    reader = UserFactory()
    reader.user_permissions.add(Permission.objects.get(codename="view_user"))
    address = f"{LIST}{ada.pk}/change/"
    assert browser_of(reader).get(address).status_code == 200
    assert browser_of(reader).post(address, known(ada, last_name="Changed")).status_code == 403
