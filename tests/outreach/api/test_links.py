"""Links by API: read, made for a deliverable, and drawn."""

import pytest

from outreach.models import Link
from tests.factories import LinkFactory, officers_tool

pytestmark = pytest.mark.django_db
LINKS = "/api/v1/links/"


@pytest.fixture
def tool():
    return officers_tool("links:read", "links:write")


@pytest.fixture
def link():
    return LinkFactory(code="wpnmfqtd")


def make(tool, link, **said):
    return tool.post(LINKS, {"outreach": str(link.outreach.public_id)} | said, content_type="application/json")


def test_one_is_made_for_a_deliverable(tool, link):
    answer = make(tool, link, deliverable="Video")
    made = Link.objects.get(deliverable="Video")
    assert answer.status_code == 201
    assert answer.json()["url"] == f"http://127.0.0.1:8000/r/{made.code}"
    assert answer.json()["spoken"].replace("-", "") == made.code
    assert len(tool.get(f"{LINKS}?outreach={link.outreach.public_id}").json()["results"]) == 2


@pytest.mark.parametrize("said", ["wpnmfqtd", "WPNM-fqtd", " wpnm FQTD ", "wpnm‑fqtd"])
def test_it_is_found_by_its_code_however_that_is_written(tool, link, said):
    LinkFactory()
    found = tool.get(LINKS, {"code": said}).json()["results"]
    assert [each["code"] for each in found] == [link.code]
    assert tool.get(LINKS, {"code": said + "x"}).json()["results"] == []


def test_not_twice_and_not_for_nothing(tool, link):
    make(tool, link, deliverable="Video")
    assert (make(tool, link, deliverable="video").status_code, make(tool, link).status_code) == (409, 400)
    assert make(tool, link, deliverable="   ").status_code == 400


def test_it_takes_the_scope(link):
    assert make(officers_tool("links:read"), link, deliverable="Video").status_code == 403


@pytest.mark.parametrize(("kind", "content_type"), [("svg", "image/svg+xml"), ("png", "image/png")])
def test_its_qr_code_is_a_picture(tool, link, kind, content_type):
    answer = tool.get(f"{LINKS}{link.public_id}/qr/?kind={kind}")
    assert (answer.status_code, answer["Content-Type"]) == (200, content_type)


def test_a_picture_of_another_kind_is_refused(tool, link):
    assert tool.get(f"{LINKS}{link.public_id}/qr/?kind=gif").status_code == 400
