"""Nobody makes a link of ours lead elsewhere than where it was meant to: 150 tries, in every part of a request."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from crm.models import Cause
from outreach.models import Campaign, Click, Link
from tests.factories import LinkFactory

pytestmark = pytest.mark.django_db
HOME = "give.example"

EVIL = [
    *(
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
    ),
    *("https:evil.example", "https:/evil.example", "https://evil.example", "http:evil.example", "HTTPS://evil.example"),
    *("%2f%2fevil.example", "%2F%2Fevil.example", "%5cevil.example", "%5c%5cevil.example", "%252f%252fevil.example"),
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "java%0ascript:alert(1)", "%09javascript:alert(1)"),
    *("data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHN2Zz4=", "vbscript:x", "file:///etc/passwd"),
    *(
        "https://give.example@evil.example",
        "https://give.example%40evil.example",
        "https://give.example:80@evil.example",
    ),
    *("https://evil.example#give.example", "https://evil.example?give.example", "https://evil.example/give.example"),
    *(
        "https://give.example.evil.example",
        "https://evil%E3%80%82example",
        "https://evil。example",
        "https://еvil.example",
    ),
    *("%0d%0aLocation:%20https://evil.example", "%0aLocation:https://evil.example", "%0d%0a%0d%0a<script>"),
    *("%E5%98%8A%E5%98%8DLocation:https://evil.example", "\u2028//evil.example", "%e2%80%a8//evil.example"),
    *("..%2f..%2fevil.example", "../../evil.example", ".evil.example", "%00//evil.example", "//%00evil.example"),
    *(
        "//evil%00.example",
        "ftp://evil.example",
        "blob:https://evil.example",
        "//[::1]",
        "//2130706433",
        "//0x7f000001",
    ),
    *("@evil.example", "evil.example", "//evil.example%2f..", "/%09/evil.example", "/%2f/evil.example"),
]
NAMES = ("url", "next", "to", "utm_source", "cw_click")
HEADERS = [
    {"Host": "evil.example"},
    {"Host": "evil.example:80"},
    {"Host": "testserver@evil.example"},
    {"Host": "testserver, evil.example"},
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example, testserver"},
    {"X-Forwarded-Host": "//evil.example"},
    {"X-Forwarded-Host": "a\\evil.example"},
    {"Referer": "https://evil.example/?x"},
    {"Referer": "javascript:alert(1)"},
    {"Referer": "//evil.example"},
    {"Referer": "https://evil.example\\@x"},
    {"X-Original-URL": "https://evil.example/"},
    {"X-Rewrite-URL": "https://evil.example/"},
    {"X-Forwarded-Proto": "https://evil.example/"},
    {"Forwarded": "host=evil.example"},
    {"Origin": "https://evil.example/"},
    {"User-Agent": "https://evil.example"},
    {"Accept": "//evil.example"},
    {"X-Forwarded-For": "//evil.example"},
    {"Cookie": "next=//evil.example"},
]


def tries() -> list[tuple[str, dict[str, str]]]:
    """What stands behind /r/, with CODE where a real code does, and the headers."""
    in_code = [(f"{end}", {}) for end in EVIL]
    behind = [(f"CODE{end}", {}) for end in EVIL]
    asked = [(f"CODE?{NAMES[place % len(NAMES)]}={end}", {}) for place, end in enumerate(EVIL)]
    return [*in_code, *behind, *asked, *(("CODE", headers) for headers in HEADERS)]


def is_home(location: str) -> bool:
    parts = urlsplit(location)
    return (
        (parts.scheme, parts.hostname, parts.port, parts.username) == ("https", HOME, None, None)
        and location.startswith(f"https://{HOME}/form?")
        and location.isascii()
        and location.isprintable()
        and "evil" not in location
    )


def test_of_all_tries_none_leads_elsewhere():
    link = LinkFactory(destination_url=f"https://{HOME}/form")
    assert len(tries()) >= 150
    strays = []
    for path, headers in tries():
        response = Client(headers=headers).get(f"/r/{path.replace('CODE', link.code)}")
        location = response.get("Location", "")
        is_fine = is_home(location) if response.status_code == 302 else response.status_code in {400, 404}
        if not is_fine or (location and response.status_code != 302):
            strays.append((path, headers, response.status_code, location))
    assert strays == []


@pytest.mark.parametrize("page", [f"https://{HOME}\\@evil.example/", f"https://user@{HOME}/", "https://evil.example/"])
def test_a_link_whose_page_is_on_no_host_of_its_cause_leads_nowhere(page):
    link = LinkFactory()
    assert Client().get(f"/r/{link.code}").status_code == 302
    Link.objects.update(destination_url=page)
    assert Client().get(f"/r/{link.code}").status_code == 404
    assert Click.objects.count() == 1


def test_a_page_whose_host_browsers_read_as_another_than_the_listed_one_leads_nowhere():
    link = LinkFactory()
    Cause.objects.update(link_hosts=["strasse.example"])
    for page, status in (("https://straße.example/", 404), ("https://strasse.example/", 302)):
        Link.objects.update(destination_url=page)
        assert Client().get(f"/r/{link.code}").status_code == status


def test_a_host_that_is_taken_off_the_list_is_led_to_no_more():
    link = LinkFactory()
    Cause.objects.update(link_hosts=[HOME])
    assert Client().get(f"/r/{link.code}").status_code == 302
    Cause.objects.update(link_hosts=["other.example"])
    assert Client().get(f"/r/{link.code}").status_code == 404
    Cause.objects.update(link_hosts=[HOME, "other.example"])
    assert Client().get(f"/r/{link.code}").status_code == 302


def test_a_page_that_was_changed_is_led_to_at_once():
    link = LinkFactory()
    Client().get(f"/r/{link.code}")
    Campaign.objects.update(destination_url="https://new.example/")
    Link.objects.update(destination_url="https://new.example/")
    assert Client().get(f"/r/{link.code}")["Location"].startswith("https://new.example/?")
