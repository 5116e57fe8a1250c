"""Links: their words are kept, and none is that a browser should not follow."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.errors import DomainError
from crm.handles import safe_url
from tests.crm.handles.texts import ANYTHING, refused


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (" HTTPS://Example.ORG/A?b=C#d ", "https://example.org/A?b=C#d"),
        ("http://École.fr:8080/é", "http://xn--cole-9oa.fr:8080/é"),
        ("http://localhost:8000/", "http://localhost:8000/"),
    ],
)
def test_a_link_keeps_its_words(text, url):
    assert safe_url(text) == url


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(
            ("javascript:alert(1)", "url_scheme"),
            ("data:text/html,x", "url_scheme"),
            ("ftp://example.org", "url_scheme"),
        ),
        *(("www.example.org", "url_scheme"), ("//example.org", "url_scheme"), ("", "url_scheme")),
        *(
            ("https://", "url_invalid"),
            ("https:example.org", "url_invalid"),
            ("https://user:pw@example.org", "url_invalid"),
        ),
        *(("https://example.org/a b", "url_invalid"), ("https://example.org/\nx", "url_invalid")),
        *(('https://example.org/"><script>', "url_invalid"), ("https://example.org\\@evil.org", "url_invalid")),
        *(
            ("https://exa\u202emple.org", "url_invalid"),
            ("https://[::1", "url_invalid"),
            ("https://a:99999/", "url_invalid"),
        ),
        *(("java\tscript:alert(1)", "url_invalid"), ("https://example.org/\ud800", "url_invalid")),
    ],
)
def test_what_a_browser_should_not_follow_is_refused(text, code):
    assert refused(safe_url, text) == (code, {})


def test_a_link_has_a_length():
    assert refused(safe_url, "https://example.org/" + "a" * 500) == ("url_too_long", {"limit": 500})


@settings(deadline=None)
@given(ANYTHING | st.from_regex(r"https?://.{0,20}", fullmatch=True))
def test_a_safe_link_is_safe_and_stays_as_it_is(text):
    with suppress(DomainError):
        url = safe_url(text)
        assert url.startswith(("http://", "https://"))
        assert safe_url(url) == url
