"""A tracked link has a door of its own: no cookie, no session, no language; what leads nowhere the house answers."""

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config.doors import Links
from outreach.models import Click
from tests.factories import LinkFactory, UserFactory

pytestmark = pytest.mark.django_db


def house(request):
    """What the house would say, to whom it knows; it sets a cookie."""
    response = HttpResponse(request.COOKIES.get("sessionid", "nobody"))
    response.set_cookie("language", "fr")
    return response


def answered(path):
    return Links(house)(RequestFactory(headers={"Cookie": "sessionid=x"}).get(path))


@pytest.mark.parametrize("path", ["/r/wpnmfqtd", "/r/", "/r/wpnm/fqtd"])
def test_behind_a_link_that_leads_nowhere_nobody_reads_a_cookie_and_none_is_set(path):
    response = answered(path)
    assert (response.content, len(response.cookies)) == (b"nobody", 0)


def test_who_is_led_on_does_not_come_into_the_house():
    response = answered(f"/r/{LinkFactory().code}")
    assert (response.status_code, response.content, len(response.cookies)) == (302, b"", 0)
    assert response["Content-Length"] == "0"


def test_anywhere_else_cookies_stay():
    response = answered("/admin/")
    assert (response.content, len(response.cookies)) == (b"x", 1)


def test_what_the_house_says_to_everybody_it_says_here_too(settings):
    settings.SECURE_HSTS_SECONDS = 3600
    link, colleague = LinkFactory(), Client()
    colleague.force_login(UserFactory())
    response = colleague.get(f"/r/{link.code}", secure=True)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "max-age=3600" in response["Strict-Transport-Security"]
    assert not {"Set-Cookie", "Vary", "Content-Language"} & set(response.headers)


def test_under_a_name_that_is_not_ours_nobody_is_led_on():
    link = LinkFactory()
    assert Client(headers={"Host": "evil.example"}).get(f"/r/{link.code}").status_code == 400
    assert not Click.objects.exists()


@pytest.mark.parametrize(("language", "word"), [("fr", 'lang="fr"'), ("en", 'lang="en"')])
def test_a_link_that_leads_nowhere_is_said_so_in_the_visitors_language(language, word):
    for other in ("en", "fr"):  # whatever this thread spoke before
        Client(headers={"Accept-Language": other}).get("/admin/login/")
        page = Client(headers={"Accept-Language": language}).get("/r/nothing2")
        assert (page.status_code, word in page.content.decode()) == (404, True)


def test_a_link_is_only_asked_for():
    assert Client().post(f"/r/{LinkFactory().code}").status_code == 405
    assert Client().head(f"/r/{LinkFactory().code}").status_code == 302
