"""One campaign in a real browser, from the links it makes to the report that it hands out, by every source there is.

Léa reads French, and runs the campaign; Ada reads English, and sets up the sources. Whatever is needed to go on is read
from the page in front of them. What the report should say is counted by tellers.TOLD, from what was sent.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from config.roles import sync
from crm.models import User
from matching.services import match_lists, ranking
from outreach.models import Outreach
from outreach.services import delivery, drafts, messages
from outreach.sources.registry import SOURCES
from tests.browser import browser, must_be_there, program
from tests.e2e import reported, tellers
from tests.e2e.charity import site
from tests.e2e.house import PASSWORD, House, follow, press, says, sent_to
from tests.e2e.tellers import MAIA, TOM, Came
from tests.factories import (
    AccountFactory,
    AddressFactory,
    CampaignFactory,
    CauseFactory,
    TemplateFactory,
    UserFactory,
    VettingFactory,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        program() is None and not must_be_there(), reason="no Chromium here: no campaign was followed in a browser"
    ),
]
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
    "Mobile/15E148 Safari/604.1"
)
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"


@pytest.fixture
def house(live_server, settings, organisation, monkeypatch) -> Iterator[House]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright keeps a loop running in this thread
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    call_command("migrate", verbosity=0)  # a test with real transactions begins with empty tables
    settings.BASE_URL = live_server.url
    sync(None)
    for name, role in (("lea", "officer"), ("ada", "administrator")):
        colleague = UserFactory(role=role, username=name)
        colleague.set_password(PASSWORD)
        colleague.save()
    for name, platform in ((MAIA, "instagram"), (TOM, "youtube")):
        bio = "I clear beaches of plastic."
        AccountFactory(influencer__name=name, influencer__bio=bio, platform=platform)
    cause = CauseFactory(name="Plages propres")
    ranked = match_lists.request(cause=cause, at=timezone.now())
    ranking.build(match_list=ranked, at=timezone.now())
    with site() as charity, browser() as chromium:
        said = {"slug": "printemps", "name": "Printemps", "starts_date": timezone.localdate()}
        campaign = CampaignFactory(cause=cause, destination_url=f"{charity.url}/form?lang=fr", **said)
        yield House(live_server.url, chromium, charity, campaign, ranked.pk)
        connections.close_all()


def test_one_campaign_is_followed_from_its_links_to_its_report(house: House, tmp_path: Path, token: str) -> None:
    lea, ada = house.colleague("lea", "fr-FR"), house.colleague("ada", "en-GB")
    codes = links_are_made(lea, house)
    doors = sources_are_set_up(ada, house)
    assert set(doors) == set(SOURCES) == set(tellers.TOLD)
    visitors = links_are_followed(house, codes)
    everything_is_told(house, doors, visitors)
    events_are_seen(ada, house, doors)
    what_fits_nobody_is_given_away(lea, house, tmp_path, codes)
    what_was_given_back_is_seen(ada, house, doors["stripe"])
    a_publication_is_noted(lea)
    for page, words in ((lea, reported.FRENCH), (ada, reported.ENGLISH)):
        reported.page_says_it(page, house, words)
        reported.files_say_the_same(page, house, words, tmp_path)
    reported.lines_say_it(ada)
    reported.models_stand_side_by_side(ada)
    reported.tools_are_told_the_same(house, token)
    assert (lea.errors, ada.errors) == ([], [])  # type: ignore[attr-defined]


# Links, and who follows them -------------------------------------------------------------------------------------------


def links_are_made(lea: Page, house: House) -> dict[str, str]:
    """{whose: the link, as it was copied}: one of each conversation's own, and one for a story of Maïa's."""
    lea.goto(f"{house.url}/admin/matching/matchlist/{house.match_list}/change/")
    for name in (MAIA, TOM):
        lea.get_by_label(f"Choisir {name}").check()
    press(lea, "Prendre contact…")
    press(lea, "Prendre contact")
    they_agree(at=timezone.now() - timedelta(days=1))
    found = {}
    for name in (TOM, MAIA):
        lea.goto(f"{house.url}/admin/outreach/campaign/{house.campaign.pk}/change/")
        follow(lea, name)
        found[name] = copied(lea, 0)
    follow(lea, "Un autre lien")
    lea.fill("[name=deliverable]", "story du 3 mai")
    press(lea, "Créer le lien")
    says(lea, "story du 3 mai")
    found["story"] = copied(lea, 1)
    lea.locator("summary", has_text="Code QR").last.click()
    expect(lea.locator(".cw-qr svg path").last).to_be_visible()
    with lea.expect_download() as picture:
        lea.get_by_role("link", name="En PNG, pour l’écran").last.click()
    assert Path(picture.value.path()).read_bytes().startswith(b"\x89PNG")
    assert len(set(found.values())) == len(found)
    return found


def they_agree(*, at: datetime) -> None:
    """Written to a day ago, which is where programs look at what a letter holds. How it is done is test_loop_browser's."""
    lea = User.objects.get(username="lea")
    for outreach in Outreach.objects.select_related("influencer", "campaign"):
        assert outreach.influencer
        VettingFactory(influencer=outreach.influencer, cause=outreach.campaign.cause, at=at)
        AddressFactory(influencer=outreach.influencer)
        letter = drafts.draft(outreach=outreach, template=TemplateFactory(), at=at, by=lea)
        messages.approve(message=letter, by=lea, at=at)
    delivery.deliver_due(at=at)
    Outreach.objects.update(stage="agreed")


def copied(page: Page, place: int) -> str:
    """What the button beside a link puts on the clipboard, which is what stands there."""
    page.get_by_role("button", name="Copier le lien").nth(place).click()
    expect(page.locator("[data-copied]")).to_have_text("✓ copié")
    text: str = page.evaluate("navigator.clipboard.readText()")
    assert text == page.locator("[id^=link-url-]").nth(place).inner_text()
    return text


def links_are_followed(house: House, links: dict[str, str]) -> dict[str, Came]:
    """Noor comes by Maïa's link, and again by Tom's; Ben by the story's; and a program, which is nobody."""
    noor, ben = (house.chromium.new_context(user_agent=name) for name in (PHONE, LAPTOP))
    codes = {name: urlsplit(link).path.rpartition("/")[2] for name, link in links.items()}
    came = {MAIA: visit(noor, links[MAIA]), "story": visit(ben, links["story"]), TOM: visit(noor, links[TOM])}
    for (name, query), platform in zip(came.items(), ("instagram", "instagram", "youtube"), strict=True):
        assert query | {"cw_click": ""} == {
            "lang": "fr",
            "utm_source": platform,
            "utm_medium": "influencer",
            "utm_campaign": "printemps",
            "utm_content": codes[name],
            "utm_id": str(house.campaign.public_id),
            "cw_click": "",
        }
    assert sent_to(links[MAIA], headers={"User-Agent": "curl/8.5.0"}, method="HEAD") == 200
    assert (noor.cookies(), ben.cookies()) == ([], [])
    # What the charity's form would hand on of Noor: both ids, the older one first.
    kept = noor.pages[-1].locator("[data-cw-clicks]").input_value()
    assert kept == f"{came[MAIA]['cw_click']} {came[TOM]['cw_click']}"
    owner = {MAIA: MAIA, "story": MAIA, TOM: TOM}
    return {name: Came(query["cw_click"], codes[owner[name]]) for name, query in came.items()}


def visit(visitor: BrowserContext, link: str) -> dict[str, str]:
    """The query of the page on which one arrives."""
    page = visitor.new_page()
    page.goto(link)
    assert page.title() == "Give"
    query = {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}
    assert re.fullmatch(r"[0-9a-f]{32}", query["cw_click"])
    return query


# Sources, and what they send -------------------------------------------------------------------------------------------


@dataclass
class Door:
    """A source's page, and what it showed: the address to enter there, and the pixel of the one that has one."""

    page: str
    address: str
    pixel: str = ""


def sources_are_set_up(ada: Page, house: House) -> dict[str, Door]:
    ada.goto(f"{house.url}/admin/outreach/source/")
    follow(ada, "Add a source")
    kinds = [
        kind for kind in ada.locator("[name=kind] option").evaluate_all("all => all.map(one => one.value)") if kind
    ]
    add = ada.url
    return {kind: set_up(ada, add, kind) for kind in kinds}


def set_up(ada: Page, add: str, kind: str) -> Door:
    ada.goto(add, wait_until="domcontentloaded")
    ada.fill("[name=name]", f"Our {kind}")
    ada.select_option("[name=kind]", kind)
    if kind in tellers.SIGNS:
        ada.fill("[name=secret]", tellers.SIGNS[kind])
    if kind == "generic":
        ada.check("[name=has_pixel]")
    press(ada, "Save the source")
    press(ada, "Test it")
    says(ada, "Such a message would be counted as: 1 ")
    says(ada, "The test itself counted nothing.")
    says(ada, "Nothing yet.")
    press(ada, "Copy the address")
    expect(ada.locator("[data-copied]")).to_have_text("✓ copied")
    pixel = ada.locator("#pixel-code")
    text: str = ada.evaluate("navigator.clipboard.readText()")
    return Door(ada.url, text, pixel.inner_text() if pixel.count() else "")


def everything_is_told(house: House, doors: dict[str, Door], visitors: dict[str, Came]) -> None:
    """Each source posts what it saw; one of them again, and somebody else in its name."""
    at, came = timezone.now(), (visitors[MAIA], visitors["story"], visitors[TOM])
    for kind, door in doors.items():
        body, headers = tellers.sent(kind, *came, campaign=house.campaign.slug, at=at)
        assert sent_to(door.address, body, headers) == 200, kind
    body, headers = tellers.sent("stripe", *came, campaign=house.campaign.slug, at=at)
    assert sent_to(doors["stripe"].address, body, headers) == 200
    assert sent_to(doors["stripe"].address, body.replace(b"2500", b"9900"), headers) == 403
    assert sent_to(doors["generic"].address, *tellers.stray(at=at)) == 200
    pixel = doors["generic"].pixel.replace("ID", "P-1", 1).replace("CLICK", visitors[MAIA].click)
    house.charity.thanks = pixel
    ben = house.chromium.new_context(user_agent=LAPTOP).new_page()
    with ben.expect_response(re.compile(r"\.gif")) as seen:
        ben.goto(f"{house.charity.url}/thanks")
    assert seen.value.status == 200
    call_command("tick")


def events_are_seen(ada: Page, house: House, doors: dict[str, Door]) -> None:
    for kind, door in doors.items():
        ada.goto(door.page)
        rows = [
            " ".join(row.split()) for row in ada.locator("section[aria-labelledby=events] tbody tr").all_inner_texts()
        ]
        counted = [row for row in rows if row.endswith("Counted")]
        assert len(counted) == len(tellers.TOLD[kind]) + (2 if kind == "generic" else 0), (kind, rows)
        if kind == "stripe":
            assert any(row.endswith("Known already") for row in rows)
            assert any("The signature does not fit the message." in row for row in rows)
        if kind == "generic":
            assert any("unverified" in row for row in rows)


# What needs a person ---------------------------------------------------------------------------------------------------


def what_fits_nobody_is_given_away(lea: Page, house: House, folder: Path, links: dict[str, str]) -> None:
    table = folder / "dons.csv"
    code = urlsplit(links["story"]).path.rpartition("/")[2]
    when = timezone.now().isoformat()
    table.write_text(
        f"external_id;kind;amount;currency;occurred_at;cw_code\nT-1;donation;12,50;EUR;{when};{code[:4]}-{code[4:]}\n"
    )
    lea.goto(f"{house.url}/admin/")
    lea.get_by_role("link", name=re.compile("action concrète à examiner")).click()
    lea.wait_for_load_state()
    waiting = lea.locator("section[aria-labelledby=unmatched] li")
    expect(waiting).to_have_count(1)
    expect(waiting).to_contain_text("7,00")
    expect(waiting).to_contain_text("D-7")
    follow(lea, "L’attribuer à…")
    theirs = lea.locator("[name=outreach] option", has_text=TOM)
    lea.select_option("[name=outreach]", theirs.get_attribute("value"))
    lea.fill("[name=why]", "La personne l’a dit au téléphone.")
    press(lea, "La lui attribuer")
    expect(waiting).to_have_count(0)
    follow(lea, "Actions d’un tableau")
    lea.fill("[name=label]", "guichet.example")
    lea.set_input_files("[type=file]", table)
    press(lea, "Les compter")
    says(lea, "1 don (12,50")
    call_command("tick")


def what_was_given_back_is_seen(ada: Page, house: House, door: Door) -> None:
    assert sent_to(door.address, *tellers.taken_back(at=timezone.now())) == 200
    ada.goto(door.page)
    says(ada, "taken back: 1 donation (€10.00)")
    follow(ada, "pi_1")
    expect(ada.locator("section[aria-labelledby=told]")).to_contain_text("€15.00")


def a_publication_is_noted(lea: Page) -> None:
    lea.goto(f"{urlsplit(lea.url).scheme}://{urlsplit(lea.url).netloc}/admin/outreach/outreach/")
    follow(lea, MAIA)
    follow(lea, "Noter une publication")
    lea.fill("[name=url]", "https://www.instagram.com/reel/C8abcDEF123/")
    lea.select_option("[name=format]", "short_video")
    press(lea, "Noter la publication")
    follow(lea, "Instagram, vidéo courte")
    follow(lea, "Noter des chiffres")
    for name, number in {"reach": 12_000, "likes": 310, "comments": 25, "shares": 15}.items():
        lea.fill(f"[name={name}]", str(number))
    press(lea, "Noter les chiffres")
    says(lea, "Les chiffres sont notés.")
