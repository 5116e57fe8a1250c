"""How near a text is to each of many others, by what they mean. numpy and a stemmer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from matching.ranking import lexicon
from matching.ranking.arrays import Floats, Integers, Keys, Mask
from matching.ranking.postings import Postings, fingerprint

# Raise it when texts are read or weighed differently: what was made of them is then made anew.
TEXT_VERSION: Final = 2
MOST: Final = 256  # senses of one text: those it names most, the earlier of equals. Twenty posts have about as many
_TIMES: Final = 255  # more often than this is as often
_SUBLINEAR: Final = np.concatenate(([0.0], 1.0 + np.log(np.arange(1, _TIMES + 1))))


def senses(texts: Sequence[str]) -> tuple[Postings, Mask]:
    """What n texts, as written, mean and how often each names it (1 to 255); and which say anything at all."""
    counted = [Counter(lexicon.shipped().senses(text)).most_common(MOST) for text in texts]
    keys = np.array([fingerprint(sense) for said in counted for sense, _times in said], dtype=np.uint64)
    times = np.array([min(times, _TIMES) for said in counted for _sense, times in said], dtype=np.uint8)
    rows = np.repeat(np.arange(len(texts), dtype=np.int64), [len(said) for said in counted])
    return Postings.from_cells(keys, rows, times), np.array([bool(said) for said in counted], dtype=np.bool_)


@dataclass(frozen=True, eq=False)
class Rarity:
    """In how many of `number` texts each sense stands (`texts`), by ascending key: the rarer, the more it says. What
    stands in none says nothing. `news`: keys that were heard since, ascending; they count as standing in one.
    """

    keys: Keys
    texts: npt.NDArray[np.int32]
    number: int
    news: Keys = field(default_factory=lambda: np.empty(0, dtype=np.uint64))

    @classmethod
    def of(cls, parts: Iterable[tuple[Keys, Integers]], number: int) -> Rarity:
        """From how many texts have each key, told part by part."""
        told = [(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64)), *parts]
        keys, places = np.unique(np.concatenate([keys for keys, _texts in told]), return_inverse=True)
        counts = np.concatenate([texts for _keys, texts in told])
        texts = np.bincount(places, weights=counts, minlength=len(keys)).astype(np.int32)
        return cls(keys[texts > 0], texts[texts > 0], number)

    def heard(self, keys: Keys) -> Rarity:
        """With these keys (ascending, each once) known, too."""
        return replace(self, news=keys[~_among(keys, self.keys)])

    def weights(self, keys: Keys) -> Floats:
        """What each of these keys weighs, as scikit-learn's smooth inverse document frequency; 0 where unknown."""
        texts = np.zeros(len(keys))
        known = _among(keys, self.keys)
        texts[known] = self.texts[np.searchsorted(self.keys, keys[known])]
        texts[_among(keys, self.news)] = 1.0
        return np.where(texts > 0, np.log((1 + self.number) / (1 + texts)) + 1.0, 0.0)

    def squares(self, texts: Postings, number: int) -> Floats:
        """The squared length of so many texts (n): summed in the order of the keys, whoever else is there."""
        weights = np.repeat(self.weights(texts.keys), texts.lengths()) * _SUBLINEAR[texts.amounts]
        return np.bincount(texts.rows, weights=weights * weights, minlength=number).astype(np.float64)

    def asked(self, text: str) -> Asked:
        """A text to be held against others."""
        said, [is_told] = senses([text])
        pulls = self.pulls(said.keys, said.amounts)
        return Asked(text, bool(is_told), said.keys, pulls, float(self.squares(said, 1)[0]))

    def pulls(self, keys: Keys, times: npt.NDArray[Any] | None) -> Floats:
        """What each of these keys weighs in a text that names it so many times, times its weight in any text."""
        weights = self.weights(keys)
        return np.asarray(weights * _SUBLINEAR[times] * weights)


@dataclass(frozen=True, eq=False)
class Asked:
    """`pulls`: by ascending key, its weight in the text asked for times its weight in any text."""

    text: str
    is_told: bool
    keys: Keys
    pulls: Floats
    square: float


def _among(keys: Keys, others: Keys) -> Mask:
    """Which of the keys are among the others, which are ascending."""
    places = np.searchsorted(others, keys)
    found = places < len(others)
    found[found] = others[places[found]] == keys[found]
    return np.asarray(found, dtype=np.bool_)


@dataclass(frozen=True, eq=False)
class TextSpace:
    """What n texts mean, weighed by a rarity: TF-IDF of the concepts that French and English words name, and of the
    stems of words that the lexicon does not know (see `lexicon`), so that a French and an English text on one matter
    are near.

    A space gives the same numbers for a text, to the last bit, whatever the order of the texts and whichever others
    `take` leaves beside it. `says` (n): whether a text says anything. A copy of no text is kept.
    """

    rarity: Rarity
    texts: Postings
    says: Mask
    squares: Floats

    @classmethod
    def fit(cls, texts: Sequence[str]) -> TextSpace:
        """With the rarity of what these texts (n), as written, say themselves."""
        said, says = senses(texts)
        return cls.over(said, says, Rarity.of([(said.keys, said.lengths())], len(texts)))

    @classmethod
    def of(cls, texts: Sequence[str], rarity: Rarity) -> TextSpace:
        """With a rarity that is given: of others than these texts."""
        return cls.over(*senses(texts), rarity)

    @classmethod
    def over(cls, said: Postings, says: Mask, rarity: Rarity) -> TextSpace:
        """Of texts that have been read."""
        return cls(rarity, said, says, rarity.squares(said, len(says)))

    def __len__(self) -> int:
        return len(self.says)

    def take(self, which: Mask | Integers) -> TextSpace:
        """The same space with only these of its texts, by mask or by position."""
        positions = np.arange(len(self))[which]
        new_rows = np.full(len(self), -1, dtype=np.int64)
        new_rows[positions] = np.arange(len(positions))
        return TextSpace(self.rarity, self.texts.take(new_rows), self.says[positions], self.squares[positions])

    def cosine(self, text: str) -> Floats:
        """Cosine, 0 to 1, of `text` with each text of the space (n); NaN where either says nothing."""
        return self.nearness(self.rarity.asked(text))

    def asked_of(self, row: int) -> Asked:
        """One of the texts of this space, to be held against others; it says what it means, not how it is written."""
        keys, times = self.texts.of_row(row)
        return Asked("", bool(self.says[row]), keys, self.rarity.pulls(keys, times), float(self.squares[row]))

    def nearness(self, asked: Asked) -> Floats:
        """The same for a text that was weighed before."""
        if not asked.is_told:
            return np.full(len(self), np.nan)
        places, there = self.texts.places(asked.keys)
        rows, times, lengths = self.texts.of_all(places[there])
        pulls = np.repeat(asked.pulls[there], lengths) * _SUBLINEAR[times]
        near = np.bincount(rows, weights=pulls, minlength=len(self)).astype(np.float64)
        both = np.sqrt(self.squares * asked.square)
        np.divide(near, both, out=near, where=both > 0)
        near[~self.says] = np.nan
        return np.minimum(near, 1.0, out=near)
