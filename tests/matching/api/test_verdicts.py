"""Verdicts by API: given, given again, taken back; those that hold, page by page; and beside the matches of a list."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.services import merging
from matching.models import MatchList, RelevanceLabel
from matching.services import labels, match_lists, ranking
from tests.factories import AccountFactory, CauseFactory, InfluencerFactory, UserFactory, officers_tool, tool_of

pytestmark = pytest.mark.django_db
PATH = "/api/v1/verdicts/"


@pytest.fixture
def tool():
    return officers_tool("verdicts:read", "verdicts:write", "match-lists:read")


@pytest.fixture
def cause():
    return CauseFactory()


@pytest.fixture
def person():
    return AccountFactory(influencer__name="Amina Diallo").influencer


@pytest.fixture
def match_list(cause, person) -> MatchList:
    found = match_lists.request(cause=cause, at=timezone.now())
    ranking.build(match_list=found, at=timezone.now())
    return found


def post(tool, **said):
    return tool.post(PATH, {name: str(getattr(value, "public_id", value)) for name, value in said.items()},
                     content_type="application/json")  # fmt: skip


def judge(cause, person, verdict="fit", *, days_ago=0, **more) -> RelevanceLabel:
    at = timezone.now() - timedelta(days=days_ago)
    return labels.judge(cause=cause, influencer=person, verdict=verdict, by=UserFactory(), at=at, **more)[0]


def test_a_verdict_is_kept_and_the_same_again_is_the_same(tool, cause, person):
    said = {"influencer": person, "cause": cause, "verdict": "not_fit", "reason": "tone", "note": "Mocks others."}
    first, again = post(tool, **said), post(tool, **said)
    label = RelevanceLabel.objects.get()
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() == {
        "id": str(label.public_id), "influencer": str(person.public_id), "cause": str(cause.public_id),
        "match_list": None, "verdict": "not_fit", "reason": "tone", "note": "Mocks others.",
        "at": first.json()["at"],
    }  # fmt: skip
    assert post(tool, **said | {"reason": "inactive"}).status_code == 201
    assert RelevanceLabel.objects.count() == 2


def test_on_a_list_the_list_names_the_cause_and_is_kept(tool, cause, person, match_list):
    answer = post(tool, influencer=person, match_list=match_list, verdict="fit")
    assert (answer.status_code, answer.json()["match_list"]) == (201, str(match_list.public_id))
    label = RelevanceLabel.objects.get()
    assert (label.cause, label.match) == (cause, match_list.matches.get())


def test_whoever_was_merged_is_judged_under_any_id_they_had(tool, cause, person):
    other = InfluencerFactory()
    merging.merge(winner=person, loser=other, by=UserFactory(), at=timezone.now())
    assert post(tool, influencer=other, cause=cause, verdict="fit").json()["influencer"] == str(person.public_id)


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"verdict": "liked"}, 400, "invalid"),
        ({"verdict": "withdrawn"}, 400, "invalid"),
        ({"verdict": "accepted"}, 400, "invalid"),
        ({"verdict": "not_fit", "reason": "boring"}, 400, "invalid"),
        ({"verdict": "fit", "reason": "tone"}, 400, "verdict_reason_misplaced"),
        ({"verdict": "fit", "note": "x" * 301}, 400, "invalid"),
        ({"verdict": "fit", "cause": "00000000-0000-0000-0000-000000000000"}, 400, "invalid"),
        ({"verdict": "fit", "influencer": "x"}, 400, "invalid"),
    ],
)
def test_what_is_no_verdict_leaves_nothing(tool, cause, person, said, status, code):
    answer = post(tool, **{"influencer": person, "cause": cause} | said)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not RelevanceLabel.objects.exists()


def test_without_a_cause_of_another_one_or_of_somebody_not_in_the_list_it_is_refused(tool, cause, person, match_list):
    for said, field in (
        ({"influencer": person}, "non_field_errors"),
        ({"influencer": person, "match_list": match_list, "cause": CauseFactory()}, "cause"),
        ({"influencer": InfluencerFactory(), "match_list": match_list}, "influencer"),
    ):
        answer = post(tool, **said, verdict="fit")
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, [field])


def test_taken_back_it_is_not_there_any_more(tool, cause, person):
    label = judge(cause, person, days_ago=1)
    assert tool.delete(f"{PATH}{label.public_id}/").status_code == 204
    assert tool.delete(f"{PATH}{label.public_id}/").status_code == 404
    assert [row.kind for row in RelevanceLabel.objects.order_by("pk")] == ["fit", "withdrawn"]
    assert tool.get(PATH).json()["results"] == []


def test_one_that_was_replaced_cannot_be_taken_back(tool, cause, person):
    old, _new = judge(cause, person, days_ago=2), judge(cause, person, "conflict", days_ago=1)
    assert tool.delete(f"{PATH}{old.public_id}/").status_code == 404
    assert RelevanceLabel.objects.known(at=timezone.now()).get().kind == "conflict"


def test_the_list_holds_what_holds_page_by_page_and_narrowed(tool, cause, person):
    people = [InfluencerFactory() for _ in range(3)]
    for one in people:
        judge(cause, one, "not_fit", days_ago=1, reason="tone")
    judge(cause, people[0], "fit")
    judge(CauseFactory(), people[0], "conflict")
    labels.record(cause=cause, influencer=person, kind="accepted", about="outreach:1", origin="x", grade=2, at=timezone.now())  # fmt: skip
    seen, url = [], f"{PATH}?cause={cause.slug}&limit=2&count=true"
    assert tool.get(url).json()["count"] == 3
    while url:
        page = tool.get(url).json()
        seen += [(row["influencer"], row["verdict"]) for row in page["results"]]
        url = page["next"]
    wanted = [(str(people[0].public_id), "fit"), *((str(one.public_id), "not_fit") for one in people[1:])]
    assert sorted(seen) == sorted(wanted)
    for query, number in (
        *((f"influencer={people[0].public_id}", 2), ("kind=not_fit", 2), ("verdict=conflict", 1)),
        *(("reason=tone", 2), ("kind=accepted", 0)),
    ):
        assert len(tool.get(f"{PATH}?{query}").json()["results"]) == number, query
    assert tool.get(f"{PATH}?colour=red").status_code == 400


def test_the_same_post_with_the_same_key_is_answered_alike(tool, cause, person):
    said = {"influencer": str(person.public_id), "cause": str(cause.public_id), "verdict": "fit"}
    answers = [
        tool.post(PATH, said, content_type="application/json", headers={"Idempotency-Key": "k"}) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


def test_a_key_opens_what_its_person_may(cause, person):
    label = judge(cause, person, days_ago=1)
    analyst = tool_of(UserFactory(role="analyst"), "verdicts:read", "verdicts:write")
    assert analyst.get(f"{PATH}{label.public_id}/").status_code == 200
    assert post(analyst, influencer=person, cause=cause, verdict="fit").status_code == 403
    assert analyst.delete(f"{PATH}{label.public_id}/").status_code == 403
    reader = officers_tool("verdicts:read")
    assert post(reader, influencer=person, cause=cause, verdict="fit").status_code == 403
    assert officers_tool("match-lists:read").get(PATH).status_code == 403


# Beside the matches --------------------------------------------------------------------------------------------------------


def test_matches_come_with_the_verdict_that_holds_at_the_same_price(tool, cause, person, match_list):
    path = f"/api/v1/match-lists/{match_list.public_id}/matches/"
    [row] = tool.get(path).json()["results"]
    assert row["verdict"] is None
    prices = []
    for verdict in ("conflict", "not_fit"):
        label = judge(cause, person, verdict, reason="tone", note="Mocks others.")
        with CaptureQueriesContext(connection) as queries:
            [row] = tool.get(path).json()["results"]
        prices.append(len(queries))
        assert row["verdict"] == {
            "id": str(label.public_id), "verdict": verdict, "reason": "tone", "note": "Mocks others.",
            "at": row["verdict"]["at"],
        }  # fmt: skip
    assert prices[0] == prices[1]
