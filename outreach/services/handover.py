"""An approved message put into an envelope and given to the channel that this installation sends by."""

from contextlib import AbstractContextManager
from datetime import datetime

from django.conf import settings

from outreach.channels.base import Channel, Envelope, Receipt, Session
from outreach.channels.capture import CaptureChannel
from outreach.channels.email import SmtpChannel
from outreach.models import Message
from outreach.services import notices


def session() -> AbstractContextManager[Session]:
    """For many messages, one after the other."""
    return _channel().session(settings.SENDER_ADDRESS)


def hand_over(message: Message, *, at: datetime, session: Session | None = None) -> Receipt:
    """Give one message that passed the gate to the mail server, or keep it where there is none."""
    rendered = notices.wording(message)
    envelope = Envelope(
        message_id=message.message_id or "",
        from_name=settings.SENDER_NAME,
        from_address=settings.SENDER_ADDRESS,
        to_address=message.recipient,
        reply_to=settings.SENDER_ADDRESS,
        unsubscribe_url=notices.unsubscribe_url(message),
        date=at,
        in_reply_to=message.in_reply_to,
        references=tuple(message.references.split()),
    )
    return (session or _channel()).deliver(rendered, envelope)


def _channel() -> Channel:
    return SmtpChannel(settings.EMAIL_URL) if settings.EMAIL_URL else CaptureChannel()
