"""Similar people, for programs."""

import pytest
from django.utils import timezone

from crm.models import Influencer, InfluencerAlias
from crm.services import persons
from matching.services import exclusions, snapshot
from tests.factories import AccountFactory, UserFactory, officers_tool, tool_of

pytestmark = pytest.mark.django_db

BEACH = "The ocean and its beaches, full of plastic. I clear them."


def somebody(name: str) -> Influencer:
    return AccountFactory(influencer__name=name, influencer__bio=BEACH, handle=name.lower()).influencer


@pytest.fixture
def amina() -> Influencer:
    return somebody("Amina")


def where(person) -> str:
    return f"/api/v1/influencers/{getattr(person, 'public_id', person)}/similar/"


def test_who_how_near_and_what_both_have(amina):
    tom = somebody("Tom")
    snapshot.refresh(at=timezone.now())
    body = officers_tool("influencers:read").get(where(amina)).json()
    [one] = body.pop("similar")
    assert body == {"is_behind": True}  # of this test's own transaction, which has not ended
    assert 0.5 < one.pop("nearness") < 1
    parts, common = one.pop("parts"), one.pop("in_common")
    assert one == {
        "influencer": str(tom.public_id), "name": "Tom", "near": "very_much", "is_never_asked": None,
        "accounts": [{"platform": "instagram", "handle": "tom"}],
    }  # fmt: skip
    assert parts == pytest.approx({"texts": 1.0, "own_languages": 1.0, "platforms": 1.0})
    assert [said["code"] for said in common] == ["subjects", "own_languages", "platforms"]
    assert common[2]["text"] == "Both are on: Instagram"


def test_as_many_as_are_asked_for_and_nothing_else_is_asked(amina):
    for name in ("Tom", "Zoe", "Omar"):
        somebody(name)
    snapshot.refresh(at=timezone.now())
    api = officers_tool("influencers:read")
    assert [one["name"] for one in api.get(f"{where(amina)}?limit=2").json()["similar"]] == ["Tom", "Zoe"]
    for asked in ("limit=0", "limit=51", "limit=two", "country=GB"):
        answer = api.get(f"{where(amina)}?{asked}")
        assert (answer.status_code, answer.json()["code"].startswith("filter_")) == (400, True)


def test_whoever_was_erased_is_not_among_them(amina):
    tom = somebody("Tom")
    snapshot.refresh(at=timezone.now())
    persons.erase(influencer=tom, at=timezone.now())
    assert officers_tool("influencers:read").get(where(amina)).json()["similar"] == []


def test_whether_they_are_never_asked_is_told_to_whom_may_know(amina):
    exclusions.exclude(influencer=somebody("Tom"), cause=None, reason="Crypto.", by=UserFactory(), at=timezone.now())
    snapshot.refresh(at=timezone.now())
    for scopes, told in ((["influencers:read"], None), (["influencers:read", "exclusions:read"], True)):
        [one] = officers_tool(*scopes).get(where(amina)).json()["similar"]
        assert one["is_never_asked"] is told


def test_503_and_a_ring_while_nobody_has_been_read(amina, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as rung:
        answer = officers_tool("influencers:read").get(where(amina))
    assert (answer.status_code, answer.json()["code"]) == (503, "likeness_unready")
    assert len(rung) == 1


def test_it_takes_the_scope_the_permission_and_a_person_who_is_there(amina):
    snapshot.refresh(at=timezone.now())
    assert officers_tool("causes:read").get(where(amina)).status_code == 403
    assert tool_of(UserFactory(), "influencers:read").get(where(amina)).status_code == 403
    api = officers_tool("influencers:read")
    assert api.get(where("00000000-0000-4000-8000-000000000000")).status_code == 404
    assert api.post(where(amina)).status_code in {403, 405}


def test_a_former_id_leads_to_the_person(amina):
    former = InfluencerAlias.objects.create(
        influencer=amina, public_id="11111111-1111-4111-8111-111111111111", number=999_999
    )
    snapshot.refresh(at=timezone.now())
    assert officers_tool("influencers:read").get(where(former)).status_code == 200


def test_the_schema_says_what_each_answer_means(client):
    schema = client.get("/api/schema/?format=json").json()
    told = schema["paths"]["/api/v1/influencers/{id}/similar/"]["get"]
    assert {"200", "404", "503"} <= told["responses"].keys()
    assert next(one for one in told["parameters"] if one["name"] == "limit")["schema"]["type"] == "integer"
    person = schema["components"]["schemas"]["SimilarPerson"]["properties"]
    assert all(person[name].get("description") for name in ("nearness", "near", "parts", "in_common", "is_never_asked"))
