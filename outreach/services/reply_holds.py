"""Who is left in peace because of what they wrote, until a person has looked: asked by the gate, for every message.

It stands nowhere but in the letters themselves: so what is planned later is held back, too.
"""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone

from crm.models import Address, Influencer
from outreach.models import InboundMessage, Message
from outreach.models.inbound import InboundQuerySet
from outreach.replies.classes import ReplyClass
from outreach.replies.effects import EFFECTS

CODE: Final = "reply_waits"
_AGAIN: Final = timedelta(hours=1)
_SOON: Final = timedelta(minutes=1)
_HOLDING: Final = [kind.value for kind, effect in EFFECTS.items() if effect.pauses_everything]
_AWAY: Final = ReplyClass.OUT_OF_OFFICE.value


def held(message: Message, person: Influencer, *, at: datetime) -> tuple[str, datetime] | None:
    """Why this message waits for somebody to read what came, as the gate says it: (code, when to ask again)."""
    reader = message.address.influencer_id if message.address else person.pk
    if message.address and _is_unread(message.address):
        return CODE, at + _SOON
    waiting = holding(people={person.pk, reader}, at=at)
    if waiting.filter(~Q(pk__in=away(waiting, at=at))).exists():
        return CODE, at + _AGAIN
    last = away(waiting, at=at).order_by("-until_date").values_list("until_date", flat=True).first()
    if last is None:
        return None
    return CODE, timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min))


def holding(*, people: Collection[int], at: datetime) -> InboundQuerySet:
    """The letters of these people, or written from an address of theirs, that hold back what is planned."""
    theirs = Q(influencer__in=people) | Q(
        sender__in=list(Address.objects.filter(influencer__in=people).values_list("pk", flat=True))
    )
    desk = InboundMessage.Desk
    waits = ~Q(desk=desk.DONE)
    is_unseen = Q(kind__in=_HOLDING, confirmed_kind="") & waits & ~Q(kind=_AWAY, until_date__isnull=False)
    asks_scope = Q(no_scope=InboundMessage.Scope.ASKED) & waits
    read = InboundMessage.objects.filter(theirs, state=InboundMessage.State.READ)
    return read.filter(is_unseen | asks_scope | _is_away(at=at))


def away(letters: InboundQuerySet, *, at: datetime) -> InboundQuerySet:
    """Those of them whose writer is away until a day that they told."""
    return letters.filter(_is_away(at=at))


def _is_away(*, at: datetime) -> Q:
    says_so = Q(confirmed_kind=_AWAY) | Q(confirmed_kind="", kind=_AWAY)
    return says_so & Q(until_date__gte=timezone.localdate(at))


def _is_unread(address: Address) -> bool:
    """Whether a letter from there was stored and nobody has made anything of it yet."""
    spellings = {address.email.lower(), address.email_key}
    return InboundMessage.objects.unread().filter(from_address__in=spellings).exists()
