"""What a list costs among 10,000, 100,000 and 1,000,000 profiles, in one run: `python -m bench.rank [profiles]`.

Everybody is scored for a cause (18 features, 120 senses a text, a vector of 256 bytes), with filters, and the best
hundred are explained. Beside it: reading the bytes of those vectors once, which nothing that looks at each can beat;
numpy over the same features and vectors, ready in memory; and what scikit-learn's own trees take to predict from the
features, ready in memory, too. One thread each, rounds in turn; times are min / median / max.

Then, from Postgres: reading everybody, and with one profile changed what a list of 100 takes to be there, all told.
"""

import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from bench.database import database, rows_asked
from matching.ranking import grid
from matching.ranking.candidates import CauseProfile
from matching.ranking.postings import Postings, fingerprint, fingerprints
from matching.ranking.schema import FEATURES, STANDING, feature
from matching.ranking.scorecard import scorecard
from matching.ranking.snapshot import levels
from matching.ranking.snapshot.alike import nearest, someone
from matching.ranking.snapshot.rules import ContactedSince, Heard, Not, Wanted, country_code
from matching.ranking.snapshot.scan import scan
from matching.ranking.snapshot.segment import MOST_ROWS, NEVER, Accounts, Filed, Segment
from matching.ranking.snapshot.standings import Standings
from matching.ranking.snapshot.store import Contents, Snapshot, Store
from matching.ranking.snapshot.traits import MEMBERSHIPS, NAMED, Traits
from matching.ranking.text import senses
from matching.ranking.vectors import Vectors

SIZES = (10_000, 100_000, 1_000_000)
FROM_POSTGRES = 100_000  # profiles at most
ROUNDS = 5
TOP = 100
DIMENSIONS = 256
SENSES = 120  # of a text
WORDS = 60_000
PLATFORMS = ("instagram", "tiktok", "youtube")
CAUSE = CauseProfile(
    text="Clean beaches. We clear beaches of plastic every spring, with schools, divers and fishermen, and tell what "
    "the sea brings back. Nettoyer les plages, protéger l’océan et ceux qui en vivent. #zerodechet #ocean",
    topics=frozenset({"t1", "t7"}),
    hashtags={"h3": 2.0, "h40": 3.0, "h900": 5.0},
    languages=("l0", "l1"),
    countries={"c0": 0.6, "c1": 0.2},
    ages=("18-24", "25-34"),
    genders=("g0",),
    interests=("i3", "i8"),
    platforms=("instagram", "youtube"),
)
WANTED = Wanted(platform="instagram", min_followers=5_000, audience=(Heard("countries", "c0", 0.05),))
RULES = [("filtered", Not(WANTED)), ("contacted_lately", ContactedSince(1_500))]
KEYS = {  # of each trait how many there are, and how many of them somebody has
    "topics": (100, 2), "hashtags": (50_000, 10), "languages": (20, 2), "countries": (60, 5),
    "main_countries": (60, 1), "own_languages": (20, 1), "genders": (2, 2), "interests": (300, 4),
}  # fmt: skip
AGES = ("13-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+")


def segments(number: int) -> Iterator[Segment]:
    """So many people who are made up, as they stand in a snapshot."""
    rng = np.random.default_rng(number)
    for start in range(0, number, MOST_ROWS):
        yield segment(rng, start, min(MOST_ROWS, number - start))


def segment(rng: np.random.Generator, start: int, n: int) -> Segment:
    known = [feature(name) for name in STANDING]
    figures = np.stack([rng.uniform(one.low, one.high, n) for one in known])
    figures[rng.random(figures.shape) < 0.3] = np.nan
    said = sparse(rng, n, told_words(), SENSES, np.uint8)
    return Segment(
        ids=np.arange(start, start + n) + 1,
        figures=figures,
        estimated=(rng.random(figures.shape) < 0.1) & ~np.isnan(figures),
        parts=np.stack([grid.parts(one.name, column) for one, column in zip(known, figures, strict=True)]),
        traits=traits(rng, n),
        texts=said,
        says=np.ones(n, dtype=np.bool_),
        prints=rng.integers(2**63, size=n, dtype=np.uint64),
        filed=filed(rng, n),
        vectors=vectors(rng, n),
    )


def sparse(rng: np.random.Generator, n: int, keys: Any, each: int, amounts: Any) -> Postings:
    """Some keys of each row, the first of all keys the commonest."""
    drawn = (len(keys) ** rng.random(n * each)).astype(np.int64) - 1
    cells = np.unique(drawn * n + np.repeat(np.arange(n), each))
    told = None
    if amounts is np.uint8:
        told = rng.integers(1, 4, len(cells), dtype=np.uint8)
    elif amounts is not None:
        told = rng.random(len(cells)) / each
    rows = (cells % n).astype(np.uint16)
    return Postings.from_cells(keys[cells // n], rows, told)


def told_words() -> Any:
    """Senses of the cause among others: one in a thousand of all words is of its."""
    said, _says = senses([CAUSE.text])
    others = np.random.default_rng(1).integers(2**63, size=WORDS, dtype=np.uint64)
    others[10 :: WORDS // len(said)][: len(said)] = said.keys
    others[20 : 20 + 3 * len(said) : 9][: len(said)] = said.keys[: len(others[20 : 20 + 3 * len(said) : 9])]
    return np.array(list(dict.fromkeys(others.tolist())), dtype=np.uint64)


def traits(rng: np.random.Generator, n: int) -> dict[str, Traits]:
    made = {}
    for name, (number, each) in KEYS.items():
        kind = None if name in MEMBERSHIPS else np.float64
        postings = sparse(rng, n, fingerprints(f"{name[0]}{key}" for key in range(number)), each, kind)
        made[name] = Traits(postings, has(postings, n))
    for name, keys in (("ages", AGES), ("platforms", PLATFORMS)):
        postings = sparse(rng, n, fingerprints(keys), 3, np.float64)
        named = {fingerprint(key): key for key in keys}
        names = tuple(named[key] for key in postings.keys.tolist()) if name in NAMED else ()
        made[name] = Traits(postings, has(postings, n), names)
    return made


def has(postings: Postings, n: int) -> Any:
    return np.bincount(postings.rows, minlength=n) > 0


def filed(rng: np.random.Generator, n: int) -> Filed:
    rows = np.sort(rng.integers(n, size=n + n // 3)).astype(np.uint16)
    return Filed(
        Accounts(
            rows,
            rng.choice(fingerprints(PLATFORMS), len(rows)),
            (10 ** rng.uniform(2, 7, len(rows))).astype(np.int64),
            rng.random(len(rows)) / 10,
        ),
        rng.choice([0, country_code("FR"), country_code("GB")], n).astype(np.uint16),
        rng.choice([NEVER, 1_000, 2_000], n, p=[0.8, 0.15, 0.05]),
    )


def vectors(rng: np.random.Generator, n: int) -> Vectors:
    """Around fifty middles, as texts on fifty matters are."""
    middles = np.random.default_rng(2).normal(size=(50, DIMENSIONS))
    return Vectors.of((middles[rng.integers(50, size=n)] + rng.normal(size=(n, DIMENSIONS))).astype(np.float32))


def stored(folder: Path, number: int) -> Contents:
    store = Store(folder)
    folder.mkdir(exist_ok=True)
    contents = Contents({}, "", "1:1:", base=tuple(store.add(one) for one in segments(number)))
    return held(store, contents)


def held(store: Store, contents: Contents) -> Contents:
    rarity, counted = (contents.rarity, contents.counted) if contents.rarity else store.count(contents)
    contents = Contents(**{**vars(contents), "rarity": rarity, "counted": counted})
    store.measure(contents)
    store.put(contents)
    return contents


def asked_vector() -> Vectors:
    return vectors(np.random.default_rng(3), 1)


def finished(standings: Standings) -> None:
    """All that a list stores."""
    assert len(standings.explanations(TOP)) == min(TOP, len(standings))
    standings.spread(48)
    standings.weight()


class Ours:
    """A worker that has the snapshot mapped. `work` by name is timed."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)
        self.snapshot = self.opened()
        self.matrices = [np.asarray(one.segment.vectors.values) for one in self.snapshot.parts]  # type: ignore[union-attr]
        self.vector = asked_vector()
        first = self.snapshot.parts[0].segment
        self.changes = [first.take(np.array([place % len(first)])) for place in range(0, 7 * (ROUNDS + 1), 7)]

    def opened(self) -> Snapshot:
        contents = self.store.contents()
        assert contents is not None
        return self.store.open(contents)

    def read(self) -> None:
        for matrix in self.matrices:
            matrix.reshape(-1).view(np.int64).max()

    def filtered(self) -> None:
        finished(scan(self.snapshot, scorecard(), CAUSE, left_out=RULES, vector=self.vector))

    def everybody(self) -> None:
        finished(scan(self.snapshot, scorecard(), CAUSE, vector=self.vector))

    def alike(self) -> None:
        """Who is most like somebody."""
        one = someone(self.snapshot, 1)
        assert one and len(nearest(self.snapshot, one, top=10)) == 10

    def changed(self) -> None:
        """One profile is told anew: written, mapped, and held against all others."""
        contents = self.store.contents()
        assert contents is not None
        base, fresh = self.store.segments(contents.base), self.store.segments(contents.fresh)
        names = {id(one): name for one, name in zip([*base, *fresh], [*contents.base, *contents.fresh], strict=True)}
        fresh = levels.added(fresh, self.changes.pop())
        base = levels.thinned(base, np.concatenate([one.ids for one in fresh]))
        told = {
            place: tuple(names.get(id(one)) or self.store.add(one) for one in kept)
            for place, kept in (("base", base), ("fresh", fresh))
        }
        held(self.store, Contents(**{**vars(contents), **told}))
        self.snapshot = self.opened()


class Others:
    """The same features and vectors as anybody would have them in memory."""

    def __init__(self, folder: Path) -> None:
        from sklearn.ensemble import HistGradientBoostingClassifier

        ours = Ours(folder)
        found = scan(ours.snapshot, scorecard(), CAUSE, vector=ours.vector)
        self.ids = found.ids
        parts = [one.matrix(np.arange(len(one.rows))) for one in found.found]
        self.matrix = type(parts[0])(
            parts[0].names, np.concatenate([one.values for one in parts]), np.concatenate([one.basis for one in parts])
        )
        del found, parts
        self.vectors = np.concatenate(ours.matrices).astype(np.float32)
        self.vector = ours.vector.values[0].astype(np.float32)
        rng = np.random.default_rng(4)
        few = self.matrix.values[rng.integers(len(self.matrix), size=20_000)]
        weighed = [n for n, one in enumerate(FEATURES) if one.sides]
        self.weighed = np.array(weighed)
        trees = HistGradientBoostingClassifier(max_iter=100, interaction_cst="no_interactions", early_stopping=False)
        known = np.nan_to_num(few[:, weighed])
        self.trees = trees.fit(few[:, weighed], known[:, 0] + rng.normal(size=len(few)) > known[:, 0].mean())

    def numpy(self) -> None:
        near = self.vectors @ self.vector
        assert len(near) == len(self.matrix)
        ranking = scorecard().rank_matrix(self.ids, self.matrix, top=TOP)
        assert len([ranking.explanation(n) for n in range(len(ranking))]) == min(TOP, len(self.ids))
        ranking.spread(48)
        ranking.weight()

    def predict(self) -> None:
        self.trees.predict_proba(self.matrix.values[:, self.weighed])


def worker(kind: Callable[[Path], Any], folder: Path, pipe: Connection) -> None:
    """Answers the name of a piece of work with what it took, and "" with the most memory this process had, in MB."""
    made = kind(folder)
    pipe.send(0.0)
    while (name := pipe.recv()) is not None:
        start = time.perf_counter()
        if name:
            getattr(made, name)()
        pipe.send(time.perf_counter() - start if name else memory())


def memory() -> float:
    """Mapped files that others share included."""
    [most] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(most.split()[1]) / 1024


def measured(number: int) -> None:
    took: dict[str, list[float]] = {
        name: [] for name in ("read", "filtered", "everybody", "alike", "changed", "numpy", "predict")
    }
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "snapshot"
        start = time.perf_counter()
        stored(folder, number)
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        print(f"\n{number:,} profiles: {size / 1e6:.0f} MB of files, made in {time.perf_counter() - start:.0f} s")
        context = multiprocessing.get_context("spawn")
        pipes = []
        for kind in (Ours, Others):
            here, there = context.Pipe()
            context.Process(target=worker, args=(kind, folder, there), daemon=True).start()
            pipes.append(here)
            here.recv()
        for turn in range(ROUNDS + 1):
            for name, each in took.items():
                pipe = pipes[name in {"numpy", "predict"}]
                pipe.send(name)
                each.extend([pipe.recv()][: 1 if turn else 0])  # the first warms up
        for pipe in pipes:
            pipe.send("")
        ours, others = (pipe.recv() for pipe in pipes)
        for pipe in pipes:
            pipe.send(None)
    told(took, "read")
    print(f"memory at most: ours {ours:.0f} MB, mapped files included; numpy and trees {others:.0f} MB")


WORDS_FOR = {
    "read": "reading the vectors once",
    "filtered": "ours, with filters",
    "everybody": "ours, everybody",
    "alike": "ten most like somebody",
    "changed": "one profile told anew",
    "numpy": "numpy, all in memory",
    "predict": "trees, predict alone",
}


def told(took: dict[str, list[float]], against: str) -> None:
    limit = statistics.median(took[against])
    for name, each in took.items():
        low, middle, high = (1000 * value for value in (min(each), statistics.median(each), max(each)))
        print(f"{WORDS_FOR[name]:26} {low:9.1f} {middle:9.1f} {high:9.1f} ms {middle / 1000 / limit:8.1f} x")


def from_postgres(number: int) -> None:
    """Lists as the worker builds them, of people in a database."""
    from django.conf import settings
    from django.utils import timezone

    from bench.lists import Scene
    from crm.models import Influencer
    from matching.services import match_lists, ranking, snapshot

    scene = Scene()
    scene.fill(number)
    wanted = match_lists.Filters(platform="instagram", min_followers=5_000, rested_days=60)
    with tempfile.TemporaryDirectory() as made:
        settings.SNAPSHOT_DIR = Path(made) / "snapshot"
        at = timezone.now()

        def listed(filters: Any) -> None:
            match_list = match_lists.request(cause=scene.cause, at=at, filters=filters)
            ranking.build(match_list=match_list, at=at)
            match_list.refresh_from_db()
            assert match_list.state == "ready", match_list.error

        def changed(filters: Any, turn: int) -> None:
            person = Influencer.objects.filter(pk=2 + turn)
            person.update(bio=f"We clear beaches of plastic, {turn}.")
            listed(filters)

        first = timed(lambda: snapshot.refresh(at=at))
        print(f"{number:,} profiles read from Postgres in {first:.1f} s, {number / first:.0f} a second")
        listed(wanted)
        took = {
            "a list, with filters": [timed(lambda: listed(wanted)) for _ in range(ROUNDS)],
            "a list, everybody": [timed(lambda: listed(None)) for _ in range(ROUNDS)],
            "one changed, and a list": [timed(lambda: changed(wanted, turn)) for turn in range(ROUNDS)],  # noqa: B023
        }
        for name, each in took.items():
            low, middle, high = (1000 * value for value in (min(each), statistics.median(each), max(each)))
            print(f"{name:26} {low:9.1f} {middle:9.1f} {high:9.1f} ms")
        print(f"memory at most: {memory():.0f} MB")


def timed(do: Callable[[], Any]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def main() -> None:
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # of the processes that are measured
    sizes = (rows_asked(0),) if len(sys.argv) > 1 else SIZES
    for number in sizes:
        measured(number)
    for number in sizes:
        if number <= FROM_POSTGRES:
            with database():
                from_postgres(number)


if __name__ == "__main__":
    main()
