"""Letters as bytes, and people who were written to."""

from datetime import timedelta
from itertools import count

from crm.models import Influencer
from outreach.models import InboundMessage, Message, Outreach
from outreach.services import replies
from tests.factories import (
    NOW,
    AddressFactory,
    InfluencerFactory,
    LinkFactory,
    OutreachFactory,
    UserFactory,
    VettingFactory,
)

SENT_AT = NOW - timedelta(days=3)
OURS = "partnerships@causeway.example"
_number = count(1)


def written_to(
    email: str = "amina@studio.example", *, name: str = "Amina Diallo", address=None, sent_at=SENT_AT, **said
) -> Message:
    """A first message that went out, in a conversation of somebody vetted."""
    address = address or AddressFactory(email=email, influencer=InfluencerFactory(name=name))
    person = said.pop("person", address.influencer)
    outreach = said.pop("outreach", None) or OutreachFactory(
        influencer=person, stage="contacted", stage_at=sent_at, campaign__name=said.pop("campaign", "Spring clean-up")
    )
    LinkFactory(outreach=outreach)
    VettingFactory(influencer=person, cause=outreach.campaign.cause)
    Influencer.objects.filter(pk=person.pk).update(last_contacted_at=sent_at)
    number = next(_number)
    given = {
        "reference": f"outreach:{outreach.pk}:first",
        "language": "en",
        "subject": "Clean beaches",
        "body": "Would you join us?",
        "text": "Would you join us?",
        "approved_by": UserFactory(),
        "approved_at": sent_at,
        "state": "sent",
        "message_id": f"<sent-{number}@causeway.example>",
        "due_at": sent_at,
        "dispatched_at": sent_at,
        "finished_at": sent_at,
    }
    return Message.objects.create(outreach=outreach, address=address, **given | said)


def planned(message: Message, *, due_at=NOW) -> Message:
    """What goes out next to the same person, in another campaign, if nothing speaks against it."""
    other = OutreachFactory(influencer=message.outreach.influencer)
    VettingFactory(influencer=other.influencer, cause=other.campaign.cause)
    return written_to(
        address=message.address, outreach=other, state="planned", due_at=due_at,
        expires_at=due_at + timedelta(hours=24), dispatched_at=None, finished_at=None,
    )  # fmt: skip


def mail(
    said: str = "Which beach is it?", *, answers: Message | str | None = None, sender: str = "Amina <amina@studio.example>",
    to: str = OURS, subject: str = "Re: Clean beaches", message_id: str | None = None, more: str = "",
    quotes: str = "", date: str = "Tue, 24 Nov 2026 09:30:00 +0000",
) -> bytes:  # fmt: skip
    answered = answers.message_id if isinstance(answers, Message) else answers
    name = f"<r{next(_number)}@mail.example>" if message_id is None else message_id
    lines = [
        f"From: {sender}",
        f"To: {to}",
        f"Subject: {subject}",
        f"Date: {date}",
        *([f"Message-ID: {name}"] if name else []),
        *([f"In-Reply-To: {answered}", f"References: {answered}"] if answered else []),
        *more.splitlines(),
        "MIME-Version: 1.0",
        'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: 8bit",
        "",
        said,
        *(
            ["", "On Sat, 21 Nov 2026, Clear Shores wrote:", *(f"> {line}" for line in quotes.splitlines())]
            if quotes
            else []
        ),
        "",
    ]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape")


def bounce(
    message: Message | None, *, recipient: str, status: str = "5.1.1", action: str = "failed", name: str = ""
) -> bytes:
    number = next(_number)
    returned = (
        f"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message.message_id}\r\nSubject: x\r\n"
        if message
        else ""
    )
    return (
        "From: Mail Delivery System <mailer-daemon@mx.example>\r\nReturn-Path: <>\r\n"
        f"To: {OURS}\r\nSubject: Undelivered Mail\r\nDate: Tue, 24 Nov 2026 09:30:00 +0000\r\n"
        f"Message-ID: <{name or number}@mx.example>\r\nMIME-Version: 1.0\r\nAuto-Submitted: auto-replied\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"{returned}\r\n--b--\r\n"
    ).encode()


def complaint(message: Message | None, *, recipient: str = "") -> bytes:
    head = f"Message-ID: {message.message_id}\r\n" if message else ""
    to = f"To: {recipient}\r\n" if recipient else ""
    return (
        "From: fbl@isp.example\r\n"
        f"To: {OURS}\r\nSubject: FW: complaint\r\nDate: Tue, 24 Nov 2026 09:30:00 +0000\r\n"
        f"Message-ID: <c{next(_number)}@isp.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nA complaint.\r\n"
        "--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\nUser-Agent: x\r\n"
        f"\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n{head}{to}Subject: x\r\n\r\nx\r\n--b--\r\n"
    ).encode()


def came(raw: bytes, *, door: str = "mailbox", at=NOW) -> InboundMessage:
    """Stored and read."""
    kept, _is_new = replies.receive(raw=raw, door=door, at=at)
    replies.read(pk=kept.pk, at=at)
    kept.refresh_from_db()
    return kept


def stage_of(message: Message) -> str:
    return Outreach.objects.values_list("stage", flat=True).get(pk=message.outreach_id)
