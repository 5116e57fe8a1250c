"""One message to one address: drafted (drafts.py), read and changed by a person, approved, then sent at most once.

This module goes as far as the approved row; delivery.py takes it to the wire.
"""

from datetime import datetime
from email.utils import make_msgid

from django.conf import settings
from django.db import transaction

from crm.errors import DomainError
from crm.models import Address, User
from crm.services import activity, instance
from outreach import rendering, signing, versions
from outreach.models import Message
from outreach.services import approval, limits, waiting
from outreach.words import phrases

REMARK_MAX = 300


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
    """Freeze exactly what goes out, and let it go when its time comes: an e-mail not before its reader's hours begin.
    `edited`: the text as just changed.

    Raises DomainError: message_not_draft, needs_manager, postal_address_missing, window_never_opens, and what `edit`
    raises, also of what filled it.
    """
    locked = _draft(message)
    if not approval.may_approve(locked, by):
        raise DomainError("needs_manager")
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
    _time(locked, due_at or at)
    locked.save()
    return locked


@transaction.atomic
def submit(*, message: Message, by: User, at: datetime, edited: rendering.Draft | None = None) -> Message:
    """Put a first message before a manager, where its cause asks for that. `edited`: the text as just changed.

    Raises DomainError: message_not_draft, manager_not_needed, submitted_already, and what `edit` raises.
    """
    locked = _draft(message)
    if not approval.is_for_a_manager(locked, locked.outreach):
        raise DomainError("manager_not_needed")
    if locked.submitted_at:
        raise DomainError("submitted_already")
    if edited:
        draft = _tidied(edited.subject, edited.body)
        locked.subject, locked.body = draft.subject, draft.body
    _check_filled(locked.subject, locked.body)
    locked.submitted_by, locked.submitted_at, locked.remark = by, at, ""
    locked.save()
    return locked


@transaction.atomic
def send_back(*, message: Message, remark: str, by: User, at: datetime) -> Message:
    """A manager does not let it go as it is, and says why: it is a draft again for whoever put it before them.

    Raises DomainError: message_not_draft, needs_manager, not_submitted, remark_blank, remark_too_long (limit).
    """
    locked = _draft(message)
    if not approval.may_approve(locked, by):
        raise DomainError("needs_manager")
    if not locked.submitted_at:
        raise DomainError("not_submitted")
    remark = remark.strip()
    if not remark:
        raise DomainError("remark_blank")
    if len(remark) > REMARK_MAX:
        raise DomainError("remark_too_long", limit=REMARK_MAX)
    locked.submitted_by, locked.submitted_at, locked.remark = None, None, remark
    locked.save(update_fields=["submitted_by", "submitted_at", "remark", "updated_at"])
    outreach = locked.outreach
    if outreach and outreach.influencer:
        cause, name = outreach.campaign.cause, outreach.campaign.name
        activity.record(influencer=outreach.influencer, cause=cause, kind="sent_back", at=at, by=by, campaign=name)
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


def _time(message: Message, due_at: datetime) -> None:
    """When it goes, and until when it may. A person who sends it by hand sees for themselves what hour it is."""
    message.due_at = due_at
    if message.channel == Message.Channel.MANUAL:
        return
    rules = limits.current()
    if message.outreach and message.outreach.influencer:
        calendar = waiting.calendar_of_reader(message, message.outreach.influencer, rules=rules)
        message.due_at = calendar.opens(due_at)
    message.expires_at = message.due_at + rules.lateness


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
        .select_related("outreach__campaign__cause", "outreach__influencer", "address__influencer")
        .get(pk=message.pk)
    )
    if locked.state != Message.State.DRAFT:
        raise DomainError("message_not_draft", state=locked.state)
    return locked
