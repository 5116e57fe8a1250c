"""What texts mean, taken from a snapshot where they are still what they were: reading them is most of the work."""

from collections.abc import Sequence

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


def vectors_of(ids: Integers, texts: Sequence[str], known: Snapshot | None, encoding: Encoding) -> Vectors:
    """As `Encoding.vectors` of these people's texts (n); `known` has vectors of the same encoder on the same scale."""
    prints = _prints(texts)
    kept: list[tuple[Integers, Vectors]] = []
    is_found = np.zeros(len(ids), dtype=np.bool_)
    for part in known.parts if known else ():
        old, new = _same(part, ids, prints)
        if len(old) and part.segment.vectors is not None:
            kept.append((new, part.segment.vectors.take(old)))
            is_found[new] = True
    others = np.flatnonzero(~is_found)
    kept.append((others, encoding.vectors([texts[row] for row in others.tolist()])))
    order = np.argsort(np.concatenate([rows for rows, _vectors in kept]))
    return stacked([vectors for _rows, vectors in kept]).take(order)


def _prints(texts: Sequence[str]) -> Keys:
    return np.array([digest(text) for text in texts], dtype=np.uint64)


def _same(part: Part, ids: Integers, prints: np.ndarray) -> tuple[Integers, Integers]:
    """Rows of the part, and places in `ids`, of those whose text is as it was."""
    place = {pk: n for n, pk in enumerate(ids.tolist())}
    old = np.flatnonzero(part.holds & np.isin(part.segment.ids, ids))
    new = np.array([place[pk] for pk in part.segment.ids[old].tolist()], dtype=np.int64)
    is_same = part.segment.prints[old] == prints[new]
    return old[is_same], new[is_same]
