"""What came in, as the rules read it: taken apart, nothing run, nothing fetched, nothing believed yet."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Nature(StrEnum):
    """What the headers and the structure say a letter is, before anybody reads its words."""

    PERSONAL = "personal"  # nothing says that a machine wrote it
    AUTOMATIC = "automatic"  # RFC 3834 and its forerunners: somebody's machine answered, or a list wrote
    BOUNCE = "bounce"  # a delivery status notification (RFC 3464), or what older servers send instead
    COMPLAINT = "complaint"  # a feedback report (RFC 5965): the reader pressed "spam"
    RECEIPT = "receipt"  # a disposition notification (RFC 8098): displayed, deleted


@dataclass(frozen=True)
class Report:
    """What a mail system says of one of our messages. `status` is enhanced ("5.1.1"); any field may be blank.

    `action` as RFC 3464 has it: failed, delayed, delivered, relayed, expanded; blank for other reports.
    """

    action: str = ""
    status: str = ""
    recipient: str = ""
    message_id: str = ""  # of the message that it speaks of, with its angle brackets


@dataclass(frozen=True)
class Attachment:
    """A part that is no text to read. `type` is found from its first bytes, `said_type` what the sender calls it."""

    name: str
    said_type: str
    type: str
    size: int  # bytes, decoded
    content: bytes


@dataclass(frozen=True)
class Letter:
    """`text` is the whole plain text; `said` without what it quotes and without the signature. Lines end with \\n.

    Every header is one line of printable characters, decoded. Addresses are lower-case and bare; ids keep their angle
    brackets. `html` is as it came: only ever shown in a sandboxed frame.
    """

    nature: Nature
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]  # the oldest first
    from_address: str
    from_name: str
    reply_to: str
    to: tuple[str, ...]  # all it says it was delivered to: To, Cc, Delivered-To, X-Original-To
    subject: str
    date: datetime | None  # as the sender's clock had it
    text: str
    said: str
    html: str
    reports: tuple[Report, ...] = ()
    attachments: tuple[Attachment, ...] = ()
