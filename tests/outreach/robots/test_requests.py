"""Reliability row C1: what one request tells by itself."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.robots.classifying import classify, is_robot
from outreach.robots.clicks import VERSION, ClickClass, Headers
from tests.outreach.robots.clicks import CHROME, FIREFOX, IPHONE, PAGE, click, told

BARE = Headers(accept="*/*")
IN_APP = {
    "instagram": "Mobile/15E148 Instagram 335.1.8.26.85 (iPhone14,5; iOS 17_5_1; fr_FR; fr; scale=3.00; 1170x2532) NW/3",
    "facebook": "Mobile/15E148 [FBAN/FBIOS;FBAV/470.0.0.37.95;FBDV/iPhone14,2;FBSN/iOS;FBSV/17.5;FBLC/fr_FR;FBOP/5]",
    "tiktok": "Mobile/15E148 BytedanceWebview/d8a21c6 musical_ly_34.2.0 JsSdk/2.0 NetType/4G Channel/App Store Region/FR",
    "pinterest": "Mobile/15E148 [Pinterest/iOS]",
    "x": "Mobile/15E148 Twitter for iPhone/10.47",
    "snapchat": "Mobile/15E148 Snapchat/12.85.0.40 (like Safari/8617.2.4.10.7, panda)",
}


@pytest.mark.parametrize("app", IN_APP)
@pytest.mark.parametrize("headers", [PAGE, None])
def test_who_follows_a_link_inside_an_app_is_a_person(app, headers):
    agent = (
        f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) {IN_APP[app]}"
    )
    assert told(click(user_agent=agent, headers=headers)) == ["human"]


@pytest.mark.parametrize("user_agent", [CHROME, IPHONE, FIREFOX, ""])
def test_head_counts_for_nobody(user_agent):
    assert not ClickClass(told(click(user_agent=user_agent, method="HEAD"))[0]).is_person


@pytest.mark.parametrize(
    "purpose", ["prefetch", "prefetch;prerender", "prefetch;anonymous-client-ip", "Prefetch", "preview"]
)
@pytest.mark.parametrize("user_agent", [CHROME, IPHONE])
def test_what_is_fetched_in_case_somebody_wants_it_counts_for_nobody(purpose, user_agent):
    assert told(click(user_agent=user_agent, headers=replace(PAGE, purpose=purpose))) == ["prefetch"]


@pytest.mark.parametrize(("mode", "dest"), [("no-cors", "image"), ("cors", "empty"), ("navigate", "image")])
def test_what_a_page_fetches_for_itself_is_no_visit(mode, dest):
    assert told(click(headers=replace(PAGE, fetch_mode=mode, fetch_dest=dest))) == ["prefetch"]


def test_who_is_named_like_a_browser_and_asks_like_a_library_is_no_browser():
    assert told(click(headers=BARE), click(user_agent=FIREFOX, headers=BARE, link=2)) == ["scanner", "scanner"]


@pytest.mark.parametrize(
    "headers",
    [
        replace(PAGE, has_language=False),  # a proxy for privacy
        replace(PAGE, fetch_mode="", fetch_dest=""),  # a site without https
        replace(PAGE, accept="*/*"),
    ],
)
def test_one_thing_missing_is_forgiven(headers):
    assert told(click(headers=headers)) == ["human"]


def test_a_browser_in_a_terminal_is_asked_for_nothing():
    assert told(click(user_agent="edbrowse/3.8.6", headers=BARE), click(user_agent="w3m/0.5.3", headers=BARE)) == [
        "human",
        "human",
    ]


@pytest.mark.parametrize("model", ["CUBOT X19", "M bot 51", "C Bot Tab 70", "XBot Junior"])
def test_a_telephone_that_is_called_bot_is_held_by_a_person(model):
    agent = f"Mozilla/5.0 (Linux; Android 9; {model}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36"
    assert told(click(user_agent=agent)) == ["human"]


def test_unsure_counts_as_a_person_where_it_is_built_like_a_browser_only():
    unknown = "Mozilla/5.0 (X11; Linux x86_64) Unheardof/1.0"
    assert told(click(user_agent=unknown, headers=None), click(user_agent="Unheardof/1.0", headers=None)) == [
        "human",
        "tool",
    ]


def test_a_verdict_says_by_which_rule_and_version():
    (verdict,) = classify([click(user_agent="curl/8.5.0")])
    assert (verdict.click_class, verdict.rule, verdict.version) == (ClickClass.TOOL, "named-tool", VERSION)


@given(st.text(), st.text(), st.text(), st.text(), st.booleans())
def test_no_text_raises(user_agent, method, purpose, fetch, has_language):
    headers = Headers(purpose=purpose, fetch_mode=fetch, fetch_dest=fetch, accept=fetch, has_language=has_language)
    assert len(told(click(user_agent=user_agent, method=method, headers=headers, referrer_host=fetch))) == 1
    is_robot(method=method, user_agent=user_agent)


@pytest.mark.parametrize(
    "piece", ["Mozilla/5.0 (", "(Linux; Android ", "bot@a.", "compatible;", "a", "(((((", "\0", "é"]
)
def test_a_name_of_a_megabyte_takes_no_longer(piece):
    long = (f"Mozilla/5.0 {piece * 1_000_000}")[:1_000_000]
    before = time.process_time()
    is_robot(method="GET", user_agent=long)
    told(click(user_agent=long))
    assert time.process_time() - before < 0.25
