"""Who may sign in, and who works here as what."""

import threading

import pytest
from django.db import connection
from django.test import Client

from crm.errors import DomainError
from crm.models import User
from crm.services import instance, staff
from tests.factories import UserFactory, tool_of

pytestmark = pytest.mark.django_db

PASSWORD = "océan-2027-plage"


def account(**values):
    user = UserFactory(**values)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.mark.parametrize(
    ("is_demo", "is_active", "is_loopback", "may"),
    [
        (False, True, True, True),
        (False, True, False, True),
        (True, True, True, True),
        (True, True, False, False),  # everybody knows a demo password
        (False, False, True, False),
    ],
)
def test_demo_accounts_open_only_where_nobody_else_comes(settings, is_demo, is_active, is_loopback, may):
    settings.IS_LOOPBACK = is_loopback
    user = account(is_demo=is_demo, is_active=is_active)
    assert Client().login(username=user.username, password=PASSWORD) is may


def test_a_demo_session_and_a_demo_token_end_when_others_can_reach_the_door(settings):
    user = account(is_demo=True, is_superuser=True)
    browser, tool = Client(), tool_of(user, "causes:read")
    assert browser.login(username=user.username, password=PASSWORD)
    assert browser.get("/admin/").status_code == 200
    assert tool.get("/api/v1/me/").status_code == 200
    settings.IS_LOOPBACK = False
    assert browser.get("/admin/").status_code == 302
    assert tool.get("/api/v1/me/").status_code == 401


FIRST = {
    "username": "ada", "first_name": "Ada", "last_name": "Novak", "email": "ada@charity.example",
    "password": PASSWORD, "organisation": "Clear Shores", "postal_address": "1 Quay Street, Cork", "language": "fr",
}  # fmt: skip


def test_the_first_administrator_may_let_others_in_and_says_whose_installation_this_is():
    ada = staff.make_first_administrator(**FIRST)
    assert (ada.role, ada.language, ada.is_superuser) == ("administrator", "fr", False)
    assert ada.has_perm("crm.add_user")
    assert (instance.organisation(), instance.postal_address()) == ("Clear Shores", "1 Quay Street, Cork")


def test_there_is_one_first_administrator():
    staff.make_first_administrator(**FIRST)
    with pytest.raises(DomainError, match="somebody_is_here"):
        staff.make_first_administrator(**FIRST | {"username": "eve", "organisation": "Elsewhere"})
    assert User.objects.get().username == "ada"
    assert instance.organisation() == "Clear Shores"


def test_a_name_that_somebody_left_behind_is_not_taken_twice():
    account(username="Ada", is_active=False)
    with pytest.raises(DomainError, match="username_taken"):
        staff.make_first_administrator(**FIRST)
    assert instance.organisation() == ""


def test_without_a_postal_address_nobody_is_made():
    with pytest.raises(DomainError, match="postal_address_missing"):
        staff.make_first_administrator(**FIRST | {"postal_address": " "})
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_come_first_at_once_one_wins():
    both_ready, made, refused = threading.Barrier(2), [], []

    def come(name: str) -> None:
        both_ready.wait(10)
        try:
            made.append(staff.make_first_administrator(**FIRST | {"username": name}).username)
        except DomainError as error:
            refused.append(error.code)
        finally:
            connection.close()

    visitors = [threading.Thread(target=come, args=[name]) for name in ("ada", "eve")]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join(20)
    assert (len(made), refused) == (1, ["somebody_is_here"])
    assert [user.username for user in User.objects.all()] == made


def test_demo_people_are_nobody_s_administrators_where_others_come(settings):
    ada = staff.make_first_administrator(**FIRST)
    demo = staff.add(
        username="demo", first_name="D", last_name="D", email="d@x.example", role="administrator", password=PASSWORD
    )
    User.objects.filter(pk=demo.pk).update(is_demo=True)
    settings.IS_LOOPBACK = False
    with pytest.raises(DomainError, match="last_administrator"):
        staff.change(user=ada, first_name="A", last_name="N", email="", role="officer", is_active=True, by=ada)
    settings.IS_LOOPBACK = True
    staff.change(user=ada, first_name="A", last_name="N", email="", role="officer", is_active=True, by=ada)
    assert User.objects.get(pk=ada.pk).role == "officer"


def test_an_unknown_role_is_none():
    with pytest.raises(DomainError, match="role_unknown"):
        staff.add(username="x", first_name="", last_name="", email="", role="emperor", password=PASSWORD)
    assert not User.objects.exists()


def test_whom_one_may_try_the_demo_as(settings):
    account(role="administrator", username="ada", is_demo=True)
    account(username="real")
    account(username="roleless", is_demo=True)
    assert [person.username for person in staff.demo_people()] == ["ada"]
    settings.IS_LOOPBACK = False
    assert staff.demo_people() == []
