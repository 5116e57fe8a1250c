"""Patience with the other side has an end."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

_LOOK_SECONDS = 0.2


class HasLine(Protocol):
    @property
    def line(self) -> socket.socket | None: ...


class Watch:
    """Cuts the line once the time is over, so that a server that drips cannot hold a worker."""

    def __init__(self, over: HasLine) -> None:
        self._watched = over
        self._until: float | None = None
        self._held, self._over = threading.Lock(), threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        if self._thread is None:
            self._thread = threading.Thread(target=self._look, daemon=True)
            self._thread.start()
        with self._held:
            self._until = time.monotonic() + seconds
        try:
            yield
        finally:
            with self._held:  # a line that is about to be cut is cut before the next message
                self._until = None

    def end(self) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            with self._held:
                line = self._watched.line
                if self._until is not None and time.monotonic() > self._until and line is not None:
                    with suppress(OSError):
                        # Not the method of an SSL socket, which would first turn it into a plain one.
                        socket.socket.shutdown(line, socket.SHUT_RDWR)
