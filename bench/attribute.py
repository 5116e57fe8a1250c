"""A million paths, credited by every model: `python -m bench.attribute [paths]`.

"The bare fetch" reads the touches and what came of the paths from Postgres in chunks of columns and does nothing else
with them: nobody who keeps them there can be quicker. Ours then gives credit for conversions and for what they are
worth by first and last touch, last non-direct, linear, position, time decay, Shapley and a Markov chain of order 1 (of
order 2 by itself). SQL does the same with window functions over the same rows, and is told nothing but the credits; the
chain is solved from the steps it counted, once whole and once without each channel. All figures are the same to 1e-9.

The bar: all models in 0.25 of the fetch. What was measured, and on which machine, stands in docs/attribution.md.
"""

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from bench.database import database, rows_asked
from outreach.attribution import models
from outreach.attribution.markov import removal_effects
from outreach.attribution.rules import HALF_LIFE
from outreach.attribution.tables import Table

PATHS = 1_000_000
CHANNELS = 12
CHUNK = 20_000  # paths
ROUNDS = 3
SECONDS = HALF_LIFE.total_seconds()

_MADE = (
    """
CREATE UNLOGGED TABLE bench_path AS
SELECT path, converted, 1 - converted AS nulls, converted * (100 + floor(random() * 9900))::int AS amount,
  least(1 + floor(ln(1 - random()) / ln(0.72)), 30)::int AS length
  FROM (SELECT g::int AS path, (random() < 0.3)::int AS converted FROM generate_series(0, %(paths)s - 1) AS g) AS begun
""",
    # A touch in ten is direct, and a channel is met the likelier the lower its number; some touches share an instant.
    """
CREATE UNLOGGED TABLE bench_touch AS
SELECT path, floor(12 * random() * random())::smallint AS channel, (60 * floor(43200 * random()))::int AS seconds,
  random() < 0.1 AS direct
  FROM bench_path CROSS JOIN LATERAL generate_series(1, length) AS n
""",
    "ALTER TABLE bench_path ADD PRIMARY KEY (path)",
    "CREATE INDEX ON bench_touch (path, seconds DESC, channel DESC)",
    "ANALYZE bench_path",
    "ANALYZE bench_touch",
)
_PATHS = """
SELECT string_agg(int4send(converted), '' ORDER BY path), string_agg(int4send(nulls), '' ORDER BY path),
  string_agg(int4send(amount), '' ORDER BY path) FROM bench_path WHERE path >= %(start)s AND path < %(stop)s
"""
_TOUCHES = """
SELECT string_agg(int4send(path), '' ORDER BY path, seconds DESC, channel DESC),
  string_agg(int2send(channel), '' ORDER BY path, seconds DESC, channel DESC),
  string_agg(int4send(seconds), '' ORDER BY path, seconds DESC, channel DESC),
  string_agg(boolsend(direct), '' ORDER BY path, seconds DESC, channel DESC)
  FROM bench_touch WHERE path >= %(start)s AND path < %(stop)s
"""
_NUMBERED = """
WITH numbered AS (
  SELECT path, channel, converted::float8 AS one, amount::float8 AS worth, direct,
    row_number() OVER touched AS n, count(*) OVER of_path AS length,
    power(2::float8, -(seconds - min(seconds) OVER of_path) / %(half_life)s::float8) AS weight,
    row_number() OVER (PARTITION BY path, channel ORDER BY seconds DESC) = 1 AS is_new
  FROM bench_touch JOIN bench_path USING (path)
  WINDOW of_path AS (PARTITION BY path), touched AS (PARTITION BY path ORDER BY seconds DESC, channel DESC)
), shared AS (
  SELECT channel, one, worth, (n = 1)::int AS first_touch, (n = length)::int AS last_touch,
    (n = coalesce(max(n) FILTER (WHERE NOT direct) OVER of_path, length))::int AS last_non_direct,
    1 / length::float8 AS linear_touch,
    CASE length WHEN 1 THEN 1 WHEN 2 THEN 0.5
      ELSE CASE WHEN n IN (1, length) THEN 0.4 ELSE 0.2::float8 / (length - 2) END END AS position,
    is_new::int / (count(*) FILTER (WHERE is_new) OVER of_path)::float8 AS shapley,
    weight / sum(weight) OVER of_path AS time_decay
  FROM numbered WINDOW of_path AS (PARTITION BY path)
)
"""
_NAMES = ("first_touch", "last_touch", "last_non_direct", "linear_touch", "position", "shapley", "time_decay")
_SUMS = ", ".join(f"sum(one * {name}), sum(worth * {name})" for name in _NAMES)
_CREDITS = f"{_NUMBERED} SELECT channel, {_SUMS} FROM shared GROUP BY channel"
_STEPS = """
SELECT channel, following, sum(converted + nulls)::float8, sum(converted)::float8, sum(amount)::float8,
  sum(CASE WHEN n = 1 THEN converted + nulls ELSE 0 END)::float8
  FROM (
    SELECT channel, lead(channel) OVER touched AS following, row_number() OVER touched AS n, converted, nulls, amount
    FROM bench_touch JOIN bench_path USING (path)
    WINDOW touched AS (PARTITION BY path ORDER BY seconds DESC, channel DESC)
  ) AS followed GROUP BY channel, following
"""


class Fetched(NamedTuple):
    converted: np.ndarray
    nulls: np.ndarray
    amount: np.ndarray
    path: np.ndarray
    channel: np.ndarray
    seconds: np.ndarray
    direct: np.ndarray


def fill(paths: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        for statement in _MADE:
            cursor.execute(statement, {"paths": paths} if "%(" in statement else None)


def fetch(paths: int) -> Fetched:
    """Columns as they come off the wire, big-endian numbers; nothing is made of them yet."""
    import psycopg
    from django.db import connection

    pieces: list[list[bytes]] = [[] for _ in Fetched._fields]
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        for start in range(0, paths, CHUNK):
            chunk = {"start": start, "stop": min(start + CHUNK, paths)}
            told = [
                *cursor.execute(_PATHS, chunk, binary=True).fetchone(),
                *cursor.execute(_TOUCHES, chunk, binary=True).fetchone(),
            ]
            for column, piece in zip(pieces, told, strict=True):
                column.append(piece)
    types = [">i4", ">i4", ">i4", ">i4", ">i2", ">i4", "?"]
    return Fetched(*(np.frombuffer(b"".join(each), dtype=one) for each, one in zip(pieces, types, strict=True)))


def tabled(fetched: Fetched) -> Table:
    return Table(
        channels=tuple(str(number) for number in range(CHANNELS)),
        touched=fetched.channel.astype(np.int32),
        lengths=np.bincount(fetched.path.astype(np.int64), minlength=len(fetched.converted)),
        conversions=fetched.converted.astype(np.float64),
        nulls=fetched.nulls.astype(np.float64),
        values=fetched.amount.astype(np.float64),
        direct=fetched.direct,
        ages=fetched.seconds.astype(np.float64),
    )


def ours(fetched: Fetched) -> dict[str, models.Credit]:
    return models.every(tabled(fetched), half_life=SECONDS)


def ours_second_order(fetched: Fetched) -> None:
    removal_effects(tabled(fetched), order=2)


def by_sql() -> dict[str, np.ndarray]:
    """{model: a row for each channel: conversions, value}"""
    from django.db import connection

    found = {name: np.zeros((CHANNELS, 2)) for name in (*_NAMES, "markov")}
    with connection.cursor() as cursor:
        cursor.execute(_CREDITS, {"half_life": SECONDS})
        for channel, *figures in cursor.fetchall():
            for place, name in enumerate(_NAMES):
                found[name][channel] = figures[2 * place : 2 * place + 2]
        cursor.execute(_STEPS)
        found["markov"] = solved(cursor.fetchall())
    return found


def solved(steps: list[tuple]) -> np.ndarray:
    """The chain, once whole and once without each channel, by plain dense equations."""
    people, begins, ends = np.zeros((CHANNELS, CHANNELS)), np.zeros(CHANNELS), np.zeros((CHANNELS, 2))
    left = np.zeros(CHANNELS)
    for channel, following, number, converted, amount, first in steps:
        begins[channel] += first
        if following is None:
            ends[channel] = converted, amount
        elif following != channel:
            people[channel, following] = number
        if following != channel:
            left[channel] += number
    left = np.where(left > 0, left, 1)
    people, ends, begins = people / left[:, None], ends / left[:, None], begins / begins.sum()

    def brought(kept: np.ndarray) -> np.ndarray:
        return begins[kept] @ np.linalg.solve(np.eye(len(kept)) - people[np.ix_(kept, kept)], ends[kept])

    everybody = np.arange(CHANNELS)
    lost = brought(everybody) - np.array([brought(np.delete(everybody, one)) for one in everybody])
    return lost / lost.sum(axis=0)


def compare(credits: dict[str, models.Credit], sql: dict[str, np.ndarray]) -> float:
    """The most by which any figure differs, as a part of the whole that was shared out."""
    worst = 0.0
    for name, credit in credits.items():
        mine = np.stack([credit.conversions, credit.values], axis=1)
        whole = mine.sum(axis=0)
        worst = max(worst, float(np.abs(mine / whole - sql[name] / sql[name].sum(axis=0)).max()))
        if name != "markov":
            worst = max(worst, float(np.abs(whole / sql[name].sum(axis=0) - 1).max()))
    return worst


def timed(do: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    found = do()
    return time.perf_counter() - start, found


def main() -> None:
    paths = rows_asked(PATHS)
    took: dict[str, list[float]] = {}
    with database():
        fill(paths)
        for turn in range(ROUNDS + 1):
            seconds, fetched = timed(partial(fetch, paths))
            found = {"the bare fetch": (seconds, fetched)}
            found["ours, all models"] = timed(partial(ours, fetched))
            found["ours, a chain of order 2"] = timed(partial(ours_second_order, fetched))
            found["SQL, all models"] = timed(by_sql)
            for name, (each, _) in found.items():
                took.setdefault(name, []).extend([each][: 1 if turn else 0])  # the first warms up
    worst = compare(found["ours, all models"][1], found["SQL, all models"][1])
    assert worst < 1e-9, worst
    print(f"{paths:,} paths, {len(fetched.path):,} touches, {CHANNELS} channels; they differ by {worst:.0e}")
    limit = statistics.median(took["the bare fetch"])
    for name, each in took.items():
        low, middle, high = (1000 * value for value in (min(each), statistics.median(each), max(each)))
        print(f"{name:26} {low:9.0f} {middle:9.0f} {high:9.0f} ms {middle / 1000 / limit:8.2f} x")


if __name__ == "__main__":
    main()
