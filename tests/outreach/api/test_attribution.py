"""Credits by rule, and the models side by side, as other tools read them."""

import pytest

from outreach.services import attributions, credits
from tests.factories import CampaignFactory, LinkFactory, UserFactory, tool_of
from tests.outreach.test_attributions import LATER, visited
from tests.outreach.test_credits import act

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]


@pytest.fixture
def tool():
    return tool_of(UserFactory(role="manager"), "campaigns:read", "credits:read")


@pytest.fixture
def campaign():
    return CampaignFactory()


def test_the_models_stand_side_by_side(tool, campaign):
    links = [LinkFactory(outreach__campaign=campaign) for _ in range(3)]
    act(1, click_ids=visited(links, "c"))
    kept = attributions.run(campaign=campaign, at=LATER)
    answer = tool.get(f"/api/v1/campaigns/{campaign.public_id}/attribution/")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["id"], told["digest"], told["default"]) == (str(kept.public_id), kept.digest, "last_touch")
    assert (told["paths"], told["single_touch_share"], told["models_can_differ"]) == (1, 0.0, True)
    last = next(row for row in told["partners"] if row["outreach"] == str(links[2].outreach.public_id))
    assert last["models"]["last_touch"] == {"actions": 1.0, "money": {"EUR": 2_500}}
    assert last["spread"] == {"actions": [0.0, 1.0], "money": {"EUR": [0, 2_500]}}


def test_a_campaign_that_was_not_compared_yet_says_so(tool, campaign):
    answer = tool.get(f"/api/v1/campaigns/{campaign.public_id}/attribution/")
    assert (answer.status_code, answer.json()["code"]) == (404, "attribution_missing")


def test_credits_are_told_by_rule(tool, campaign):
    links = [LinkFactory(outreach__campaign=campaign) for _ in range(2)]
    row = act(1, click_ids=visited(links, "c"))
    for rule in ("last_touch", "linear_touch"):
        credits.give(actions=[row.pk], rule=rule)
    told = tool.get("/api/v1/credits/?rule=linear_touch").json()["results"]
    assert [(each["rule"], each["share"], each["amount_minor"]) for each in told] == [
        ("linear_touch", "0.500000000000", 1_250)
    ] * 2
