"""Texts as vectors: what an encoder must promise, and how a long text becomes one vector."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from matching.ranking.arrays import Floats
from matching.ranking.encoders.scale import Scale, units
from matching.ranking.vectors import Vectors

# Raise it when texts are cut, averaged or laid on the scale differently: their vectors are then made anew.
ENCODING_VERSION: Final = 1
MOST_PIECES: Final = 8  # of one text, some five hundred words: a bio and the newest posts come first


class Encoder(Protocol):
    """Makes vectors of texts: for one text the same to the last bit, whatever stands beside it."""

    @property
    def identity(self) -> str:
        """Of everything that decides which vector a text has."""
        ...

    @property
    def room(self) -> int:
        """How many characters it reads at a time."""
        ...

    def encode(self, texts: Sequence[str]) -> Floats:
        """n×d, of texts that say something and are no longer than there is room for."""
        ...


@dataclass(frozen=True)
class Encoding:
    """An encoder and the scale its vectors were laid on. Raises DomainError("too_many_dimensions")."""

    encoder: Encoder
    scale: Scale

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Of n texts as written, each as it would be alone; no letter, no vector."""
        told = [pieces(text, self.encoder.room) for text in texts]
        whole = np.zeros((len(texts), self.scale.axes.shape[1]))
        every = [piece for cut in told for piece in cut]
        found = self.scale.bare(units(self.encoder.encode(every))) if every else whole
        at = 0
        for row, cut in enumerate(told):
            for place, piece in enumerate(cut, at):  # one after the other: to the last bit the same in every batch
                whole[row] += found[place] * len(piece)
            at += len(cut)
        return Vectors.of(whole)


def pieces(text: str, room: int) -> list[str]:
    """A text cut between words to at most so many characters a piece, the first of them; without those in which
    nothing can be read.
    """
    said = " ".join(text[: 2 * room * MOST_PIECES].split())
    cut = textwrap.wrap(said, room, break_on_hyphens=False)
    return [piece for piece in cut if any(map(str.isalnum, piece))][:MOST_PIECES]
