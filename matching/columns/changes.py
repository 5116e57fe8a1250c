"""Whom something changed about: the log that triggers write, read so that no order of commits can skip anybody."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from matching.models import Change, ChangeLog

KEPT = timedelta(days=2)

# A row is new to whoever read up to a snapshot if its transaction had not been committed then: neither ids nor times
# tell that, since transactions commit in another order than they begin. One statement: what it sees is one instant.
_SINCE = """
SELECT pg_current_snapshot()::text, pg_current_xact_id_if_assigned()::text::bigint,
       ARRAY(SELECT DISTINCT influencer FROM matching_change
              WHERE xid >= pg_snapshot_xmin(%(position)s::pg_snapshot)::text::bigint
                AND NOT pg_visible_in_snapshot(xid::text::xid8, %(position)s::pg_snapshot)
              ORDER BY influencer)
"""
_HAS = """
SELECT EXISTS (SELECT 1 FROM matching_change
                WHERE influencer = %(person)s
                  AND xid >= pg_snapshot_xmin(%(position)s::pg_snapshot)::text::bigint
                  AND pg_visible_in_snapshot(xid::text::xid8, %(position)s::pg_snapshot) IS FALSE)
"""
# Whether what a reader at this position has not read is still there, and this is the database it has read.
_REACHES = """
SELECT pg_snapshot_xmin(%(position)s::pg_snapshot)::text::bigint >= log.reaches_back
   AND pg_snapshot_xmax(%(position)s::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot())
  FROM matching_changelog AS log
"""


@dataclass(frozen=True)
class Changed:
    """`position`: what had been committed by then. `ids`: whom something was committed about since an earlier one."""

    position: str
    ids: list[int]


def key() -> UUID:
    """Of the log of this database: another one after it was emptied. Made where there is none."""
    log, _made = ChangeLog.objects.get_or_create(pk=1, defaults={"reaches_back": _oldest()})
    return log.key


def position() -> str:
    """What has been committed now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text, pg_current_xact_id_if_assigned()::text::bigint")
        return _unread(*cursor.fetchone())


def since(position: str) -> Changed:
    """Whom something was committed about that was not yet at this position; ascending ids."""
    with connection.cursor() as cursor:
        cursor.execute(_SINCE, {"position": position})
        now, own, ids = cursor.fetchone()
    return Changed(_unread(now, own), ids)


def has(position: str, person: int) -> bool:
    """Whether something was committed about somebody that was not yet at this position."""
    return bool(_value(_HAS, position=position, person=person))


def reaches(position: str) -> bool:
    """Whether everything since this position is in the log."""
    return bool(_value(_REACHES, position=position))


def shorten(*, at: datetime) -> None:
    """Let go of changes that are older than `KEPT`; whoever has not read them by now reads everybody anew."""
    ChangeLog.objects.filter(pk=1, shortened_at=None).update(shortened_at=at, reaches_next=_oldest())
    with transaction.atomic():
        log = ChangeLog.objects.select_for_update().filter(pk=1, shortened_at__lte=at - KEPT).first()
        if log is None or log.reaches_next is None:
            return
        Change.objects.filter(xid__lt=log.reaches_next).delete()
        log.reaches_back, log.reaches_next, log.shortened_at = log.reaches_next, _oldest(), at
        log.save()


def _unread(position: str, own: int | None) -> str:
    """With the reader's own transaction among those that go on: Postgres leaves it out, and it may write more."""
    lowest, next_, others = position.split(":")
    if own is None or own >= int(next_):
        return position
    running = sorted({own, *(int(one) for one in others.split(",") if one)})
    return f"{min(own, int(lowest))}:{next_}:{','.join(map(str, running))}"


def _oldest() -> int:
    """The first transaction that had not ended."""
    return int(str(_value("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")))


def _value(sql: str, **params: str | int) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row = cursor.fetchone()
    return row[0] if row else None
