"""An approved message put into an envelope and given to the channel that this installation sends by."""

from contextlib import AbstractContextManager
from datetime import datetime

from django.conf import settings

from outreach import signing
from outreach.channels.base import Channel, Envelope, Receipt, Session
from outreach.channels.capture import CaptureChannel
from outreach.channels.email import SmtpChannel
from outreach.models import Message
from outreach.services import notices

_LOCAL_LIMIT = 64  # of what stands before the "@" (RFC 5321)


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
        reply_to=_reply_to(message),
        unsubscribe_url=notices.unsubscribe_url(message),
        date=at,
        is_automatic=message.purpose == Message.Purpose.STAFF,
    )
    return (session or _channel()).deliver(rendered, envelope)


def _reply_to(message: Message) -> str:
    """Where it is answered: with REPLY_TOKENS at an address that tells which message that was, where one fits."""
    local, _at, domain = settings.SENDER_ADDRESS.rpartition("@")
    plain = str(settings.SENDER_ADDRESS)
    if not settings.REPLY_TOKENS or message.purpose == Message.Purpose.STAFF:
        return plain
    named = f"{local}+{signing.reply_token(message.pk)}"
    return f"{named}@{domain}" if len(named) <= _LOCAL_LIMIT else plain


def _channel() -> Channel:
    return SmtpChannel(settings.EMAIL_URL) if settings.EMAIL_URL else CaptureChannel()
