"""One message to one address: drafted from a template, read and changed by a person, approved, then sent at most once.

This module goes as far as the approved row; delivery.py takes it to the wire.
"""

import re
from datetime import datetime, timedelta
from email.utils import make_msgid

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, When
from django.utils import translation
from django.utils.translation import gettext as _

from crm.errors import DomainError
from crm.models import Address, Influencer, SocialAccount, User
from crm.services import addresses, instance
from matching.models import Exclusion
from matching.services import exclusions
from matching.words import reason_sentence
from outreach import rendering, signing
from outreach.models import Message, MessageTemplate, Outreach
from outreach.services import locks, merging
from outreach.words import link_url

MAX_LATENESS = timedelta(hours=24)


@transaction.atomic
def draft(*, outreach: Outreach, template: MessageTemplate, at: datetime, by: User) -> Message:
    """The first message of a conversation, its holes filled, for a person to read. Asking twice gives the same draft.

    Another one is drafted only where those before are known to have reached nobody. Without an address we may write to
    it becomes a task: the text to copy into a direct message, sent by hand.
    Raises DomainError: conversation_merged, person_said_no, person_barred (reason), no_usable_address,
    written_already, placeholder_value_missing, and what rendering.check raises.
    """
    outreach = locks.conversation(outreach.pk, with_addresses=True)  # of two clerks, one drafts
    if known := outreach.messages.asking().exclude(state__in=Message.NEVER_SENT).order_by("pk").first():
        return known
    person = _person(outreach)
    if outreach.stage == Outreach.Stage.MERGED:
        raise DomainError("conversation_merged")
    if addresses.has_said_no(person, at=at):
        raise DomainError("person_said_no")
    cause = outreach.campaign.cause
    if reason := exclusions.barred(cause=cause, people=[person.pk]).get(person.pk):
        raise DomainError("person_barred", reason=reason)
    barred = Exclusion.objects.open().barring(cause).people()  # an agent may be, too
    reachable = Address.objects.usable(at=at).reaching(person).exclude(influencer__in=barred)
    address = reachable.order_by(Case(When(influencer=person, then=1), default=0), "pk").first()  # their agent first
    account = None if address else largest_account(person)
    if address is None and account is None:
        raise DomainError("no_usable_address")
    if merging.was_written_to(outreach, address=address.pk if address else None):
        raise DomainError("written_already")
    values = fill_in(outreach=outreach, language=template.language, by=by)
    filled = rendering.fill(template.subject, template.body, values)
    return Message.objects.create(
        purpose=Message.Purpose.PARTNERSHIP,
        reference=f"outreach:{outreach.pk}:first",
        outreach=outreach,
        address=address,
        account=account,
        channel=Message.Channel.EMAIL if address else Message.Channel.MANUAL,
        language=template.language,
        subject=filled.subject,
        body=filled.body,
    )


@transaction.atomic
def edit(*, message: Message, subject: str, body: str) -> Message:
    """Change a draft. Raises DomainError: message_not_draft, text_blank, rendered_too_long."""
    locked = _draft(message)
    draft = rendering.tidy(subject, body)
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

    Raises DomainError: message_not_draft, postal_address_missing, and what `edit` raises.
    """
    locked = _draft(message)
    if edited:
        draft = rendering.tidy(edited.subject, edited.body)
        locked.subject, locked.body = draft.subject, draft.body
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
    with translation.override(message.language):
        footer = rendering.Footer(
            source_of_address=_("We have your address from: %(source)s.") % {"source": message.address.source},
            unsubscribe_words=_("No more messages from us, with one click:"),
            unsubscribe_url=unsubscribe_url(message.address),
            postal_address=f"{message.outreach.campaign.organisation}, {postal_address}",
        )
    return rendering.finish(message.subject, message.body, footer)


def unsubscribe_url(address: Address) -> str:
    return f"{settings.BASE_URL}/u/{signing.unsubscribe_token(address.digest)}"


def fill_in(*, outreach: Outreach, language: str, by: User) -> dict[str, str]:
    """What each placeholder says in this conversation. A value nobody knows is blank, and blocks the message."""
    person, campaign = _person(outreach), outreach.campaign
    with translation.override(language):
        return {
            "first_name": person.name.split()[0],
            "full_name": person.name,
            "cause_name": campaign.cause.name,
            "cause_summary": _first_paragraph(campaign.cause.description),
            "campaign_name": campaign.name,
            "why_you": _why(outreach),
            "tracked_link": link_url(outreach.link) if hasattr(outreach, "link") else "",
            "sender_name": by.called,
            "organisation": campaign.organisation,
        }


def _first_paragraph(text: str) -> str:
    return re.split(r"\r?\n\s*\r?\n", text.strip())[0]  # a browser's line ends are two characters


def largest_account(person: Influencer) -> SocialAccount | None:
    return person.accounts.order_by(F("followers").desc(nulls_last=True), "pk").first()


def _why(outreach: Outreach) -> str:
    """The strongest reason for this person, in words fit to be read by them."""
    if outreach.match is None:
        return ""
    return reason_sentence(outreach.match)


def _person(outreach: Outreach) -> Influencer:
    if outreach.influencer is None:
        raise DomainError("message_without_person")
    return outreach.influencer


def _draft(message: Message) -> Message:
    locked = (
        Message.objects.select_for_update(of=("self",))
        .select_related("outreach__campaign__cause", "address")
        .get(pk=message.pk)
    )
    if locked.state != Message.State.DRAFT:
        raise DomainError("message_not_draft", state=locked.state)
    return locked
