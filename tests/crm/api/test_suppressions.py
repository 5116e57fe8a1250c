"""Who said no, for other tools: addresses are compared and not kept; nothing is ever removed."""

import pytest
from django.utils.timezone import localtime

from crm.models import Suppression
from tests.factories import AddressFactory, UserFactory, officers_tool, tool_of
from tests.planting import dump

pytestmark = pytest.mark.django_db
URL = "/api/v1/suppressions/"
EMAIL = "somebody@plage.example"


@pytest.fixture
def tool():
    return officers_tool("suppressions:read", "suppressions:write")


def post(tool, **said):
    return tool.post(URL, {"email": EMAIL} | said, content_type="application/json")


def test_a_no_is_noted_by_its_address_and_found_by_it(tool):
    made = post(tool, note="by telephone")
    assert made.status_code == 201, made.content
    row = Suppression.objects.get()
    assert made.json() == {
        "id": str(row.public_id),
        "scope": "partnership",
        "reason": "declined",
        "note": "by telephone",
        "since": localtime(row.created_at).isoformat(),
        "by": row.by.username,
    }
    assert post(tool).status_code == 200
    assert [found["id"] for found in tool.get(URL, {"email": EMAIL.upper()}).json()["results"]] == [str(row.public_id)]
    assert tool.get(URL, {"email": "another@plage.example"}).json()["results"] == []
    assert tool.get(f"{URL}{row.public_id}/").json() == made.json()


def test_neither_an_answer_nor_the_database_holds_the_address(tool):
    answers = [post(tool), tool.get(URL), tool.post(URL, {"email": EMAIL}, headers={"Idempotency-Key": "1"})]
    assert not any("plage" in answer.content.decode() for answer in answers)
    assert [table for table, rows in dump().items() if any("plage.example" in row for row in rows)] == []


def test_they_are_told_apart_by_scope_reason_and_day(tool):
    post(tool)
    post(tool, reason="complaint")
    post(tool, reason="bounced", email="gone@plage.example")

    def found(**asked):
        return sorted(row["reason"] for row in tool.get(URL, asked).json()["results"])

    assert found() == ["bounced", "complaint", "declined"]
    assert (found(scope="all"), found(reason="declined")) == (["bounced", "complaint"], ["declined"])
    assert (found(since__gte="2099-01-01T00:00:00Z"), found(email=EMAIL)) == ([], ["complaint", "declined"])


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"email": "nobody"}, "email_invalid"),
        ({"reason": "unsubscribed"}, "invalid"),
        ({"reason": "erased"}, "invalid"),
        ({"scope": "some"}, "invalid"),
        ({"note": "a@b.example"}, "note_names_address"),
    ],
)
def test_what_cannot_be_noted_is_refused(tool, said, code):
    answer = post(tool, **said)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not Suppression.objects.exists()


def test_no_means_no(tool):
    row, root = post(tool).json(), tool_of(UserFactory(is_superuser=True), "suppressions:read", "suppressions:write")
    for way in ("delete", "put", "patch"):
        assert getattr(tool, way)(f"{URL}{row['id']}/").status_code in {403, 405}
        assert getattr(root, way)(f"{URL}{row['id']}/").status_code == 405
    assert Suppression.objects.count() == 1


def test_an_address_that_is_none_is_no_question(tool):
    answer = tool.get(URL, {"email": "nobody"})
    assert (answer.status_code, answer.json()["code"]) == (400, "email_invalid")


@pytest.mark.parametrize(
    ("role", "scopes", "read", "write"),
    [
        ("officer", ["suppressions:read"], 200, 403),
        ("officer", ["suppressions:write"], 403, 201),
        ("officer", ["influencers:read", "influencers:write"], 403, 403),
        ("analyst", ["suppressions:read", "suppressions:write"], 403, 403),
        ("administrator", ["suppressions:read", "suppressions:write"], 200, 201),
    ],
)
def test_a_tool_may_what_its_token_and_its_person_may(role, scopes, read, write):
    tool = tool_of(UserFactory(role=role), *scopes)
    assert (tool.get(URL).status_code, post(tool).status_code) == (read, write)


def test_a_no_of_somebody_we_know_stands_on_their_timeline(tool):
    address = AddressFactory(email=EMAIL)
    post(tool)
    line = address.influencer.activities.get()
    assert (line.kind, line.params) == ("suppressed", {"reason": "declined", "scope": "partnership"})
