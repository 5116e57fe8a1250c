"""Replies by API: listed, read, told what they are, done; and noted by hand."""

import pytest

from outreach.models import InboundMessage
from tests.factories import NOW, OutreachFactory, UserFactory, officers_tool, tool_of
from tests.outreach.receiving.mails import came, mail, stage_of, written_to

pytestmark = pytest.mark.django_db

PATH = "/api/v1/replies/"


@pytest.fixture
def tool():
    return officers_tool("replies:read", "replies:write")


def post(tool, path, **said):
    return tool.post(path, said, content_type="application/json")


def test_they_are_listed_by_where_they_lie_and_what_they_are(tool):
    message = written_to()
    letter = came(mail(answers=message))
    came(mail("We got your mail.", answers=message, more="Auto-Submitted: auto-replied"))
    for question, number in (("", 2), ("?desk=open", 1), ("?kind=automatic", 1), ("?door=webhook", 0)):
        assert len(tool.get(f"{PATH}{question}").json()["results"]) == number
    told = tool.get(f"{PATH}{letter.public_id}/").json()
    assert (told["what"], told["said"], told["outreach"]) == (
        "question",
        "Which beach is it?",
        str(message.outreach.public_id),
    )
    assert "raw" not in told
    assert tool.get(f"{PATH}?from_address=x").status_code == 400


def test_what_it_is_is_said_and_followed(tool):
    message = written_to()
    letter = came(mail(answers=message))
    answer = post(tool, f"{PATH}{letter.public_id}/confirm/", kind="declines")
    assert (answer.status_code, answer.json()["what"], answer.json()["desk"]) == (200, "declines", "done")
    assert stage_of(message) == "declined"
    assert post(tool, f"{PATH}{letter.public_id}/confirm/", kind="nonsense").status_code == 400


def test_it_is_done(tool):
    letter = came(mail(answers=written_to()))
    assert post(tool, f"{PATH}{letter.public_id}/done/").json()["desk"] == "done"


def test_what_they_said_elsewhere_is_noted(tool):
    outreach = OutreachFactory(stage="contacted", stage_at=NOW)
    said = {"outreach": str(outreach.public_id), "kind": "interested", "text": "Yes!", "on": "2026-11-24"}
    answer = post(tool, PATH, **said)
    assert (answer.status_code, answer.json()["door"], answer.json()["kind"]) == (201, "by_hand", "interested")
    assert post(tool, PATH, **said).json()["id"] == answer.json()["id"]
    assert InboundMessage.objects.count() == 1


@pytest.mark.parametrize("role", ["analyst", "officer"])
def test_nobody_reads_letters_without_the_right_to(role):
    came(mail(answers=written_to()))
    assert tool_of(UserFactory(role=role), "outreaches:read").get(PATH).status_code == 403
    reader = tool_of(UserFactory(role=role), "replies:read")
    assert reader.get(PATH).status_code == (403 if role == "analyst" else 200)
    assert post(reader, PATH).status_code == 403
