"""The links of a conversation on its page: to copy, to say, to scan; and one more for a deliverable."""

import pytest
from django.urls import reverse

from crm.models import Cause
from outreach.models import Link
from tests.factories import LinkFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def link():
    return LinkFactory(code="wpnmfqtd")


def page(of, name="change", **query) -> str:
    return reverse(f"admin:outreach_outreach_{name}", args=[of.outreach_id], query=query)


def test_a_link_stands_there_to_copy_to_say_and_to_scan(client, link):
    shown = client.get(page(link)).content.decode()
    assert "http://127.0.0.1:8000/r/wpnmfqtd" in shown
    assert "wpnm-fqtd" in shown
    assert shown.count("<svg viewBox") + shown.count('class="segno"') >= 1
    assert 'aria-label="QR code of the link wpnm-fqtd"' in shown


def test_one_more_is_made_for_a_deliverable_and_shown_beside_it(client, link):
    asked = client.get(page(link, "add_link")).content.decode()
    assert "What it is for" in asked
    assert Link.objects.count() == 1
    answer = client.post(page(link, "add_link"), {"deliverable": "Story of 3 May"})
    assert answer["Location"] == f"{page(link)}#links"
    shown = client.get(page(link)).content.decode()
    assert "<h3>Story of 3 May</h3>" in shown
    assert Link.objects.get(deliverable="Story of 3 May").code in shown.replace("-", "")


def test_a_second_one_for_the_same_is_refused_in_words(client, link):
    for _ in range(2):
        answer = client.post(page(link, "add_link"), {"deliverable": "Video"})
    assert "They have a link for “Video” already." in answer.content.decode()


def test_an_analyst_sees_the_links_and_makes_none(analyst, link):
    shown = analyst.get(page(link)).content.decode()
    assert "/r/wpnmfqtd" in shown
    assert "Another link" not in shown
    assert analyst.post(page(link, "add_link"), {"deliverable": "x"}).status_code == 403


@pytest.mark.parametrize(("kind", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_its_qr_code_is_a_file(client, link, kind, begins):
    answer = client.get(page(link, "qr", link=link.pk, kind=kind))
    assert answer.content.startswith(begins)
    assert answer["Content-Disposition"] == f'attachment; filename="wpnmfqtd.{kind}"'


def test_of_another_conversation_and_in_another_kind_there_is_none(client, link):
    assert client.get(page(link, "qr", link=LinkFactory().pk, kind="svg")).status_code == 404
    assert client.get(page(link, "qr", link=link.pk, kind="exe")).status_code == 404
    assert client.get(page(link, "qr", link="x", kind="svg")).status_code == 404


def test_a_link_that_leads_nowhere_says_so(client, link):
    assert "This link leads nowhere" not in client.get(page(link)).content.decode()
    Cause.objects.update(link_hosts=["other.example"])
    assert "This link leads nowhere" in client.get(page(link)).content.decode()
