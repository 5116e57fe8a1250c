"""The compassion-fatigue guard: nobody is asked again too soon, or too often, for whatever cause.

An ask is the first message of a conversation; what follows in it is the same ask. Whom a manager lets be asked all the
same is asked: their word stands with the conversation.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from crm.errors import DomainError
from crm.models import Influencer, User
from crm.services import activity
from outreach.models import Limits, Message, Outreach
from outreach.services import locks

YEAR: Final = timedelta(days=365)
MAY_WAIVE: Final = "outreach.waive_cooling_off"
REASON_MAX: Final = 300
_OUT = (Message.State.DISPATCHING, Message.State.SENT, Message.State.UNCERTAIN)


@dataclass(frozen=True)
class Rest:
    """Until when somebody is left in peace, and why: cooling_off, or asked_enough."""

    reason: str
    until: datetime


def rests(
    people: Iterable[Influencer], *, limits: Limits, at: datetime, apart_from: Outreach | None = None
) -> dict[int, Rest]:
    """Those of these people whom nobody asks at this instant, by id. `apart_from`: a conversation that asks now, whose
    own messages do not hold it back.
    """
    known = {person.pk: person for person in people}
    asked: dict[int, list[datetime]] = defaultdict(list)
    for pk, when in _asks(known, at=at, apart_from=apart_from):
        asked[pk].append(when)
    is_begun = apart_from is not None and apart_from.messages.asking().exclude(dispatched_at=None).exists()
    found = {}
    for pk, person in known.items():
        last = None if is_begun else person.last_contacted_at  # which this very conversation may have set
        if rest := _rest(sorted(asked[pk]), last=last, limits=limits, at=at):
            found[pk] = rest
    return found


def objection(message: Message, outreach: Outreach, *, rules: Limits, at: datetime) -> str:
    """Why they are left in peace, of a first message to somebody who rests and whom no manager let be asked."""
    if not message.is_first or outreach.influencer is None or outreach.waived_at:
        return ""
    rest = rests([outreach.influencer], limits=rules, at=at, apart_from=outreach).get(outreach.influencer.pk)
    return rest.reason if rest else ""


@transaction.atomic
def waive(*, outreach: Outreach, reason: str, by: User, at: datetime) -> Outreach:
    """Let somebody be asked although they rest, and say why: it stands on their timeline.

    Raises DomainError: waiving_not_allowed, waiving_reason_blank, waiving_reason_too_long (limit),
    message_without_person.
    """
    if not by.has_perm(MAY_WAIVE):
        raise DomainError("waiving_not_allowed")
    reason = reason.strip()
    if not reason:
        raise DomainError("waiving_reason_blank")
    if len(reason) > REASON_MAX:
        raise DomainError("waiving_reason_too_long", limit=REASON_MAX)
    locked = locks.conversation(outreach.pk)
    if locked.influencer is None:
        raise DomainError("message_without_person")
    locked.waived_by, locked.waived_at, locked.waived_reason = by, at, reason
    locked.save(update_fields=["waived_by", "waived_at", "waived_reason", "updated_at"])
    said = {"campaign": locked.campaign.name, "reason": reason}
    activity.record(influencer=locked.influencer, cause=locked.campaign.cause, kind="rest_waived", at=at, by=by, **said)
    return locked


def _asks(
    people: Mapping[int, Influencer], *, at: datetime, apart_from: Outreach | None
) -> Iterator[tuple[int, datetime]]:
    """Whom of them we asked in the last year, and when: what is on the wire or was perhaps sent included."""
    gone = Message.objects.first_ones().filter(state__in=_OUT, dispatched_at__gt=at - YEAR)
    others = gone.filter(outreach__influencer__in=people)
    if apart_from is not None:
        others = others.exclude(outreach=apart_from)
    for pk, when in others.values_list("outreach__influencer", "dispatched_at"):
        if when:
            yield pk, when


def _rest(asked: list[datetime], *, last: datetime | None, limits: Limits, at: datetime) -> Rest | None:
    """The longer of the two. `asked`: when, the oldest first."""
    newest = max(filter(None, [*asked[-1:], last]), default=None)
    soon = newest + limits.cooling_off if newest else at
    enough = asked[-limits.asks_a_year] + YEAR if len(asked) >= limits.asks_a_year else at
    if max(soon, enough) <= at:
        return None
    return Rest("asked_enough", enough) if enough > soon else Rest("cooling_off", soon)
