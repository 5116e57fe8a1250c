"""Tables of one connection, filled anew by every run and every round.

They are made once: a transaction that made them again for each of a thousand people would run out of locks.
"""

from typing import Any

from django.db import connection

Params = dict[str, Any]

_MANY = 1 << 20  # bytes
LARGE = 1_000  # rows: from here on the planner is told what it deals with


def make(name: str, columns: str, *, index: str = "") -> None:
    """An empty table of these columns."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} ({columns}) ON COMMIT DELETE ROWS")
        if index:
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {name}_{index} ON {name} ({index})")
        _empty(name)


def fill(name: str, query: str, params: Params) -> int:
    """A table of what the query finds; how many rows that is."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} ON COMMIT DELETE ROWS AS {query} WITH NO DATA", params)
        _empty(name)
        cursor.execute(f"INSERT INTO {name} {query}", params)
        rows: int = cursor.rowcount
        if rows > LARGE:
            cursor.execute(f"ANALYZE {name}")
    return rows


def run(*statements: str, params: Params | None = None) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, params)


def rows(query: str) -> list[tuple[Any, ...]]:
    """What stands in these tables. (JSON comes as text.)"""
    with connection.cursor() as cursor:
        cursor.execute(query)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _empty(name: str) -> None:
    """Quickly in either case: truncating makes a new file, deleting leaves every row to be walked over again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size(%s::regclass)", [name])
        cursor.execute(f"{'TRUNCATE' if cursor.fetchone()[0] > _MANY else 'DELETE FROM'} {name}")
