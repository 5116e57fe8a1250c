"""Who acts, and on which occasion, told to the database: its triggers write it beside every change (AuditEvent).

It is said at the edge, on the connection: by config.audit for staff and tasks, by a command for itself, by the API once
it knows its token. Ids and codes only. Where nobody said who, a new row that names its maker tells that one.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


def say(*, by: int | None = None, why: str = "") -> None:
    """From now on, on this connection. Whoever said it takes it back with `hush`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('causeway.by', %s, false), set_config('causeway.why', %s, false)",
            ["" if by is None else str(by), why],
        )


def hush() -> None:
    """The next one to use this connection is somebody else."""
    if connection.connection is not None and not connection.needs_rollback and connection.is_usable():
        say()
    elif connection.connection is not None and not connection.in_atomic_block:
        connection.close()


@contextmanager
def said(*, by: int | None = None, why: str = "") -> Iterator[None]:
    """While a command or a task works."""
    say(by=by, why=why)
    try:
        yield
    finally:
        hush()
