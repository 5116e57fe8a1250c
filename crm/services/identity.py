"""Who is who, and who is there, must not change under the hands of whoever files rows under a person.

Whoever stores people shares one advisory lock of the database, taken before any row is locked; whoever merges or erases
has it alone. They never wait for it in a queue, where they would hold up the imports behind them: they try, and give
way.
"""

import time

from django.db import connection, transaction

from crm.errors import DomainError

_LOCK = 0x1DE7717  # any number that no other advisory lock of ours has
_TRIES = 30
_PAUSE = 0.1  # seconds


def keep() -> None:
    """From here to the end of the transaction nobody is merged or erased, and nothing is unmerged."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LOCK])


def settle() -> None:
    """From here to the end of the transaction people may be merged and erased. Raises DomainError: import_under_way."""
    assert transaction.get_connection().in_atomic_block
    for _try in range(_TRIES):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            if cursor.fetchone()[0]:
                return
        time.sleep(_PAUSE)
    raise DomainError("import_under_way")
