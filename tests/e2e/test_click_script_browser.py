"""The small script that a charity hosts itself: click ids of 30 days, kept in the browser alone, forgotten on request."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Page, Request

from tests import browser

pytestmark = pytest.mark.skipif(
    browser.program() is None and not browser.must_be_there(), reason="no Chromium here: these tests need one"
)
DAY = 24 * 3600 * 1000
FORM = """<!doctype html><title>Give</title><script src="/causeway-click.js"></script>
<form><input type="hidden" name="clicks" data-cw-clicks></form>"""


@pytest.fixture(autouse=True)
def any_hour() -> None:
    """These need no database."""


@pytest.fixture
def script() -> str:
    found = finders.find("outreach/causeway-click.js")
    assert isinstance(found, str)
    return Path(found).read_text()


@pytest.fixture
def page(chromium, script) -> Iterator[Page]:
    """A charity's own site, which is nowhere but here; `asked`: every request that leaves the page."""
    context = chromium.new_context()
    opened = context.new_page()
    asked: list[Request] = []
    opened.asked = asked  # type: ignore[attr-defined]
    opened.on("request", lambda request: asked.append(request))  # noqa: PLW0108 (it takes no method of a list)

    def answer(route):
        is_script = route.request.url.endswith(".js")
        route.fulfill(
            status=200, content_type="text/javascript" if is_script else "text/html", body=script if is_script else FORM
        )

    context.route("**/*", answer)
    yield opened
    context.close()


def come(page: Page, query: str = "") -> None:
    page.goto(f"https://give.example/form{query}")


def clicks(page: Page) -> list[str]:
    return page.evaluate("window.causeway.clicks()")


def hidden(page: Page) -> str:
    return page.locator("[data-cw-clicks]").input_value()


def kept(page: Page) -> str | None:
    return page.evaluate("localStorage.getItem('cw_clicks')")


def test_click_ids_of_several_visits_are_given_to_the_form_the_oldest_first(page):
    come(page, "?cw_click=one-1&utm_source=tiktok")
    come(page, "?cw_click=two_2")
    come(page)
    assert (clicks(page), hidden(page)) == (["one-1", "two_2"], "one-1 two_2")
    come(page, "?cw_click=one-1")
    assert clicks(page) == ["two_2", "one-1"]


def test_what_is_older_than_thirty_days_is_let_go(page):
    come(page)
    old = [["old", -30.01], ["young", -29.99], ["to come", 2]]
    page.evaluate(
        "rows => localStorage.setItem('cw_clicks', JSON.stringify(rows.map(([i, d]) => [i, Date.now() + d * 864e5])))",
        old,
    )
    come(page)
    assert clicks(page) == ["young"]
    assert [each[0] for each in json.loads(kept(page) or "")] == ["young"]


def test_it_forgets_on_request(page):
    come(page, "?cw_click=one")
    page.evaluate("window.causeway.forget()")
    assert (clicks(page), hidden(page), kept(page)) == ([], "", None)
    come(page)
    assert clicks(page) == []


def test_without_a_link_nothing_is_kept(page):
    come(page)
    assert (clicks(page), kept(page), page.context.cookies()) == ([], None, [])


@pytest.mark.parametrize("said", ["%3Cscript%3E", "a%20b", "x" * 41, ""])
def test_what_is_no_click_id_is_not_kept(page, said):
    come(page, f"?cw_click={said}")
    assert clicks(page) == []


@pytest.mark.parametrize("stored", ["{", "null", '"x"', "[1, null, [2, 3]]", '{"a": 1}'])
def test_what_others_left_there_breaks_nothing(page, stored):
    come(page)
    page.evaluate("said => localStorage.setItem('cw_clicks', said)", stored)
    come(page, "?cw_click=one")
    assert clicks(page) == ["one"]


def test_no_more_than_fifty_are_kept(page):
    come(page)
    page.evaluate(
        "localStorage.setItem('cw_clicks', JSON.stringify([...Array(60).keys()].map(n => [`c${n}`, Date.now()])))"
    )
    come(page, "?cw_click=one")
    assert (len(clicks(page)), clicks(page)[-1]) == (50, "one")


def test_it_asks_nothing_of_any_network(page):
    come(page, "?cw_click=one")
    page.evaluate("window.causeway.forget()")
    page.wait_for_timeout(200)
    assert {request.url.partition("?")[0] for request in page.asked} <= {
        "https://give.example/form",
        "https://give.example/causeway-click.js",
        "https://give.example/favicon.ico",
    }
    assert page.context.cookies() == []


def test_it_is_small_and_has_nothing_to_ask_with(script):
    assert len(script.encode()) < 1_500
    assert not re.search(r"fetch|XMLHttpRequest|sendBeacon|Image|import|cookie\s*=|src\s*=", script)
