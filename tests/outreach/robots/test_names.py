"""Who asked for a link: a person with a browser, or a program."""

import pytest

from config.demo import response
from outreach.robots.classifying import is_robot


@pytest.mark.parametrize(
    "user_agent",
    [
        *response._PEOPLE,
        "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 [FBAN/FBIOS;FBAV/470.0]",
    ],
)
def test_a_browser_is_a_person(user_agent):
    assert not is_robot(method="GET", user_agent=user_agent)


@pytest.mark.parametrize(
    "user_agent",
    [
        *response._ROBOTS,
        "",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36",
        "WhatsApp/2.23.20.0",
        "curl/8.5.0",
        "python-requests/2.32.3",
        "Mozilla/5.0 (Windows NT 10.0) SkypeUriPreview Preview/0.5",
        "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    ],
)
def test_a_program_is_none(user_agent):
    assert is_robot(method="GET", user_agent=user_agent)


def test_whoever_only_looks_whether_the_link_is_there_is_none():
    assert is_robot(method="HEAD", user_agent=response._PEOPLE[0])
