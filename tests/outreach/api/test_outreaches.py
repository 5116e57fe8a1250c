"""Conversations by API: moved with the stage one knows, and given to somebody."""

import pytest

from tests.factories import OutreachFactory, UserFactory, officers_tool, tool_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def tool():
    return officers_tool("outreaches:read", "outreaches:write")


@pytest.fixture
def outreach():
    return OutreachFactory(stage="contacted")


def path(outreach) -> str:
    return f"/api/v1/outreaches/{outreach.public_id}/"


def move(tool, outreach, **said):
    return tool.post(f"{path(outreach)}move/", said, content_type="application/json")


def give(tool, outreach, owner):
    return tool.patch(path(outreach), {"owner": owner}, content_type="application/json")


@pytest.mark.parametrize("known", [{}, {"current": "contacted"}])
def test_it_moves_where_it_stands_as_one_knows_it(tool, outreach, known):
    response = move(tool, outreach, stage="agreed", **known)
    assert (response.status_code, response.json()["stage"]) == (200, "agreed")


def test_it_stays_where_somebody_was_faster(tool, outreach):
    move(tool, outreach, stage="declined")
    response = move(tool, outreach, stage="agreed", current="contacted")
    problem = response.json()
    assert (response.status_code, problem["code"]) == (409, "moved_meanwhile_by")
    assert problem["detail"] == "Léa Martin moved this conversation to “declined” meanwhile."
    assert problem["params"] == {"stage": "declined", "who": "Léa Martin"}
    outreach.refresh_from_db()
    assert outreach.stage == "declined"


def test_a_stage_that_is_none_is_refused(tool, outreach):
    assert move(tool, outreach, stage="agreed", current="lost").status_code == 400


def test_it_is_given_to_somebody_and_to_nobody(tool, outreach):
    UserFactory(username="sam", first_name="Sam")
    given = give(tool, outreach, "sam")
    assert (given.status_code, given.json()["owner"]) == (200, "sam")
    assert [one["owner"] for one in tool.get("/api/v1/outreaches/?owner=sam").json()["results"]] == ["sam"]
    assert give(tool, outreach, None).json()["owner"] is None
    assert tool.get("/api/v1/outreaches/?owner=sam").json()["results"] == []


@pytest.mark.parametrize(("owner", "status"), [("nobody-here", 400), ("left", 409), (7, 400), ("a\0b", 400), ("", 400)])
def test_it_is_given_to_no_one_who_does_not_work_here(tool, outreach, owner, status):
    UserFactory(username="left", is_active=False)
    assert give(tool, outreach, owner).status_code == status
    outreach.refresh_from_db()
    assert outreach.owner is None


def test_whoever_may_only_read_gives_it_to_nobody(outreach):
    tool = tool_of(UserFactory(role="analyst"), "outreaches:read", "outreaches:write")
    assert give(tool, outreach, None).status_code == 403
