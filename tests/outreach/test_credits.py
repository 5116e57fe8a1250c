"""What led to an action: every mark, every key, no robot, nobody themself; and shares of it that sum to the whole."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outreach.attribution.rules import RULES
from outreach.models import PEOPLE, AttributionCredit, Campaign, Click, ClickVerdict, Conversion
from outreach.robots.clicks import ClickClass
from outreach.services import conversions, credits, paths
from outreach.sources import events
from tests.factories import NOW, AddressFactory, LinkFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
GIFT = {"source": "give.example", "kind": "donation", "amount_minor": 2_500, "currency": "EUR"}


def act(number=1, *, on=NOW, door="api", **said) -> Conversion:
    said = {"external_id": f"D-{number}", "occurred_at": on} | said
    row, _ = conversions.record(event=events.told(**GIFT | said), door=door, at=on + DAY)
    return row


def click(link, *, at=NOW - timedelta(hours=1), name="c1", **said) -> Click:
    return Click.objects.create(link=link, click_id=name, at=at, method="GET", **said)


def touched(row) -> list[int]:
    return [int(touch.channel) for touch in paths.of([row.pk])[row.pk].path.touches]


def credited(row, rule="last_touch") -> dict[int | None, Decimal]:
    return dict(AttributionCredit.objects.filter(conversion=row, rule=rule).values_list("link", "share"))


def test_what_led_to_an_earlier_action_of_the_same_supporter_led_to_this_one():
    early, late = LinkFactory(), LinkFactory()
    click(early, at=NOW - 3 * DAY, name="c1")
    click(late, at=NOW + DAY, name="c2")
    first = act(1, supporter="ada@home.example", click_ids=("c1",))
    second = act(2, on=NOW + 2 * DAY, supporter="ADA@home.example ", click_ids=("c2",))
    assert touched(first) == [early.pk]
    assert touched(second) == [early.pk, late.pk]


def test_a_spoken_code_of_an_earlier_action_is_a_touch_of_its_instant():
    link = LinkFactory()
    act(1, supporter="ada@home.example", code=link.code)
    later = act(2, on=NOW + 2 * DAY, supporter="ada@home.example")
    path = paths.of([later.pk])[later.pk].path
    assert [(touch.channel, touch.at) for touch in path.touches] == [(str(link.pk), NOW)]


def test_another_supporter_and_nobody_bring_nothing():
    link = LinkFactory()
    click(link)
    act(1, supporter="ada@home.example", click_ids=("c1",))
    act(3, click_ids=("c1",))
    assert touched(act(2, on=NOW + DAY, supporter="bob@home.example")) == []
    assert touched(act(4, on=NOW + DAY)) == []


def test_a_new_key_makes_nobody_another_supporter(settings):
    link = LinkFactory()
    click(link)
    act(1, supporter="ada@home.example", click_ids=("c1",))
    ring = json.loads(settings.KEYRING.read_text())
    ring["keys"]["v2"], ring["current"] = "ab" * 32, "v2"
    settings.KEYRING = settings.KEYRING.with_name("rotated.json")
    settings.KEYRING.write_text(json.dumps(ring))
    assert touched(act(2, on=NOW + DAY, supporter="ada@home.example")) == [link.pk]


def test_an_earlier_action_that_only_a_pixel_told_of_brings_nothing():
    link = LinkFactory()
    said = {"kind": "signature", "amount_minor": None, "currency": "", "source": "page"}
    event = events.told(**said, external_id="P-1", occurred_at=NOW, supporter="ada@home.example", code=link.code)
    conversions.record(event=event, door="pixel", at=NOW, is_verified=False)
    assert touched(act(2, on=NOW + DAY, supporter="ada@home.example")) == []


def test_what_a_later_report_brings_is_a_touch():
    early, late = LinkFactory(), LinkFactory()
    click(early, at=NOW - 2 * DAY, name="c1")
    row = act(1, code=late.code)
    act(1, click_ids=("c1",))
    assert touched(row) == [early.pk, late.pk]


def test_whoever_was_given_an_action_comes_last():
    spoken, given, clicked = LinkFactory(), LinkFactory(), LinkFactory()
    click(clicked, at=NOW + timedelta(minutes=1))
    row = act(1, code=spoken.code, click_ids=("c1",))
    for link in (given, spoken, given):
        conversions.assign(conversion=row, link=link, by=UserFactory(), at=NOW + DAY, why="Told by phone")
        assert credited(row) == {link.pk: 1}


@pytest.mark.parametrize("click_class", [each.value for each in ClickClass])
def test_a_robot_s_click_is_no_touch_whoever_names_it(click_class):
    link = LinkFactory()
    ClickVerdict.objects.create(click=click(link), click_class=click_class, rule="x", version=1)
    assert touched(act(1, click_ids=("c1",))) == ([link.pk] if click_class in PEOPLE else [])


def test_clicks_that_turn_out_to_be_a_robot_s_take_their_credit_along():
    link = LinkFactory()
    seen = click(link)
    row = act(1, click_ids=("c1",))
    conversions.attribute_due()
    assert credited(row) == {link.pk: 1}
    ClickVerdict.objects.create(click=seen, click_class="scanner", rule="x", version=1)
    conversions.credit_named(click_ids=["c1"])
    assert credited(row) == {None: 1}


def test_nobody_leads_themself():
    link, other = LinkFactory(), LinkFactory()
    AddressFactory(influencer=link.outreach.influencer, email="Ada@home.example")
    click(link, name="c1")
    click(other, at=NOW - DAY, name="c2")
    assert touched(act(1, supporter="ada@home.example", click_ids=("c1", "c2"))) == [other.pk]
    assert touched(act(2, supporter="bob@home.example", click_ids=("c1", "c2"))) == [other.pk, link.pk]


def test_each_touch_is_held_to_the_window_of_its_own_campaign():
    short, long = LinkFactory(), LinkFactory()
    Campaign.objects.filter(pk=short.outreach.campaign_id).update(attribution_days=7)
    Campaign.objects.filter(pk=long.outreach.campaign_id).update(attribution_days=60)
    click(short, at=NOW - 8 * DAY, name="c1")
    click(long, at=NOW - 59 * DAY, name="c2")
    row = act(1, click_ids=("c1", "c2"))
    assert touched(row) == [long.pk]
    (credit,) = credits.give(actions=[row.pk])
    assert (credit.link, credit.window_days) == (long, 60)
    click(short, at=NOW - 7 * DAY, name="c3")
    assert touched(act(2, click_ids=("c1", "c2", "c3"))) == [long.pk, short.pk]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_in_whatever_order_actions_are_told_they_are_credited_alike(order):
    link = LinkFactory()
    click(link)
    said = {1: {"click_ids": ("c1",)}, 2: {"on": NOW + DAY}}
    for number in order:
        act(number, supporter="ada@home.example", **said[number])
        conversions.attribute_due()
    assert [credited(row) for row in Conversion.objects.order_by("external_id")] == [{link.pk: 1}, {link.pk: 1}]


def test_a_click_id_that_two_actions_name_is_one_touch():
    link = LinkFactory()
    click(link)
    act(1, supporter="ada@home.example", click_ids=("c1",))
    assert touched(act(2, on=NOW + DAY, supporter="ada@home.example", click_ids=("c1",))) == [link.pk]


@pytest.mark.parametrize("rule", RULES)
def test_a_batch_is_credited_as_each_alone_in_as_many_queries_for_many_as_for_one(rule):
    links = [LinkFactory() for _ in range(4)]
    rows = []
    for number in range(12):
        for place, link in enumerate(links[: 1 + number % 4]):
            click(link, at=NOW - timedelta(hours=5 * place + number), name=f"c{number}-{place}")
        names = tuple(f"c{number}-{place}" for place in range(4))
        row = act(
            number, click_ids=names, supporter=f"s{number % 3}@home.example", on=NOW + number * timedelta(hours=1)
        )
        rows.append(row.pk)
    alone = [_said(credits.give(actions=[pk], rule=rule)) for pk in rows]
    with CaptureQueriesContext(connection) as one:
        credits.give(actions=rows[-1:], rule=rule)
    with CaptureQueriesContext(connection) as many:
        together = credits.give(actions=rows, rule=rule)
    assert _said(together) == [each for said in alone for each in said]
    assert len(many) == len(one)
    by_row = {pk: [c for c in together if c.conversion_id == pk] for pk in rows}
    assert all(sum(c.share for c in each) == 1 for each in by_row.values())
    assert all(sum(c.amount_minor for c in each) == 2_500 for each in by_row.values())


def _said(rows):
    return [(c.conversion_id, c.link_id, c.share, c.amount_minor) for c in rows]


@pytest.mark.parametrize("rule", RULES)
def test_after_a_refund_the_money_of_all_credits_is_what_is_left(rule):
    links = [LinkFactory() for _ in range(3)]
    for place, link in enumerate(links):
        click(link, at=NOW - timedelta(hours=place + 1), name=f"c{place}")
    row = act(1, click_ids=("c0", "c1", "c2"))
    credits.give(actions=[row.pk], rule=rule)
    conversions.record(
        event=events.told(**GIFT | {"external_id": "R-1", "refund_of": "D-1", "amount_minor": 999, "occurred_at": NOW}),
        door="api",
        at=NOW + DAY,
    )
    assert sum(AttributionCredit.objects.filter(rule=rule).values_list("amount_minor", flat=True)) == 1_501


def test_whoever_is_given_an_action_is_credited_under_every_rule_that_was_asked():
    row = act()
    for rule in ("last_touch", "linear_touch"):
        conversions.attribute(conversion=row, rule=rule)
    link = LinkFactory()
    conversions.assign(conversion=row, link=link, by=UserFactory(), at=NOW + DAY, why="Told by telephone")
    assert (credited(row), credited(row, "linear_touch")) == ({link.pk: Decimal(1)}, {link.pk: Decimal(1)})


def test_a_report_that_was_merged_into_another_is_credited_no_more():
    act(1, external_id="A")
    other = act(2, external_id="B")
    both = events.told(**GIFT | {"external_id": "A", "occurred_at": NOW, "also": ("B",)})
    conversions.record(event=both, door="api", at=NOW + DAY)
    credits.give_first(actions=[other.pk])  # as a round that had chosen it a moment before
    assert not credited(other)
