"""Doors that anybody may knock on. GET never changes a person's state."""

import pytest
from django.test import Client

from crm.models import Address, Instance, Suppression
from outreach import signing
from outreach.models import Click, Message
from tests.factories import NOW, AddressFactory, LinkFactory, approved_message

pytestmark = pytest.mark.django_db


def test_a_click_is_stored_and_sent_on():
    link = LinkFactory()
    agent = {"User-Agent": "Mozilla/5.0\x1b[31m", "Referer": "https://insta.example/amina?session=secret"}
    response = Client().get(f"/r/{link.code.upper()}", headers=agent)
    click = Click.objects.get()
    assert response.status_code == 302
    assert response["Location"].startswith("https://give.example/form?utm_source=")
    assert f"cw_click={click.click_id}" in response["Location"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    assert (click.link, click.referrer_host, click.user_agent) == (link, "insta.example", "Mozilla/5.0[31m")
    assert not response.cookies


def test_a_link_typed_with_the_code_as_it_was_said_leads_there_too():
    link = LinkFactory(code="wpnmfqtd")
    assert Client().get("/r/WPNM-fqtd").status_code == 302
    assert Click.objects.get().link == link


@pytest.mark.parametrize("code", ["nope", "-", "%00", "..", "%0d%0aSet-Cookie:a=b", "a" * 5_000])
def test_an_unknown_link_leads_nowhere(code):
    assert Client().get(f"/r/{code}").status_code == 404
    assert not Click.objects.exists()


def test_a_link_is_not_posted_to():
    assert Client().post(f"/r/{LinkFactory().code}").status_code == 405


@pytest.fixture
def door() -> str:
    return f"/u/{signing.unsubscribe_token(str(AddressFactory().public_id))}"


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_at_the_page_says_no_for_nobody(door, method):
    getattr(Client(), method)(door)
    assert not Suppression.objects.exists()


def test_one_post_says_no_without_cookie_or_token(door):
    client = Client(enforce_csrf_checks=True)
    for _ in range(2):
        response = client.post(door, {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
        assert not response.cookies
    assert Suppression.objects.get().subject == Address.objects.get().digest


def test_the_page_has_a_button_and_says_done_only_once_it_is(door):
    client = Client()
    assert ["<button>" in page.content.decode() for page in (client.get(door), client.post(door))] == [True, False]
    assert ["<h1>Done" in page.content.decode() for page in (client.get(door), client.post(door))] == [False, True]


def test_the_page_speaks_the_language_of_the_person():
    address = AddressFactory(influencer__languages=["fr"])
    page = Client(headers={"Accept-Language": "en"}).get(f"/u/{signing.unsubscribe_token(str(address.public_id))}")
    assert '<html lang="fr">' in page.content.decode()


def test_the_page_says_whose_messages_stop(door, organisation):
    assert "Rivages Vivants" not in Client().get(door).content.decode()
    Instance.objects.update(organisation="Rivages Vivants")
    assert "<strong>Rivages Vivants</strong>" in Client().get(door).content.decode()
    message = approved_message()
    Message.objects.update(dispatched_at=NOW)
    page = f"/u/{signing.unsubscribe_token(str(message.address.public_id))}"
    for answer in (Client().get(page), Client().post(page)):
        assert "<strong>Clear Shores</strong>" in answer.content.decode()  # in whose name the message was written


@pytest.mark.parametrize("token", ["x", "", "a.b.c", "%00"])
def test_a_token_that_is_none_never_says_done(token):
    response = Client().post(f"/u/{token}")
    assert response.status_code == 404
    assert not Suppression.objects.exists()


def test_a_token_for_another_purpose_is_none():
    from crm import keyring

    address = AddressFactory()
    assert Client().post(f"/u/{keyring.sign('click', str(address.public_id))}").status_code == 404
    assert not Suppression.objects.exists()
