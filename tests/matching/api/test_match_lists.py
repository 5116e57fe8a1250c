"""Whom a list left out for a conflict with its cause, page by page."""

from datetime import timedelta

import pytest

from crm.models import Influencer
from matching.models import LeftOut, MatchList
from matching.services import match_lists, ranking
from tests.factories import NOW, AccountFactory, CauseFactory, InfluencerFactory, UserFactory, officers_tool, tool_of

pytestmark = pytest.mark.django_db
FINDINGS = [{"subject": "Alcohol", "place": "bio", "word": "wine", "count": 1, "of": 1, "post": None, "day": None}]


def path_of(number: int) -> str:
    """Of a list that left so many out."""
    found = MatchList.objects.create(cause=CauseFactory(), requested_at=NOW, as_of=NOW)
    for place in range(number):
        LeftOut.objects.create(
            match_list=found, influencer=InfluencerFactory(name=f"Person {place}"), findings=FINDINGS
        )
    return f"/api/v1/match-lists/{found.public_id}/left-out/"


def test_who_was_left_out_and_what_speaks_for_it():
    path_of(1)
    answer = tool_of(UserFactory(role="analyst"), "match-lists:read").get(path_of(1))
    assert answer.status_code == 200
    out = LeftOut.objects.latest("pk")
    assert answer.json() == {
        "next": None,
        "previous": None,
        "results": [{"influencer": str(out.influencer.public_id), "name": "Person 0", "findings": FINDINGS}],
    }


def test_it_comes_in_pages():
    client, path = officers_tool("match-lists:read"), path_of(3)
    first = client.get(f"{path}?limit=2&count=true").json()
    assert (len(first["results"]), first["count"]) == (2, 3)
    second = client.get(first["next"]).json()
    assert ([row["name"] for row in second["results"]], second["next"]) == (["Person 0"], None)


def test_of_no_list_and_without_the_scope_there_is_nothing():
    assert officers_tool("causes:read").get(path_of(0)).status_code == 403
    path = "/api/v1/match-lists/00000000-0000-0000-0000-000000000000/left-out/"
    assert officers_tool("match-lists:read").get(path).status_code == 404


def test_what_changed_since_the_list_before_is_told():
    cause, person = CauseFactory(), AccountFactory(influencer__bio="I clear beaches of plastic.").influencer
    lists = [match_lists.request(cause=cause, at=NOW + timedelta(days=n)) for n in range(2)]
    ranking.build(match_list=lists[0], at=NOW)
    other = AccountFactory(influencer__bio="We clear beaches of plastic every spring.").influencer
    Influencer.objects.filter(pk=person.pk).update(created_at=NOW)
    Influencer.objects.filter(pk=other.pk).update(created_at=NOW + timedelta(hours=1))
    ranking.build(match_list=lists[1], at=NOW + timedelta(days=1))
    client = officers_tool("match-lists:read")
    first, second = (client.get(f"/api/v1/match-lists/{one.public_id}/changes/").json() for one in lists)
    assert first == {"since": None, "changes": []}
    assert second["since"] == str(lists[0].public_id)
    [new] = [change for change in second["changes"] if change["move"] == "new"]
    assert new == {
        "influencer": str(other.public_id), "name": other.name, "move": "new", "before": None, "after": new["after"],
        "why": "was_unknown", "feature": "", "text": "Then we did not know them.",
    }  # fmt: skip
    assert (
        tool_of(UserFactory(role="analyst"), "causes:read")
        .get(f"/api/v1/match-lists/{lists[0].public_id}/changes/")
        .status_code
        == 403
    )


def test_whom_to_consider_is_asked_by_name():
    cause, client = CauseFactory(), officers_tool("match-lists:write")
    asked = {
        "min_engagement": 0.03, "audience_country": "FR", "audience_country_share": 0.2, "audience_age": "18-24",
        "audience_gender": "female", "is_cleared": True, "rested_days": 60, "is_new": True,
    }  # fmt: skip
    answer = client.post("/api/v1/match-lists/", {"cause": str(cause.public_id), **asked}, content_type="application/json")
    assert answer.status_code == 202, answer.json()
    assert {name: answer.json()["filters"][name] for name in asked} == asked
    assert MatchList.objects.get().filters == match_lists.Filters(**asked).stored()


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"min_engagement": 3}, "min_engagement"),
        ({"audience_country_share": 0.2}, "audience_country"),
        ({"audience_age": "young"}, "audience_age"),
        ({"audience_gender": "x"}, "audience_gender"),
        ({"rested_days": 0}, "rested_days"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(asked, name):
    client = officers_tool("match-lists:write")
    body = {"cause": str(CauseFactory().public_id), **asked}
    answer = client.post("/api/v1/match-lists/", body, content_type="application/json")
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, [name])
    assert not MatchList.objects.exists()
