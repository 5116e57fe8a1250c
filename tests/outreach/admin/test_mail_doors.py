"""The page that says how a mail service hands over answers: each address on it takes them."""

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.test import Client

from outreach.models import InboundMessage
from outreach.sources.mail import DOORS
from tests.factories import UserFactory, browser_of
from tests.outreach.receiving.mails import mail, written_to

pytestmark = pytest.mark.django_db
PAGE = "/admin/outreach/mailbox/services/"


def addresses() -> dict[str, str]:
    page = browser_of(UserFactory(role="administrator")).get(PAGE).content.decode()
    return {name: unescape(found) for name, found in re.findall(r'id="address-([a-z-]+)"[^>]*>([^<]+)<', page)}


def test_every_door_stands_there_with_its_address():
    assert set(addresses()) == set(DOORS)
    assert addresses()["mailgun"].endswith("?mime")


def test_what_is_posted_to_an_address_of_the_page_is_a_letter():
    path = urlsplit(addresses()["raw"]).path
    answer = Client().post(path, mail("Which beach?", answers=written_to()), content_type="message/rfc822")
    assert (answer.status_code, InboundMessage.objects.count()) == (204, 1)
    page = browser_of(UserFactory(role="administrator")).get(PAGE).content.decode()
    assert "No letter came this way yet" not in page


def test_a_door_that_is_shut_says_why(settings):
    settings.MAILGUN_SIGNING_KEY = ""
    page = browser_of(UserFactory(role="administrator")).get(PAGE).content.decode()
    assert page.count("MAILGUN_SIGNING_KEY") == 2
    settings.MAILGUN_SIGNING_KEY = "key"
    assert "MAILGUN_SIGNING_KEY" not in browser_of(UserFactory(role="administrator")).get(PAGE).content.decode()


@pytest.mark.parametrize("role", ["officer", "manager", "analyst"])
def test_nobody_else_sees_an_address(role):
    assert browser_of(UserFactory(role=role)).get(PAGE).status_code == 403
