"""Sends while the disk of the database is full, and goes on once there is room: a program of its own, see test_disk.py.

It runs where everything an embedded cluster writes is a small file system that nobody else sees.
"""

import os
from contextlib import suppress
from pathlib import Path

from bench.database import database

NUMBER = 150


def main(folder: Path) -> None:
    os.environ["APP_STATE_DIR"] = str(folder / "app")
    with database():
        send(folder / "filler")


def send(filler: Path) -> None:
    from django.conf import settings
    from django.db import DatabaseError, connection
    from django.utils import timezone

    from outreach.services import delivery
    from tests.factories import at_any_hour
    from tests.factories.many import approved_messages
    from tests.fakes import Sink
    from tests.outreach.sending.accounts import account, is_open

    at_any_hour()
    sink = Sink()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{sink.port}"
    at = timezone.now()
    approved_messages(NUMBER, at=at)
    delivery._PATIENCE = (0.1, 0.2)
    failed = 0
    for _round in range(12):
        if failed < 4:
            fill(filler)
        else:
            filler.unlink(missing_ok=True)
        try:
            delivery.deliver_due(at=at)
        except DatabaseError:
            failed += 1
            connection.close()
        at += delivery.LEASE
        if failed >= 4 and not filler.exists() and not is_open():
            break
    found = account(sink, planned=NUMBER)
    sink.close()
    assert failed >= 4
    assert found["sent"] + found["uncertain"] == NUMBER
    assert found["uncertain"] <= failed
    print(dict(found), f"failed {failed} times")  # noqa: T201


def fill(filler: Path) -> None:
    """To the last byte."""
    with suppress(OSError), filler.open("ab", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with suppress(OSError):
                while file.write(b"x" * size) == size:
                    pass


if __name__ == "__main__":
    main(Path("/var/lib/causeway"))
