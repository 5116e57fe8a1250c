"""Reliability row M4: of what came of a post, people's verified acts are learned; of robots, fakes and likes, nothing."""

import itertools
from datetime import timedelta

import pytest

from crm.models import AccountSnapshot, SocialAccount
from crm.services import merging
from matching.models import RelevanceLabel
from outreach.models import Click, ClickVerdict, Outreach
from outreach.robots.clicks import ClickClass
from outreach.services import conversions, harvest
from outreach.sources import events
from outreach.tasks import ripen_actions
from tests.factories import (
    NOW,
    AccountFactory,
    CampaignFactory,
    InfluencerFactory,
    LinkFactory,
    OutreachFactory,
    UserFactory,
)
from tests.outreach.test_outcomes import move

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
RIPE = NOW + 90 * DAY
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Mobile/15E148 Safari/604.1"
ROBOT = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"
SIGNED = {"source": "petition.example", "external_id": "", "kind": "signature", "occurred_at": NOW + DAY}
number = itertools.count()


@pytest.fixture
def outreach() -> Outreach:
    return live()


def live(*, at=NOW, followers=20_000, **values) -> Outreach:
    """Somebody whose post is out since then, with so many followers."""
    outreach = OutreachFactory(stage="live", stage_at=at, live_at=at, **values)
    LinkFactory(outreach=outreach)
    AccountFactory(influencer=outreach.influencer, followers=followers)
    return outreach


def click(outreach, *, user_agent=PHONE, method="GET", at=NOW + DAY - timedelta(hours=1)) -> str:
    return Click.objects.create(
        link=outreach.link, click_id=f"c{next(number)}", at=at, method=method, user_agent=user_agent
    ).click_id


def act(outreach=None, *, at=None, **said) -> None:
    """Somebody acts, after a click on the link of this person unless something else is said."""
    said = {"external_id": f"S-{next(number)}", "occurred_at": NOW + DAY} | said
    if outreach is not None and "code" not in said and "click_ids" not in said:
        said["click_ids"] = (click(outreach, at=said["occurred_at"] - timedelta(hours=1)),)
    row, _ = conversions.record(event=events.told(**SIGNED | said), door="api", at=at or said["occurred_at"])
    conversions.attribute(conversion=row)


def learned() -> list[tuple]:
    rows = RelevanceLabel.objects.filter(kind="actions").order_by("pk")
    return [(row.actions, row.reached, row.value) for row in rows]


def test_ninety_days_after_the_post_its_actions_per_thousand_are_known_once(outreach):
    for _ in range(3):
        act(outreach)
    assert harvest.ripen(at=RIPE - timedelta(seconds=1)) == 0
    assert learned() == []
    assert harvest.ripen(at=RIPE) == 1
    assert learned() == [(3.0, 20_000, pytest.approx(0.15))]
    row = RelevanceLabel.objects.get(kind="actions")
    assert (row.influencer, row.cause, row.at) == (outreach.influencer, outreach.campaign.cause, RIPE)
    assert (row.side, row.grade, row.origin) == ("wants", None, f"outreach:{outreach.public_id}:actions")
    act(outreach)
    assert harvest.ripen(at=RIPE + DAY) == 0
    assert learned() == [(3.0, 20_000, pytest.approx(0.15))]


def test_what_happened_later_or_was_told_later_is_not_among_them(outreach):
    act(outreach)
    act(outreach, occurred_at=RIPE - timedelta(seconds=1))
    act(outreach, occurred_at=RIPE)
    act(outreach, at=RIPE + DAY)
    harvest.ripen(at=RIPE)
    assert learned()[0][0] == 2.0


def test_a_post_that_was_out_before_anybody_noted_it_has_brought_what_it_brought(outreach):
    act(outreach, occurred_at=NOW - 2 * DAY)
    harvest.ripen(at=RIPE)
    assert learned()[0][0] == 1.0


def test_a_post_that_brought_nothing_is_a_zero_where_others_are_counted(outreach):
    act(live(campaign=outreach.campaign))
    harvest.ripen(at=RIPE)
    assert [actions for actions, *_ in learned()] == [0.0, 1.0]


def test_where_nobody_counts_there_is_no_zero(outreach):
    act()  # of somebody else, elsewhere
    click(outreach)
    assert harvest.ripen(at=RIPE) == 0


def test_of_how_many_they_reach_nobody_knows_there_is_no_rate():
    outreach = live(followers=None)
    act(outreach)
    assert harvest.ripen(at=RIPE) == 0
    account = SocialAccount.objects.get()
    AccountSnapshot.objects.create(account=account, observed_at=NOW - DAY, source="x", followers=5_000)
    AccountSnapshot.objects.create(account=account, observed_at=NOW + DAY, source="x", followers=9_000)
    AccountFactory(influencer=outreach.influencer, platform="x", followers=3_000)
    assert harvest.ripen(at=RIPE) == 1
    assert learned() == [(1.0, 8_000, pytest.approx(0.125))]  # as many as there were when the post went out


@pytest.mark.parametrize(("stage", "expect"), [("completed", 1), ("declined", 0), ("paused", 0), ("agreed", 0)])
def test_whoever_withdrew_was_not_out_for_all_that_time(outreach, stage, expect):
    act(outreach)
    move(outreach, stage, at=NOW + 10 * DAY)
    assert harvest.ripen(at=RIPE) == expect


def test_an_erased_person_is_not_looked_for(outreach):
    act(outreach)
    Outreach.objects.update(influencer=None)
    assert harvest.ripen(at=RIPE) == 0


# Never robots, never what nobody can verify ------------------------------------------------------------------------------


def test_clicks_and_likes_are_no_actions(outreach):
    act(outreach)
    for _ in range(50):
        click(outreach)
    harvest.ripen(at=RIPE)
    assert learned()[0][0] == 1.0


def test_what_a_robot_s_click_led_to_is_nobody_s_act(outreach):
    act(outreach)
    for user_agent, method in ((ROBOT, "GET"), ("", "GET"), ("curl/8.5.0", "GET"), (PHONE, "HEAD")):
        act(outreach, click_ids=(click(outreach, user_agent=user_agent, method=method),))
    act(outreach, click_ids=(click(outreach, user_agent=ROBOT), click(outreach)))  # a preview first, then a person
    harvest.ripen(at=RIPE)
    assert learned()[0][0] == 2.0


def test_one_account_that_acts_ten_thousand_times_acts_once(outreach):
    for _ in range(30):
        act(outreach, supporter="fake@home.example", quantity=400)
    act(outreach, supporter="Fake@home.example ", kind="sign_up")
    act(outreach, supporter="ada@home.example")
    harvest.ripen(at=RIPE)
    assert learned()[0][0] == 3.0


def test_what_its_source_has_no_number_for_is_not_verified(outreach):
    act(outreach)
    for hours in range(5):
        act(outreach, external_id="", occurred_at=NOW + DAY + timedelta(hours=hours))
    harvest.ripen(at=RIPE)
    assert learned()[0][0] == 1.0


def test_what_only_a_page_s_pixel_told_of_teaches_nothing(outreach):
    act(outreach)
    for number in range(5):
        said = SIGNED | {"external_id": f"P-{number}", "code": outreach.link.code}
        row, _ = conversions.record(event=events.told(**said), door="pixel", at=NOW + DAY, is_verified=False)
        conversions.attribute(conversion=row)
    harvest.ripen(at=RIPE)
    assert learned()[0][0] == 1.0


@pytest.mark.parametrize("click_class", [each.value for each in ClickClass if not each.is_person])
def test_a_click_that_turns_out_to_be_a_robot_s_teaches_nothing(outreach, click_class):
    act(outreach)
    named = click(outreach)
    act(outreach, click_ids=(named,))
    seen = Click.objects.get(click_id=named)
    ClickVerdict.objects.update_or_create(
        click=seen, defaults={"click_class": click_class, "rule": "x", "version": 1, "is_settled": True}
    )
    harvest.ripen(at=RIPE)
    assert learned()[0][0] == 1.0


def test_what_leads_to_nobody_or_to_somebody_else_is_not_theirs(outreach):
    other = live(campaign=outreach.campaign)
    act(outreach)
    act(click_ids=("unknown",))
    act(other)
    act(other)
    harvest.ripen(at=RIPE)
    assert [actions for actions, *_ in learned()] == [1.0, 2.0]


def test_a_spoken_code_counts_and_so_does_what_staff_write_down_with_it(outreach):
    act(outreach, code=outreach.link.code)
    act(outreach, code=outreach.link.code.upper(), quantity=250, source=conversions.BY_HAND)
    harvest.ripen(at=RIPE)
    assert learned()[0][0] == 251.0


def test_hours_of_one_gift_of_time_are_one_act(outreach):
    act(outreach, kind="volunteer_hours", quantity=6)
    harvest.ripen(at=RIPE)
    assert learned()[0][0] == 1.0


# Merged ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_ripe", [False, True])
def test_two_conversations_that_met_are_one_post_s_worth(is_ripe):
    campaign, officer = CampaignFactory(), UserFactory()
    ours, theirs = (live(campaign=campaign, influencer=InfluencerFactory()) for _ in range(2))
    act(ours), act(theirs), act(theirs)
    if is_ripe:
        assert harvest.ripen(at=RIPE) == 2
    merged = merging.merge(winner=ours.influencer, loser=theirs.influencer, by=officer, at=RIPE)
    harvest.ripen(at=RIPE)
    known = RelevanceLabel.objects.actions().known(at=RIPE)
    assert [row.actions for row in known] == [1.0 if is_ripe else 3.0]
    merging.unmerge(merge=merged, by=officer, at=RIPE + DAY)
    harvest.ripen(at=RIPE + DAY)
    known = RelevanceLabel.objects.actions().known(at=RIPE + DAY).order_by("pk")
    assert sorted(row.actions for row in known) == [1.0, 2.0]


def test_the_task_works_as_of_the_instant_it_is_told(outreach):
    act(outreach)
    ripen_actions(RIPE.isoformat())
    assert learned() == [(1.0, 20_000, pytest.approx(0.05))]
