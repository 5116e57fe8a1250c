"""Who comes to a public door too often is sent away; who says no never is, and nobody for whom they say they are."""

import secrets
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from config import settings as ours
from config import wsgi
from config.floods import DOORS, Floods
from outreach import receivers, signing, urls
from tests.factories import LinkFactory

LIMIT = 5
STRANGER, PROXY = "198.51.100.7", "10.0.0.2"


class Front:
    """What stands before the house, and who came through."""

    def __init__(self, per_minute=LIMIT):
        self.now, self.let_in = 0.0, 0
        self.floods = Floods(self._house, per_minute=per_minute, clock=lambda: self.now)

    def house(self, environ):
        self.let_in += 1

    def _house(self, environ, start_response):
        self.house(environ)
        start_response("200 OK", [])
        return [b"house"]

    def ask(self, path="/r/wpnmfqtd", method="GET", peer=STRANGER, forwarded=None):
        said = {"PATH_INFO": path, "REQUEST_METHOD": method, "REMOTE_ADDR": peer}
        if forwarded is not None:
            said["HTTP_X_FORWARDED_FOR"] = forwarded
        setup_testing_defaults(said)
        told = []
        body = b"".join(self.floods(said, lambda *answer: told.extend(answer)))
        return told[0], dict(told[1]), body

    def refused(self, times, **asked) -> int:
        return sum(self.ask(**asked)[0].startswith("429") for _ in range(times))


@pytest.fixture
def front():
    return Front()


def test_one_address_comes_so_often_a_minute_through_all_public_doors_together(front):
    for path in ("/r/wpnmfqtd", "/c/key.gif", "/u/token", "/r/other", "/u/token"):
        assert front.ask(path)[0] == "200 OK"
    status, headers, body = front.ask()
    assert (status, headers["Retry-After"], headers["Content-Length"], body) == (
        "429 Too Many Requests",
        "12",
        "0",
        b"",
    )
    assert front.let_in == LIMIT
    front.now = 12.0
    assert front.refused(3) == 2


def test_every_public_door_is_behind_it_but_hooks_whose_events_must_not_be_lost():
    routes = {f"/{each.pattern}" for each in urls.public}
    assert {route for route in routes if not route.startswith(DOORS)} == {
        "/hooks/mail/<slug:source>/<str:key>/",
        "/hooks/<slug:source>/<str:key>/",
    }


@pytest.mark.parametrize("path", ["/hooks/stripe/key/", "/admin/login/", "/api/v1/me/", "/", "/readyz", "/random"])
def test_other_doors_are_none_of_its_business(front, path):
    assert front.refused(LIMIT * 4, path=path) == 0


def test_a_page_that_shows_our_pixel_shows_a_picture_nevertheless(front):
    front.refused(LIMIT)
    _status, headers, body = front.ask("/c/key.gif")
    assert (headers["Content-Type"], body) == ("image/gif", receivers.PIXEL)
    assert headers["Content-Length"] == str(len(body))
    assert front.ask("/c/key.gif", method="HEAD")[2] == b""


@pytest.mark.parametrize("trusted", [[], ["10.0.0.0/8"]])
def test_what_a_visitor_writes_into_x_forwarded_for_makes_nobody_of_them(front, settings, trusted):
    """Neither directly, nor before what our proxy wrote behind it."""
    settings.TRUSTED_PROXIES = trusted
    peer, tail = (PROXY, f", {STRANGER}") if trusted else (STRANGER, "")
    lies = [".".join(str(secrets.randbelow(256)) for _ in range(4)) for _ in range(1_000)]
    answers = [front.ask(peer=peer, forwarded=lie + tail)[0] for lie in lies]
    assert (answers.count("200 OK"), answers.count("429 Too Many Requests")) == (LIMIT, 1_000 - LIMIT)
    assert len(front.floods.visitors) == 1


def test_visitors_whom_our_proxy_names_are_many(front, settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert sum(front.refused(LIMIT, peer=PROXY, forwarded=f"198.51.100.{each}") for each in range(50)) == 0


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.0.0.2", "192.168.1.9", "::1", "fd00::7", "", "unknown"])
def test_who_might_be_everybody_is_not_refused(front, peer):
    """A proxy that TRUSTED_PROXIES does not name: its visitors write what they like, and all have its address."""
    assert front.refused(LIMIT * 10, peer=peer, forwarded=STRANGER) == 0
    assert len(front.floods.visitors) == 0


def test_an_address_of_ipv6_is_no_more_than_its_64(front):
    assert sum(front.refused(1, peer=f"2001:db8:1:2::{each:x}") for each in range(LIMIT + 3)) == 3
    assert front.refused(1, peer="2001:db8:1:3::1") == 0
    assert front.refused(LIMIT + 1, peer=f"::ffff:{STRANGER}") == front.refused(1) == 1


def test_a_no_always_gets_through(front):
    token = signing.unsubscribe_token("v1:" + "ab" * 32)
    front.refused(LIMIT * 2)
    assert front.refused(200, path=f"/u/{token}", method="POST") == 0
    assert front.refused(1, path=f"/u/{token}") == 1  # looking is not saying


@pytest.mark.parametrize("forged", ["", "token", "v1.YQ.YQ", "\xe9", None])
def test_a_no_that_we_gave_nobody_is_a_flood_like_any_other(front, forged):
    token = signing.hook_key("raw") if forged is None else forged
    assert front.refused(LIMIT + 2, path=f"/u/{token}", method="POST") == 2


def test_where_our_own_keys_are_damaged_the_house_says_so(front, settings, tmp_path):
    settings.KEYRING = tmp_path / "keyring.json"
    settings.KEYRING.write_text("{}")
    assert front.refused(LIMIT + 2, path="/u/v1.YQ.YQ", method="POST") == 0


def test_with_0_as_many_may_come_as_come():
    assert Front(per_minute=0).refused(5_000) == 0


def test_what_is_served_is_behind_it():
    assert isinstance(wsgi.application, Floods)
    assert wsgi.application.visitors is not None


@pytest.mark.django_db
def test_of_what_is_refused_nothing_is_kept_or_looked_up(front, django_assert_num_queries):
    link, counted = LinkFactory(), front.house
    front.house = lambda environ: (Client().get(environ["PATH_INFO"]), counted(environ))
    front.refused(LIMIT, path=f"/r/{link.code}")
    with django_assert_num_queries(0):
        assert front.refused(50, path=f"/r/{link.code}") == 50
    assert link.clicks.count() == LIMIT


@pytest.mark.parametrize("said", ["-1", "many", "1.5", "", "²"])
def test_a_limit_that_is_none_is_said_at_the_start(monkeypatch, said):
    monkeypatch.setenv("PUBLIC_PER_MINUTE", said)
    with pytest.raises(ImproperlyConfigured, match="PUBLIC_PER_MINUTE"):
        ours.natural("PUBLIC_PER_MINUTE", default=1_200)


def test_by_itself_a_whole_school_gets_through_one_address():
    assert Front(per_minute=ours.PUBLIC_PER_MINUTE).refused(1_000) == 0
