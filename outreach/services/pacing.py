"""Not in one burst: of messages that are due at once, each gets its own moment, some seconds after the one before."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max

from outreach.models import Message
from outreach.services import limits

_LOCK = 0x5E4DE3  # any number that no other advisory lock of ours has
_AT_ONCE = 1000  # the others get theirs when these have gone


@transaction.atomic
def pace(*, at: datetime) -> int:
    """Of the partnership messages due at `at`, let the first go and give the others moments of their own; how many
    were moved. Their time to live moves along: that they wait for each other makes nobody late.

    What waits longer than it may, because the server slept, is not touched: the gate finds it too late.
    """
    gap = timedelta(seconds=limits.current().gap_seconds)
    if not gap or not _is_alone():
        return 0
    gone = Message.objects.asking().filter(channel=Message.Channel.EMAIL, dispatched_at__gt=at - gap)
    newest = gone.aggregate(at=Max("dispatched_at"))["at"]
    free_at = max(at, newest + gap) if newest else at
    waiting = Message.objects.asking().due(at=at).filter(expires_at__gte=at)  # what a dead sender left included
    moved = []
    for place, message in enumerate(waiting.select_for_update(skip_locked=True)[:_AT_ONCE]):
        assert message.due_at
        own_at = free_at + place * gap
        if own_at > at:
            if message.expires_at:
                message.expires_at += own_at - message.due_at
            message.due_at = own_at
            moved.append(message)
    Message.objects.bulk_update(moved, ["due_at", "expires_at"], batch_size=500)
    return len(moved)


def _is_alone() -> bool:
    """Of several sweeps at the same moment, one does it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])
