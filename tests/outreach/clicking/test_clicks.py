"""Which clicks were made by people, read in the company they keep; and what no program's click ever moves."""

from datetime import datetime, timedelta

import pytest
from django.core.management import call_command

from matching.models import RelevanceLabel
from outreach.models import AttributionCredit, Click, ClickVerdict, Enrolment, Message, Outreach
from outreach.robots.clicks import VERSION, Headers
from outreach.services import clicks, conversions, harvest, reports, tracking
from outreach.sources import events
from tests.factories import NOW, LinkFactory
from tests.outreach.clicking.test_tracking import BROWSER, PHONE

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
PAGE = Headers(accept=BROWSER["Accept"], has_language=True, fetch_mode="navigate", fetch_dest="document")
DESK = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"


def click(
    link, seconds: float = 0, *, agent=PHONE, address="198.51.100.7", method="GET", referrer="", headers=PAGE
) -> Click:
    url = tracking.record(
        code=link.code,
        method=method,
        user_agent=agent,
        referrer=referrer,
        at=NOW + timedelta(seconds=seconds),
        headers=headers,
        address=address,
    )
    return Click.objects.get(click_id=url.partition("cw_click=")[2])


def told() -> list[tuple[str, str]]:
    return list(ClickVerdict.objects.order_by("click__at", "pk").values_list("click_class", "rule"))


def figures(link) -> tuple[int, int, int]:
    came = reports.person(outreach=link.outreach)
    return came.visits, came.clicks, came.requests


def judge(at: datetime = LATER) -> int:
    return clicks.classify_due(at=at)


# C3 -------------------------------------------------------------------------------------------------------------------


def test_refreshing_twenty_times_is_one_visit_and_twenty_requests():
    link = LinkFactory()
    for number in range(20):
        click(link, number)
    judge()
    assert figures(link) == (1, 20, 20)


def test_two_devices_are_two_visits():
    link = LinkFactory()
    click(link, 0)
    click(link, 1, agent=DESK)
    judge()
    assert figures(link) == (2, 2, 2)


def test_the_back_button_within_ten_seconds_is_the_same_visit_and_after_that_another():
    link = LinkFactory()
    for seconds in (0, 9, 19, 40):
        click(link, seconds)
    judge()
    assert told() == [
        ("human", "navigates"),
        ("repeat", "same-visit"),
        ("repeat", "same-visit"),
        ("human", "navigates"),
    ]
    assert figures(link) == (2, 4, 4)


def test_robots_and_looks_ahead_are_in_the_whole_number_only():
    link = LinkFactory()
    click(link, 0)
    click(link, 60, agent="Twitterbot/1.0", headers=Headers())
    click(link, 120, method="HEAD")
    click(link, 180, headers=Headers(purpose="prefetch"))
    judge()
    assert figures(link) == (1, 1, 4)
    report = reports.campaign(campaign=link.outreach.campaign)
    assert (report.visits, report.clicks, report.requests) == (1, 1, 4)
    (person,) = reports.people(campaign=link.outreach.campaign)
    assert (person.visits, person.clicks, person.requests) == (1, 1, 4)


# C2 -------------------------------------------------------------------------------------------------------------------


def delivered(link, *, at) -> Message:
    return Message.objects.create(
        outreach=link.outreach,
        reference=f"outreach:{link.outreach_id}:first",
        language="en",
        subject="x",
        body="x",
        text=f"See http://127.0.0.1:8000/r/{link.code}",
        state="sent",
        approved_at=at,
        due_at=at,
        expires_at=at,
        dispatched_at=at,
        finished_at=at,
        message_id=f"<{link.pk}@x>",
    )


def state() -> dict:
    return {
        "stages": list(Outreach.objects.order_by("pk").values_list("pk", "stage", "stage_at", "live_at", "updated_at")),
        "messages": list(Message.objects.order_by("pk").values_list("pk", "state", "due_at", "updated_at")),
        "sequences": list(Enrolment.objects.order_by("pk").values()),
        "labels": list(RelevanceLabel.objects.order_by("pk").values()),
    }


def test_a_gateway_that_opens_all_links_at_delivery_moves_nothing():
    links = [LinkFactory(outreach__stage="live", outreach__live_at=NOW - timedelta(days=91)) for _ in range(8)]
    for link in links:
        delivered(link, at=NOW)
    before = state()
    for number, link in enumerate(links):
        click(link, 1 + number / 10)
    judge(NOW + timedelta(seconds=30))
    judge()
    harvest.ripen(at=LATER)
    assert {each for each, _rule in told()} == {"scanner"}
    assert [figures(link) for link in links] == [(0, 0, 1)] * 8
    assert state() == before


def test_a_person_who_comes_after_the_gateway_counts():
    link = LinkFactory()
    delivered(link, at=NOW)
    click(link, 3)
    click(link, 900, address="203.0.113.9")
    judge()
    assert told() == [("scanner", "at-delivery"), ("human", "navigates")]


def test_what_comes_through_a_link_that_was_given_away_before_is_of_people():
    link = LinkFactory()
    delivered(link, at=NOW)
    click(link, -3 * 86_400, address="203.0.113.9")
    click(link, 5)
    judge()
    assert [each for each, _rule in told()] == ["human", "human"]


def test_six_links_of_whoever_in_ten_seconds_are_gone_through_by_a_program():
    for number in range(6):
        click(LinkFactory(), number)
        judge(NOW + timedelta(seconds=number))
    assert set(told()) == {("scanner", "links-of-any")}
    assert not Click.objects.by_people().exists()


def test_those_that_are_read_for_the_last_time_are_read_with_what_the_network_asked_of_other_links():
    for number in range(6):
        click(LinkFactory(), number)
    judge(NOW + clicks.SETTLED + timedelta(seconds=2))  # three of them
    assert [verdict.is_settled for verdict in ClickVerdict.objects.order_by("pk")] == [True] * 3 + [False] * 3
    assert set(told()) == {("scanner", "links-of-any")}


def test_of_all_links_the_latest_are_read_in_one_question(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(clicks, "_OF_LINK", 2)
    links = [LinkFactory() for _ in range(4)]
    made = {link.pk: [click(link, number) for number in range(4)] for link in links[:2]}
    made |= {link.pk: [click(link, 0)] for link in links[2:]}
    asked = [each for several in made.values() for each in several]
    with django_assert_num_queries(3):  # which links, their clicks, and who came first of all
        found = list(clicks._of_links(asked))
    assert sorted(each.pk for each in found) == sorted(each.pk for several in made.values() for each in several[-2:])


def test_who_asks_by_the_clock_is_found_out_at_last_and_all_along():
    link = LinkFactory()
    for number in range(12):
        click(link, 600 * number)
        judge(NOW + timedelta(seconds=600 * number))
    judge(NOW + timedelta(hours=3))
    assert set(told()) == {("monitor", "by-the-clock")}


def test_no_verdict_on_company_that_was_not_looked_at_makes_a_person_of_a_program():
    """Of the six, five are settled; a click on one of their links later does not read them as people again."""
    links = [LinkFactory() for _ in range(6)]
    for number, link in enumerate(links):
        click(link, number)
    judge()
    click(links[0], 4000, address="203.0.113.9")
    judge(NOW + timedelta(hours=2))
    assert sorted(told())[0] == ("human", "navigates")
    assert [each for each, _rule in told()].count("scanner") == 6


# When they are read ---------------------------------------------------------------------------------------------------


def test_they_are_read_until_their_company_cannot_change_and_then_left():
    click(LinkFactory())
    judge(NOW + timedelta(seconds=10))
    assert Click.objects.unsettled().count() == 1
    judge(NOW + clicks.SETTLED)
    assert Click.objects.unsettled().count() == 0
    assert judge() == 0


def test_reading_again_changes_nothing_that_the_same_rules_said():
    links = [LinkFactory() for _ in range(3)]
    for number in range(30):
        click(
            links[number % 3], number * 7 % 50, agent=[PHONE, DESK][number % 2], method=["GET", "HEAD"][number % 5 == 0]
        )
    judge()
    before = told()
    assert clicks.classify_again(at=LATER, all_of_them=True) == (30, 0)
    assert told() == before


def test_old_verdicts_are_thrown_away_and_read_again_under_a_new_version(capsys):
    link = LinkFactory()
    click(link, 0)
    click(link, 60, method="HEAD")
    ClickVerdict.objects.update(version=VERSION - 1, click_class="human", rule="unread", is_settled=True)
    call_command("classify_clicks")
    assert f"2 clicks were read by version {VERSION} of the rules; 2 verdicts changed." in capsys.readouterr().out
    Click.objects.create(link=link, click_id="by another way", at=NOW, method="GET", user_agent="curl/8.0")
    call_command("classify_clicks")
    assert "; 1 verdicts changed." in capsys.readouterr().out
    assert {each for each, _rule in told()} == {"human", "scanner", "tool"}
    call_command("classify_clicks")
    assert "0 clicks" in capsys.readouterr().out
    call_command("classify_clicks", "--all")
    assert "3 clicks" in capsys.readouterr().out


def test_a_click_without_a_verdict_counts_unless_it_only_looks():
    link = LinkFactory()
    for method in ("GET", "HEAD"):
        Click.objects.create(link=link, click_id=method, at=NOW, method=method)
    assert figures(link) == (1, 1, 2)


def test_raw_rows_are_all_kept():
    link = LinkFactory()
    for agent in ("", "curl/8.0", "Twitterbot/1.0", PHONE):
        click(link, agent=agent, headers=Headers())
    judge()
    assert Click.objects.count() == 4


def test_what_was_credited_by_a_click_that_nobody_made_is_credited_anew():
    links = [LinkFactory() for _ in range(6)]
    first = click(links[0])
    event = events.told(source="x", external_id="1", kind="signature", occurred_at=NOW, click_ids=(first.click_id,))
    conversions.record(event=event, door="api", at=NOW)
    conversions.attribute_due()
    assert AttributionCredit.objects.get().link == links[0]
    for number, link in enumerate(links[1:], 1):
        click(link, number)
    judge()
    assert AttributionCredit.objects.get().link is None
