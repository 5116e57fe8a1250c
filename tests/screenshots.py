"""Every page to a PNG, in two languages and two widths: of a demo made for the purpose, or of a running instance.

python -m tests.screenshots [URL] [--only WORD] [--user NAME --password WORD] [--out FOLDER]
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from tests.browser import browser
from tests.config.instances import Instance
from tests.config.servers import wipe

LANGUAGES = ("en", "fr")
WIDTHS = (1400, 390)

# Name of the picture -> where to click on from the list, or the address itself. "first": the first row's page; of a
# match list also "compared", its first people side by side, and "explained", why the first of them stands there.
PAGES = {
    "home": "/admin/",
    "causes": "/admin/crm/cause/",
    "cause": "first /admin/crm/cause/",
    "cause-add": "/admin/crm/cause/add/",
    "influencers": "/admin/crm/influencer/",
    "influencer": "first /admin/crm/influencer/",
    "influencer-add": "/admin/crm/influencer/add/",
    "imports": "/admin/crm/importbatch/",
    "import": "first /admin/crm/importbatch/",
    "import-upload": "/admin/crm/importbatch/upload/",
    "match-lists": "/admin/matching/matchlist/",
    "match-list": "first /admin/matching/matchlist/",
    "match": "explained /admin/matching/matchlist/",
    "compare": "compared /admin/matching/matchlist/",
    "rank": "/admin/matching/matchlist/rank/",
    "campaigns": "/admin/outreach/campaign/",
    "campaign": "first /admin/outreach/campaign/",
    "campaign-add": "/admin/outreach/campaign/add/",
    "board": "/admin/outreach/outreach/board/",
    "outreaches": "/admin/outreach/outreach/",
    "outreach": "first /admin/outreach/outreach/",
    "inbox": "/admin/outreach/inboundmessage/",
    "inbox-unmatched": "/admin/outreach/inboundmessage/?desk=unmatched",
    "reply": "first /admin/outreach/inboundmessage/",
    "reply-unmatched": "first /admin/outreach/inboundmessage/?desk=unmatched",
    "outbox": "/admin/outreach/message/",
    "message": "first /admin/outreach/message/",
    "publications": "/admin/outreach/publication/",
    "publication": "first /admin/outreach/publication/",
    "publication-add": "/admin/outreach/publication/add/",
    "templates": "/admin/outreach/messagetemplate/",
    "template": "first /admin/outreach/messagetemplate/",
    "template-add": "/admin/outreach/messagetemplate/add/",
    "template-example": "/admin/outreach/messagetemplate/add/?example=fr",
    "settings": "/admin/crm/instance/",
    "settings-organisation": "/admin/crm/instance/organisation/",
    "tokens": "/admin/crm/apitoken/",
    "token": "first /admin/crm/apitoken/",
    "token-add": "/admin/crm/apitoken/add/",
    "team": "/admin/crm/user/",
    "team-person": "first /admin/crm/user/",
    "team-add": "/admin/crm/user/add/",
    "start": "/admin/start/",
}


def sign_in(page: Page, base: str, user: str, password: str) -> None:
    page.goto(f"{base}/admin/login/")
    page.fill("[name=username]", user)
    page.fill("[name=password]", password)
    page.click("#login-form [type=submit]")
    page.wait_for_load_state()


def address(page: Page, base: str, where: str) -> str | None:
    which, _space, listing = where.rpartition(" ")
    if not which:
        return f"{base}{where}"
    page.goto(base + listing)
    link = page.locator("#result_list tbody a[href*='/change/'], .cw-table a[href*='/change/']").first
    if not link.count():
        return None
    first = f"{base}{link.get_attribute('href')}"
    return first if which == "first" else _within(page, first, which)


def _within(page: Page, match_list: str, which: str) -> str:
    page.goto(match_list)
    boxes = page.locator("[name=match]")
    ticked = [boxes.nth(n).get_attribute("value") for n in range(min(boxes.count(), 3))]
    listing = match_list[: match_list.index("change/")]
    if which == "explained":
        return f"{listing}match/{ticked[0]}/evidence/"
    return f"{listing}compare/?{'&'.join(f'match={pk}' for pk in ticked)}"


@contextmanager
def instance(url: str | None) -> Iterator[str]:
    if url:
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="causeway-screenshots-") as folder:
        demo = Instance(Path(folder) / "state" / "pg", with_demo=True).up()
        try:
            yield f"http://127.0.0.1:{demo.port}"
        finally:
            demo.process.terminate()
            demo.rest()
            wipe(demo.state)


def shoot(opened: Browser, url: str, options: argparse.Namespace) -> None:
    base = f"http://{urlsplit(url).netloc}"
    options.out.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        context = opened.new_context(locale=language)
        context.add_cookies([{"name": "django_language", "value": language, "url": base}])
        page = context.new_page()
        page.goto(f"{base}/admin/login/")
        page.screenshot(path=options.out / f"login-{language}-1400.png")
        sign_in(page, base, options.user, options.password)
        for name, where in PAGES.items():
            if options.only not in name or not (url := address(page, base, where)):
                continue
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                answer = page.goto(url)
                page.wait_for_timeout(400)  # charts draw themselves
                page.screenshot(path=options.out / f"{name}-{language}-{width}.png", full_page=True)
                sys.stdout.write(f"{answer.status if answer else '?'} {name}-{language}-{width}\n")
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url", nargs="?", help="a running instance; without it, a demo of its own")
    parser.add_argument("--only", default="")
    parser.add_argument("--user", default="ada")
    parser.add_argument("--password", default="causeway-demo")
    parser.add_argument("--out", type=Path, default=Path("screenshots"))
    options = parser.parse_args()
    with browser() as opened, instance(options.url) as url:
        shoot(opened, url, options)


if __name__ == "__main__":
    main()
