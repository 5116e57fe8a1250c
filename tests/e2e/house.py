"""One installation, the browser that looks at it, and how somebody with a mouse finds their way."""

from dataclasses import dataclass
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from playwright.sync_api import Browser, Page, expect

from outreach.models import Campaign
from tests.e2e.charity import Site

PASSWORD = "océan-2027-plage"


@dataclass
class House:
    """One installation, the browser that looks at it, and the charity's own site beside it."""

    url: str
    chromium: Browser
    charity: Site
    campaign: Campaign
    match_list: int

    def colleague(self, name: str, locale: str) -> Page:
        """Somebody of the team, signed in."""
        context = self.chromium.new_context(locale=locale, viewport={"width": 1400, "height": 900})
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.errors = []  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.errors.append(str(error)))  # type: ignore[attr-defined]
        page.goto(f"{self.url}/admin/login/")
        page.fill("[name=username]", name)
        page.fill("[name=password]", PASSWORD)
        page.click("[type=submit]")
        page.wait_for_url(f"{self.url}/admin/")
        return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state("domcontentloaded")


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()
    page.wait_for_load_state("domcontentloaded")


def says(page: Page, words: str) -> None:
    expect(page.locator("body")).to_contain_text(words, timeout=30_000)


def plain(text: str) -> str:
    """With one kind of space."""
    return " ".join(text.split())


def sent_to(url: str, body: bytes | None = None, headers: dict[str, str] | None = None, method: str = "") -> int:
    request = Request(url, data=body, headers=headers or {}, method=method or ("POST" if body else "GET"))
    try:
        with urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
