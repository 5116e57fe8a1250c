"""The inbox in a real browser: nothing that they write runs, it goes by keys, and without any script."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePath

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from config.roles import sync
from crm.models import User
from outreach.models import InboundMessage
from tests.browser import must_be_there, program
from tests.factories import UserFactory
from tests.outreach.admin.letters import HOSTILE, letter
from tests.outreach.receiving.mails import came, mail, written_to

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        program() is None and not must_be_there(), reason="no Chromium here: the inbox was not tried in a browser"
    ),
]
INBOX = "/admin/outreach/inboundmessage/"


class Stranger(ThreadingHTTPServer):
    """Somebody else's server, which notes whoever asks it for anything."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Noting)
        self.asked: list[str] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Noting(BaseHTTPRequestHandler):
    server: Stranger

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_error(404)

    def log_message(self, *args) -> None:
        """Nothing is said of it."""


@pytest.fixture
def stranger():
    with Stranger() as made:
        yield made
        made.shutdown()


@pytest.fixture
def replies(organisation, stranger) -> dict[str, InboundMessage]:
    """A letter that means harm, and a tame one after it."""
    call_command("migrate", verbosity=0)  # a test with real transactions begins with empty tables
    sync(None)
    UserFactory(role="officer", username="lea")
    html = f"<p>Formatted</p>{HOSTILE}<svg onload='window.ran = 1'></svg><a href='javascript:window.ran=1'>x</a>"
    theirs = f"http://127.0.0.1:{stranger.server_port}"
    html += f"<img src='{theirs}/picture.png'><link rel='stylesheet' href='{theirs}/style.css'>"
    html += f"<style>p {{ background: url({theirs}/back.png) }}</style><iframe src='{theirs}/frame'></iframe>"
    bad = letter(written_to(), html=html, subject=HOSTILE, name=HOSTILE.replace('"', "'"), **{HOSTILE: b"MZ none"})
    hostile = came(bad, at=timezone.now())
    InboundMessage.objects.update(said=f"{HOSTILE} Which beach?", text=f"{HOSTILE} Which beach? > quoted")
    tom = written_to("tom@studio.example", name="Tom Reed")
    tame = came(mail(answers=tom, sender="Tom <tom@studio.example>"), at=timezone.now())
    InboundMessage.objects.update(kind="question", read_by="words")
    return {"hostile": hostile, "tame": tame}


@pytest.fixture
def script() -> bool:
    return True


@pytest.fixture
def page(come, replies, script) -> Page:
    page = come(User.objects.get(username="lea"), INBOX, without="" if script else "inbox.js")
    expect(page.locator("#result_list")).to_be_visible()
    return page


def address(page: Page, reply: InboundMessage, name: str = "change") -> str:
    return page.url.partition("/admin/")[0] + reverse(f"admin:outreach_inboundmessage_{name}", args=[reply.pk])


def desk(reply: InboundMessage) -> str:
    return InboundMessage.objects.values_list("desk", flat=True).get(pk=reply.pk)


def current(page: Page):
    return page.locator("tr.cw-row--current")


def test_nothing_that_they_write_runs_or_tells_them_that_it_was_read(page, replies, stranger):
    assert page.evaluate("window.ran") is None
    page.goto(address(page, replies["hostile"]))
    assert page.evaluate("window.ran") is None
    page.get_by_text("As it was formatted").click()
    expect(page.frame_locator("iframe.cw-mail").get_by_text("Formatted")).to_be_visible()
    assert [frame.evaluate("window.ran") for frame in page.frames[:1]] == [None]
    page.goto(f"{address(page, replies['hostile'], 'attachment')}?number=1")
    assert page.evaluate("window.ran") is None
    # The letter as a page of its own, outside of our frame: its headers alone hold it.
    page.goto(address(page, replies["hostile"], "letter"))
    expect(page.get_by_text("Formatted")).to_be_visible()
    assert page.evaluate("window.ran") is None
    page.wait_for_timeout(500)
    assert stranger.asked == []
    page.goto(address(page, replies["tame"]))
    assert not [url for url in page.asked if PurePath(url).name == "x"]


def test_keys_lead_through_the_list(page, replies):
    page.keyboard.press("j")
    expect(current(page)).to_contain_text("Which beach?")
    page.keyboard.press("j")
    expect(current(page)).to_contain_text("Tom Reed")
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(lambda url: url.partition("?")[0] == address(page, replies["tame"]))


@pytest.mark.parametrize(("key", "lies"), [("e", "done"), ("s", "snoozed"), ("a", "open")])
def test_a_key_does_what_its_button_does(page, replies, key, lies):
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press(key)
    assert desk(replies["hostile"]) == lies
    assert desk(replies["tame"]) == "open"
    owner = InboundMessage.objects.get(pk=replies["hostile"].pk).owner
    assert (owner.username if owner else None) == ("lea" if key == "a" else None)


def test_r_leads_into_the_answer_and_keys_are_letters_there(page, replies):
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(page.locator("#id_body")).to_be_focused()
    page.keyboard.type("jokes are ok")
    expect(page.locator("#id_body")).to_have_value("jokes are ok")
    assert desk(replies["hostile"]) == "open"


def test_nothing_is_done_while_somebody_types_into_the_search(page, replies):
    page.locator("#searchbar").focus()
    page.keyboard.type("jesa")
    expect(page.locator("#searchbar")).to_have_value("jesa")
    assert {desk(one) for one in replies.values()} == {"open"}


@pytest.mark.parametrize("script", [False])
def test_it_goes_without_the_script(page, replies):
    page.get_by_role("link", name="Tom Reed").click()
    page.get_by_role("button", name="I see to it").click()
    expect(page.get_by_role("button", name="I see to it")).to_have_count(0)
    page.fill("#id_body", "The one at the pier.")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("Your answer is waiting to be sent.")).to_be_visible()
    assert desk(replies["tame"]) == "done"
