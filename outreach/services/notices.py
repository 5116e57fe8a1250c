"""What is due without asking for anything: a message in a conversation under way, and mail to members of staff.

Planned by a service instead of drafted, they go through the same gate and onto the same wire, at most once. Purposes
differ in what they must pass: who asked for no more partnership messages still gets the agreement they wait for.
"""

from datetime import datetime, timedelta
from email.utils import make_msgid

from django.conf import settings
from django.db import transaction

from crm.errors import DomainError
from crm.models import Address, Influencer, Suppression, User
from crm.services import activity, addresses, instance, staff
from outreach import rendering
from outreach.models import Message, Outreach
from outreach.rendering import Rendered
from outreach.services import limits, locks, messages

STAFF_LATENESS = timedelta(hours=1)
# How references of messages with a link to a new password begin, and what stands in them for that link.
RENEWAL = "password:"
LINK = "{{ new_password_link }}"

_Verdict = tuple[str, datetime | None] | None  # as the gate says it


@transaction.atomic
def write_to_person(
    *, outreach: Outreach, reference: str, language: str, subject: str, body: str, at: datetime, by: User
) -> Message:
    """Plan what somebody waits for in a conversation: an agreement, a thank-you note. Asked twice, it is one message.

    It goes where the conversation was led last, else to an address of theirs or of their agent.
    Raises DomainError: message_without_person, postal_address_missing, no_usable_address, text_blank,
    rendered_too_long.
    """
    outreach = locks.conversation(outreach.pk, with_addresses=True)
    if outreach.influencer is None:
        raise DomainError("message_without_person")
    if not (postal_address := instance.postal_address()):
        raise DomainError("postal_address_missing")
    known = outreach.messages.filter(purpose=Message.Purpose.TRANSACTIONAL, reference=reference)
    if found := known.exclude(state__in=Message.NEVER_SENT).first():
        return found
    return _plan(
        rendering.sign(subject, body, f"{outreach.campaign.organisation}, {postal_address}"),
        late=limits.current().lateness,
        at=at,
        purpose=Message.Purpose.TRANSACTIONAL,
        reference=reference,
        outreach=outreach,
        address=_where(outreach, outreach.influencer),
        language=language,
        body=body,
        approved_by=by,
    )


@transaction.atomic
def write_to_staff(*, user: User, reference: str, language: str, subject: str, body: str, at: datetime) -> Message:
    """Plan a mail to a colleague. Raises DomainError: text_blank, rendered_too_long."""
    return _plan(
        rendering.sign(subject, body, _signature()),
        late=STAFF_LATENESS,
        at=at,
        purpose=Message.Purpose.STAFF,
        reference=reference,
        user=user,
        language=language,
        body=body,
    )


def _plan(rendered: Rendered, *, late: timedelta, at: datetime, **said: object) -> Message:
    return Message.objects.create(
        channel=Message.Channel.EMAIL,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        message_id=make_msgid(domain=settings.SENDER_ADDRESS.rpartition("@")[2]),
        state=Message.State.PLANNED,
        approved_at=at,
        due_at=at,
        expires_at=at + late,
        **said,
    )


def _where(outreach: Outreach, person: Influencer) -> Address:
    reachable = Address.objects.reaching(person).order_by("pk")
    open_ones = [a for a in reachable if not addresses.refusals_at(a, scope=Suppression.Scope.ALL)]
    if not open_ones:
        raise DomainError("no_usable_address")
    led = outreach.messages.filter(address__in=open_ones, state=Message.State.SENT).order_by("-dispatched_at", "-pk")
    last = led.values_list("address", flat=True).first()
    return min(open_ones, key=lambda a: (a.pk != last, a.influencer_id != person.pk, a.pk))


# At the gate ----------------------------------------------------------------------------------------------------------


def held_from_person(message: Message, person: Influencer) -> _Verdict:
    """What keeps a message in a conversation under way from going: that they want none at all, or nobody is there."""
    assert message.address is not None
    everything = Suppression.Scope.ALL
    if addresses.has_said_no(person, scope=everything):
        return "said_no", None
    if reason := refused_at(message.address, scope=everything):
        return reason, None
    is_theirs = Address.objects.reaching(person).filter(pk=message.address.pk).exists()
    return None if is_theirs else ("address_not_usable", None)


def held_from_staff(message: Message) -> _Verdict:
    """A colleague gets what is theirs while they may sign in, even where the keyring is away that says who said no."""
    user = message.user
    if user is None or not staff.may_sign_in(user):
        return "colleague_left", None
    try:
        is_gone = instance.has_its_keys() and addresses.is_nobody_at(user.email)
    except DomainError:  # email_invalid: blank, too
        return "colleague_unreachable", None
    return ("address_bounced", None) if is_gone else None


def refused_at(address: Address, *, scope: str = Suppression.Scope.PARTNERSHIP) -> str:
    """Why nothing of this scope may go to this address, as a code; blank where something may."""
    reasons = addresses.refusals_at(address, scope=scope)
    if reasons == {Suppression.Reason.BOUNCED}:
        return "address_bounced"
    return "address_not_usable" if reasons else ""


# On the wire ----------------------------------------------------------------------------------------------------------


def wording(message: Message) -> Rendered:
    """What goes out, word for word, as frozen. Only the link to a new password is made now: it is kept nowhere."""
    if message.user and message.reference.startswith(RENEWAL) and settings.EMAIL_URL:
        link = f"{settings.BASE_URL}{staff.new_password_path(message.user)}"
        return rendering.sign(message.subject, message.body.replace(LINK, link), _signature())
    return Rendered(subject=message.subject, text=message.text, html=message.html)


def unsubscribe_url(message: Message) -> str | None:
    """On everything by which somebody is asked for something, and on nothing else."""
    is_asking = message.purpose == Message.Purpose.PARTNERSHIP
    return messages.unsubscribe_url(message.address) if is_asking and message.address else None


def note(message: Message, outreach: Outreach, *, at: datetime, was_captured: bool) -> None:
    """On the timeline. It is no contact that the next one must wait for."""
    assert outreach.influencer is not None
    activity.record(
        influencer=outreach.influencer,
        cause=outreach.campaign.cause,
        kind="notice_captured" if was_captured else "notice_sent",
        at=at,
        by=message.approved_by,
        campaign=outreach.campaign.name,
    )


def _signature() -> str:
    return f"Causeway, {settings.BASE_URL}"
