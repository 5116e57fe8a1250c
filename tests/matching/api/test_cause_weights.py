"""The weights of a cause through the API: read with their bounds, put as a whole, put back by nothing."""

import pytest

from crm.models import AuditEvent, Cause
from matching.models import CauseWeights
from matching.ranking.scorecard import WEIGHTS
from matching.services import weights
from tests.factories import AccountFactory, CauseFactory, UserFactory, officers_tool, tool_of
from tests.matching.test_weights import move, ranked

pytestmark = pytest.mark.django_db

PATH = "/api/v1/causes/beaches/weights/"


@pytest.fixture
def cause() -> Cause:
    return CauseFactory(slug="beaches")


def put(body, *, api=None, **headers):
    api = api or officers_tool("causes:read", "causes:write")
    return api.put(PATH, body, content_type="application/json", headers=headers)


def test_they_are_read_with_their_bounds_by_short_name_or_id(cause):
    move(cause, {"language_reach": 4})
    api = officers_tool("causes:read")
    body = api.get(PATH).json()
    assert body == api.get(f"/api/v1/causes/{cause.public_id}/weights/").json()
    features = body.pop("features")
    assert body == {
        "weights": {"language_reach": 4.0}, "moved_at": "2026-11-24T11:00:00+01:00",
        "is_in_use": True, "is_newest_list_ranked_with_them": None,
    }  # fmt: skip
    assert [one["feature"] for one in features] == list(WEIGHTS)
    assert features[2] == {
        "feature": "language_reach", "name": "Language", "looks_at": "How much of their audience reads the cause’s language.",
        "weight": 4.0, "default": 2.0, "low": 0.0, "high": 5.0,
    }  # fmt: skip


def test_a_whole_is_put_and_nothing_resets(cause):
    answer = put({"language_reach": 4, "topic_fit": 2.5})
    assert (answer.status_code, answer.json()["weights"]) == (200, {"language_reach": 4.0})
    assert put({"audience_geo": 0}).json()["weights"] == {"audience_geo": 0.0}
    assert (CauseWeights.objects.get().weights, CauseWeights.objects.get().by.first_name) == (
        {"audience_geo": 0},
        "Léa",
    )
    assert put({}).json()["weights"] == {}
    assert weights.of(cause=cause) == {}
    event = AuditEvent.objects.filter(table="matching_causeweights").latest("pk")
    assert (event.why, event.by.first_name) == ("api:causes-move", "Léa")


def test_it_says_whether_the_newest_list_was_ranked_with_them(cause):
    AccountFactory()
    ranked(cause)
    told = [put(body).json() for body in ({}, {"language_reach": 4})]
    match_list = ranked(cause)
    told.append(put({"language_reach": 4}).json())
    assert [body["is_newest_list_ranked_with_them"] for body in told] == [True, False, True]
    found = officers_tool("match-lists:read").get(f"/api/v1/match-lists/{match_list.public_id}/").json()
    assert found["weights"] == {"language_reach": 4.0}
    rankers = officers_tool("rankers:read").get("/api/v1/rankers/").json()["results"]
    assert {row["digest"]: row["weights"] for row in rankers}[found["ranker"]] == {"language_reach": 4.0}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"topic_fit": 5.5}, 422, "weight_out_of_bounds"),
        ({"topic_fit": -1}, 422, "weight_out_of_bounds"),
        ({"luck": 1}, 422, "feature_unknown"),
        ({"log_followers": 1}, 422, "feature_unknown"),
        ({"topic_fit": "much"}, 400, "invalid"),
        ({"topic_fit": None}, 400, "invalid"),
        ({"topic_fit": [1]}, 400, "invalid"),
        ({"weights": {"topic_fit": 1}}, 400, "invalid"),
        ([], 400, "invalid"),
    ],
)
def test_what_cannot_be_is_a_problem_and_changes_nothing(cause, body, status, code):
    move(cause, {"topic_fit": 1.0})
    answer = put(body)
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (
        status,
        "application/problem+json",
        code,
    )
    assert weights.of(cause=cause) == {"topic_fit": 1.0}


def test_the_problem_says_the_bounds_in_words_and_numbers(cause):
    body = put({"engagement_rate": 3}).json()
    assert body["params"] == {"feature": "engagement_rate", "low": 0.0, "high": 2.0}
    assert body["detail"] == "The weight of “Engagement” lies between 0 and 2."


@pytest.mark.parametrize("number", [b"1e400", b"NaN", b"Infinity", b"-1e400"])
def test_what_is_no_number_is_a_problem_too(cause, number):
    assert put(b'{"topic_fit": ' + number + b"}").status_code in {400, 422}
    assert not CauseWeights.objects.exists()


def test_who_has_seen_others_is_told_so(cause):
    seen = officers_tool("causes:read").get(PATH)["ETag"]
    answer = put({"topic_fit": 1}, **{"If-Match": seen})
    assert (answer.status_code, answer["ETag"] != seen) == (200, True)
    again = put({"topic_fit": 2}, **{"If-Match": seen})
    assert (again.status_code, again.json()["code"]) == (412, "weights_moved_meanwhile")
    assert weights.of(cause=cause) == {"topic_fit": 1.0}
    for header in (f'"x", {answer["ETag"]}', "*"):
        assert put({"topic_fit": 1}, **{"If-Match": header}).status_code == 200
    assert put({"topic_fit": 2}, **{"If-Match": "rubbish"}).status_code == 412


@pytest.mark.parametrize(("scope", "role"), [("causes:read", "officer"), ("causes:write", "analyst")])
def test_moving_takes_the_scope_and_the_permission(cause, scope, role):
    assert put({"topic_fit": 1}, api=tool_of(UserFactory(role=role), scope)).status_code == 403
    assert not CauseWeights.objects.exists()


def test_an_analyst_s_tool_reads_them(cause):
    assert tool_of(UserFactory(role="analyst"), "causes:read").get(PATH).status_code == 200


def test_a_cause_that_is_not_there_is_not_found():
    assert officers_tool("causes:read").get("/api/v1/causes/nobody/weights/").status_code == 404
