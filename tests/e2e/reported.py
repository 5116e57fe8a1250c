"""What a campaign's report should say, in two languages, on its page, in its files and to tools: told by what was sent."""

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from playwright.sync_api import Page, expect

from crm.formats.goals import minor_digits
from outreach import tasks
from tests.e2e import papers, tellers
from tests.e2e.house import House, follow, plain, press
from tests.e2e.tellers import DID, MAIA, TOM


@dataclass(frozen=True)
class Words:
    """How a reader's report writes what was done. `sentences` are typed out, not computed by the product's words."""

    take: str
    funnel: dict[str, str]
    sentences: dict[tuple[str, str], str]
    kinds: dict[str, str]
    credited: str
    unverified: str
    sheets: dict[str, str]


ENGLISH = Words(
    take="Take the report away",
    funnel={
        "Contacted": "2", "Replied": "2", "Agreed": "2",
        "Reach": "12,000", "Engagement": "350", "Clicks": "3", "Concrete actions": "19",
    },
    sentences={
        ("donation", "EUR"): "5 donations (€84.50)",
        ("donation", "GBP"): "1 donation (£25.50)",
        ("donation", "JPY"): "1 donation (¥3,000)",
        ("donation", "USD"): "3 donations ($1,055.00)",
        ("signature", ""): "5 petition signatures",
        ("attendance", ""): "2 attendances",
        ("sign_up", ""): "1 sign-up",
        ("volunteer_hours", ""): "3.5 volunteer hours",
    },
    kinds={
        "donation": "Donation", "signature": "Petition signature", "attendance": "Attendance",
        "sign_up": "Sign-up", "volunteer_hours": "Volunteer hours",
    },
    credited="somebody in the campaign",
    unverified="unverified",
    sheets={"actions": "Concrete actions", "funnel": "Funnel", "influencers": "By influencer"},
)  # fmt: skip
FRENCH = Words(
    take="Emporter le rapport",
    funnel={
        "Contacts pris": "2", "Réponses": "2", "Accords": "2",
        "Portée": "12 000", "Engagement": "350", "Clics": "3", "Actions concrètes": "19",
    },
    sentences={
        ("donation", "EUR"): "5 dons (84,50 €)",
        ("donation", "GBP"): "1 don (25,50 £GB)",
        ("donation", "JPY"): "1 don (3 000 JPY)",
        ("donation", "USD"): "3 dons (1 055,00 $US)",
        ("signature", ""): "5 signatures",
        ("attendance", ""): "2 participations",
        ("sign_up", ""): "1 inscription",
        ("volunteer_hours", ""): "3,5 heures de bénévolat",
    },
    kinds={
        "donation": "Don", "signature": "Signature", "attendance": "Participation",
        "sign_up": "Inscription", "volunteer_hours": "Heures de bénévolat",
    },
    credited="un profil de la campagne",
    unverified="non vérifié",
    sheets={"actions": "Actions concrètes", "funnel": "Entonnoir", "influencers": "Par profil"},
)  # fmt: skip


def page_says_it(page: Page, house: House, words: Words) -> None:
    page.goto(f"{house.url}/admin/outreach/campaign/{house.campaign.pk}/change/")
    steps = page.locator(".cw-funnel li").all()
    shown = {
        plain(one.locator(".cw-what").inner_text()): plain(one.locator(".cw-figure").inner_text()) for one in steps
    }
    assert shown == words.funnel
    said = page.locator("section[aria-labelledby=came]")
    sentences = [plain(one) for one in said.locator(".cw-lead strong").all_inner_texts()]
    assert sorted(sentences[3:]) == sorted(words.sentences.values())
    assert set(words.sentences) == set(tellers.totals(DID))
    expect(said).to_contain_text(words.unverified)


def lines_say_it(ada: Page) -> None:
    """Partner by partner."""
    for row in ada.locator("section[aria-labelledby=people] tbody tr").all():
        name, _stage, reach, _engagement, clicks, actions, told = row.locator("td").all_inner_texts()[:7]
        acts = f"{tellers.acts(DID, of=name):g}"
        assert (reach, plain(clicks), actions) == {
            MAIA: ("12,000", "2 of 3", acts),
            TOM: ("unknown", "1 of 1", acts),
        }[name]
        assert {*told.split(", ")} == {
            MAIA: {
                "3 donations (€47.50)", "1 donation (£25.50)", "1 donation (¥3,000)", "1 donation ($5.00)",
                "5 petition signatures",
            },
            TOM: {
                "2 donations (€37.00)", "2 donations ($1,050.00)", "2 attendances", "1 sign-up", "3.5 volunteer hours",
            },
        }[name]  # fmt: skip


def models_stand_side_by_side(ada: Page) -> None:
    """Noor's gift was led to by both, one after the other: the only act of which models think otherwise."""
    follow(ada, "Attribution")
    press(ada, "Compare again")
    tasks.sweep_comparisons()  # nobody else works here
    ada.reload()
    for name, sign in ((MAIA, 1), (TOM, -1)):
        acts, euros = tellers.acts(DID, of=name), (tellers.totals(DID, of=name)["donation", "EUR"][1] or 0) / 100
        for title, last, first in (("Concrete actions", acts, sign), ("Money in EUR", euros, sign * 30)):
            section = ada.locator("section.cw-card", has=ada.get_by_role("heading", name=title, exact=True))
            row = section.locator("tbody tr", has_text=name)
            for model, value in {"Last touch": last, "First touch": last + first, "Linear": last + first / 2}.items():
                cell = row.locator(f"td[data-label='{model}']").inner_text()
                assert float(re.sub(r"[^\d.-]", "", cell)) == value, (title, name, model, cell)


def files_say_the_same(page: Page, house: House, words: Words, folder: Path) -> None:
    page.goto(f"{house.url}/admin/outreach/campaign/{house.campaign.pk}/change/")
    page.locator("summary", has_text=words.take).click()
    paths = {
        kind: taken(page, name, folder) for kind, name in (("csv", "CSV"), ("xlsx", "Excel (XLSX)"), ("pdf", "PDF"))
    }
    tables, book, said = papers.archive(paths["csv"]), papers.workbook(paths["xlsx"]), papers.words(paths["pdf"])
    expected = {
        (words.kinds[kind], number, None if minor is None else Decimal(minor).scaleb(-minor_digits(currency)), currency or None, words.credited)
        for (kind, currency), (number, minor) in tellers.totals(DID).items()
    }  # fmt: skip
    assert {
        (kind, float(number), Decimal(amount) if amount else None, currency or None, to)
        for kind, number, amount, currency, to in tables["actions"][1:]
    } == expected
    assert {
        (kind, float(number), None if amount is None else Decimal(str(amount)), currency, to)
        for kind, number, amount, currency, to in book[words.sheets["actions"]][1:]
    } == expected
    for rows in (tables["influencers"][1:], book[words.sheets["influencers"]][1:]):
        assert {row[0]: (float(row[-2]), float(row[-1])) for row in rows} == {
            MAIA: (2, tellers.acts(DID, of=MAIA)),
            TOM: (1, tellers.acts(DID, of=TOM)),
        }
    printed = [plain(text) for text in said]
    for sentence in words.sentences.values():
        assert f"– {sentence}" in printed
    for name, figure in words.funnel.items():
        place = printed.index(name)
        assert printed[place + 1] == figure


def taken(page: Page, name: str, folder: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("link", name=name, exact=True).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def tools_are_told_the_same(house: House, token: str) -> None:
    url = f"{house.url}/api/v1/campaigns/{house.campaign.public_id}/report/"
    with urlopen(Request(url, headers={"Authorization": f"Bearer {token}"}), timeout=10) as answer:
        report: dict[str, Any] = json.load(answer)
    assert _totals(report["totals"]) == tellers.totals(DID)
    assert {one["name"]: _totals(one["totals"]) for one in report["influencers"]} == {
        name: tellers.totals(DID, of=name) for name in (MAIA, TOM)
    }
    assert (report["clicks"], report["visits"], report["requests"]) == (3, 3, 4)
    assert (report["actions"], report["unassigned"]) == (tellers.acts(DID), [])
    assert _totals(report["unverified"]) == {("signature", ""): (1, None)}
    assert (report["reached"]["reach"], report["reached"]["engagement"]) == (12_000, 350)


def _totals(told: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[float, int | None]]:
    return {(one["kind"], one["currency"]): (one["number"], one["amount_minor"]) for one in told}
