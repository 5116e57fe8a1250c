"""The hashtags of a cause through the API, by its short name or its id."""

import pytest

from crm.models import Cause, HashtagPick
from matching.services import hashtags
from tests.factories import NOW, CauseFactory, UserFactory, officers_tool, tool_of
from tests.matching.test_hashtags import people, ready

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def counted(once) -> int:
    cause = CauseFactory(slug="beaches", hashtags=[])
    ready(cause, people(10, "CleanSea", likes=100))
    people(40, "love")
    hashtags.count(at=NOW)
    return cause.pk


@pytest.fixture
def cause(counted) -> Cause:
    return Cause.objects.get(pk=counted)


def test_proposals_are_read_by_short_name_or_id(cause):
    api = officers_tool("causes:read")
    body = api.get("/api/v1/causes/beaches/hashtags/").json()
    assert body == api.get(f"/api/v1/causes/{cause.public_id}/hashtags/").json()
    assert (body["people"], body["posts"], body["aligned"], body["picked"]) == (50, 50, 10, [])
    assert body["match_list"] == str(cause.match_lists.get().public_id)
    [proposal] = body["hashtags"]
    text = proposal.pop("text")
    assert text.startswith("Your people’s own: they use it 2.8 times as often as everybody.")
    assert proposal.pop("lift") == pytest.approx(2.777, abs=0.001)
    assert proposal == {
        "hashtag": "CleanSea", "advice": "use", "specific": "specific", "alive": "rising", "crowded": "open",
        "share": 0.0, "trend": 13 / 3, "aligned": 10, "people": 10, "posts": 10,
        "posts_90_days": 10, "posts_90_days_before": 0, "engagement": 0.1,
    }  # fmt: skip


def test_one_is_picked_and_taken_off(cause):
    api = officers_tool("causes:read", "causes:write")
    body = api.post("/api/v1/causes/beaches/hashtags/", {"hashtag": "#CleanSea"}, content_type="application/json")
    assert (body.status_code, body.json()["picked"]) == (200, ["CleanSea"])
    assert HashtagPick.objects.get().by.first_name == "Léa"
    assert api.delete("/api/v1/causes/beaches/hashtags/CleanSea/").status_code == 204
    cause.refresh_from_db()
    assert cause.hashtags == []


def test_what_is_no_hashtag_is_a_problem_with_a_code(cause):
    api = officers_tool("causes:write")
    answer = api.post("/api/v1/causes/beaches/hashtags/", {"hashtag": "two words"}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "hashtag_invalid")


@pytest.mark.parametrize(("scope", "role"), [("causes:read", "officer"), ("causes:write", "analyst")])
def test_picking_takes_the_scope_and_the_permission(cause, scope, role):
    api = tool_of(UserFactory(role=role), scope)
    answer = api.post("/api/v1/causes/beaches/hashtags/", {"hashtag": "sea"}, content_type="application/json")
    assert answer.status_code == 403
    cause.refresh_from_db()
    assert cause.hashtags == []


def test_a_cause_that_is_not_there_is_not_found():
    assert officers_tool("causes:read").get("/api/v1/causes/nobody/hashtags/").status_code == 404
