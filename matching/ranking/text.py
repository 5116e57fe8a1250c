"""How near a text is to each of many others. The only module of the package that imports scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Self

import numpy as np
from scipy.sparse import csr_array, hstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from matching.ranking.arrays import Floats, Integers, Mask
from matching.ranking.normalisation import normalise

# Characters carry inflections, compounds and hashtags written in one piece; words carry meaning.
_GRAINS: Final = (
    {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"\S+"},
    {"analyzer": "char_wb", "ngram_range": (3, 5)},
)


class TextSpace:
    """Word (1-2) and character (3-5) TF-IDF fitted on a fixed set of texts, and those texts' vectors in it.

    Each half has half of the weight, so a cosine is the mean of the two. A space gives the same numbers for a text,
    to the last bit, whatever the order of the texts it was fitted on and whichever others `take` leaves beside it.
    """

    def __init__(self, grains: tuple[_Grain, ...], rows: csr_array, known: Mask) -> None:
        self._grains = grains
        self._rows = rows
        self._known = known

    @classmethod
    def fit(cls, texts: Sequence[str]) -> Self:
        """Learn the vocabulary and word rarity of `texts` (n), as written. A copy of no text is kept."""
        spelt = [normalise(text) for text in texts]
        known = np.array([bool(text) for text in spelt], dtype=np.bool_)
        if not known.any():  # scikit-learn refuses an empty vocabulary
            return cls((), csr_array((len(spelt), 0), dtype=np.float64), known)
        grains = tuple(_Grain(CountVectorizer(lowercase=False, dtype=np.float64, **options)) for options in _GRAINS)
        return cls(grains, _joined([grain.fit(spelt) for grain in grains]), known)

    def __len__(self) -> int:
        return len(self._known)

    def take(self, which: Mask | Integers) -> TextSpace:
        """The same space with only these of its texts, by mask or by position."""
        positions = np.arange(len(self))[which]
        return TextSpace(self._grains, self._rows[positions], self._known[positions])

    def cosine(self, text: str) -> Floats:
        """Cosine, 0 to 1, of `text` with each text of the space (n); NaN where either says nothing."""
        spelt = normalise(text)
        if not spelt or not self._grains:
            return np.full(len(self), np.nan)
        query = _joined([grain.vectors([spelt]) for grain in self._grains]).toarray()[0]
        cosines = np.clip(np.asarray(self._rows @ query, dtype=np.float64), 0.0, 1.0)
        return np.where(self._known, cosines, np.nan)


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
