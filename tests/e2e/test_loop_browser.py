"""The same loop in a real browser, by somebody new who has nothing but the screens: from an empty instance to a donation.

Every step starts from what the page in front of them offers. Clicks are counted; the workers' tick is given by hand.
"""

from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from playwright.sync_api import Page, expect

from crm.models import User
from outreach.models import Conversion, Message
from tests.browser import browser, must_be_there, program

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        program() is None and not must_be_there(), reason="no Chromium here: the loop was not tried in a browser"
    ),
]

CSV = """\
external_id,name,email,email_kind,email_source,basis,languages,country,bio,topics,platform,handle,followers,audience_countries,audience_languages
a1,Maïa Rivière,maia@studio.example,professional,her page “Contact”,legitimate_interest,fr,FR,Je plonge et je raconte l’océan : plastique dans la mer et plages à nettoyer,sdg-14,instagram,maia.plonge,48000,FR:0.71|BE:0.12,fr:0.86
a2,Tom Baker,tom@kitchen.example,professional,his page,legitimate_interest,en,GB,Slow-cooked dinners for two and the story behind them,,youtube,tombakes,910000,GB:0.6|US:0.2,en:0.95
"""
MOST_CLICKS = 45


class Visitor:
    """A person with a mouse: finds things by what they are called, and counts clicks."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base, self.clicks = page, base, 0
        page.set_default_timeout(10_000)
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def click(self, name: str, role: Literal["button", "link"] = "button") -> None:
        self.page.get_by_role(role, name=name, exact=True).first.click()
        self.page.wait_for_load_state()
        self.clicks += 1

    def link(self, name: str) -> None:
        self.click(name, "link")

    def fill(self, **fields: str) -> None:
        for name, text in fields.items():
            self.page.fill(f"[name={name}]", text)

    def says(self, words: str) -> None:
        expect(self.page.locator("body")).to_contain_text(words, timeout=30_000)


@pytest.fixture
def visitor(live_server, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright keeps a loop running in this thread
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)  # or the server's threads keep the database busy
    call_command("migrate", verbosity=0)  # a test with real transactions begins with empty tables
    with browser() as opened:
        context = opened.new_context(locale="en")
        yield Visitor(context.new_page(), live_server.url)
        connections.close_all()  # while the browser's loop runs here, Django gives this thread a connection of its own


def test_somebody_new_comes_from_an_empty_instance_to_a_counted_donation(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page

    # Nobody is here: the first visitor makes their account.
    page.goto(visitor.base)
    visitor.says("Welcome to Causeway")
    visitor.fill(first_name="Léa", last_name="Martin", email="lea@rivages.example", username="lea")
    visitor.fill(password="océan-2027-plage", again="océan-2027-plage")
    visitor.fill(organisation="Rivages Vivants", postal_address="12 quai des Brumes, 29200 Brest")
    visitor.click("Begin")
    assert User.objects.get().role == "administrator"

    # Home says where to begin: bring profiles, see what the file would do, store them.
    visitor.says("Where to begin")
    visitor.link("Import a file")
    (tmp_path / "people.csv").write_text(CSV)
    page.set_input_files("[type=file]", tmp_path / "people.csv")
    visitor.click("Look at the file")
    call_command("tick")  # the page sees for itself when there is news
    visitor.says("Nothing is stored yet. 2 rows would be.")
    visitor.click("Store 2 rows")
    call_command("tick")
    visitor.says("2 rows were stored")

    # The next step: describe a cause.
    visitor.link("Home")
    visitor.link("Add a cause")
    visitor.fill(name="Plages propres", description="Nous nettoyons les plages du plastique, avec les habitants.")
    choose(page, "languages", "fr")
    choose(page, "countries", "FR")
    choose(page, "topics", "Life below water")
    visitor.click("Add the cause")
    visitor.says("Plages propres")

    # Who fits, and why?
    visitor.link("Rank influencers")
    visitor.click("Rank now")
    call_command("tick")
    visitor.says("2 considered")
    assert page.locator("tbody tr a").first.inner_text() == "Maïa Rivière"
    page.locator("summary", has_text="Speaks about this cause’s subject").first.click()
    visitor.clicks += 1
    visitor.says("Je plonge et je raconte l’océan")  # what it rests on
    page.get_by_label("Choose Tom Baker").check()
    expect(page.get_by_role("button", name="Compare")).to_be_disabled()
    page.get_by_label("Choose Maïa Rivière").check()
    expect(page.get_by_role("button", name="Compare")).to_be_enabled()
    page.get_by_label("Choose Tom Baker").uncheck()
    visitor.clicks += 1
    visitor.click("Start outreach…")

    # There is no campaign yet; the page leads to one and comes back.
    visitor.link("New campaign")
    visitor.fill(name="Printemps 2027", destination_url="https://don.rivages.example/form")
    visitor.click("Create the campaign")
    visitor.says("1 will be contacted")
    visitor.click("Start outreach")
    visitor.says("1 conversation was opened.")

    # Vet her, then write, from the example in her language.
    visitor.link("Vet this person")
    visitor.fill(reason="Read her last posts.")
    page.check("[name=verdict][value=cleared]")
    visitor.clicks += 1
    visitor.click("Save the verdict")
    visitor.says("Cleared at vetting.")
    visitor.link("Write the first message")
    visitor.link("Our example in French")
    visitor.fill(subject="{{ cause_name }} et vous, {{ first_name }}")
    visitor.click("Save the template")
    visitor.click("Write the message")
    visitor.says("Plages propres et vous, Maïa")
    visitor.click("Approve")
    call_command("tick")
    page.reload()
    visitor.says("Captured: no mail server was set")
    message = Message.objects.get()
    assert (message.state, message.address.email) == ("sent", "maia@studio.example")

    # She answers, agrees, and posts.
    visitor.link("Go on in the conversation")
    visitor.link("They answered")
    choose(page, "kind", "interested")
    visitor.fill(text="Yes, with pleasure.")
    visitor.click("Note the answer")
    visitor.says("Yes, with pleasure.")
    visitor.click("They agreed")
    visitor.click("Their post is out")

    # One of her followers opens the link and gives; the charity enters the receipt under her code.
    link = message.outreach.link
    away = Client().get(f"/r/{link.code}", headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"})
    assert parse_qs(urlsplit(away["Location"]).query)["utm_campaign"] == ["printemps-2027"]
    visitor.link("Record an action")
    visitor.fill(amount="42,50 €", receipt="R-1001")
    visitor.click("Record")

    # And the campaign says what came of it.
    visitor.link("Printemps 2027")
    visitor.says("1 donation (€42.50)")
    (gift,) = Conversion.objects.all()
    assert (gift.amount_minor, gift.currency, gift.credits.get().link) == (4_250, "EUR", link)
    assert visitor.errors == []
    assert visitor.clicks <= MOST_CLICKS


def choose(page: Page, name: str, value: str) -> None:
    """In a list of many, several of which may be chosen."""
    page.evaluate(
        """([name, value]) => {
            const list = document.querySelector(`[name=${name}]`)
            const option = [...list.options].find(one => one.value === value || one.text.includes(value))
            option.selected = true
            list.dispatchEvent(new Event("change", {bubbles: true}))
        }""",
        [name, value],
    )
