"""Merging for other tools: once per key, under any id a person ever had, and back again."""

import pytest

from crm.models import DuplicateCandidate, Influencer, VettingCheck
from tests.factories import NOW, CauseFactory, InfluencerFactory, UserFactory, officers_tool, tool_of

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def tool():
    return officers_tool("influencers:read", "influencers:write", "vettings:write")


@pytest.fixture
def pair():
    return InfluencerFactory(name="Maïa", external_id="w"), InfluencerFactory(name="Maia", external_id="l")


def merge(tool, pair, **more):
    said = {"winner": str(pair[0].public_id), "loser": str(pair[1].public_id)}
    headers = more.pop("headers", {})
    return tool.post(f"{API}/influencers/merge/", said | more, content_type="application/json", headers=headers)


def test_merged_once_and_found_under_the_old_id(tool, pair):
    answers = [merge(tool, pair, keep={"name": "loser"}, headers={"Idempotency-Key": "k1"}) for _each in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["loser"] == str(pair[1].public_id)
    found = tool.get(f"{API}/influencers/{pair[1].public_id}/").json()
    assert (found["id"], found["name"], found["external_id"]) == (str(pair[0].public_id), "Maia", "w")
    assert tool.get(f"{API}/influencers/00000000-0000-0000-0000-000000000000/").status_code == 404


def test_what_is_noted_under_the_old_id_is_noted_of_the_person(tool, pair):
    merge(tool, pair)
    cause = CauseFactory()
    said = {"influencer": str(pair[1].public_id), "cause": cause.slug, "verdict": "cleared", "reason": "Fits."}
    answer = tool.post(f"{API}/vettings/", said | {"cause": str(cause.public_id)}, content_type="application/json")
    assert answer.status_code == 201, answer.json()
    assert VettingCheck.objects.get().influencer == pair[0]


def test_taken_apart(tool, pair):
    merged = merge(tool, pair).json()
    assert [row["id"] for row in tool.get(f"{API}/merges/").json()["results"]] == [merged["id"]]
    answer = tool.post(f"{API}/merges/{merged['id']}/undo/")
    assert (answer.status_code, answer.json()["undone_at"] is not None) == (200, True)
    assert Influencer.objects.count() == 2
    again = tool.post(f"{API}/merges/{merged['id']}/undo/")
    assert (again.status_code, again.json()["code"]) == (409, "merge_undone")


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [({"keep": {"name": "both"}}, 400, "keep_unknown"), ({"loser": "nobody"}, 400, "invalid")],
)
def test_what_is_refused(tool, pair, more, status, code):
    answer = merge(tool, pair, **more)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_pairs_are_listed_without_what_they_share_and_dismissed(tool, pair):
    reasons = [{"rule": "email", "value": "maia@x.example"}]
    DuplicateCandidate.objects.create(low=pair[0], high=pair[1], reasons=reasons, found_at=NOW)
    [found] = tool.get(f"{API}/duplicates/?state=open").json()["results"]
    assert (found["influencers"], found["rules"]) == ([str(person.public_id) for person in pair], ["email"])
    assert tool.post(f"{API}/duplicates/{found['id']}/dismiss/").json()["state"] == "dismissed"
    assert tool.post(f"{API}/duplicates/{found['id']}/dismiss/").status_code == 409


@pytest.mark.parametrize(
    ("role", "scopes"), [("officer", ["influencers:read"]), ("analyst", ["influencers:read", "influencers:write"])]
)
def test_not_without_the_scope_nor_the_role(pair, role, scopes):
    assert merge(tool_of(UserFactory(role=role), *scopes), pair).status_code == 403
    assert Influencer.objects.count() == 2
