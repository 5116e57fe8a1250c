"""Senders as processes of their own, to be killed: started by the dozen from one that has loaded everything already.

A test talks to the nursery in lines of JSON: an order starts a sender and is answered by its number (pid); `null` waits
for the next one to end and is answered by [pid, how]: minus the signal that ended it, or its exit code.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


class Nursery:
    """Senders on the database of this test, whose mail goes to this port."""

    def __init__(self, port: int) -> None:
        from django.db import connection

        dsn = {name: connection.settings_dict[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
        told = {
            "DJANGO_SETTINGS_MODULE": "config.settings", "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "NURSERY_DATABASE": json.dumps(dsn, default=str), "PYTHONWARNINGS": "error",
        }  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.outreach.sending.nursery"],
            cwd=ROOT, env=os.environ | told, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.alive: set[int] = set()
        self.ended: list[int] = []

    def start(self, act: str = "send", **order: object) -> int:
        """`failpoint`: where it dies; `batch`: how many it claims; `later`: seconds its clock is ahead."""
        pid = self._ask({"act": act, **order})
        self.alive.add(pid)
        return pid

    def wait(self) -> int:
        """How the next one ends."""
        pid, how = self._ask(None)
        self.alive.remove(pid)
        self.ended.append(how)
        return how

    def wait_for_all(self) -> None:
        while self.alive:
            self.wait()

    def kill(self, pid: int) -> None:
        """It is not waited for yet, so its number is nobody else's."""
        os.kill(pid, signal.SIGKILL)

    def close(self) -> None:
        for pid in self.alive:
            self.kill(pid)
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(60)

    def _ask(self, order):
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


def main() -> None:
    from django.conf import settings

    settings.DATABASES["default"] |= json.loads(os.environ["NURSERY_DATABASE"])
    import django

    django.setup()
    from config import celery
    from outreach.services import delivery

    assert celery.TICK, delivery  # loaded once, for all of them
    for line in sys.stdin:
        order = json.loads(line)
        if order is None:
            pid, status = os.wait()
            answer = [pid, os.waitstatus_to_exitcode(status)]
        elif answer := os.fork():
            pass
        else:
            os.environ["FAILPOINT"] = order.pop("failpoint", "")
            ACTS[order.pop("act")](**order)
            os._exit(0)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def send(batch: int = 50, later: float = 0) -> None:
    """Until nothing is due."""
    from django.utils import timezone

    from outreach.services import delivery

    def clock():
        return timezone.now() + timedelta(seconds=later)

    delivery._BATCH = batch
    delivery.deliver_due(at=clock(), clock=clock)


def starve(spare: int, batch: int) -> None:
    """With no memory left but so many pages of 4 kB."""
    import resource

    signal.alarm(60)  # CPython waits for ever for a thread that found no memory to begin with
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize(),) * 2)
    hoard: list[bytearray] = []
    for size in (1 << 20, 1 << 16, 1 << 12):
        with suppress(MemoryError):
            while True:
                hoard.append(bytearray(size))
    del hoard[len(hoard) - spare :]
    send(batch=batch)


def tick() -> None:
    """All that is due in this app, as beat rings for it."""
    from importlib import import_module

    from config.celery import TICK

    for due in TICK:
        module, _dot, name = due.task.rpartition(".")
        if module == "outreach.tasks":
            getattr(import_module(module), name)()


def ring(task: str, at: str) -> None:
    """One task of this app, as if it were that instant."""
    from outreach import tasks

    getattr(tasks, task)(at)


def keep_on() -> None:
    """Round after round, as a worker does whose task failed, until nothing is open; leases end sooner each time."""
    from django.db import DatabaseError, connection

    from tests.outreach.sending.accounts import LEASE, is_open

    later = 0.0
    while True:
        try:
            if not is_open():
                return
            send(batch=5, later=later)
            later += LEASE
        except DatabaseError:
            connection.close_if_unusable_or_obsolete()


def take_in(raw: str, times: int = 1) -> None:
    """The same letter, as a door takes it: stored, then read."""
    from django.utils import timezone

    from outreach.services import replies

    for _ in range(times):
        kept, _is_new = replies.receive(raw=bytes.fromhex(raw), door="webhook", at=timezone.now())
        replies.read(pk=kept.pk, at=timezone.now())


def hear(source: int, body: str, times: int = 1) -> None:
    """The same message of a source, as its door takes it."""
    from django.utils import timezone

    from outreach.models import Source
    from outreach.services import sources

    for _ in range(times):
        known = Source.objects.get(pk=source)
        sources.hear(source=known, body=bytes.fromhex(body), headers={}, at=timezone.now())


def ask(token: str, key: str, body: dict[str, object], status: int) -> None:
    """The API, to take in one action, with a key by which it is known when it comes again."""
    from django.test import Client

    tool = Client(headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key, "Host": "127.0.0.1"})
    answer = tool.post("/api/v1/conversions/", body, content_type="application/json")
    assert answer.status_code == status, answer.content


ACTS: dict[str, Callable[..., None]] = {
    "take_in": take_in,
    "hear": hear,
    "ask": ask,
    "send": send,
    "starve": starve,
    "tick": tick,
    "ring": ring,
    "keep_on": keep_on,
}

if __name__ == "__main__":
    main()
