"""What a browser may do with a page of ours."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils.html import escape
from unfold.settings import get_config
from unfold.utils import convert_color

from tests.factories import LinkFactory, UserFactory, browser_of

STAFF = ("/admin/", "/admin/crm/influencer/", "/admin/nothing/here/", "/admin/password/")
ALONE = ("/nothing/here", "/u/nobody", "/healthz", "/api/v1/me/", "/")


def rules(answer) -> dict[str, str]:
    return dict(each.split(" ", 1) for each in answer["Content-Security-Policy"].split("; "))


@pytest.mark.django_db
@pytest.mark.parametrize("path", [*STAFF, *ALONE, "/api/docs/", "/welcome/"])
def test_no_page_runs_a_script_that_stands_in_it_and_none_is_led_astray(path):
    said = rules(browser_of(UserFactory(is_superuser=True)).get(path))
    scripts = {"default-src": said["default-src"]} | {
        name: text for name, text in said.items() if name.startswith("script")
    }
    assert said["default-src"] == "'none'"
    assert not [text for text in scripts.values() if "'unsafe-inline'" in text or "http" in text or "*" in text]
    assert (said["object-src"], said["base-uri"], said["form-action"]) == ("'none'", "'none'", "'self'")
    assert said["frame-ancestors"] == ("'self'" if path.startswith(("/admin/", "/welcome/")) else "'none'")
    assert ("'unsafe-eval'" in str(scripts)) is path.startswith(("/admin/", "/welcome/"))


@pytest.mark.django_db
def test_a_page_that_needs_nothing_is_given_nothing():
    said = rules(Client().get("/nothing/here"))
    assert "script-src" not in said and "connect-src" not in said
    assert re.fullmatch("'sha256-[A-Za-z0-9+/=]+'", said["style-src"])


@pytest.mark.django_db
def test_a_visitor_of_a_link_is_sent_on_without_it():
    assert "Content-Security-Policy" not in Client().get(f"/r/{LinkFactory().code}")


def test_no_template_of_ours_holds_a_script_or_a_handler():
    held = re.compile(r"<script(?![^>]*\bsrc=)|<[^>]+\son[a-z]+=|javascript:")
    for template in settings.BASE_DIR.glob("*/templates/**/*.html"):
        assert not held.search(template.read_text()), template


def test_the_colours_are_those_that_the_theme_would_write():
    """Ours of the accent, its own of the rest: who updates the theme is told when it has others."""
    said = dict(re.findall(r"--color-([\w-]+): ([^;]+);", Path("crm/static/crm/colours.css").read_text()))
    theme = get_config()["COLORS"]
    named = {
        f"{name}-{weight}": convert_color(text) for name, weights in theme.items() for weight, text in weights.items()
    }
    assert said.keys() == named.keys()
    assert {name: text for name, text in said.items() if not name.startswith("primary")} == {
        name: text for name, text in named.items() if not name.startswith("primary")
    }


@pytest.mark.django_db
def test_the_theme_writes_no_style_into_a_page():
    page = browser_of(UserFactory(is_superuser=True)).get("/admin/").content.decode()
    assert "<style" not in page
    assert escape('"allowEval": false') in page or '"allowEval": false' in page
