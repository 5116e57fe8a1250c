"""Every model side by side for a campaign: the wholes are equal, and what was known then can be computed again."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from outreach.attribution.rules import RULES
from outreach.models import AttributionRun, Campaign
from outreach.services import attributions, balances, conversions, credits
from outreach.sources import events
from tests.factories import NOW, CampaignFactory, LinkFactory, UserFactory
from tests.outreach.test_credits import DAY, GIFT, act, click

pytestmark = pytest.mark.django_db
LATER = NOW + 50 * DAY


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory()


@pytest.fixture
def links(campaign):
    return [LinkFactory(outreach__campaign=campaign) for _ in range(3)]


def visited(links, name: str, *, before=NOW) -> tuple[str, ...]:
    """A click on each, the first the oldest."""
    for place, link in enumerate(links):
        click(link, at=before - timedelta(days=len(links) - place), name=f"{name}{place}")
    return tuple(f"{name}{place}" for place in range(len(links)))


def read(run) -> dict:
    return json.loads(run.body)


def shares(run, model) -> dict:
    return {row["outreach"]: row["models"][model]["actions"] for row in read(run)["partners"]}


def test_every_model_shares_out_the_same_whole_to_the_cent(campaign, links):
    for number in range(7):
        act(number, click_ids=visited(links[: 1 + number % 3], f"c{number}-"), amount_minor=1_000 + number)
    act(50, kind="signature", amount_minor=None, currency="", click_ids=visited(links, "s"))
    act(51, currency="GBP", amount_minor=101, click_ids=visited(links, "g"))
    run = attributions.run(campaign=campaign, at=LATER)
    body = read(run)
    assert (body["paths"], body["actions"], body["money"]) == (9, 9.0, {"EUR": 7_021, "GBP": 101})
    assert [each["name"] for each in body["models"]] == list(attributions.MODELS)
    assert {each["name"] for each in body["models"]} == {*RULES, "markov"}
    for model in attributions.MODELS:
        given = [row["models"][model] for row in body["partners"]]
        assert sum(one["actions"] for one in given) == pytest.approx(9, abs=1e-5)
        for code, total in body["money"].items():
            assert sum(one["money"][code] for one in given) == total
    for row in body["partners"]:
        of_all = [one["actions"] for one in row["models"].values()]
        assert row["spread"]["actions"] == [min(of_all), max(of_all)]


def test_models_say_of_a_path_what_they_mean(campaign, links):
    first, middle, last = (str(link.outreach.public_id) for link in links)
    act(1, click_ids=visited(links, "c"))
    run = attributions.run(campaign=campaign, at=LATER)
    assert shares(run, "first_touch") == {first: 1, middle: 0, last: 0}
    assert shares(run, "last_touch") == {first: 0, middle: 0, last: 1}
    assert shares(run, "position") == {first: 0.4, middle: 0.2, last: 0.4}
    assert shares(run, "linear_touch") == pytest.approx({first: 1 / 3, middle: 1 / 3, last: 1 / 3}, abs=1e-6)
    assert shares(run, "markov") == pytest.approx({first: 1 / 3, middle: 1 / 3, last: 1 / 3}, abs=1e-6)


def test_last_touch_says_what_the_stored_credits_say(campaign, links):
    for number in range(5):
        act(number, click_ids=visited(links[number % 3 :], f"c{number}-"))
    conversions.attribute_due()
    stored = {}
    for credit in credits.give(actions=[row.pk for row in conversions.Conversion.objects.all()]):
        key = str(credit.link.outreach.public_id)
        stored[key] = stored.get(key, 0) + credit.amount_minor
    run = attributions.run(campaign=campaign, at=LATER)
    told = {row["outreach"]: row["models"]["last_touch"]["money"]["EUR"] for row in read(run)["partners"]}
    assert {key: value for key, value in told.items() if value} == stored


def test_what_other_campaigns_did_is_one_row_without_a_name(campaign, links):
    elsewhere = LinkFactory()
    act(1, click_ids=visited([elsewhere, links[0]], "c"))
    act(2, click_ids=visited([elsewhere], "d"))
    body = read(attributions.run(campaign=campaign, at=LATER))
    assert body["paths"] == 1
    assert [row["outreach"] for row in body["partners"]] == [str(links[0].outreach.public_id), None]


def test_what_was_known_then_is_computed_again_letter_for_letter(campaign, links):
    """What is told, taken back, marked, assigned and clicked since changes nothing of it."""
    early = [conversions.record(event=_told(1, visited(links, "c"), supporter="a@home.example"), door="api", at=NOW)[0]]
    early.append(conversions.record(event=_told(2, visited(links[:2], "d")), door="api", at=NOW)[0])
    kept = attributions.run(campaign=campaign, at=NOW + DAY)
    assert (read(kept)["paths"], read(kept)["money"]) == (2, {"EUR": 5_000})

    then = NOW + 2 * DAY
    conversions.record(
        event=_told(3, ("c0",), on=NOW - timedelta(hours=1), supporter="a@home.example"), door="api", at=then
    )
    conversions.record(event=_told(2, visited(links[2:], "late")), door="api", at=then)  # a later mark
    conversions.record(event=_told(9, (), refund_of="D-1", amount_minor=1_000), door="api", at=then)
    conversions.record(event=_told(10, (), refund_of="D-2", amount_minor=None), door="api", at=then)
    conversions.assign(conversion=early[0], link=links[0], by=UserFactory(), at=then, why="by phone")
    click(links[2], at=then, name="new")

    again = attributions.run(campaign=campaign, at=LATER, known_at=NOW + DAY)
    assert (again.body, again.digest) == (kept.body, kept.digest)
    assert attributions.is_same(kept=kept)
    now = attributions.run(campaign=campaign, at=LATER)
    assert now.digest != kept.digest
    assert (read(now)["paths"], read(now)["money"]) == (2, {"EUR": 4_000})


def test_a_refund_that_was_won_back_counts_again(campaign, links):
    row = act(1, click_ids=visited(links, "c"))
    for number, of, amount in ((2, "D-1", None), (3, "D-2", None)):
        conversions.record(
            event=_told(number, (), refund_of=of, amount_minor=amount), door="api", at=NOW + number * DAY
        )
    known = [balances.kept([row], known_at=NOW + days * DAY) for days in (1, 2, 3)]
    assert known == [{row.pk: 2_500}, {}, {row.pk: 2_500}]


def test_a_run_is_never_changed(campaign):
    attributions.run(campaign=campaign, at=NOW)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AttributionRun.objects.update(body="{}")


def test_where_nothing_came_there_is_nothing_to_share(campaign):
    body = read(attributions.run(campaign=campaign, at=NOW))
    assert (body["paths"], body["partners"], body["money"], body["models_can_differ"]) == (0, [], {}, True)


@pytest.mark.parametrize(("singles", "can_differ"), [(8, True), (9, False)])
def test_above_nine_single_touches_of_ten_the_models_cannot_differ(campaign, links, singles, can_differ):
    for number in range(singles):
        act(number, click_ids=visited(links[:1], f"c{number}-"))
    for number in range(singles, 10):
        act(number, click_ids=visited(links, f"c{number}-"))
    body = read(attributions.run(campaign=campaign, at=LATER))
    assert (body["single_touch_share"], body["models_can_differ"]) == (singles / 10, can_differ)


def test_a_new_comparison_is_made_when_something_was_told_since(campaign, links):
    act(1, click_ids=visited(links, "c"))
    assert [attributions.run_due(at=LATER), attributions.run_due(at=LATER + DAY)] == [1, 0]


def _told(number, clicks, *, on=NOW, **said):
    if said.get("refund_of") and said.get("amount_minor") is None:
        said["currency"] = ""
    return events.told(**GIFT | {"external_id": f"D-{number}", "occurred_at": on, "click_ids": clicks} | said)


def test_what_one_of_us_said_and_what_came_later_make_a_new_comparison_due(campaign, links):
    row = act(click_ids=visited(links[:1], "c"))
    assert attributions.run_due(at=LATER) == 1
    assert attributions.run_due(at=LATER + DAY) == 0
    conversions.assign(conversion=row, link=links[1], by=UserFactory(), at=LATER + 2 * DAY, why="Told by telephone")
    assert attributions.run_due(at=LATER + 3 * DAY) == 1
    told = events.told(**GIFT | {"external_id": "D-1", "occurred_at": NOW, "code": links[2].code})
    conversions.record(event=told, door="api", at=LATER + 4 * DAY)
    assert attributions.run_due(at=LATER + 5 * DAY) == 1
    assert attributions.run_due(at=LATER + 6 * DAY) == 0
