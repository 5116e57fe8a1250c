"""Doors that anybody may knock on. GET never changes a person's state."""

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client

from crm import keyring
from crm.models import Address, Instance, Suppression
from crm.services import addresses, persons
from outreach.models import Click, Message
from outreach.services import delivery, messages
from tests.factories import NOW, AddressFactory, LinkFactory, UserFactory, approved_message

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


def door_of(address: Address) -> str:
    return urlsplit(messages.unsubscribe_url(address)).path


@pytest.fixture
def door() -> str:
    return door_of(AddressFactory())


def noted() -> list[tuple[str, str]]:
    return list(Suppression.objects.order_by("pk").values_list("scope", "reason"))


def heading(response) -> str:
    return re.search(r"<h1>(.*?)</h1>", response.content.decode())[1]


def choices(response) -> list[str]:
    return re.findall(r'name="choice" value="(\w+)"', response.content.decode())


LOOKS = {
    "User-Agent": "Mozilla/5.0 (compatible; MailScanner)",
    "Sec-Purpose": "prefetch;prerender",
    "Purpose": "prefetch",
}


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "delete", "patch"])
def test_looking_at_the_page_says_no_for_nobody(door, method):
    for headers in ({}, LOOKS):
        getattr(Client(headers=headers), method)(f"{door}?choice=all&List-Unsubscribe=One-Click")
    assert not Suppression.objects.exists()


def test_one_post_says_no_without_cookie_or_token(door):
    client = Client(enforce_csrf_checks=True)
    for _ in range(2):
        response = client.post(door, {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
        assert not response.cookies
    assert Suppression.objects.get().subject == Address.objects.get().digest


BODIES = {
    "as RFC 8058 says": {"data": {"List-Unsubscribe": "One-Click"}},  # multipart
    "as a form": {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"},
    "nothing": {"data": b"", "content_type": "application/x-www-form-urlencoded"},
    "JSON": {"data": b'{"a": 1}', "content_type": "application/json"},
    "no multipart": {"data": b"--x", "content_type": "multipart/form-data; boundary=" + "x" * 300},
    "another choice": {"data": {"choice": "nonsense"}},
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_whatever_a_mail_program_posts_is_a_no_to_partnership_messages(door, body):
    for _ in range(2):
        response = Client(enforce_csrf_checks=True).post(door, **body)
        assert (response.status_code, heading(response)) == (200, "We send you no more partnership requests")
    assert noted() == [("partnership", "unsubscribed")]


@pytest.mark.parametrize("number", [5, pytest.param(500, marks=pytest.mark.slow)])
def test_scanners_change_nothing_for_anybody_and_mail_programs_do_for_everybody(number):
    doors = [door_of(AddressFactory()) for _ in range(number)]
    for door in doors:
        for method in ("get", "head", "options"):
            getattr(Client(headers=LOOKS), method)(door)
    assert not Suppression.objects.exists()
    answers = [
        Client(enforce_csrf_checks=True).post(door, {"List-Unsubscribe": "One-Click"})
        for door in doors
        for _again in range(2)
    ]
    assert {(answer.status_code, bool(answer.cookies)) for answer in answers} == {(200, False)}
    subjects = Suppression.objects.filter(scope="partnership", reason="unsubscribed").values_list("subject", flat=True)
    assert set(subjects) == set(Address.objects.values_list("digest", flat=True))
    assert len(subjects) == number


def test_the_page_shows_what_the_database_says(door):
    client = Client()
    looked, said, again = client.get(door), client.post(door, {"choice": "partnership"}), client.get(door)
    assert [heading(page) for page in (looked, said, again)] == [
        "What may we send you?",
        "We send you no more partnership requests",
        "We send you no more partnership requests",
    ]
    assert choices(looked) == ["partnership", "all"]
    assert choices(again) == ["all", "take_back"]
    assert "We have it from: her page “Contact”." in looked.content.decode()


def test_no_message_at_all_is_another_no(door):
    client = Client()
    client.post(door, {"choice": "partnership"})
    response = client.post(door, {"choice": "all"})
    assert heading(response) == "We do not write to you any more"
    assert choices(response) == ["take_back"]
    assert noted() == [("partnership", "unsubscribed"), ("all", "unsubscribed")]


def test_whoever_changes_their_mind_takes_back_what_they_said(door):
    client = Client()
    client.post(door, {"choice": "partnership"})
    client.post(door, {"choice": "all"})
    response = client.post(door, {"choice": "take_back"})
    assert (response.status_code, heading(response), noted()) == (200, "We may write to you again", [])
    address = Address.objects.get()
    assert Address.objects.usable().get() == address
    kinds = list(address.influencer.activities.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["suppressed", "suppressed", "unsuppressed"]
    client.post(door, {"choice": "take_back"})
    assert address.influencer.activities.count() == 3


@pytest.mark.parametrize("reason", ["declined", "complaint", "bounced"])
def test_what_others_noted_is_not_for_them_to_take_back(door, reason):
    address = Address.objects.get()
    Client().post(door, {"choice": "partnership"})
    addresses.refuse(email=address.email, reason=reason, by=UserFactory(), at=NOW)
    response = Client().post(door, {"choice": "take_back"})
    assert heading(response) in {"We send you no more partnership requests", "We do not write to you any more"}
    assert "take_back" not in choices(response)
    assert [said for _scope, said in noted()] == [reason]


def test_a_get_takes_nothing_back(door):
    Client().post(door)
    Client().get(f"{door}?choice=take_back")
    assert noted() == [("partnership", "unsubscribed")]


def test_a_no_is_kept_of_an_address_that_we_have_let_go_of_meanwhile(door):
    address = Address.objects.get()
    Address.objects.all().delete()
    assert heading(Client().get(door)) == "What may we send you?"
    assert heading(Client().post(door)) == "We send you no more partnership requests"
    again = AddressFactory(email=address.email)  # and the next import brings it back
    assert not Address.objects.usable().filter(pk=again.pk).exists()


def test_a_link_in_a_message_of_before_still_works():
    address = AddressFactory()
    old = f"/u/{keyring.sign('unsubscribe', str(address.public_id))}"
    assert heading(Client().post(old)) == "We send you no more partnership requests"
    assert noted() == [("partnership", "unsubscribed")]
    address.delete()
    assert Client().post(old).status_code == 404


def test_after_erasure_the_page_says_that_nothing_is_written(door, own_keyring):
    persons.erase(influencer=Address.objects.get().influencer, at=NOW)
    for response in (Client().get(door), Client().post(door)):
        assert heading(response) == "We do not write to you any more"
        assert "We hold the address no more." in response.content.decode()
    Client().post(door, {"choice": "take_back"})
    assert ("all", "erased") in noted()


def test_what_is_on_its_way_at_this_moment_is_told(organisation):
    message = approved_message()
    Message.objects.update(state="claimed")
    delivery.gate(pk=message.pk, at=NOW)
    assert "may still arrive" in Client().post(door_of(message.address)).content.decode()
    Message.objects.update(state="sent")
    assert "may still arrive" not in Client().post(door_of(message.address)).content.decode()


def test_the_page_speaks_the_language_of_the_person():
    for theirs, asked, spoken in (
        (["fr"], "en", "fr"),
        (["de", "fr"], "en", "fr"),
        (["de"], "fr", "fr"),
        (["de"], "it", "en"),
        ([], "fr", "fr"),
    ):
        address = AddressFactory(influencer__languages=theirs)
        page = Client(headers={"Accept-Language": asked}).get(door_of(address))
        assert f'<html lang="{spoken}">' in page.content.decode()


def test_the_page_says_whose_messages_stop(door, organisation):
    assert "Rivages Vivants" not in Client().get(door).content.decode()
    Instance.objects.update(organisation="Rivages Vivants")
    assert "<strong>Rivages Vivants</strong>" in Client().get(door).content.decode()
    message = approved_message()
    Message.objects.update(dispatched_at=NOW)
    page = door_of(message.address)
    for answer in (Client().get(page), Client().post(page)):
        assert "<strong>Clear Shores</strong>" in answer.content.decode()  # in whose name the message was written


@pytest.mark.parametrize("token", ["x", "", "a.b.c", "%00"])
def test_a_token_that_is_none_never_says_done(token):
    response = Client().post(f"/u/{token}")
    assert response.status_code == 404
    assert not Suppression.objects.exists()


def test_a_token_for_another_purpose_is_none():
    address = AddressFactory()
    assert Client().post(f"/u/{keyring.sign('click', str(address.public_id))}").status_code == 404
    assert not Suppression.objects.exists()
