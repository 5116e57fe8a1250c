"""Never for this cause, and never again, by API."""

import pytest
from django.utils import timezone

from matching.models import Exclusion
from matching.services import exclusions
from tests.factories import CauseFactory, InfluencerFactory, UserFactory, officers_tool, tool_of

pytestmark = pytest.mark.django_db
PATH = "/api/v1/exclusions/"


@pytest.fixture
def tool():
    return officers_tool("exclusions:read", "exclusions:write")


@pytest.fixture
def person():
    return InfluencerFactory()


def post(tool, path=PATH, **said):
    return tool.post(path, said, content_type="application/json")


def exclude(person, cause=None) -> Exclusion:
    return exclusions.exclude(influencer=person, cause=cause, reason="x", by=UserFactory(), at=timezone.now())[0]


@pytest.mark.parametrize("is_of_all", [False, True])
def test_decided_once_it_holds_and_again_it_is_the_same(tool, person, is_of_all):
    cause = None if is_of_all else str(CauseFactory().public_id)
    said = {"influencer": str(person.public_id), "cause": cause, "reason": "Sells crypto."}
    first, again = post(tool, **said), post(tool, **said)
    row = Exclusion.objects.get()
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() == said | {
        "id": str(row.public_id), "at": first.json()["at"], "lifted_at": None
    }  # fmt: skip


def test_left_out_the_cause_means_every_one(tool, person):
    assert post(tool, influencer=str(person.public_id), reason="x").json()["cause"] is None


def test_lifted_it_is_kept_with_when_and_lifting_again_changes_nothing(tool, person):
    row = exclude(person)
    first, again = (post(tool, f"{PATH}{row.public_id}/lift/") for _ in range(2))
    assert (first.status_code, first.json() == again.json(), first.json()["lifted_at"] is None) == (200, True, False)
    assert exclusions.barred(cause=CauseFactory()) == {}


@pytest.mark.parametrize(
    "said",
    [{"reason": ""}, {"reason": " "}, {}, {"reason": "x" * 2_001}, {"reason": "x", "influencer": "x"}, {"reason": "x", "cause": "x"}],
)  # fmt: skip
def test_without_a_reason_or_about_nobody_nothing_is_decided(tool, person, said):
    answer = post(tool, **{"influencer": str(person.public_id)} | said)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert not Exclusion.objects.exists()


def test_the_list_is_narrowed_by_person_cause_and_whether_it_holds(tool, person):
    cause = CauseFactory()
    once, ever, lifted = exclude(person, cause), exclude(person), exclude(InfluencerFactory())
    exclusions.lift(exclusion=lifted, by=UserFactory(), at=timezone.now())
    for query, expect in (
        ("", [lifted, ever, once]),
        (f"influencer={person.public_id}", [ever, once]),
        (f"cause={cause.slug}", [once]),
        ("holds=true", [ever, once]),
        ("holds=false", [lifted]),
    ):
        found = [row["id"] for row in tool.get(f"{PATH}?{query}").json()["results"]]
        assert found == [str(row.public_id) for row in expect], query
    assert tool.get(f"{PATH}?holds=perhaps").status_code == 400


def test_a_key_opens_what_its_person_may(person):
    row = exclude(person)
    analyst = tool_of(UserFactory(role="analyst"), "exclusions:read", "exclusions:write")
    assert analyst.get(f"{PATH}{row.public_id}/").status_code == 200
    assert post(analyst, influencer=str(person.public_id), reason="x").status_code == 403
    assert post(analyst, f"{PATH}{row.public_id}/lift/").status_code == 403
    assert officers_tool("verdicts:read").get(PATH).status_code == 403
