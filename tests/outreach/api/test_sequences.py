"""Sequences as other tools write, begin and pause them."""

import pytest
from django.utils import timezone

from outreach.models import Enrolment, Sequence
from tests.factories import CampaignFactory, UserFactory, at_any_hour, tool_of
from tests.outreach.under_way import conversation, first, stands, step, three_steps, under_way, written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]
PLACE = "/api/v1/sequences/"
SAID = {
    "name": "Gently",
    "steps": [{"text": "First"}, {"text": "Second", "days": 3, "channel": "manual", "platform": "instagram"}],
}


@pytest.fixture(autouse=True)
def any_hour(db):
    """What is tried here is something else: it may be night, or a Sunday."""
    at_any_hour()


@pytest.fixture
def tool():
    scopes = [f"{name}:{verb}" for name in ("sequences", "outreaches") for verb in ("read", "write")]
    return tool_of(UserFactory(role="manager"), *scopes)


def send(tool, address: str, body=None, *, method="post"):
    return getattr(tool, method)(address, body or {}, content_type="application/json")


def test_a_sequence_is_written_read_and_said_anew(tool):
    written("First", "Second")
    made = send(tool, PLACE, SAID)
    assert made.status_code == 201
    kept = made.json()
    assert kept["steps"] == [
        {"position": 1, "days": 0, "channel": "email", "platform": "", "text": "First"},
        {"position": 2, "days": 3, "channel": "manual", "platform": "instagram", "text": "Second"},
    ]
    assert tool.get(f"{PLACE}{kept['id']}/").json() == kept
    changed = send(tool, f"{PLACE}{kept['id']}/", {"name": "Softly", "steps": [{"text": "Second"}]}, method="patch")
    assert (changed.json()["name"], len(changed.json()["steps"])) == ("Softly", 1)
    assert [one["id"] for one in tool.get(PLACE).json()["results"]] == [kept["id"]]


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [({"name": "Taken"}, 409, "sequence_taken"), ({"steps": [{"text": "None"}]}, 400, "step_text_unknown"),
     ({"steps": []}, 400, "sequence_without_steps")],
)  # fmt: skip
def test_what_cannot_be_one_is_said(tool, changed, status, code):
    three_steps("Taken")
    answer = send(tool, PLACE, SAID | changed)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_it_is_paused_and_resumed(tool):
    kept = three_steps()
    for act, is_paused in (("pause", True), ("resume", False)):
        answer = send(tool, f"{PLACE}{kept.public_id}/{act}/")
        assert (answer.status_code, answer.json()["is_paused"]) == (200, is_paused)
        assert Sequence.objects.get().is_paused is is_paused


def test_outreach_is_begun_with_a_sequence_and_tells_of_it(tool):
    sequence, campaign, person = three_steps(), CampaignFactory(), conversation().influencer
    asked = {
        "campaign": str(campaign.public_id),
        "influencers": [str(person.public_id)],
        "sequence": str(sequence.public_id),
    }
    answer = send(tool, "/api/v1/outreaches/", asked)
    assert (answer.status_code, answer.json()["unwritten"]) == (201, [])
    enrolment = Enrolment.objects.get()
    told = tool.get(f"/api/v1/outreaches/{enrolment.outreach.public_id}/").json()["sequence"]
    assert told == {
        "sequence": str(sequence.public_id), "state": "running", "reason": "", "reason_detail": "", "position": 1,
        "resumes_date": None, "since_at": told["since_at"], "next_message": str(first(enrolment).public_id),
    }  # fmt: skip
    both = send(tool, "/api/v1/outreaches/", asked | {"text": "First"})
    assert both.status_code == 400


def test_one_conversation_is_paused_resumed_and_stopped(tool):
    enrolment = under_way(at=timezone.now())
    place = f"/api/v1/outreaches/{enrolment.outreach.public_id}/"
    assert tool.get(place).json()["sequence"]["next_message"] == str(step(enrolment, 2).public_id)
    for act, state in (("pause", "paused"), ("resume", "running"), ("stop", "stopped")):
        answer = send(tool, f"{place}{act}_sequence/")
        assert (answer.status_code, answer.json()["state"]) == (200, state)
    assert stands(enrolment)[0] == "stopped"
    again = send(tool, f"{place}stop_sequence/")
    assert (again.status_code, again.json()["code"]) == (409, "sequence_over")


def test_where_no_sequence_is_nothing_is_found(tool):
    assert send(tool, f"/api/v1/outreaches/{conversation().public_id}/stop_sequence/").status_code == 404
