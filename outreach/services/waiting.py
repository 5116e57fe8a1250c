"""What keeps a message by which somebody is asked waiting, and until when: a pause, the hours of whoever reads it, and
how much may leave in 24 hours. Nothing here refuses it for good, but where no hour ever comes.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from crm.errors import DomainError
from crm.models import Influencer
from outreach.hours import pacing
from outreach.models import Campaign, Limits, Message, Outreach
from outreach.services.timing import Calendar, calendar_of

WINDOW: Final = timedelta(hours=24)  # slides: in no such stretch of time leaves more than may
PAUSED: Final = timedelta(minutes=10)  # how soon to ask again whether a pause is over
# For these a message waits without becoming too late: its time to live moves along. Only a server that slept is late.
PATIENT: Final = frozenset({"paused", "outside_hours", "cap_person", "cap_sender", "cap_cause"})
_SENDER_LOCK = 0x5E4DE2  # any number that no other advisory lock of ours has

Verdict = tuple[str, datetime | None] | None  # as the gate says it


def hold_the_gate() -> None:
    """Whoever counts, or says anew what is counted against, is alone until what they decided is committed: of two
    senders one passes at a time, and after a pause was said nothing passes any more.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SENDER_LOCK])


def reason_to_wait(message: Message, outreach: Outreach, person: Influencer, *, rules: Limits, at: datetime) -> Verdict:
    """Of a message that may go as such, held by the gate. `rules`: read once the gate was held."""
    if rules.is_paused or Campaign.objects.filter(pk=outreach.campaign_id, is_paused=True).exists():
        return "paused", at + PAUSED
    if message.channel == Message.Channel.EMAIL and (closed := _closed(message, person, rules=rules, at=at)):
        return closed
    last = _last_contact(message, person)
    if last and at - last < rules.between:
        return "cap_person", last + rules.between
    return _too_many(message, outreach, rules=rules, at=at)


def calendar_of_reader(message: Message, person: Influencer, *, rules: Limits) -> Calendar:
    """That of whoever reads: the person, or the agent whose address it is."""
    return calendar_of(message.address.influencer if message.address else person, limits=rules)


def daily(rules: Limits, *, at: datetime) -> int:
    """How many may leave in the 24 hours before `at`: fewer while the sender is new."""
    if rules.warming_since is None:
        return rules.sender_daily
    today = timezone.localdate(at)
    number = pacing.day_number(rules.warming_since, today, weekdays=frozenset(day - 1 for day in rules.weekdays))
    return pacing.allowance(number, daily_limit=rules.sender_daily)


def _closed(message: Message, person: Influencer, *, rules: Limits, at: datetime) -> Verdict:
    calendar = calendar_of_reader(message, person, rules=rules)
    try:
        return None if calendar.is_open(at) else ("outside_hours", calendar.opens(at))
    except DomainError as error:
        return error.code, None


def _too_many(message: Message, outreach: Outreach, *, rules: Limits, at: datetime) -> Verdict:
    gone = Message.objects.filter(purpose=message.purpose, dispatched_at__gt=at - WINDOW)
    if free_at := _free_at(gone, most=daily(rules, at=at)):
        return "cap_sender", free_at
    of_cause = gone.filter(outreach__campaign__cause=outreach.campaign.cause_id)
    if rules.cause_daily and (free_at := _free_at(of_cause, most=rules.cause_daily)):
        return "cap_cause", free_at
    return None


def _free_at(gone: QuerySet[Message], *, most: int) -> datetime | None:
    """When one more may follow those that have gone; None: now."""
    newest = gone.order_by("-dispatched_at").values_list("dispatched_at", flat=True)
    first = newest[most - 1 : most].first()
    return first + WINDOW if first else None


def _last_contact(message: Message, person: Influencer) -> datetime | None:
    """When this person, or anybody at this address, was last written to, what is on the wire at this moment and what
    was perhaps sent included: an agent reads for many.
    """
    out = [Message.State.DISPATCHING, Message.State.SENT, Message.State.UNCERTAIN]
    # By columns of the message alone: across tables, "or" is no question that an index answers.
    whose = Q(outreach__in=list(person.outreaches.values_list("pk", flat=True)))
    if message.address_id:
        whose |= Q(address=message.address_id)
    others = Message.objects.asking().filter(whose, state__in=out)
    newest = others.exclude(pk=message.pk).aggregate(at=Max("dispatched_at"))["at"]
    return max(filter(None, [person.last_contacted_at, newest]), default=None)
