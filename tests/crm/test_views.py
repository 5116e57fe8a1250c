"""Saved views: whose they are, what they may ask, who may change and remove them."""

import pytest

from crm.errors import DomainError
from crm.models import SavedView
from crm.services import views
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

ALLOWED = {"q", "country", "o"}


def save(owner, name="French", query="country=FR", *, is_shared=False) -> SavedView:
    return views.save(owner=owner, name=name, query=query, allowed=ALLOWED, is_shared=is_shared)


def test_one_question_has_one_spelling():
    assert views.asked("q=sea&p=3&country=FR&o=&e=1", allowed=ALLOWED) == "country=FR&q=sea"


def test_a_view_keeps_what_is_asked_under_its_name():
    view = save(UserFactory(), name="  French   people ", query="q=%C3%A9lo&country=FR")
    assert (view.name, view.query, view.is_shared) == ("French people", "country=FR&q=%C3%A9lo", False)


def test_saving_under_the_same_name_replaces_ones_own_only():
    lea, tom = UserFactory(), UserFactory()
    save(lea, query="country=FR")
    save(tom, query="country=BE")
    save(lea, query="country=GB", is_shared=True)
    assert sorted(SavedView.objects.values_list("query", "is_shared")) == [("country=BE", False), ("country=GB", True)]


@pytest.mark.parametrize(
    ("name", "query", "code"),
    [
        ("x", "password=1", "view_parameter_unknown"),
        ("x", "", "view_asks_nothing"),
        (" ", "q=sea", "name_blank"),
        ("x", "q=" + "a" * 1_000, "view_too_long"),
    ],
)
def test_what_is_no_view_is_refused(name, query, code):
    with pytest.raises(DomainError) as refused:
        save(UserFactory(), name=name, query=query)
    assert refused.value.code == code


def test_ones_own_and_shared_ones_are_open():
    lea, tom = UserFactory(), UserFactory()
    mine, shared = save(lea), save(tom, name="Shared", is_shared=True)
    save(tom, name="His")
    assert list(SavedView.objects.open_to(lea).order_by("pk")) == [mine, shared]


def test_only_the_owner_renames():
    lea, tom = UserFactory(), UserFactory()
    view = save(lea, is_shared=True)
    save(lea, name="Taken")
    with pytest.raises(DomainError, match="view_not_yours"):
        views.rename(view=view, name="Mine now", is_shared=False, by=tom)
    with pytest.raises(DomainError, match="view_name_taken"):
        views.rename(view=view, name="Taken", is_shared=False, by=lea)
    view.refresh_from_db()
    views.rename(view=view, name="Better", is_shared=False, by=lea)
    assert (view.name, view.is_shared) == ("Better", False)


@pytest.mark.parametrize(
    ("role", "is_shared", "may"),
    [("manager", True, True), ("manager", False, False), ("officer", True, False), ("administrator", True, True)],
)
def test_a_manager_may_remove_shared_ones_of_others(role, is_shared, may):
    other = UserFactory(role=role)
    view = save(UserFactory(), is_shared=is_shared)
    if may:
        views.remove(view=view, by=other)
    else:
        with pytest.raises(DomainError, match="view_not_yours"):
            views.remove(view=view, by=other)
    assert SavedView.objects.exists() is not may
