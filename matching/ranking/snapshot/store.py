"""The folder of a snapshot: segments that never change, and one small file that says which of them hold."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import numpy as np

from crm.errors import DomainError
from matching.ranking import lexicon
from matching.ranking.arrays import Integers, Mask
from matching.ranking.encoders.scale import Scale
from matching.ranking.schema import FEATURES, SCHEMA_VERSION
from matching.ranking.snapshot.packing import load, pack, save, unpack, write
from matching.ranking.snapshot.segment import Segment
from matching.ranking.text import TEXT_VERSION, Rarity, TextSpace

# Raise it when the files of a segment are laid out differently: a snapshot of another format is made anew.
FORMAT: Final = 1
CURRENT: Final = "CURRENT"
ROLLING: Final = "ROLLING"


def basis() -> dict[str, str | int]:
    """What a snapshot rests on, as far as this package knows."""
    edges = b"".join(feature.edges.tobytes() for feature in FEATURES)
    return {
        "format": FORMAT,
        "schema": SCHEMA_VERSION,
        "grid": sha256(edges).hexdigest(),
        "text": TEXT_VERSION,
        "lexicon": lexicon.digest(),
    }


@dataclass(frozen=True)
class Contents:
    """What a snapshot is made of. `basis`: what all of its rows rest on; where that is another now, they are worth
    nothing. `as_of`: the instant of the rows of `base`, ISO. `position`: up to where changes have been read. `usual`:
    see `figures.Usual`. `fresh`: segments whose people are in no earlier one any more, the later the newer.
    `pending`: people who changed and have not been read. `rarity`: counted over so many people (`counted`); `uncounted`
    of them were read since. `scale`: of the encoder that made vectors, "" where none did; `owed`: so many have
    none yet. `done`: the id reached, while it is being made.
    """

    basis: Mapping[str, Any]
    as_of: str
    position: str
    usual: tuple[tuple[str, int | None, float, int], ...] = ()
    base: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    pending: tuple[int, ...] = ()
    rarity: str = ""
    counted: int = 0
    uncounted: int = 0
    scale: str = ""
    owed: int = 0
    done: int = 0

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Contents:
        usual = tuple((platform, tier, rate, number) for platform, tier, rate, number in said["usual"])
        lists = {name: tuple(said[name]) for name in ("base", "fresh", "pending")}
        return cls(**{**said, **lists, "usual": usual})


@dataclass(frozen=True, eq=False)
class Part:
    """One segment; `holds`: the rows that no later one says anew; `texts`: all of its texts."""

    segment: Segment
    holds: Mask
    texts: TextSpace


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Everybody as columns: in each part those who `hold`. `scale`: of the vectors, where there are some."""

    contents: Contents
    parts: tuple[Part, ...]
    rarity: Rarity
    scale: Scale | None = None

    def __len__(self) -> int:
        return sum(int(part.holds.sum()) for part in self.parts)

    @cached_property
    def ids(self) -> Integers:
        """Of everybody, in the order of the parts."""
        each = [part.segment.ids[part.holds] for part in self.parts]
        return np.concatenate(each) if each else np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Store:
    """A folder; `opened` are the segments this process has mapped, by name."""

    folder: Path
    opened: dict[str, Segment] = field(default_factory=dict, compare=False)

    @contextmanager
    def locked(self, name: str = "lock") -> Iterator[None]:
        """One process of this machine at a time; the others wait."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / name).open("a") as file:
            (self.folder / name).chmod(0o600)
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def contents(self, name: str = CURRENT) -> Contents | None:
        """None where there is none, or none that can be read."""
        try:
            return Contents.from_json(json.loads((self.folder / name).read_text("utf-8")))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def put(self, contents: Contents, name: str = CURRENT) -> None:
        """Let this hold from now on, and let go of what no one needs any more. Whoever has it mapped keeps it."""
        write(self.folder / name, asdict(contents))
        self.clear()

    def drop(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)
        self.clear()

    def clear(self) -> None:
        """Remove whatever neither holds nor is on its way to; and what a process that died had begun to write."""
        kept = [found for name in (CURRENT, ROLLING) if (found := self.contents(name))]
        named = {name for one in kept for name in (*one.base, *one.fresh, one.rarity, one.scale)}
        squares = {_squares(one.rarity) for one in kept}
        for name in self.opened.keys() - named:
            del self.opened[name]
        for path in [*self.folder.iterdir(), *self.folder.glob("*/squares-*")]:
            if path.is_dir() and path.name not in named:
                shutil.rmtree(path, ignore_errors=True)
            elif path.name.startswith(".") or (path.name.startswith("squares-") and path.name not in squares):
                path.unlink(missing_ok=True)

    def add(self, content: Segment | Rarity | Scale) -> str:
        """Store it under a name of its own."""
        name = uuid4().hex
        pack(content, self.folder / name)
        return name

    def segment(self, name: str) -> Segment:
        """Mapped, once a process. Raises DomainError("snapshot_unreadable"), OSError."""
        if name not in self.opened:
            self.opened[name] = unpack(Segment, self.folder / name)
        return self.opened[name]

    def segments(self, names: Iterable[str]) -> list[Segment]:
        return [self.segment(name) for name in names]

    def count(self, contents: Contents) -> tuple[str, int]:
        """The rarity of what everybody of these contents says now, stored; and how many they are."""
        parts = list(self._holding(contents))
        told = [
            (segment.texts.keys, segment.texts.lengths() if holds.all() else _lengths(segment, holds))
            for segment, holds in parts
        ]
        number = sum(int(holds.sum()) for _segment, holds in parts)
        return self.add(Rarity.of(told, number)), number

    def measure(self, contents: Contents) -> None:
        """Store how long every text is, where that is not known: before they hold."""
        rarity = self._rarity(contents)
        for name in (*contents.base, *contents.fresh):
            path = self.folder / name / _squares(contents.rarity)
            if not path.exists():
                segment = self.segment(name)
                save(rarity.squares(segment.texts, len(segment)), path)

    def open(self, contents: Contents) -> Snapshot:
        """Map it. Raises DomainError("snapshot_unreadable"), OSError."""
        rarity = self._rarity(contents)
        names = (*contents.base, *contents.fresh)
        parts = []
        for name, (segment, holds) in zip(names, self._holding(contents), strict=True):
            squares = load(self.folder / name / _squares(contents.rarity))
            if squares.shape != (len(segment),):
                raise DomainError("snapshot_unreadable")
            parts.append(Part(segment, holds, TextSpace(rarity, segment.texts, segment.says, squares)))
        return Snapshot(contents, tuple(parts), rarity, self.scale(contents))

    def scale(self, contents: Contents) -> Scale | None:
        return unpack(Scale, self.folder / contents.scale) if contents.scale else None

    def _rarity(self, contents: Contents) -> Rarity:
        """With what the fresh say that nobody had said: it counts as the rarest."""
        rarity = unpack(Rarity, self.folder / contents.rarity)
        said = [segment.texts.keys for segment in self.segments(contents.fresh)]
        return rarity.heard(np.unique(np.concatenate(said))) if said else rarity

    def _holding(self, contents: Contents) -> Iterator[tuple[Segment, Mask]]:
        """Each segment with the rows that hold."""
        fresh = self.segments(contents.fresh)
        later = [np.concatenate([one.ids for one in fresh[place:]] or [_NOBODY]) for place in range(len(fresh) + 1)]
        for segment in self.segments(contents.base):
            yield segment, ~np.isin(segment.ids, later[0])
        for segment, ids in zip(fresh, later[1:], strict=True):
            yield segment, ~np.isin(segment.ids, ids)


_NOBODY: Final = np.empty(0, dtype=np.int64)


def _lengths(segment: Segment, holds: Mask) -> Integers:
    """In how many of the texts that hold each key stands."""
    before = np.concatenate(([0], np.cumsum(holds[segment.texts.rows])))
    return np.asarray(np.diff(before[segment.texts.starts]), dtype=np.int64)


def _squares(rarity: str) -> str:
    return f"squares-{rarity}.npy"
