"""One round of all sequences under way, once a minute: each goes on as far as it can, whoever else looks meanwhile."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Concat

from outreach.models import Enrolment, Message
from outreach.services import enrolments, followups, limits, timing
from outreach.services.enrolments import BY_A_PAUSE, FOLLOW_UP
from outreach.services.personal import Reader

AT_ONCE = 200  # the others wait for the next round
_LOCK = 0x5E90E  # first half of the number that holds one enrolment for one round
_FURTHEST_EAST = timedelta(hours=14)
_SETTLED = (Message.State.SENT, *sorted(Message.NEVER_SENT))
# Why a message was turned away, where that ends its sequence.
_ENDS = frozenset({"they_answered", "said_no", "never_again", "never_for_cause", "person_erased", "merged"})

_log = logging.getLogger(__name__)


def advance(*, at: datetime) -> int:
    """Every sequence under way goes on as far as it can; how many did. Twice, or by two at once, it is the same.

    One that fails stops no other, and is tried again by the next round.
    """
    if limits.current().is_paused:
        return 0
    _each(_back_by_now(at=at), _return, at=at)
    _each(_begun_by_hand(), _return, at=at)
    _each(_to_be_timed(at=at), followups.time_anew, at=at)
    return _each(_settled().values_list("pk", flat=True)[:AT_ONCE], _go_on, at=at)


def _each(found: Iterable[int], do: Callable[..., bool], *, at: datetime) -> int:
    done = 0
    for pk in list(found):
        try:
            done += do(pk, at=at)
        except Exception as error:  # one that fails, in whatever way, stops no other
            _log.error("A sequence under way could not go on: %s (%s)", pk, type(error).__name__)
    return done


def _settled() -> QuerySet[Enrolment]:
    """Those under way of which something is to be done: it is known what became of what was planned last."""
    start = Concat(Value("outreach:"), Cast("outreach_id", CharField()))
    later = Concat(start, Value(FOLLOW_UP), Cast("position", CharField()))
    named = Case(When(position__lte=1, then=Concat(start, Value(":first"))), default=later)
    newest = Message.objects.asking().filter(outreach=OuterRef("outreach"), reference=OuterRef("named"))
    under_way = _on().annotate(named=named).annotate(stands=Subquery(newest.order_by("-pk").values("state")[:1]))
    return under_way.filter(Q(position=0) | Q(stands=None) | Q(stands__in=_SETTLED)).order_by("since_at", "pk")


def _on() -> QuerySet[Enrolment]:
    """Those that no pause holds, at whatever level."""
    return Enrolment.objects.running().filter(sequence__is_paused=False, outreach__campaign__is_paused=False)


@transaction.atomic
def _go_on(pk: int, *, at: datetime) -> bool:
    held = _held(pk)
    if held is None or held.state != Enrolment.State.RUNNING or held.sequence.is_paused:
        return False
    message = enrolments.last_message(held)
    if message is None or (held.position == 0 and message.state in Message.NEVER_SENT):
        return _begin_again(held, at=at)
    if held.position == 0:
        followups.now_at(held, 1)
    if message.state in Message.NEVER_SENT:
        return _turned_away(held, message, at=at)
    if message.state != Message.State.SENT:  # `uncertain` waits for a person
        return False
    step = followups.next_step(held)
    if step is None:
        enrolments.turn(held, Enrolment.State.FINISHED, "", at=at)
        return True
    followups.follow(held, step, message, at=at)
    return True


def _held(pk: int) -> Enrolment | None:
    """None where another round is at it at this moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK, pk % 2**31])
        if not cursor.fetchone()[0]:
            return None
    return enrolments.hold(Enrolment.objects.get(pk=pk), with_addresses=True)


def _begin_again(held: Enrolment, *, at: datetime) -> bool:
    if by := held.started_by or held.outreach.owner:
        followups.begin(held, by=by, at=at)
    else:
        enrolments.turn(held, Enrolment.State.PAUSED, "nobody_signs", at=at)
    return True


def _turned_away(held: Enrolment, message: Message, *, at: datetime) -> bool:
    if enrolments.is_follow_up(message) and message.reason.endswith(BY_A_PAUSE):
        followups.now_at(held, held.position - 1)  # its time passed while all was paused: another one is planned
    elif message.reason in _ENDS:
        enrolments.end(held, message.reason, at=at)
    else:
        is_late = message.state == Message.State.EXPIRED  # whatever it had waited for: that may be over
        reason = message.state if is_late else message.reason or message.state
        enrolments.turn(held, Enrolment.State.PAUSED, reason, at=at)
    return True


# What is found anew --------------------------------------------------------------------------------------------------


def _to_be_timed(*, at: datetime) -> QuerySet[Message, int]:
    """Follow-ups that a pause held, and those whose reader may live by another clock than when they were planned."""
    edited = Q(outreach__influencer__updated_at__gt=F("updated_at"))
    edited |= Q(address__influencer__updated_at__gt=F("updated_at"))
    waiting = Message.objects.asking().filter(state=Message.State.PLANNED, reference__contains=FOLLOW_UP)
    waiting = waiting.filter(outreach__enrolment__in=_on())
    found = waiting.filter(Q(reason__endswith=BY_A_PAUSE) | Q(due_at__gt=at) & edited)
    return found.order_by("due_at", "pk").values_list("pk", flat=True)[:AT_ONCE]


def _begun_by_hand() -> QuerySet[Enrolment, int]:
    """Whose first message could not be filled in, and was written by hand meanwhile."""
    first = Message.objects.asking().filter(outreach=OuterRef("outreach")).exclude(state__in=Message.NEVER_SENT)
    waiting = Enrolment.objects.filter(
        Exists(first), state=Enrolment.State.PAUSED, reason=followups.UNWRITTEN, position=0
    )
    return waiting.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]


def _back_by_now(*, at: datetime) -> list[int]:
    """Who was away, and whose last day away is over where they read."""
    latest = (at + _FURTHEST_EAST).date()
    away = Enrolment.objects.filter(state=Enrolment.State.PAUSED, resumes_date__lt=latest, sequence__is_paused=False)
    rows = away.select_related("outreach__influencer").order_by("resumes_date", "pk")[:AT_ONCE]
    return [row.pk for row in rows if _is_over(row, at=at)]


def _is_over(enrolment: Enrolment, *, at: datetime) -> bool:
    person, last = enrolment.outreach.influencer, enrolments.last_message(enrolment)
    if person is None or enrolment.resumes_date is None:
        return False
    reader = Reader.at(last.address if last else None, person)
    zone = timing.calendar_of(reader.who, limits=limits.current()).zone
    return at.astimezone(zone).date() > enrolment.resumes_date


@transaction.atomic
def _return(pk: int, *, at: datetime) -> bool:
    held = _held(pk)
    if held is None or held.state != Enrolment.State.PAUSED or held.outreach.stage not in enrolments.OPEN:
        return False
    enrolments.take_up(held, at=at)
    return True
