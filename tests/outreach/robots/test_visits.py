"""Reliability row C3: unique visits are what the definition says, exactly."""

import pytest

from outreach.robots.classifying import classify
from tests.outreach.robots.clicks import CHROME, IPHONE, click, told


@pytest.mark.parametrize("gap", [0.0, 0.05, 1, 5])
def test_a_double_click_twenty_times_over_is_one_visit(gap):
    assert told(*[click(n * gap) for n in range(20)]) == ["human"] + ["repeat"] * 19


def test_every_request_of_a_visit_is_a_person_s():
    assert all(verdict.click_class.is_person for verdict in classify([click(n) for n in range(5)]))


@pytest.mark.parametrize(("second", "of"), [(10, "repeat"), (10.001, "human")])
def test_a_visit_ends_ten_seconds_after_the_last_request(second, of):
    assert told(click(0), click(second)) == ["human", of]


def test_a_visit_lasts_two_minutes_at_most():
    assert told(*[click(second) for second in range(0, 131, 10)]) == ["human"] + ["repeat"] * 12 + ["human"]


def test_who_goes_back_and_comes_again_later_visits_twice():
    assert told(click(0), click(7), click(1200)) == ["human", "repeat", "human"]


@pytest.mark.parametrize(
    "other", [{"user_agent": IPHONE}, {"network": "office"}, {"link": 2}, {"referrer_host": "t.co"}]
)
def test_another_device_network_link_or_page_is_another_visit(other):
    assert told(click(0), click(1, **other)) == ["human", "human"]


def test_colleagues_with_different_browsers_behind_one_address_are_visitors_each():
    agents = [CHROME, IPHONE, CHROME.replace("131", "130"), f"{CHROME} Edg/131.0.0.0"]
    assert told(*[click(n, agent, network="office") for n, agent in enumerate(agents)]) == ["human"] * 4


def test_a_program_begins_no_visit():
    assert told(click(0, "curl/8.5.0"), click(1, "curl/8.5.0"), click(2)) == ["tool", "tool", "human"]
