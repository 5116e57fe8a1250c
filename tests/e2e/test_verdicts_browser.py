"""Judging a match list in a real browser: by keys alone, by click, and where the script did not come."""

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from config.roles import sync
from crm.models import User
from matching.models import Match, MatchList, RelevanceLabel
from matching.services import match_lists, ranking
from tests.browser import must_be_there, program
from tests.factories import AccountFactory, CauseFactory, UserFactory

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        program() is None and not must_be_there(), reason="no Chromium here: judging was not tried in a browser"
    ),
]


@pytest.fixture
def match_list() -> MatchList:
    call_command("migrate", verbosity=0)  # a test with real transactions begins with empty tables
    sync(None)
    UserFactory(role="officer", username="lea")
    for name in ("Amina Diallo", "Tom Baker", "Zoé Petit"):
        AccountFactory(influencer__name=name, influencer__bio="I clear beaches of plastic.")
    found = match_lists.request(cause=CauseFactory(), at=timezone.now())
    ranking.build(match_list=found, at=timezone.now())
    return found


@pytest.fixture(params=["", "verdicts.js"], ids=["script", "no script"])
def page(request, come, match_list) -> Page:
    page = come(
        User.objects.get(username="lea"),
        f"/admin/matching/matchlist/{match_list.pk}/change/",
        without=request.param,
    )
    expect(row(page, 3)).to_be_visible()
    return page


def row(page: Page, rank: int):
    return page.locator(f".cw-matches tbody tr:nth-child({rank})")


def holds(rank: int) -> tuple[str, str, str] | None:
    match = Match.objects.get(rank=rank)
    known = RelevanceLabel.objects.verdicts().filter(influencer=match.influencer_id).known(at=timezone.now())
    return known.values_list("kind", "reason", "note").first()


@pytest.mark.parametrize("page", [""], indirect=True, ids=["script"])
def test_by_keys_alone(page: Page):
    keys, said = page.keyboard, page.locator("#verdict-said")
    names = list(Match.objects.order_by("rank").values_list("influencer__name", flat=True))
    keys.press("f")  # nobody is meant yet
    keys.press("j")
    expect(row(page, 1)).to_be_focused()
    for others in ("Control+f", "Shift+F", "Alt+c"):
        keys.press(others)
    page.locator("#id_platform").focus()  # where one writes or chooses, keys are letters
    for letter in "jfncu":
        keys.press(letter)
    expect(page.locator("#id_platform")).to_be_focused()
    row(page, 1).focus()
    keys.press("f")
    expect(said).to_have_text(f"Noted: {names[0]} fits.")
    expect(row(page, 1)).to_be_focused()
    expect(row(page, 1).get_by_role("button", name="Fit", exact=True)).to_have_attribute("aria-pressed", "true")
    keys.press("ArrowDown")
    expect(row(page, 2)).to_be_focused()
    keys.press("n")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"Why does {names[1]} not fit?")
    keys.press("1")
    expect(row(page, 2)).to_contain_text("Off topic")
    expect(row(page, 2)).to_be_focused()
    keys.press("j")
    keys.press("c")
    dialog.get_by_label("Note").fill("1 f n")
    keys.press("Enter")  # falls into no reason
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Without a reason").click()
    expect(row(page, 3)).to_contain_text("“1 f n”")
    assert [holds(rank) for rank in (1, 2, 3)] == [
        ("fit", "", ""),
        ("not_fit", "off_topic", ""),
        ("conflict", "", "1 f n"),
    ]
    keys.press("k")
    keys.press("u")
    expect(said).to_have_text(f"Taken back: nobody has judged {names[1]}.")
    expect(row(page, 2)).not_to_contain_text("Off topic")
    keys.press("n")
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    row(page, 2).get_by_role("button", name="Conflict").click()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    page.wait_for_timeout(500)
    assert [holds(rank) for rank in (1, 2, 3)] == [("fit", "", ""), None, ("conflict", "", "1 f n")]
    assert RelevanceLabel.objects.count() == 4
    User.objects.get(username="lea").groups.clear()  # what cannot be noted is said, and not shown as if it were
    keys.press("f")
    expect(said).to_have_text("This could not be noted. Reload the page and try again.")
    expect(row(page, 2).get_by_role("button", name="Fit", exact=True)).to_have_attribute("aria-pressed", "false")


@pytest.mark.slow  # what the buttons send, with the script and without, is tested in admin/test_verdicts
def test_by_click(page: Page):
    person = row(page, 1)
    person.get_by_role("button", name="Fit", exact=True).click()
    expect(person.get_by_role("button", name="Fit", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(person).to_contain_text("Léa Martin")
    person.get_by_role("button", name="Take back").click()
    expect(person.get_by_role("button", name="Fit", exact=True)).to_have_attribute("aria-pressed", "false")
    assert [row.kind for row in RelevanceLabel.objects.order_by("pk")] == ["fit", "withdrawn"]
    row(page, 2).get_by_role("button", name="Not fit").click()
    if page.get_by_role("dialog").count():
        page.get_by_role("button", name="Tone or values").click()
    else:  # the reason is asked for on a page
        row(page, 2).get_by_role("link", name="Say why").click()
        page.get_by_label("Tone or values").check()
        page.get_by_role("button", name="Save the verdict").click()
        assert page.url.endswith(f"#match-{Match.objects.get(rank=2).pk}")
    expect(row(page, 2)).to_contain_text("Tone or values")
    assert holds(2) == ("not_fit", "tone", "")
