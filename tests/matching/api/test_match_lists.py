"""Whom a list left out for a conflict with its cause, page by page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.formats.rows import PostReading
from crm.models import AudienceShare, Influencer
from matching.models import LeftOut, MatchList, RankerVersion
from matching.services import match_lists, ranking
from tests.factories import (
    NOW,
    AccountFactory,
    CauseFactory,
    InfluencerFactory,
    UserFactory,
    officers_tool,
    published,
    tool_of,
)

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


def listed(number: int) -> str:
    """The address of the matches of a list of so many people, of whom a post and an audience are known."""
    for n in range(number):
        account = AccountFactory(influencer__bio=f"The beach {n}.")
        post = PostReading(
            platform_id="a", published_at=NOW - timedelta(days=1), text="The beach.", url="https://x.example/a"
        )
        published(account, [post], source="export.csv", at=NOW)
        AudienceShare.objects.create(
            account=account, dimension="country", key="GB", share=0.5 + n / 100, observed_at=NOW, source="f.csv"
        )
    match_list = match_lists.request(cause=CauseFactory(), at=NOW)
    ranking.build(match_list=match_list, at=NOW)
    return f"/api/v1/match-lists/{match_list.public_id}/matches/"


def test_each_reason_comes_with_the_rows_it_rests_on_quoted_to_whoever_may_read_people():
    path = listed(1)

    def evidence(*scopes) -> dict[str, list[dict]]:
        [match] = officers_tool(*scopes).get(path).json()["results"]
        return {reason["feature"]: reason["evidence"] for reason in [*match["reasons_for"], *match["reasons_against"]]}

    bare, quoted = evidence("match-lists:read"), evidence("match-lists:read", "influencers:read")
    [share] = bare["audience_geo"]
    assert share == {
        "kind": "audience", "id": share["id"], "date": NOW.isoformat(), "source": "f.csv", "is_estimate": False, "is_gone": False,
    }  # fmt: skip
    assert quoted["audience_geo"] == [share | {"text": "United Kingdom 50%", "url": ""}]
    assert (quoted["topic_fit"][-1]["text"], quoted["topic_fit"][-1]["url"]) == ("The beach.", "https://x.example/a")
    assert "text" not in bare["topic_fit"][-1]


def test_what_is_missing_comes_with_the_ranks_it_could_give():
    path = listed(3)
    client = officers_tool("match-lists:read")
    first = client.get(path).json()["results"][0]
    missing = {one.pop("feature"): one for one in first["missing"]}
    assert missing["growth_rate"] == {"best_rank": 1, "worst_rank": 3}
    assert first["missing_together"] == {"best_rank": 1, "worst_rank": 3}
    version = RankerVersion.objects.get()
    version.manifest["schema_version"] = 1
    version.save()
    first = client.get(path).json()["results"][0]
    assert (first["missing"], first["missing_together"]) == (None, None)


def test_many_matches_cost_what_one_does():
    prices = []
    for number in (1, 5):
        path, client = listed(number), officers_tool("match-lists:read")
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        prices.append(len(queries))
    assert prices[0] == prices[1]


def test_whom_to_consider_is_asked_by_name():
    cause, client = CauseFactory(), officers_tool("match-lists:write")
    asked = {
        "min_engagement": 0.03, "audience_country": "FR", "audience_country_share": 0.2, "audience_age": "18-24",
        "audience_gender": "female", "is_cleared": True, "rested_days": 60, "is_new": True,
    }  # fmt: skip
    answer = client.post(
        "/api/v1/match-lists/", {"cause": str(cause.public_id), **asked}, content_type="application/json"
    )
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
