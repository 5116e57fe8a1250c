"""A list shows its one button to those who may press it, and teaches the next step where nothing is there yet."""

import pytest
from django.contrib.auth.models import Group

from tests.factories import CauseFactory, UserFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/crm/cause/"
WORDS = "A cause says what you ask"


def sign_in(client, role: str):
    user = UserFactory()
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return client


def test_the_button_leads_to_the_step_for_those_who_may(client):
    CauseFactory()
    page = sign_in(client, "officer").get(LIST).content.decode()
    assert f'<a class="cw-button cw-button--primary" href="{LIST}add/">Add a cause</a>' in page
    assert client.get(f"{LIST}add/").status_code == 200
    page = sign_in(client, "analyst").get(LIST).content.decode()
    assert "Add a cause" not in page
    assert client.get(f"{LIST}add/").status_code == 403


def test_an_empty_list_says_what_it_is_for_and_has_the_button_once(client):
    page = sign_in(client, "officer").get(LIST).content.decode()
    assert WORDS in page
    assert page.count("Add a cause") == 1
    assert WORDS in sign_in(client, "analyst").get(LIST).content.decode()


def test_a_search_or_a_filter_that_finds_nothing_is_no_empty_list(client):
    assert WORDS not in sign_in(client, "officer").get(f"{LIST}?q=nowhere").content.decode()
    assert WORDS not in client.get(f"{LIST}?topics__id__exact=1").content.decode()
    CauseFactory()
    assert WORDS not in client.get(LIST).content.decode()


def test_a_button_may_lead_to_another_list(client):
    page = sign_in(client, "officer").get("/admin/crm/influencer/").content.decode()
    assert 'href="/admin/crm/importbatch/upload/"' in page
    assert 'href="/admin/crm/influencer/add/"' in page
