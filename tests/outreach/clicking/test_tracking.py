"""What is kept of a click, and that it is kept before the answer: in the database, or on disk while that is away."""

import socket
import time
from contextlib import suppress
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.test import Client

from crm.errors import DomainError
from crm.models import Cause
from outreach.models import Campaign, Click, ClickVerdict, Link
from outreach.services import click_spool, link_targets, tracking
from tests.factories import NOW, LinkFactory

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
BROWSER = {
    "User-Agent": PHONE,
    "Accept": "text/html,application/xhtml+xml",
    "Accept-Language": "fr",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
}


def follow(link, **headers):
    return Client(headers=BROWSER | headers).get(f"/r/{link.code}")


def record(link, **said) -> str:
    given = {"method": "GET", "user_agent": PHONE, "referrer": "", "at": NOW}
    return tracking.record(code=link.code, **given | said)


@pytest.mark.django_db
class TestWhatIsKept:
    def test_a_request_says_of_itself_what_tells_people_from_programs(self):
        follow(LinkFactory(), Range="bytes=0-10", **{"X-Moz": "prefetch"})
        click = Click.objects.get()
        assert click.headers_kept
        assert (click.purpose, click.fetch_mode, click.fetch_dest) == ("prefetch", "navigate", "document")
        assert (click.accept, click.has_language, click.has_range) == (BROWSER["Accept"], True, True)
        assert (click.verdict.click_class, click.verdict.rule) == ("prefetch", "purpose")

    def test_it_has_a_verdict_from_its_first_instant(self):
        link = LinkFactory()
        follow(link)
        follow(link, **{"User-Agent": "Twitterbot/1.0"})
        Client(headers=BROWSER).head(f"/r/{link.code}")
        told = list(ClickVerdict.objects.order_by("pk").values_list("click_class", "rule", "is_settled"))
        assert told == [("human", "navigates", False), ("preview", "named-preview", False), ("scanner", "head", False)]
        assert (Click.objects.count(), Click.objects.by_people().count(), Click.objects.visits().count()) == (3, 1, 1)

    def test_nothing_of_an_address_is_kept_but_whose_network_is_the_same(self, django_db_blocker):
        link = LinkFactory()
        for address in ("198.51.100.7", "198.51.100.200", "198.51.101.7", "2001:db8:1:2::9", "2001:db8:1:ffff::1"):
            Client(headers=BROWSER, REMOTE_ADDR=address).get(f"/r/{link.code}")
        first, same, other, six, six_same = Click.objects.order_by("pk").values_list("network", flat=True)
        assert (first, six) == (same, six_same)
        assert len({first, other, six}) == 3
        assert all(len(each) == 32 for each in (first, other, six))

    def test_a_header_of_any_length_and_kind_is_cut_to_what_can_be_kept(self):
        follow(LinkFactory(), **{"User-Agent": "a\x00" * 5000, "Accept": "x" * 5000, "Sec-Fetch-Mode": "y" * 500})
        click = Click.objects.get()
        assert (len(click.user_agent), len(click.accept), len(click.fetch_mode)) == (300, 200, 20)

    def test_no_cookie_is_read_or_set(self):
        link = LinkFactory()
        client = Client(headers=BROWSER | {"Cookie": "sessionid=of-somebody; csrftoken=x"})
        for path in (f"/r/{link.code}", "/r/nothing"):
            response = client.get(path)
            assert (response.wsgi_request.COOKIES, len(response.cookies)) == ({}, 0)

    def test_where_it_leads_is_said_in_a_headers_letters(self):
        link = LinkFactory(destination_url="https://give.example/café?à=1#là")
        click = follow(link)
        assert click["Location"].startswith("https://give.example/caf%C3%A9?%C3%A0=1&utm_source=")
        assert click["Location"].endswith(f"&cw_click={Click.objects.get().click_id}#l%C3%A0")

    def test_that_statement_is_planned_once_for_a_connection(self):
        link = LinkFactory()
        for _ in range(4):
            record(link)
        with connection.cursor() as cursor:
            cursor.execute("SELECT sum(generic_plans + custom_plans) FROM pg_prepared_statements")
            assert cursor.fetchone()[0] >= 3

    def test_a_link_that_was_known_costs_one_statement(self, django_assert_num_queries):
        link = LinkFactory()
        follow(link)
        with django_assert_num_queries(1):
            follow(link)

    @pytest.mark.parametrize("change", ["campaign", "destination", "platform", "hosts"])
    def test_what_was_changed_acts_at_once(self, change):
        link = LinkFactory()
        record(link)
        {
            "campaign": lambda: Campaign.objects.update(slug="renamed"),
            "destination": lambda: Link.objects.update(destination_url="https://give.example/new"),
            "platform": lambda: Link.objects.update(platform="youtube"),
            "hosts": lambda: Cause.objects.update(link_hosts=["give.example"]),
        }[change]()
        url = record(link)
        expected = {"campaign": "utm_campaign=renamed", "destination": "/new?", "platform": "utm_source=youtube"}
        assert expected.get(change, "cw_click=") in url
        assert Click.objects.count() == 2

    def test_a_link_that_is_gone_is_not_led_to_from_memory(self):
        link = LinkFactory()
        record(link)
        Click.objects.all().delete()
        link.delete()
        with pytest.raises(DomainError, match="link_unknown"):
            record(link)

    def test_what_is_known_in_a_process_does_not_grow_for_ever(self, monkeypatch):
        monkeypatch.setattr(link_targets, "MOST", 3)
        links = [LinkFactory() for _ in range(5)]
        for link in links:
            record(link)
        assert [link_targets.last_known(link.code) is not None for link in links] == [False, False, True, True, True]
        with pytest.raises(DomainError):
            record(Link(code="nothing2"))
        assert link_targets.last_known("nothing2") is None

    def test_kept_in_a_file_where_the_settings_say_so(self, settings, django_assert_num_queries):
        link = LinkFactory()
        record(link)
        settings.CLICK_DURABILITY = "spool"
        with django_assert_num_queries(0):
            url = record(link)
        assert Click.objects.count() == 1
        assert click_spool.drain() == 1
        assert Click.objects.get(click_id=url.partition("cw_click=")[2]).verdict.click_class == "human"


@pytest.mark.django_db(transaction=True)
class TestWithTheDatabaseAway:
    def test_who_follows_a_link_is_led_on_and_counted_once_it_is_back(self, away):
        link = LinkFactory()
        follow(link)
        with away():
            responses = [follow(link) for _ in range(3)]
            assert {response.status_code for response in responses} == {302}
            assert all(response["Location"].startswith("https://give.example/form?") for response in responses)
        assert Click.objects.count() == 1
        assert click_spool.drain() == 3
        assert click_spool.drain() == 0
        told = {response["Location"].partition("cw_click=")[2] for response in responses}
        assert told < set(Click.objects.values_list("click_id", flat=True))
        assert Click.objects.by_people().count() == 4

    def test_also_for_a_colleague_with_a_session(self, away):
        link = LinkFactory()
        follow(link)
        with away():
            assert follow(link, Cookie="sessionid=abcdef").status_code == 302

    def test_nobody_waits_long_for_a_database_that_takes_a_call_and_says_nothing(self, away):
        link = LinkFactory()
        follow(link)
        with socket.create_server(("127.0.0.1", 0)) as mute, away(HOST="127.0.0.1", PORT=str(mute.getsockname()[1])):
            began = time.monotonic()
            assert follow(link).status_code == 302
            assert time.monotonic() - began < 6

    def test_of_a_link_that_nobody_asked_for_nothing_is_known(self, away):
        link = LinkFactory()
        with away():
            response = follow(link)
        assert (response.status_code, response["Retry-After"]) == (503, "5")

    def test_for_a_second_the_database_is_not_asked_again(self, away):
        link = LinkFactory()
        record(link)
        with away():
            record(link)
            assert tracking.is_away()

    def test_nor_by_anybody_else_in_this_process(self, away):
        link, told = LinkFactory(), []
        record(link)
        with away():
            record(link)
            other = Thread(target=lambda: told.append(tracking.is_away()))
            other.start()
            other.join()
        assert told == [True]

    def test_while_one_finds_out_whether_it_is_back_nobody_else_waits(self, away):
        link, told = LinkFactory(), []
        record(link)
        with socket.create_server(("127.0.0.1", 0)) as mute, away(HOST="127.0.0.1", PORT=str(mute.getsockname()[1])):
            tracking._outage.until = time.monotonic() - 0.001  # it was away a second ago
            other = Thread(target=lambda: (time.sleep(1), told.append(tracking.is_away())))
            other.start()
            began = time.monotonic()
            record(link)
            waited = time.monotonic() - began
            other.join()
        assert waited > 1
        assert told == [True]

    def test_once_it_answers_it_is_asked_again_by_all(self):
        link = LinkFactory()
        for ask in (lambda: record(link), lambda: record(Link(code="nothing2"))):
            tracking._outage.until = time.monotonic() - 0.001
            with suppress(DomainError):
                ask()
            assert tracking._outage.until == 0

    def test_a_connection_that_the_server_gave_up_is_made_anew_for_the_next_click(self, settings):
        link = LinkFactory()
        record(link)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        elsewhere = connection.copy()
        with elsewhere.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        elsewhere.close()
        record(link)
        assert Click.objects.count() == 2
        assert not list(settings.CLICK_DIR.glob("*.clicks"))

    def test_however_long_ago_a_link_was_known_it_leads_there(self, away, monkeypatch):
        link = LinkFactory()
        record(link)
        monkeypatch.setattr(link_targets, "RECENT", -1.0)
        with away():
            assert "give.example" in record(link)

    def test_where_nothing_can_be_kept_nobody_is_told_that_it_was(self, away, settings, tmp_path):
        link = LinkFactory()
        follow(link)
        (tmp_path / "file").touch()
        settings.CLICK_DIR = tmp_path / "file" / "clicks"
        with away():
            assert follow(link).status_code == 503

    def test_a_click_whose_fate_nobody_knows_is_stored_once(self, away):
        """The database took it and went before it said so: the same click lies in the file, too, and others after it."""
        link = LinkFactory()
        record(link)
        with away():
            url = record(link)
            record(link)
        click_id = url.partition("cw_click=")[2]
        Click.objects.create(link=link, click_id=click_id, at=NOW + timedelta(0), method="GET")
        assert click_spool.drain() == 1
        assert Click.objects.filter(click_id=click_id).count() == 1
