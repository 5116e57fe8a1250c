"""Snapshots on disk of people who are made up, beside the same people as plain values."""

from dataclasses import dataclass, replace

import numpy as np

from matching.ranking.postings import fingerprint
from matching.ranking.snapshot import levels
from matching.ranking.snapshot.rules import country_code
from matching.ranking.snapshot.segment import NEVER, Accounts, Filed, Segment, as_one_segment
from matching.ranking.snapshot.store import Contents
from matching.ranking.text import senses
from matching.ranking.vectors import Vectors

PLATFORMS = ("instagram", "tiktok", "youtube")


@dataclass(frozen=True)
class File:
    """What one person is filtered by. `accounts`: platform, followers or None, engagement rate or None."""

    accounts: tuple = ()
    country: str = ""
    contact: int | None = None


def some_file(rng):
    accounts = tuple(
        (str(rng.choice(PLATFORMS)), rng.choice([None, 900, 5_000, 80_000]), rng.choice([None, 0.0, 0.02, 0.05]))
        for _ in range(rng.integers(3))
    )
    return File(accounts, str(rng.choice(["", "FR", "GB"])), rng.choice([None, 1_000, 2_000]))


def filed(files):
    accounts = [(row, *account) for row, one in enumerate(files) for account in one.accounts]
    rows, platforms, followers, rates = zip(*accounts, strict=True) if accounts else ((), (), (), ())
    return Filed(
        Accounts(
            np.array(rows, dtype=np.uint16),
            np.array([fingerprint(name) for name in platforms], dtype=np.uint64),
            np.array([-1 if number is None else number for number in followers], dtype=np.int64),
            np.array([np.nan if rate is None else rate for rate in rates], dtype=np.float64),
        ),
        np.array([country_code(one.country) for one in files], dtype=np.uint16),
        np.array([NEVER if one.contact is None else one.contact for one in files], dtype=np.int64),
    )


def segment_of(people, files=None, vectors=None):
    return Segment.of(people, *senses(people.texts), filed(files or [File()] * len(people)), vectors)


def everybody_of(segment):
    return segment, np.ones(len(segment), dtype=np.bool_)


def random_vectors(rng, n, dimensions):
    told = rng.normal(size=(n, dimensions))
    told[rng.random(n) < 0.2] = 0.0  # not encoded
    return Vectors.of(told)


def put(store, base, fresh=()):
    """A snapshot of these segments, as the service leaves it."""
    ids = np.concatenate([np.empty(0, dtype=np.int64), *(one.ids for one in fresh)])
    base = levels.thinned(base, ids)
    contents = Contents(
        {"format": 1}, "2026-11-24T10:00:00+00:00", "1:1:",
        base=tuple(store.add(one) for one in base), fresh=tuple(store.add(one) for one in fresh),
    )  # fmt: skip
    contents = replace(contents, rarity=store.count(contents)[0])
    store.measure(contents)
    store.put(contents)
    return store.open(contents)


@dataclass(frozen=True)
class World:
    """A snapshot in which some people are told anew, once or twice; and everybody as they are now."""

    people: object  # Candidates
    files: list
    vectors: Vectors | None
    snapshot: object


def world(store, crowd, *, seed, n=150, dimensions=0):
    rng = np.random.default_rng(seed)
    now = crowd(n, seed)
    then = replace(crowd(n, seed + 1), ids=now.ids)
    files, others = ([some_file(rng) for _ in range(n)] for _ in range(2))
    vectors, stale = (random_vectors(rng, n, dimensions) if dimensions else None for _ in range(2))

    def made(rows, is_now):
        told, of, by = (now, files, vectors) if is_now else (then, others, stale)
        return segment_of(told.take(rows), [of[row] for row in rows], by and by.take(rows))

    rows = rng.permutation(n)
    once, twice, late = rows[: n // 8], rows[n // 8 : n // 5], rows[n // 5 : n // 4]  # late: only in what came later
    first, second, third = np.split(np.sort(rows[n // 4 :]), [n // 5, n // 2])
    base = [
        as_one_segment([everybody_of(made(first, True)), everybody_of(made(twice, False))]),
        made(second, True),
        as_one_segment([everybody_of(made(third, True)), everybody_of(made(once, False))]),
    ]
    fresh = [made(np.concatenate([twice, late]), False), made(np.concatenate([twice, once, late]), True)]
    return World(now, files, vectors, put(store, base, fresh))
