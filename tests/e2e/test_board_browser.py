"""The board in a real browser: a card is dragged, moved by keys, given away; and moved where the script did not come."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from config.roles import sync
from crm.models import User
from outreach.models import Outreach
from outreach.services import pipeline
from tests.browser import must_be_there, program
from tests.factories import CampaignFactory, OutreachFactory, UserFactory

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        program() is None and not must_be_there(), reason="no Chromium here: the board was not tried in a browser"
    ),
]
PEOPLE = {"Amina": "agreed", "Tom": "agreed", "Zoé": "live", "Yara": "contacted"}


@pytest.fixture
def people() -> dict[str, Outreach]:
    call_command("migrate", verbosity=0)  # a test with real transactions begins with empty tables
    sync(None)
    officer = UserFactory(role="officer", username="lea")
    UserFactory(role="officer", username="sam", first_name="Sam", last_name="Okoro")
    now = timezone.now()
    campaign = CampaignFactory(starts_date=now.date() - timedelta(days=9))
    return {
        name: OutreachFactory(
            campaign=campaign, stage=stage, stage_at=now - timedelta(days=9 - n), influencer__name=name, owner=officer
        )
        for n, (name, stage) in enumerate(PEOPLE.items())
    }


@pytest.fixture(params=["", "board.js"], ids=["script", "no script"])
def page(request, come, people) -> Page:
    page = come(User.objects.get(username="lea"), "/admin/outreach/outreach/board/", without=request.param)
    expect(card(page, "Amina")).to_be_visible()
    return page


def card(page: Page, name: str):
    return page.get_by_role("article", name=name)


def column(page: Page, stage: str):
    return page.locator(f".cw-column[data-stage={stage}]")


def count(page: Page, stage: str):
    return column(page, stage).locator("> summary .cw-badge")


def heard(page: Page):
    return page.locator("#board-said")


def stage_of(name: str) -> str:
    return Outreach.objects.get(influencer__name=name).stage


def noted(name: str, stage: str) -> str:
    return f"Noted: {name} is in the stage “{stage}” now."


with_script = pytest.mark.parametrize("page", [""], indirect=True, ids=["script"])


@with_script
def test_a_card_is_dragged_where_it_may_go_and_taken_back(page: Page):
    card(page, "Amina").hover()
    page.mouse.down()
    page.mouse.move(700, 400, steps=3)
    page.mouse.move(720, 410, steps=3)
    lit = [one.get_attribute("data-stage") for one in page.locator(".cw-column--allowed").all()]
    assert lit == ["in_conversation", "live", "declined", "paused", "conflict"]
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".cw-board--dragging")).to_have_count(0)
    card(page, "Tom").drag_to(column(page, "live"))
    expect(heard(page)).to_have_text(noted("Tom", "live"))
    expect(column(page, "live").get_by_role("article")).to_have_count(2)
    expect(count(page, "agreed")).to_have_text("1")
    expect(card(page, "Tom")).to_be_focused()
    assert stage_of("Tom") == "live"
    page.get_by_role("button", name="Undo").click()
    expect(heard(page)).to_have_text(noted("Tom", "agreed"))
    expect(column(page, "agreed").get_by_role("article")).to_have_count(2)
    assert stage_of("Tom") == "agreed"
    card(page, "Amina").drag_to(column(page, "prospect"))  # one may not
    card(page, "Yara").drag_to(column(page, "declined"))  # closed: one drops on it all the same
    expect(heard(page)).to_have_text(noted("Yara", "declined"))
    expect(count(page, "declined")).to_have_text("1")
    assert (stage_of("Amina"), stage_of("Yara")) == ("agreed", "declined")


@with_script
def test_by_keys_alone(page: Page):
    keys = page.keyboard
    expect(page.locator(".cw-ticket[tabindex='0']")).to_have_count(1)
    card(page, "Yara").focus()
    keys.press("ArrowRight")
    expect(card(page, "Amina")).to_be_focused()
    keys.press("ArrowDown")
    expect(card(page, "Tom")).to_be_focused()
    keys.press("ArrowRight")
    expect(card(page, "Zoé")).to_be_focused()
    keys.press("ArrowLeft")
    keys.press("m")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("What became of Amina?")
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    expect(card(page, "Amina")).to_be_focused()
    keys.press("Enter")
    keys.press(dialog.get_by_role("button", name="Their post is out").get_attribute("aria-keyshortcuts"))
    expect(heard(page)).to_have_text(noted("Amina", "live"))
    expect(card(page, "Amina")).to_be_focused()
    assert stage_of("Amina") == "live"
    keys.press("u")
    expect(heard(page)).to_have_text(noted("Amina", "agreed"))
    keys.press("o")
    dialog.get_by_role("button", name="Sam Okoro").click()
    expect(heard(page)).to_have_text("Sam Okoro looks after the conversation with Amina.")
    expect(card(page, "Amina")).to_contain_text("SO")
    expect(card(page, "Amina")).to_be_focused()
    assert Outreach.objects.get(influencer__name="Amina").owner.username == "sam"
    assert stage_of("Amina") == "agreed"


@with_script
def test_who_comes_second_sees_where_it_is_now(page: Page, people):
    sam = User.objects.get(username="sam")
    pipeline.move(outreach=people["Amina"], stage="declined", by=sam, at=timezone.now())
    card(page, "Amina").drag_to(column(page, "live"))
    expect(heard(page)).to_have_text("Sam Okoro moved this conversation to “declined” meanwhile.")
    expect(count(page, "declined")).to_have_text("1")
    expect(column(page, "live").get_by_role("article")).to_have_count(1)
    assert stage_of("Amina") == "declined"
    User.objects.get(username="lea").groups.clear()  # what cannot be noted is said, and the card goes back
    card(page, "Tom").drag_to(column(page, "live"))
    expect(heard(page)).to_have_text("This could not be noted. Reload the page and try again.")
    expect(column(page, "agreed").get_by_role("article", name="Tom")).to_be_visible()


@pytest.mark.parametrize("page", ["board.js"], indirect=True, ids=["no script"])
def test_without_a_script_each_card_has_its_form(page: Page):
    tom = card(page, "Tom")
    tom.get_by_text("Move", exact=True).first.click()
    tom.get_by_role("combobox").select_option("live")
    tom.get_by_role("button", name="Move").click()
    expect(page.get_by_text(noted("Tom", "live"))).to_be_visible()
    expect(column(page, "live").get_by_role("article")).to_have_count(2)
    assert "/board/" in page.url
    assert stage_of("Tom") == "live"
