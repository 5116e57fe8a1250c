"""Mail that is kept instead of sent: while no EMAIL_URL is set, people see what would have gone out."""

from collections.abc import Iterator
from contextlib import contextmanager

from crm.errors import DomainError
from outreach.channels.base import Envelope, Outcome, Receipt, Sendable, Session
from outreach.channels.mime import compose


class CaptureChannel:
    @contextmanager
    def session(self, from_address: str) -> Iterator[Session]:
        yield self

    def open(self) -> Receipt | None:
        return None

    def deliver(self, rendered: Sendable, envelope: Envelope) -> Receipt:
        """`captured`; or refused as `envelope_malformed`, as by a server."""
        try:
            return Receipt(Outcome.SENT, "captured", captured=compose(rendered, envelope))
        except DomainError as error:
            return Receipt(Outcome.REFUSED, error.code)
