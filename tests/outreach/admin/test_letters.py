"""A letter as it came: its page in a frame that can do nothing, and what it encloses as mere bytes."""

import pytest
from django.urls import reverse
from django.utils import timezone

from outreach.models import InboundMessage
from tests.outreach.admin.letters import HOSTILE, letter
from tests.outreach.admin.reading import words
from tests.outreach.receiving.mails import came, written_to

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def reply() -> InboundMessage:
    html = f"<link rel=dns-prefetch href=//spy.example><meta http-equiv=refresh content=0><p>Hi</p>{HOSTILE}"
    return came(letter(written_to(), html=html, kit_pdf=PDF, run_exe=b"MZ it is none"), at=timezone.now())


def step(reply: InboundMessage, name: str) -> str:
    return reverse(f"admin:outreach_inboundmessage_{name}", args=[reply.pk])


def test_the_frame_may_do_nothing(client, reply):
    frame = client.get(step(reply, "letter"))
    policy = [each.strip() for each in frame["Content-Security-Policy"].split(";")]
    assert {"default-src 'none'", "form-action 'none'", "base-uri 'none'", "frame-ancestors 'self'", "sandbox"} < set(
        policy
    )
    assert "script-src" not in frame["Content-Security-Policy"]
    assert (frame["Referrer-Policy"], frame["X-Content-Type-Options"]) == ("no-referrer", "nosniff")
    assert "no-store" in frame["Cache-Control"]


def test_what_leads_out_of_the_frame_is_taken_out(client, reply):
    html = client.get(step(reply, "letter")).content.decode()
    assert "<p>Hi</p>" in html
    for element in ("<link", "<meta", "<script"):
        assert element not in html


def test_its_page_puts_it_into_a_sandbox(client, reply):
    page = client.get(step(reply, "change"))
    assert '<iframe class="cw-mail" sandbox=""' in page.content.decode()
    assert "frame-src 'self'" in page["Content-Security-Policy"].split("; ")


def test_what_is_enclosed_is_handed_over_as_bytes_and_never_opened(client, reply):
    file = client.get(step(reply, "attachment"), {"number": 1})
    assert file.content == PDF
    assert file["Content-Type"] == "application/octet-stream"
    assert file["Content-Disposition"].startswith("attachment")
    assert "sandbox" in file["Content-Security-Policy"]
    assert file["X-Content-Type-Options"] == "nosniff"


def test_what_may_do_harm_is_asked_about_first(client, reply):
    page = client.get(step(reply, "attachment"), {"number": 2})
    assert "Opening it can run programs on your computer" in words(page)
    assert b"MZ it is none" not in page.content
    file = client.post(step(reply, "attachment"), {"number": 2})
    assert file.content == b"MZ it is none"
    assert file["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize("number", ["", "0", "3", "-1", "x", "9" * 30])
def test_nothing_else_is_there(client, reply, number):
    assert client.get(step(reply, "attachment"), {"number": number}).status_code == 404


def test_of_what_was_erased_nothing_is_handed_over(client, reply):
    InboundMessage.objects.update(raw=None)
    assert client.get(step(reply, "letter")).status_code == 404
    assert client.get(step(reply, "attachment"), {"number": 1}).status_code == 404
