"""Clicks that are kept on disk before they are stored: while the database is away, or always where settings say so.

Each thread appends to a file of its own, one line and one write per click, and answers after it: what was answered is
in the file, whatever becomes of the process. A line that was cut off was never answered. `drain` stores what stands
there, with how far it has read in the same transaction: however often it dies, no click is lost or stored twice. A file
is locked as long as somebody writes to it; one that nobody holds any more goes once it is stored.
"""

import fcntl
import json
import logging
import os
import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import DataError, IntegrityError, transaction

from crm import failpoints
from outreach.models import Click, ClickSpool, ClickVerdict, Link
from outreach.services import conversions
from outreach.services.click_rows import Row

MODE: Final = 0o600
_SUFFIX, _UNREAD = ".clicks", ".unread"
_LONGEST: Final = 30.0  # seconds after which a process begins another file, so that old ones can go
_LARGEST: Final = 8 * 1024 * 1024
_AT_ONCE: Final = 1024 * 1024  # bytes in one transaction
_KNOWN: Final = timedelta(days=1)
_OF_VERDICT: Final = ("click_class", "rule", "version")
_COLUMNS: Final = tuple(field.name for field in fields(Row))

log = logging.getLogger(__name__)


class _Open:
    """A file that one thread writes to; let go of with the thread."""

    def __init__(self, handle: int, folder: Path) -> None:
        self.handle, self.folder, self.process = handle, folder, os.getpid()
        self.since, self.size = time.monotonic(), 0

    def __del__(self) -> None:
        os.close(self.handle)


class _Mine(threading.local):
    open: _Open | None = None


_mine = _Mine()  # each thread its own, so that none waits for another's disk


def keep(row: Row) -> None:
    """Write one click down. When this returns it is in the file, and on the disk where CLICK_FSYNC says so.

    Raises OSError where it could not be written whole.
    """
    line = json.dumps(_told(row), ensure_ascii=True).encode() + b"\n"
    if _mine.open is None or not _is_fit(_mine.open):
        _mine.open = _begin(settings.CLICK_DIR)
    try:
        _write(_mine.open.handle, line)
    except OSError:  # nothing follows half a line
        _mine.open = None
        raise
    _mine.open.size += len(line)


def _write(handle: int, line: bytes) -> None:
    if os.write(handle, line) != len(line):
        raise OSError("a click was cut off")
    if settings.CLICK_FSYNC:
        os.fdatasync(handle)


def close() -> None:
    """Let go of this thread's file: nothing more follows in it."""
    _mine.open = None


def drain() -> int:
    """Store whatever stands in files; how many clicks. Safe beside writers, and beside itself.

    A file that the database refuses stays, for somebody to look at, and holds up no other.
    """
    stored = 0
    for path in sorted(settings.CLICK_DIR.glob(f"*{_SUFFIX}")):
        try:
            stored += _drain(path)
        except (DataError, IntegrityError) as error:
            log.warning("clicks: the database refuses %s (%s)", path.name, type(error).__name__)
    return stored


def forget_gone(*, at: datetime) -> int:
    """How far files were read that are not there any more, and were begun a day ago or before; how many. Younger ones
    may stand in the folder of another machine.
    """
    old = ClickSpool.objects.filter(name__lt=f"{int((at - _KNOWN).timestamp())}-")
    gone = [name for name in old.values_list("name", flat=True) if not (settings.CLICK_DIR / name).exists()]
    return ClickSpool.objects.filter(name__in=gone).delete()[0]


def _told(row: Row) -> list[Any]:
    values = row.__dict__
    return [values[name].isoformat() if name == "at" else values[name] for name in _COLUMNS]


def _is_fit(spool: _Open) -> bool:
    """Whether it is this process's own (and not that of the one it came from), young and small."""
    is_own = spool.process == os.getpid() and spool.folder == settings.CLICK_DIR
    return is_own and time.monotonic() - spool.since < _LONGEST and spool.size < _LARGEST


def _begin(folder: Path) -> _Open:
    """A file that nobody else knows, locked before it has its name: whoever drains takes no unlocked one for left."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{int(time.time())}-{os.getpid()}-{secrets.token_hex(8)}"
    draft = folder / f".{name}"
    handle = os.open(draft, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        draft.rename(folder / f"{name}{_SUFFIX}")
        if settings.CLICK_FSYNC:
            _sync(folder)
    except OSError:
        os.close(handle)
        raise
    return _Open(handle, folder)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _drain(path: Path) -> int:
    try:
        with path.open("rb") as file, _left(file.fileno()) as is_left:
            stored = 0
            while (step := _store_some(path.name, file, is_left=is_left)) is not None:
                stored += step
            if is_left:
                _put_away(path, is_unread=_has_unread(file))
                ClickSpool.objects.filter(name=path.name).delete()
            return stored
    except FileNotFoundError:  # somebody else drained it
        return 0


def _has_unread(file: Any) -> bool:
    """Asked of the whole file: what could not be read may have been passed by while somebody still wrote to it."""
    file.seek(0)
    return any(line.endswith(b"\n") and _row(line) is None for line in file)


def _put_away(path: Path, *, is_unread: bool) -> None:
    """What somebody ought to look at stays, under another name."""
    if is_unread:
        path.rename(path.with_suffix(_UNREAD))
    else:
        path.unlink()


@contextmanager
def _left(handle: int) -> Iterator[bool]:
    """Whether nobody writes to a file any more; if so, nobody else drains it for as long as this lasts."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
        return
    yield True


@transaction.atomic
def _store_some(name: str, file: Any, *, is_left: bool) -> int | None:
    """The next lines of a file: how many clicks were stored. None: no more."""
    ClickSpool.objects.get_or_create(name=name)
    mark = ClickSpool.objects.select_for_update().get(name=name)
    file.seek(mark.offset)
    read = file.read(_AT_ONCE)
    whole = read[: read.rfind(b"\n") + 1]
    if not whole:
        if read and is_left:
            log.warning("clicks: %s ends in a line that was cut off and never answered", name)
        return None
    rows = [_row(line) for line in whole.splitlines()]
    unread = rows.count(None)
    if unread:
        log.error("clicks: %s lines of %s could not be read", unread, name)
    stored = _store([row for row in rows if row])
    failpoints.reach("clicks.drain.stored")
    mark.offset += len(whole)
    mark.save(update_fields=["offset"])
    return stored


def _row(line: bytes) -> dict[str, Any] | None:
    try:
        said = dict(zip(_COLUMNS, json.loads(line), strict=True))
        return said | {"at": datetime.fromisoformat(said["at"])}
    except (ValueError, TypeError):
        return None


def _store(rows: Sequence[dict[str, Any]]) -> int:
    """Those that are not stored yet, of links that are still there, with the verdicts of their first instant."""
    links = set(Link.objects.filter(pk__in={row["link"] for row in rows}).values_list("pk", flat=True))
    if gone := sum(row["link"] not in links for row in rows):
        log.warning("clicks: %s of links that are gone", gone)
    ours = {row["click_id"]: row for row in rows if row["link"] in links}
    known = set(Click.objects.filter(click_id__in=ours).values_list("click_id", flat=True))
    fresh = [row for click_id, row in ours.items() if click_id not in known]
    clicks = Click.objects.bulk_create(
        Click(link_id=row["link"], **{name: row[name] for name in _COLUMNS if name not in {"link", *_OF_VERDICT}})
        for row in fresh
    )
    ClickVerdict.objects.bulk_create(
        ClickVerdict(click=click, **{name: row[name] for name in _OF_VERDICT})
        for click, row in zip(clicks, fresh, strict=True)
    )
    conversions.credit_named(click_ids=[click.click_id for click in clicks])  # of actions that came before them
    return len(clicks)
