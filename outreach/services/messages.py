"""One message to one address: drafted (drafts.py), read and changed by a person, approved, then sent at most once.

This module goes as far as the approved row; delivery.py takes it to the wire.
"""

from datetime import datetime, timedelta
from email.utils import make_msgid

from django.conf import settings
from django.db import transaction

from crm.errors import DomainError
from crm.models import Address, User
from crm.services import instance
from outreach import rendering, signing, versions
from outreach.models import Message
from outreach.words import phrases

MAX_LATENESS = timedelta(hours=24)


@transaction.atomic
def edit(*, message: Message, subject: str, body: str) -> Message:
    """Change a draft. Raises DomainError: message_not_draft, text_blank, rendered_too_long,
    placeholder_left (names).
    """
    locked = _draft(message)
    draft = _tidied(subject, body)
    locked.subject, locked.body = draft.subject, draft.body
    locked.save(update_fields=["subject", "body", "updated_at"])
    return locked


@transaction.atomic
def approve(
    *,
    message: Message,
    by: User,
    at: datetime,
    due_at: datetime | None = None,
    edited: rendering.Draft | None = None,
) -> Message:
    """Freeze exactly what goes out, and let it go when its time comes. `edited`: the text as just changed.

    Raises DomainError: message_not_draft, postal_address_missing, and what `edit` raises, also of what filled it.
    """
    locked = _draft(message)
    if edited:
        draft = _tidied(edited.subject, edited.body)
        locked.subject, locked.body = draft.subject, draft.body
    _check_filled(locked.subject, locked.body)  # what it was filled with may look like a placeholder, too
    if locked.channel == Message.Channel.MANUAL:
        locked.text = locked.body
    else:
        rendered = render(locked)
        locked.subject, locked.text, locked.html = rendered.subject, rendered.text, rendered.html
    locked.message_id = make_msgid(domain=settings.SENDER_ADDRESS.rpartition("@")[2])
    locked.state = Message.State.PLANNED
    locked.approved_by, locked.approved_at = by, at
    locked.due_at = due_at or at
    locked.expires_at = None if locked.channel == Message.Channel.MANUAL else locked.due_at + MAX_LATENESS
    locked.save()
    return locked


def cancel(*, message: Message, at: datetime) -> None:
    """Take back what has not been handed over yet. Raises DomainError: message_already_gone."""
    held = [Message.State.DRAFT, Message.State.PLANNED, Message.State.CLAIMED]
    if not Message.objects.filter(pk=message.pk, state__in=held).update(
        state=Message.State.CANCELLED, reason="cancelled_by_staff", finished_at=at
    ):
        raise DomainError("message_already_gone")


def render(message: Message) -> rendering.Rendered:
    """The whole message with its footer, in its own language. Raises DomainError: postal_address_missing."""
    postal_address = instance.postal_address()
    if not postal_address:
        raise DomainError("postal_address_missing")
    if message.outreach is None or message.address is None:
        raise DomainError("message_without_person")
    is_informal = message.register == versions.INFORMAL
    footer = rendering.Footer(
        source_of_address=phrases.source_of_address(
            message.language, is_informal=is_informal, source=message.address.source
        ),
        unsubscribe_words=phrases.unsubscribe(message.language),
        unsubscribe_url=unsubscribe_url(message.address),
        postal_address=f"{message.outreach.campaign.organisation}, {postal_address}",
    )
    return rendering.finish(message.subject, message.body, footer)


def unsubscribe_url(address: Address) -> str:
    return f"{settings.BASE_URL}/u/{signing.unsubscribe_token(address.digest)}"


def _tidied(subject: str, body: str) -> rendering.Draft:
    _check_filled(subject, body)
    return rendering.tidy(subject, body)


def _check_filled(subject: str, body: str) -> None:
    """A placeholder that somebody typed would go out as such: nothing fills it any more."""
    if left := rendering.left(subject, body):
        raise DomainError("placeholder_left", names=left)


def _draft(message: Message) -> Message:
    locked = (
        Message.objects.select_for_update(of=("self",))
        .select_related("outreach__campaign__cause", "address")
        .get(pk=message.pk)
    )
    if locked.state != Message.State.DRAFT:
        raise DomainError("message_not_draft", state=locked.state)
    return locked
