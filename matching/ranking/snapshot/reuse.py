"""What texts mean, taken from a snapshot where they are still what they were: reading them is most of the work."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.ranking.arrays import Integers, Keys, Mask
from matching.ranking.encoders.encoder import Encoding
from matching.ranking.postings import Postings, digest, joined
from matching.ranking.snapshot.store import Part, Snapshot
from matching.ranking.text import senses
from matching.ranking.vectors import Vectors, stacked


def senses_of(ids: Integers, texts: Sequence[str], known: Snapshot | None) -> tuple[Postings, Mask]:
    """As `text.senses` of these people's texts (n)."""
    prints = _prints(texts)
    says, is_found = (np.zeros(len(ids), dtype=np.bool_) for _ in range(2))
    found = []
    for part in known.parts if known else ():
        old, new = _same(part, ids, prints)
        if not len(old):
            continue
        new_rows = np.full(len(part.segment), -1, dtype=np.int64)
        new_rows[old] = new
        taken = part.segment.texts.take(new_rows)
        found.append(Postings(taken.keys, taken.starts, taken.rows.astype(np.int64), taken.amounts))
        says[new], is_found[new] = part.segment.says[old], True
    others = np.flatnonzero(~is_found)
    read, says[others] = senses([texts[row] for row in others.tolist()])
    found.append(Postings(read.keys, read.starts, others[read.rows], read.amounts))
    return joined(found), says


@dataclass
class Vectoring:
    """Where vectors come from: `known`, which may have some by this encoding on this scale; else the encoding, for so
    many texts more as `left` says (None: all). `owed`: how many were left without one.
    """

    encoding: Encoding
    known: Snapshot | None = None
    left: int | None = None
    owed: int = 0

    def of(self, ids: Integers, texts: Sequence[str]) -> Vectors:
        """Of these people's texts (n), as `Encoding.vectors`."""
        prints = _prints(texts)
        kept: list[tuple[Integers, Vectors]] = []
        is_found = np.zeros(len(ids), dtype=np.bool_)
        for part in self.known.parts if self.known else ():
            old, new = _same(part, ids, prints)
            if part.segment.vectors is not None:
                has_one = part.segment.vectors.squares[old] > 0
                kept.append((new[has_one], part.segment.vectors.take(old[has_one])))
                is_found[new[has_one]] = True
        others = np.flatnonzero(~is_found)
        told = self._granted([texts[row] for row in others.tolist()])
        kept.append((others, self.encoding.vectors(told)))
        order = np.argsort(np.concatenate([rows for rows, _vectors in kept]))
        return stacked([vectors for _rows, vectors in kept]).take(order)

    def _granted(self, texts: list[str]) -> list[str]:
        """The first of these, and nothing instead of the others."""
        if self.left is None:
            return texts
        granted = min(self.left, len(texts))
        self.left -= granted
        self.owed += sum(map(bool, texts[granted:]))
        return [*texts[:granted], *[""] * (len(texts) - granted)]


def _prints(texts: Sequence[str]) -> Keys:
    return np.array([digest(text) for text in texts], dtype=np.uint64)


def _same(part: Part, ids: Integers, prints: np.ndarray) -> tuple[Integers, Integers]:
    """Rows of the part, and places in `ids`, of those whose text is as it was."""
    place = {pk: n for n, pk in enumerate(ids.tolist())}
    old = np.flatnonzero(part.holds & np.isin(part.segment.ids, ids))
    new = np.array([place[pk] for pk in part.segment.ids[old].tolist()], dtype=np.int64)
    is_same = part.segment.prints[old] == prints[new]
    return old[is_same], new[is_same]
