"""Inbound mail, from its bytes to what the rules read."""

from outreach.replies.attachments import attachment_of
from outreach.replies.bodies import read_body
from outreach.replies.bounces import read_bounce
from outreach.replies.headers import identifiers, mailboxes, moment
from outreach.replies.letter import Letter, Nature, Report
from outreach.replies.natures import is_automatic, is_by_system, is_from_nobody
from outreach.replies.parts import Part, take_apart
from outreach.replies.quotes import said
from outreach.replies.reports import is_of_report, read_report


def read(raw: bytes) -> Letter:
    """The letter that these bytes are. Never raises, whatever they are; its time grows with their number.

    Every limit is a constant of the module that keeps it (parts, headers, bodies, hypertext, reports): what goes
    beyond is left out. `message_id` stays blank where the sender gave none: whoever takes mail in tells one from the
    other by a hash of its bytes.
    """
    root = take_apart(raw)
    head = root.head
    senders = mailboxes(head.all("from")[:1])
    answers = mailboxes(head.all("reply-to"))
    from_address, from_name = (senders[0].address, senders[0].name) if senders else ("", head.line("from"))
    subject = head.line("subject")
    body, attached = read_body(root)
    nature, reports = _nature(root, from_address, from_name, subject, body.text)
    if nature not in {Nature.PERSONAL, Nature.AUTOMATIC}:
        attached = [part for part in attached if not is_of_report(part)]
    return Letter(
        nature=nature,
        message_id=next(iter(identifiers(head.get("message-id"))), ""),
        in_reply_to=identifiers(head.get("in-reply-to")),
        references=identifiers(head.get("references")),
        from_address=from_address,
        from_name=from_name,
        reply_to=answers[0].address if answers else "",
        to=tuple(box.address for box in mailboxes(head.all("to", "cc", "delivered-to", "x-original-to"))),
        subject=subject,
        date=moment(head.get("date")),
        text=body.text,
        said=said(body.text, subject),
        html=body.html,
        reports=reports,
        attachments=tuple(attachment_of(part) for part in attached),
    )


def _nature(
    root: Part, from_address: str, from_name: str, subject: str, text: str
) -> tuple[Nature, tuple[Report, ...]]:
    is_system = is_by_system(root.head, from_address, from_name)
    has_no_sender = is_system or is_from_nobody(root.head)
    if report := read_report(root, is_by_system=has_no_sender):
        return report
    if has_no_sender and (reports := read_bounce(root, text, subject, is_by_system=is_system)):
        return Nature.BOUNCE, reports
    if has_no_sender or root.type == "multipart/report" or is_automatic(root.head, from_address, subject):
        return Nature.AUTOMATIC, ()
    return Nature.PERSONAL, ()
