"""What a channel takes, and what it answers. Channels know no models."""

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Sendable(Protocol):
    """What goes out, word for word: the shape of `outreach.rendering.Rendered`."""

    @property
    def subject(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def html(self) -> str: ...


@dataclass(frozen=True)
class Envelope:
    """Who writes to whom, and what names the message.

    message_id: `<left@right>`, fixed before the first attempt. date: aware, the moment of hand-over.
    is_automatic: a machine wrote it, so that none answers (RFC 3834).
    from_name may be empty. unsubscribe_url: http or https, and there on everything but purely transactional messages.
    """

    message_id: str
    from_name: str
    from_address: str
    to_address: str
    date: datetime
    reply_to: str | None = None
    unsubscribe_url: str | None = None
    is_automatic: bool = False


class Outcome(StrEnum):
    SENT = "sent"  # the other side took it
    REFUSED = "refused"  # it will never be taken like this; do not retry
    FAILED = "failed"  # certainly not delivered; safe to retry
    UNCERTAIN = "uncertain"  # perhaps delivered; never retry by yourself


@dataclass(frozen=True)
class Receipt:
    """What became of one hand-over. `detail_code` is stable and free of personal data; `provider_id` may be empty.

    captured: the whole mail, where it was kept here instead of sent.
    """

    outcome: Outcome
    detail_code: str
    provider_id: str = ""
    captured: bytes | None = None


def says_nobody_there(detail_code: str) -> bool:
    """Whether the other side said for good that this very mailbox does not exist (RFC 3463, RFC 7505).

    A refusal without such a status may as well be about us: our address, our text, our past.
    """
    return re.fullmatch(r"rcpt_5\d\d_5\.1\.(1|10)", detail_code) is not None


class Session(Protocol):
    """Many hand-overs, one after the other. What became of one says nothing of the next."""

    def open(self) -> Receipt | None:
        """See to it that there is a line. None: there is; else why not, which says nothing of any message."""
        ...

    def deliver(self, rendered: Sendable, envelope: Envelope) -> Receipt:
        """Hand over once. Never raises for anything the other side, the network or the texts may do."""
        ...


class Channel(Protocol):
    def session(self, from_address: str) -> AbstractContextManager[Session]:
        """For the messages of one sender. Nothing is opened before it has to be; at its end all is closed."""
        ...

    def deliver(self, rendered: Sendable, envelope: Envelope) -> Receipt:
        """One message in a session of its own."""
        ...
