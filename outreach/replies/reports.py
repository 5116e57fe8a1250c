"""What mail systems report of our messages, in the forms that standards give: RFC 3464, 5965, 8098."""

import re
from collections.abc import Iterable
from itertools import chain
from typing import Final

from outreach.replies.characters import one_line
from outreach.replies.headers import MAX_HEAD, Head, addresses_in, identifiers, read_head
from outreach.replies.letter import Nature, Report
from outreach.replies.parts import Part

MAX_REPORTS: Final = 200
_MAX_BYTES: Final = 256 * 1024  # of the part for machines
_ACTIONS: Final = frozenset({"failed", "delayed", "delivered", "relayed", "expanded"})
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_FIELD_LINE = re.compile(rb"^(?:[!-9;-~]+:|[ \t]).*", re.MULTILINE)
_RETURNED: Final = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers"})
_NOT_THE_READERS: Final = frozenset({"not-spam", "auth-failure", "dmarc"})  # said by feedback reports too
_FOR_MACHINES: Final = {
    "message/delivery-status": Nature.BOUNCE,
    "message/global-delivery-status": Nature.BOUNCE,
    "message/feedback-report": Nature.COMPLAINT,
    "message/disposition-notification": Nature.RECEIPT,
    "message/global-disposition-notification": Nature.RECEIPT,
}


def read_report(root: Part, *, is_by_system: bool) -> tuple[Nature, tuple[Report, ...]] | None:
    """What the mail reports, where it is a report: its own parts say so, not those of a mail that it brings.

    `is_by_system`: whether a mail system sent it. Only then is a report believed that is not `multipart/report`, or
    that was wrapped once more on the way.
    """
    wrapped = [part for part in root.children if part.type == "multipart/report" and is_by_system]
    for whole in [root, *wrapped]:
        told = [part for part in whole.children if part.type in _FOR_MACHINES]
        if told and (is_by_system or whole.type == "multipart/report"):
            nature, groups = _FOR_MACHINES[told[0].type], _groups(told[0])
            if nature == Nature.COMPLAINT and _is_no_complaint(groups):
                return Nature.AUTOMATIC, ()
            return nature, _reports(nature, groups, root.head, whole.children)
    return None


def is_of_report(part: Part) -> bool:
    """Whether it is what a report says to machines, or our own message, which it brings back."""
    return part.type in _FOR_MACHINES or part.type in _RETURNED


def returned_id(parts: Iterable[Part]) -> str:
    """The Message-ID of the message that a report brings back, wholly or only its head."""
    for part in parts:
        if part.type in _RETURNED and (found := identifiers(returned_head(part).get("message-id"))):
            return found[0]
    return ""


def returned_head(part: Part) -> Head:
    return read_head(part.content[:MAX_HEAD].lstrip(b"\r\n"))[0]


def status_in(*texts: str) -> str:
    """The first enhanced status ("5.1.1") that says more than its class, else the first one, else blank."""
    found = [match for text in texts for match in _STATUS.findall(text)]
    return next((status for status in found if not status.endswith(".0.0")), next(iter(found), ""))


def _groups(part: Part) -> list[Head]:
    """The groups of fields that blank lines part. Lines that are no field are passed over."""
    groups = re.split(rb"\n\s*\n", part.content[:_MAX_BYTES])[: MAX_REPORTS + 1]
    heads = [read_head(b"\n".join(_FIELD_LINE.findall(group)))[0] for group in groups]
    return [head for head in heads if head.fields]


def _is_no_complaint(groups: list[Head]) -> bool:
    kind = next((head.get("feedback-type") for head in groups if head.get("feedback-type")), "")
    return kind.lower() in _NOT_THE_READERS


def _reports(nature: Nature, groups: list[Head], head: Head, parts: tuple[Part, ...]) -> tuple[Report, ...]:
    message_id = returned_id(parts)
    if nature == Nature.BOUNCE:
        message_id = message_id or next(iter(identifiers(head.get("in-reply-to"))), "")
        told = [group for group in groups if group.all("final-recipient", "original-recipient", "action", "status")]
        return tuple(_delivery(group, message_id) for group in told[:MAX_REPORTS]) or (Report(message_id=message_id),)
    ids = chain.from_iterable(identifiers(group.get("original-message-id")) for group in groups)
    message_id = next(ids, "") or message_id
    recipients = [recipient for group in groups if (recipient := _recipient(group))]
    if nature == Nature.COMPLAINT and not recipients:
        recipients = [_written_to(parts)]
    return tuple(Report(recipient=recipient, message_id=message_id) for recipient in dict.fromkeys(recipients or [""]))


def _delivery(head: Head, message_id: str) -> Report:
    action = head.get("action").partition("(")[0].strip().lower()
    status = status_in(head.get("status"), head.get("diagnostic-code"))
    if (said := status_in(head.get("status"))) and said[0] != status[0]:
        status = said  # a diagnosis of another class speaks of something else
    return Report(
        action=action if action in _ACTIONS else "", status=status, recipient=_recipient(head), message_id=message_id
    )


def _recipient(head: Head) -> str:
    """The address as we wrote it, where the report knows it: it may have been forwarded since."""
    values = head.all("original-recipient", "original-rcpt-to", "final-recipient", "x-actual-recipient")
    return next((found[0] for value in values if (found := addresses_in(one_line(value, 500)))), "")


def _written_to(parts: Iterable[Part]) -> str:
    """Whom the message that a complaint brings back was for."""
    for part in parts:
        if part.type in _RETURNED:
            for value in returned_head(part).all("x-hmxmroriginalrecipient", "to"):
                if found := addresses_in(value):
                    return found[0]
    return ""
