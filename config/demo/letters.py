"""What came in lately: letters of every class, in both languages, as bytes through the service that takes mail in.

Nobody wrote them. Some answer a message of the demo, some come from people whom nobody knows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any

from django.utils import formats, translation

from outreach.models import InboundMessage, Message
from outreach.services import replies

_AWAY = 9  # days
_QUOTED = 4  # lines of ours
_OURS = "team@rivages.example"
# Who answers, those first who talk with us already; some answer when nobody waits for it any more.
_STAGES = ("in_conversation", "agreed", "contacted", "no_answer", "completed")
_ABUSE = "abuse"
_FINAL = ("5.1.1", _ABUSE)  # reports after which nothing goes to an address any more

# Just enough of each to be known for what it is.
_FILES = {
    "media-kit.pdf": ("application", "pdf", b"%PDF-1.4\n% A media kit of the demo: it holds nothing.\n%%EOF\n"),
    "beach.png": (
        "image",
        "png",
        bytes.fromhex(
            "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
            "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
        ),
    ),
    # Called a PDF, and a program by its first bytes. What follows them is a sentence: it runs nowhere.
    "contract.pdf": ("application", "pdf", b"MZ" + b"This stands for a program. It is none." * 4),
}


@dataclass(frozen=True)
class Script:
    kind: str
    language: str
    hours: int  # before the demo's instant
    text: str
    html: str = ""
    subject: str = "Re: {subject}"
    headers: dict[str, str] = field(default_factory=dict)
    attached: tuple[str, ...] = ()
    report: str = ""  # the status that a mail system tells; "abuse": somebody complained
    sender: str = ""  # of whoever answers no message of ours


def scripts() -> list[Script]:
    rows: list[dict[str, Any]] = json.loads((Path(__file__).parent / "texts/letters.json").read_text())
    for row in rows:
        row["sender"] = row.pop("from", "")
        row["attached"] = tuple(row.get("attached", ()))
    return [Script(**row) for row in rows]


def senders() -> list[str]:
    """The addresses of those who answer no message of ours."""
    return [parseaddr(script.sender)[1] for script in scripts() if script.sender]


def bring(*, at: datetime) -> None:
    """Each once, in the order in which they came."""
    answered: set[int] = set()
    for number, script in sorted(enumerate(scripts()), key=lambda one: -one[1].hours):
        message = None if script.sender else _to_answer(script, but=answered)
        if message is None and not script.sender:
            continue  # nobody of this language was written to
        if message:
            answered.add(message.pk)
        came = at - timedelta(hours=script.hours)
        raw = _letter(script, number, message, at=came)
        kept, _is_new = replies.receive_within(raw=raw, door=InboundMessage.Door.MAILBOX, at=came)
        replies.read(pk=kept.pk, at=came)


def _to_answer(script: Script, *, but: set[int]) -> Message | None:
    """A message that somebody may answer now; that comes back from people with whom nothing goes on."""
    sent = Message.objects.filter(state=Message.State.SENT, channel=Message.Channel.EMAIL, language=script.language)
    for stage in reversed(_STAGES) if script.report in _FINAL else _STAGES:
        found = sent.filter(outreach__stage=stage).exclude(pk__in=but).exclude(address=None)
        if message := found.select_related("address__influencer").order_by("pk").first():
            return message
    return None


def _letter(script: Script, number: int, message: Message | None, *, at: datetime) -> bytes:
    letter = EmailMessage(policy=SMTP)
    with translation.override(script.language):
        back = formats.date_format(at + timedelta(days=_AWAY), "j F Y")
    holes = {"subject": message.subject if message else "", "days": str(_AWAY), "back": back}
    name, email = parseaddr(script.sender)
    if message and message.address:
        name, email = message.address.influencer.name, message.address.email
    if script.report:
        name, email = "Mail Delivery System", "mailer-daemon@post.example"
    letter["From"] = Address(name, addr_spec=email)
    letter["To"] = _OURS
    letter["Subject"] = script.subject.format(**holes)
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = f"<demo-letter-{number}@{email.rpartition('@')[2]}>"
    if message and message.message_id:
        letter["In-Reply-To"] = letter["References"] = message.message_id
    for header, value in script.headers.items():
        letter[header] = value
    letter.set_content(f"{script.text.format(**holes)}\n{_quoted(script, message)}")
    if script.html:
        letter.add_alternative(script.html, subtype="html")
    for name in script.attached:
        kind, subtype, content = _FILES[name]
        letter.add_attachment(content, maintype=kind, subtype=subtype, filename=name)
    if message and script.report == _ABUSE:
        _make_complaint(letter, message)
    elif message and script.report:
        _make_report(letter, script.report, message)
    return letter.as_bytes()


def _quoted(script: Script, message: Message | None) -> str:
    """The beginning of ours, as mail programs put it below an answer."""
    if message is None or script.report:
        return ""
    lines = [f"> {line}".rstrip() for line in message.body.splitlines()[:_QUOTED]]
    sent = message.dispatched_at or message.created_at
    with translation.override(script.language):
        day = formats.date_format(sent, "j F Y")
    ours = f"Rivages Vivants <{_OURS}>"
    wrote = {"fr": f"Le {day} à {sent:%H:%M}, {ours} a écrit :", "en": f"On {day} at {sent:%H:%M}, {ours} wrote:"}
    return "\n".join(["", wrote[script.language], *lines, ""])


def _make_report(letter: EmailMessage, status: str, message: Message) -> None:
    """A delivery status notification (RFC 3464) of that message."""
    assert message.address
    letter.make_mixed()
    letter.replace_header("Content-Type", 'multipart/report; report-type="delivery-status"')
    action = "failed" if status.startswith("5") else "delayed"
    told, ours, whole = EmailMessage(policy=SMTP), EmailMessage(policy=SMTP), EmailMessage(policy=SMTP)
    told["Reporting-MTA"] = "dns; post.example"
    ours["Final-Recipient"] = f"rfc822; {message.address.email}"
    ours["Action"], ours["Status"] = action, status
    whole["Content-Type"] = "message/delivery-status"
    whole.set_payload([told, ours])
    letter.attach(whole)
    letter.attach(_returned(message))


def _make_complaint(letter: EmailMessage, message: Message) -> None:
    """A feedback report (RFC 5965) on that message."""
    letter.make_mixed()
    letter.replace_header("Content-Type", 'multipart/report; report-type="feedback-report"')
    told, whole = EmailMessage(policy=SMTP), EmailMessage(policy=SMTP)
    told["Feedback-Type"], told["User-Agent"], told["Version"] = _ABUSE, "Demo", "1"
    whole["Content-Type"] = "message/feedback-report"
    whole.set_payload([told])
    letter.attach(whole)
    letter.attach(_returned(message))


def _returned(message: Message) -> EmailMessage:
    """The head of ours, as it comes back."""
    headers = EmailMessage(policy=SMTP)
    headers.set_content(f"Message-ID: {message.message_id}\n", subtype="rfc822-headers")
    return headers
