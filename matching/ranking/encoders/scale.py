"""What the numbers of an encoder mean, found out on sentences that have nothing to do with each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from matching.ranking.arrays import Floats, Integers
from matching.ranking.lexicon import pairs
from matching.ranking.text import TextSpace

if TYPE_CHECKING:
    from matching.ranking.encoders.encoder import Encoder

UNRELATED: Final = 99  # of 100 unrelated texts: a list shows the best of hundreds
_TOGETHER: Final = 8  # sentences of a text, each on something else, as posts are
_Near = Callable[[int, int], Floats]  # by the languages of the asked and of the others: asked × texts


@dataclass(frozen=True, eq=False)
class Scale:
    """`axes` (2×d): directions at right angles in which all French and all English texts lie, whatever they are about.
    Without those, `far` is how near 99 of 100 unrelated texts are at most by the encoder, and `told` by the lexicon.
    """

    axes: Floats
    far: float
    told: float

    def bare(self, vectors: Floats) -> Floats:
        """These (n×d) without what all texts have in common; the same for each to the last bit in every batch."""
        for axis in self.axes:
            vectors = vectors - (vectors * axis).sum(axis=1, keepdims=True) * axis
        return vectors

    def read(self, cosine: Floats) -> Floats:
        """What the lexicon would say of texts as near as these: 0, `far` and 1 become 0, `told` and 1."""
        return np.interp(cosine, (0.0, self.far, 1.0), (0.0, self.told, 1.0))


def measured(encoder: Encoder) -> Scale:
    """The scale of an encoder, by our own sentences in French and English."""
    found = [units(encoder.encode([one[: encoder.room] for one in each])) for each in zip(*pairs(), strict=True)]
    axes, _ = np.linalg.qr(np.stack([each.mean(axis=0) for each in found], axis=1))
    scale = Scale(np.ascontiguousarray(axes.T), far=1.0, told=1.0)
    bare = [units(scale.bare(each)) for each in found]
    groups = _groups(len(bare[0]))

    def near(asked: int, other: int) -> Floats:
        return np.asarray(bare[asked] @ units(bare[other][groups].sum(axis=1)).T, dtype=np.float64)

    told = _told()
    return Scale(scale.axes, far=max(_unrelated(near, groups), told), told=told)


@cache
def _told() -> float:
    """The same of the lexicon."""
    sentences = list(zip(*pairs(), strict=True))
    groups = _groups(len(sentences[0]))
    spaces = [TextSpace.fit([" ".join(each[n] for n in group) for group in groups.tolist()]) for each in sentences]
    return _unrelated(
        lambda asked, other: np.nan_to_num([spaces[other].cosine(one) for one in sentences[asked]]), groups
    )


def units(vectors: Floats) -> Floats:
    """Each row (n×d) brought to length 1; a row of zeros stays one."""
    lengths = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
    found = np.zeros(vectors.shape)
    np.divide(vectors, lengths, out=found, where=lengths > 0)
    return found


def _groups(number: int) -> Integers:
    """Which of so many sentences make a text: neighbours, who may be on one matter, in different ones."""
    texts = number // _TOGETHER
    return np.arange(texts * _TOGETHER).reshape(_TOGETHER, texts).T


def _unrelated(near: _Near, groups: Integers) -> float:
    """How near 99 of 100 are at most, in whichever languages that is most."""
    most = 0.0
    for asked in (0, 1):
        for other in (0, 1):
            found = near(asked, other)
            is_own = (np.arange(len(found))[:, None, None] == groups[None]).any(axis=2)
            most = max(most, float(np.percentile(found[~is_own], UNRELATED)))
    return most
