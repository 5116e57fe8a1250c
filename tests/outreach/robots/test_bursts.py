"""Reliability rows C1 and C2: what several requests tell together."""

import pytest

from tests.outreach.robots.clicks import CHROME, IPHONE, PAGE, click, told

X = "Twitterbot/1.0"


def test_x_asks_once_by_name_and_looks_three_times_under_others():
    heads = [
        click(n, agent, method="HEAD", headers=None, network=f"x{n}") for n, agent in enumerate((IPHONE, CHROME, ""))
    ]
    follower = click(3, IPHONE, referrer_host="t.co")
    assert told(*heads, click(2, X, headers=None), follower) == ["preview"] * 4 + ["human"]


def test_a_head_long_after_belongs_to_no_preview():
    assert told(click(0, X), click(60, IPHONE, method="HEAD")) == ["preview", "scanner"]


def test_all_links_of_a_message_in_ten_seconds_are_opened_by_nobody():
    burst = [click(3600 + 3 * link, link=link, network="cloud", delivered=0) for link in range(4)]
    assert told(*burst, click(9000, IPHONE, link=2, delivered=0)) == ["scanner"] * 4 + ["human"]


def test_two_links_at_once_just_after_delivery_are_opened_by_nobody():
    assert told(*[click(40 + link, link=link, delivered=0) for link in range(2)]) == ["scanner", "scanner"]


def test_a_reader_may_open_two_links_and_then_a_third():
    links = [click(second, link=link, delivered=0) for link, second in enumerate((300, 303, 330))]
    assert told(*links) == ["human"] * 3


def test_several_people_may_open_different_links_of_a_message():
    assert told(*[click(300 + n, link=n, network=f"home{n}", delivered=0) for n in range(4)]) == ["human"] * 4


@pytest.mark.parametrize(
    ("second", "of"), [(-20, "scanner"), (3, "scanner"), (15, "scanner"), (16, "human"), (-31, "human")]
)
def test_nobody_follows_a_link_when_the_message_has_only_just_come(second, of):
    assert told(click(second, delivered=0)) == [of]


def test_a_link_that_is_out_already_may_be_followed_while_a_reminder_comes():
    assert told(click(-4000, IPHONE, delivered=0), click(5, network="mobile", delivered=0)) == ["human", "human"]


def test_head_and_then_get_by_the_same_is_no_browser():
    assert told(click(0, method="HEAD", headers=None), click(1)) == ["scanner", "scanner"]


def test_head_by_one_and_get_by_another_says_nothing_of_the_other():
    head = click(0, method="HEAD", headers=None, network="cloud")
    assert told(head, click(1)) == ["scanner", "human"]


def test_nobody_goes_through_six_links_of_different_people_in_ten_seconds():
    assert told(*[click(link, link=link, network="rack") for link in range(6)]) == ["scanner"] * 6


def test_people_behind_one_address_who_come_from_pages_are_people():
    links = [click(link, link=link, network="carrier", referrer_host="l.instagram.com") for link in range(9)]
    assert told(*links) == ["human"] * 9


def test_who_asks_by_the_clock_is_a_clock():
    assert told(*[click(300 * n + n % 2, network="rack") for n in range(11)]) == ["monitor"] * 11


def test_who_comes_ten_times_a_day_is_no_clock():
    assert told(*[click(300 * n + 7 * (n % 3), network="home") for n in range(11)]) == ["human"] * 11


def test_where_the_network_is_not_known_nobody_is_taken_for_another():
    crowd = [click(n * 0.2, IPHONE, network="", headers=PAGE, message=1, link=n % 4) for n in range(40)]
    assert told(*crowd) == ["human"] * 40
