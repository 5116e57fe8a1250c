"""Reliability row C9: whatever anybody outside sends us, no page of ours runs it, asks for it, or makes a tag of it."""

import re
from collections.abc import Callable, Sequence
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from config.roles import sync
from crm.models import Address, Cause, ImportBatch, Influencer, User
from matching.models import Match
from outreach.models import Campaign, InboundMessage, Message, Outreach, Publication, Source
from outreach.services import messages
from tests.browser import must_be_there, program
from tests.config.test_admin_pages import address_of, one_of_each
from tests.config.test_hostile_strings import pages
from tests.e2e.hostile_doors import Outside
from tests.e2e.hostile_texts import MARK, PAYLOADS, SUM
from tests.factories import UserFactory, browser_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        program() is None and not must_be_there(), reason="no Chromium here: hostile texts were not tried in a browser"
    ),
]

# Attributes that a browser obeys: nothing of theirs may stand in one, but for links, which lead where a link may lead.
OBEYED = r"on.*|x-.*|@.*|:.*|hx-.*|data-hx-.*|style|src|srcset|data|action|formaction|background|poster|ping|http-equiv"
LEADING = r"https?:|/|\?|#|$"
# What became of the texts, as the browser sees its own page. A letter of ours stands in a sealed frame.
LOOK = """([mark, sum, obeyed, leading]) => {
    const code = new RegExp(`^(${obeyed})$`, "i"), lead = new RegExp(`^(${leading})`, "i"), found = []
    for (const one of document.querySelectorAll("*"))
        for (const {name, value} of one.attributes) {
            const isMade = name.includes(mark) || (code.test(name) && value.includes(mark))
            const isLed = /^(xlink:)?href$/.test(name) && value.includes(mark) && !lead.test(value)
            if (isMade || isLed) found.push(`${one.tagName} ${name}=${value.slice(0, 100)}`)
        }
    if (document.documentElement.outerHTML.includes(sum)) found.push("a sum was done")
    if (window[mark]) found.push("it ran")
    return {found, isShown: document.documentElement.outerHTML.includes(mark)}
}"""


LETTER = "/letter/"  # theirs, as it came: it stands in a frame that holds it
SOME = 12  # texts at a time, each alone


class Marked(HTMLParser):
    """The same of a page that no browser opens."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found = ["a sum was done"] if SUM in page else list[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, said in attrs:
            value = said or ""
            is_obeyed = re.fullmatch(OBEYED, name, re.I) and (tag, name) != ("iframe", "srcdoc")
            is_led = re.fullmatch("(xlink:)?href", name) and not re.match(LEADING, value, re.I)
            if MARK in name or (MARK in value and (is_obeyed or is_led)):
                self.found.append(f"{tag} {name}={value[:100]}")


class Walk:
    """Somebody who may see everything, in one browser, looking at page after page. `shown`: how many bore a text."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base, self.shown = page, base, 0
        self.wrong: list[str] = []
        host = urlsplit(base).netloc
        page.on("dialog", lambda dialog: (self.wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("console", lambda said: said.type in {"error", "warning"} and self._note(said.text))
        page.on("pageerror", lambda error: self._note(str(error)))
        page.on(
            "request", lambda request: urlsplit(request.url).netloc in {host, ""} or self._note(f"asked {request.url}")
        )

    def _note(self, text: str) -> None:
        if text.startswith("Failed to load resource"):  # a page that is not there, as it should be
            return
        self.wrong.append(f"{self.page.url}: {text}"[:400])

    def see(self, path: str) -> None:
        self.page.goto(f"{self.base}{path}")
        self.look()

    def look(self) -> None:
        said = self.page.evaluate(LOOK, [MARK, SUM, OBEYED, LEADING])
        self.wrong += [f"{self.page.url}: {each}" for each in said["found"]]
        self.shown += said["isShown"]


@pytest.fixture
def outside(organisation) -> Callable[..., User]:
    def come(texts: Sequence[str], *, rows: int, alone: bool = False) -> User:
        """They send all of it; then there is one of whatever else a page may show, and somebody who looks."""
        call_command("migrate", verbosity=0)  # a test with real transactions begins with empty tables
        sync(None)
        Outside(texts, rows=rows, alone=alone, at=timezone.now()).come()
        one_of_each(1)
        return UserFactory(is_superuser=True)

    return come


@pytest.fixture
def walk(come, live_server) -> Callable[[User], Walk]:
    return lambda user: Walk(come(user, "/admin/"), live_server.url)


def asked() -> list[str]:
    """Staff pages that need to be told about whom or what."""
    cause, person = Cause.objects.order_by("pk")[0].pk, Influencer.objects.order_by("pk")[0].pk
    one, two = Match.objects.order_by("pk")[:2]
    letter, lists = InboundMessage.objects.order_by("pk")[0].pk, "/admin/matching/matchlist/"
    return [
        *(f"{lists}{each}/?cause={cause}" for each in ("weights", "hashtags", "gaps", "conflicts")),
        f"{lists}similar/?influencer={person}",
        f"{lists}{one.match_list_id}/compare/?match={one.pk}&match={two.pk}",
        f"{lists}match/{one.pk}/evidence/",
        f"/admin/matching/exclusion/add/?influencer={person}&cause={cause}",
        "/admin/outreach/outreach/board/",
        f"/admin/crm/duplicatecandidate/choose/?person={person}&q={MARK}",
        f"/admin/search/?s={MARK}&extended=1",
        *(f"/admin/outreach/inboundmessage/{letter}/attachment/?number={number}" for number in (1, 2)),
    ]


def typed(text: str) -> list[str]:
    """What somebody may be led to: the text stands in the address itself. Then what is for everybody."""
    said = quote(text, safe="")
    lists = [f"/admin/{each}/?q={said}" for each in ("crm/influencer", "crm/cause", "outreach/inboundmessage")]
    nowhere = [f"/admin/login/?next={said}", f"/admin/{said}/", f"/r/{said}", f"/u/{said}", f"/?next={said}"]
    doors = [urlsplit(messages.unsubscribe_url(each)).path for each in Address.objects.order_by("pk")[:2]]
    return [*lists, *nowhere, *doors, "/api/docs/"]


def markup(client: Client, path: str) -> str:
    """Its HTML, or nothing: a file, a step that is only ever posted to, or a page that this row has not got."""
    answer = client.get(path)
    assert answer.status_code < 500, path
    is_page = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    return answer.content.decode() if is_page and not path.endswith(LETTER) else ""


def test_no_page_takes_what_was_sent_for_anything_but_text(outside, walk):
    """A browser opens lists, the page of each kind of thing and what stands alone; of their many steps the markup is
    read.
    """
    user = outside(PAYLOADS, rows=3)
    seen, client, read = walk(user), browser_of(user), 0
    every = pages()
    main = [path for path in every if re.fullmatch(r"/admin/(\w+/\w+/(\d+/change/)?)?", path)]
    for path in [*main, *asked(), *typed(PAYLOADS[0])]:
        seen.see(path)
    for path in [path for path in every if path not in main and not re.search("/(history|delete)/", path)]:
        page = markup(client, path)
        seen.wrong += [f"{path}: {each}" for each in Marked(page).found]
        read += MARK in page
    type_and_judge(seen)
    assert seen.wrong == []
    assert seen.shown > 35  # they were there, as text
    assert read > 35


def type_and_judge(seen: Walk) -> None:
    """What comes after the page, by a script: people found while one types, and a verdict."""
    page = seen.page
    page.goto(f"{seen.base}/admin/crm/influencer/")
    page.locator("#searchbar").press_sequentially(MARK)
    expect(page.locator("#search-found [role=option]").first).to_be_visible()
    seen.look()
    page.goto(f"{seen.base}/admin/matching/matchlist/{Match.objects.order_by('pk')[0].match_list_id}/change/")
    page.keyboard.press("j")
    page.keyboard.press("f")
    expect(page.locator("#verdict-said")).not_to_be_empty()
    page.keyboard.press("n")
    expect(page.locator("#why")).to_be_visible()
    seen.look()


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, len(PAYLOADS), 10 * SOME))
def test_nor_of_any_text_that_stands_alone(outside, walk, first):
    """Each text in every field of its own rows, and a browser on the page of each of them."""
    user = outside(PAYLOADS[first : first + SOME], rows=SOME, alone=True)
    seen, client = walk(user), browser_of(user)
    for path in [*pages(), *asked(), *typed(PAYLOADS[first])]:
        if path.partition("?")[2] or markup(client, path):
            seen.see(path)
    for model in (Influencer, Cause, ImportBatch, Campaign, Outreach, Message, InboundMessage, Publication, Source):
        for pk in model.objects.values_list("pk", flat=True):
            seen.see(address_of(model, "change", pk))
    assert seen.wrong == []
    assert seen.shown > 100
