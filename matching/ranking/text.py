"""How near a text is to each of many others. The only module of the package that imports scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Self

import numpy as np
from scipy.sparse import csr_array, hstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from matching.ranking import lexicon
from matching.ranking.arrays import Floats, Integers, Mask
from matching.ranking.normalisation import normalise

# Characters carry inflections, compounds and hashtags written in one piece; words carry meaning.
_SPELLING: Final = (
    {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"\S+"},
    {"analyzer": "char_wb", "ngram_range": (3, 5)},
)


class TextSpace:
    """How texts are spelt and what they mean, fitted on a fixed set of texts, and those texts' vectors.

    Spelling: word (1-2) and character (3-5) TF-IDF, each with half of the weight. Meaning: TF-IDF of the concepts that
    French and English words name (see `lexicon`), so that a French and an English text on one matter are near. Two
    texts are as near as the nearer of both says. A space gives the same numbers for a text, to the last bit, whatever
    the order of the texts it was fitted on and whichever others `take` leaves beside it.
    """

    def __init__(self, spelling: _Texts, meaning: _Texts, known: Mask) -> None:
        self._spelling, self._meaning = spelling, meaning
        self._known = known

    @classmethod
    def fit(cls, texts: Sequence[str]) -> Self:
        """Learn the vocabulary and rarity of what `texts` (n), as written, say. A copy of no text is kept."""
        spelt = [normalise(text) for text in texts]
        known = np.array([bool(text) for text in spelt], dtype=np.bool_)
        spelling = _Texts.fit(spelt, [CountVectorizer(lowercase=False, dtype=np.float64, **one) for one in _SPELLING])
        senses = CountVectorizer(analyzer=lexicon.shipped().senses, dtype=np.float64)
        return cls(spelling, _Texts.fit(texts, [senses]), known)

    def __len__(self) -> int:
        return len(self._known)

    def take(self, which: Mask | Integers) -> TextSpace:
        """The same space with only these of its texts, by mask or by position."""
        positions = np.arange(len(self))[which]
        return TextSpace(self._spelling.take(positions), self._meaning.take(positions), self._known[positions])

    def cosine(self, text: str) -> Floats:
        """Cosine, 0 to 1, of `text` with each text of the space (n); NaN where either says nothing."""
        spelt = normalise(text)
        if not spelt or not self._known.any():
            return np.full(len(self), np.nan)
        nearest = np.maximum(self._spelling.cosine(spelt), self._meaning.cosine(text))
        return np.where(self._known, nearest, np.nan)


class _Texts:
    """The vectors of n texts: grains side by side, each with an equal part of the weight."""

    def __init__(self, grains: tuple[_Grain, ...], rows: csr_array) -> None:
        self._grains, self._rows = grains, rows

    @classmethod
    def fit(cls, texts: Sequence[str], counters: Sequence[CountVectorizer]) -> Self:
        grains = tuple(map(_Grain, counters))
        try:
            return cls(grains, _joined([grain.fit(list(texts)) for grain in grains]))
        except ValueError:  # an empty vocabulary, which scikit-learn refuses
            return cls((), csr_array((len(texts), 0), dtype=np.float64))

    def take(self, positions: Integers) -> _Texts:
        return _Texts(self._grains, self._rows[positions])

    def cosine(self, text: str) -> Floats:
        if not self._grains:
            return np.zeros(self._rows.shape[0])
        query = _joined([grain.vectors([text]) for grain in self._grains]).toarray()[0]
        return np.clip(np.asarray(self._rows @ query, dtype=np.float64), 0.0, 1.0)


class _Grain:
    """TF-IDF of one analyzer: scikit-learn's, but tokenised once and with sums in the order of the vocabulary."""

    def __init__(self, counter: CountVectorizer) -> None:
        self._counter = counter
        self._weigher = TfidfTransformer(sublinear_tf=True)

    def fit(self, spelt: list[str]) -> csr_array:
        counts = self._counter.fit_transform(spelt)
        # scikit-learn leaves terms in the order in which they first came: norms are sums, and would follow it.
        counts.sort_indices()
        return self._weigher.fit_transform(counts)

    def vectors(self, spelt: list[str]) -> csr_array:
        return self._weigher.transform(self._counter.transform(spelt))


def _joined(halves: list[csr_array]) -> csr_array:
    return csr_array(hstack(halves, format="csr") * len(halves) ** -0.5)
