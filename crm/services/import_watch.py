"""Whoever works on a file holds it for a while, renews that while they work, and says how far they are.

A transaction shows nothing before its end: a thread with a connection of its own speaks for it.
"""

import logging
import threading
import time
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

from django.db import Error, connection

from crm.models import ImportBatch

LEASE = timedelta(minutes=2)
EVERY = 1.0  # seconds
_log = logging.getLogger(__name__)


class Overtaken(Exception):  # noqa: N818
    """Somebody else has decided on a file, or finished it, while this process was at it: nothing of it may stay."""


class Watch:
    """Over one claimed batch, from `at` on by a stopwatch. Use it as a context: after it nothing is renewed."""

    def __init__(self, batch: ImportBatch, *, at: datetime, every: float = EVERY) -> None:
        self.claimed = ImportBatch.objects.filter(pk=batch.pk, state=batch.state, lease_until__isnull=False)
        self._at, self._began, self._every = at, time.monotonic(), every
        self._progress: dict[str, Any] = {}
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._renew, name=f"import-{batch.pk}", daemon=True)

    def now(self) -> datetime:
        return self._at + timedelta(seconds=time.monotonic() - self._began)

    def read(self, *, rows: int, done: int, whole: int | None) -> None:
        """So many rows and bytes of the file are read: for everybody to see at once."""
        self._progress = self._told("reading", done=min(done, whole or done), whole=whole or 0)
        self._tell(rows_read=rows)

    def step(self, done: int, whole: int) -> None:
        """So many of the steps of a transaction are done: told within a second."""
        self._progress = self._told("storing", done=done, whole=whole)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join(timeout=5)

    def _told(self, phase: str, *, done: int, whole: int) -> dict[str, Any]:
        began = self._progress.get("began") if self._progress.get("phase") == phase else self.now().isoformat()
        return {"phase": phase, "done": done, "whole": whole, "began": began}

    def _tell(self, **more: int) -> None:
        self.claimed.update(lease_until=self.now() + LEASE, progress=self._progress, **more)

    def _renew(self) -> None:
        try:
            while not self._is_over.wait(self._every):
                self._tell()
        except Error:  # the work itself meets the same trouble, and says it better
            _log.warning("%s: its lease is not renewed any more", self._thread.name)
        finally:
            connection.close()
