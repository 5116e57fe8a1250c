"""What the words of a text mean, in French and English alike: both "océan" and "the sea" name concept 1204.

The lexicon is ours: data/concepts/*.txt, a concept a line, `French words = English words`. data/pairs.tsv holds
sentences in both languages, to try it on. Plain Python and a stemmer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from threading import Lock
from typing import Final, Literal, TypeAlias, get_args

import snowballstemmer

from matching.ranking.normalisation import plain, spelt

Language: TypeAlias = Literal["fr", "en"]
Term: TypeAlias = tuple[str, ...]  # stems
_Written: TypeAlias = dict[str, dict[int, list[str]]]  # {stem: {concept: words}}

DATA: Final = Path(__file__).parent / "data"
_STEMMERS: Final = {"fr": snowballstemmer.stemmer("french"), "en": snowballstemmer.stemmer("english")}
_STEMMING, _READING = Lock(), Lock()  # a stemmer works in its own fields, and the web has threads
# Words that say nothing of a subject, and much of the language.
_SMALL: Final[Mapping[Language, frozenset[str]]] = {
    language: frozenset((DATA / f"small_words.{language}.txt").read_text("utf-8").split())
    for language in get_args(Language)
}
_CLEARLY: Final = 1.5  # times as many small words of the one language as of the other
# A word that the lexicon does not know may be several written as one, as hashtags are: "sauvonslesoceans". So many
# letters it has then, and its pieces: small words, and known ones.
_JOINED: Final = range(8, 61)
_SMALL_PIECE: Final = 2
_PIECE: Final = 4


@lru_cache(maxsize=1 << 17)
def stem(word: str, language: Language) -> str:
    """The stem of a normalised word."""
    with _STEMMING:
        return str(_STEMMERS[language].stemWord(word))


def languages_of(words: Iterable[str]) -> tuple[Language, ...]:
    """The language of normalised words, told by the small ones among them; both where they do not tell."""
    words = list(words)
    french, english = (sum(word in _SMALL[language] for word in words) for language in get_args(Language))
    if french > _CLEARLY * english:
        return ("fr",)
    return ("en",) if english > _CLEARLY * french else ("fr", "en")


@dataclass(frozen=True, eq=False)
class Lexicon:
    """`terms`: of each language, which concepts a term may name. `longest`: how many stems the longest term has that
    begins with a stem. `spellings`: of stems that concepts share whose words differ by their accents ("mer", "mère"),
    how each concept spells them.
    """

    terms: Mapping[Language, Mapping[Term, tuple[int, ...]]]
    longest: Mapping[Language, Mapping[str, int]]
    spellings: Mapping[Language, Mapping[str, Mapping[int, tuple[str, ...]]]]

    @classmethod
    def from_lines(cls, lines: Iterable[str]) -> Lexicon:
        """Each line `French, words = English, words`: one concept, numbered from 0."""
        named: dict[Language, dict[Term, list[int]]] = {"fr": defaultdict(list), "en": defaultdict(list)}
        written: dict[Language, _Written] = {language: defaultdict(lambda: defaultdict(list)) for language in named}
        for concept, line in enumerate(lines):
            for language, words in zip(named, line.split(" = "), strict=True):
                for one in words.split(","):
                    term, telling = _term(one, language)
                    if concept not in named[language][term]:
                        named[language][term].append(concept)
                    if len(term) == 1:
                        written[language][term[0]][concept] += telling
        terms = {language: {t: tuple(c) for t, c in found.items()} for language, found in named.items()}
        longest: dict[Language, dict[str, int]] = {"fr": {}, "en": {}}
        for language, found in terms.items():
            for term in found:
                longest[language][term[0]] = max(len(term), longest[language].get(term[0], 0))
        return cls(terms, longest, {language: _told_apart(found) for language, found in written.items()})

    def senses(self, text: str) -> list[str]:
        """What a text names, in its order: "#12" for concept 12, and the stem of a word that the lexicon has not."""
        words = spelt(text)
        return [
            sense
            for language in languages_of(map(plain, words))
            for _places, found in self.named(words, language)
            for sense in found
        ]

    def named(self, words: Sequence[str], language: Language) -> Iterator[tuple[Sequence[int], Sequence[str]]]:
        """The same of the words of a text as `spelt`, with the places of those that name it."""
        told = [(place, stem) for place, word in enumerate(words) for stem in _telling(self, plain(word), language)]
        places, stems = [place for place, _stem in told], [stem for _place, stem in told]
        # Where nobody writes accents they tell nothing.
        is_so = is_so_spelt if any(plain(word) != word for word in words) else _is_the_same
        terms, longest = self.terms[language], self.longest[language]
        at = 0
        while at < len(stems):
            for length in range(min(longest.get(stems[at], 0), len(stems) - at), 0, -1):
                if (term := tuple(stems[at : at + length])) in terms:
                    spelling = dict(zip(term, (words[place] for place in places[at : at + length]), strict=True))
                    parts = [term, *((part,) for part in term if length > 1)]  # drinking water is water, too
                    yield (
                        places[at : at + length],
                        [f"#{n}" for part in parts for n in self._of(part, language, spelling, is_so)],
                    )
                    at += length
                    break
            else:
                yield places[at : at + 1], stems[at : at + 1]
                at += 1

    def _of(
        self, term: Term, language: Language, spelling: Mapping[str, str], is_so: Callable[[str, str], bool]
    ) -> Sequence[int]:
        """Concepts of a term; of one word as its text spells it, only those that have it so, where any has."""
        found = self.terms[language].get(term, ())
        apart = self.spellings[language].get(term[0]) if len(term) == 1 else None
        if apart is None:
            return found
        word = spelling[term[0]]
        return [concept for concept in found if any(is_so(word, one) for one in apart[concept])] or found


def _is_the_same(word: str, other: str) -> bool:
    return plain(other) in (word, word.removesuffix("s"))


def is_so_spelt(word: str, other: str) -> bool:
    """Whether two words have their accents on the same letters, as far as they have the same letters."""
    for letter, its in zip(word, other, strict=False):
        if plain(letter) != plain(its):
            return True
        if (letter == plain(letter)) != (its == plain(its)):
            return False
    return True


def _told_apart(written: _Written) -> dict[str, dict[int, tuple[str, ...]]]:
    """Only the stems whose words differ by accents between concepts."""
    return {
        stem: {concept: tuple(words) for concept, words in concepts.items()}
        for stem, concepts in written.items()
        if any(
            not is_so_spelt(one, other)
            for (_, some), (_, others) in combinations(concepts.items(), 2)
            for one in some
            for other in others
        )
    }


@lru_cache(maxsize=1 << 17)
def _telling(lexicon: Lexicon, word: str, language: Language) -> tuple[str, ...]:
    """The stems of what a normalised word is written of, without the small words."""
    return tuple(stem(one, language) for one in _pieces(lexicon, word, language) if one not in _SMALL[language])


def _pieces(lexicon: Lexicon, word: str, language: Language) -> tuple[str, ...]:
    """The words that one normalised word is written of, the fewest; itself, where it is not."""
    if len(word) not in _JOINED or (stem(word, language),) in lexicon.terms[language]:
        return (word,)
    best: list[tuple[str, ...] | None] = [()]
    for end in range(1, len(word) + 1):
        found = None
        for start in range(end):
            before, piece = best[start], word[start:end]
            if before is None or (found is not None and len(before) + 1 >= len(found)):
                continue
            if _is_piece(lexicon, piece, language):
                found = (*before, piece)
        best.append(found)
    return best[-1] or (word,)


def _is_piece(lexicon: Lexicon, word: str, language: Language) -> bool:
    if word in _SMALL[language]:
        return len(word) >= _SMALL_PIECE
    if len(word) < _PIECE:
        return False
    terms = lexicon.terms[language]
    # Hashtags call upon people, and the stemmer leaves French imperatives as they are: "sauvons".
    return (stem(word, language),) in terms or (language == "fr" and (stem(word.removesuffix("ons"), "fr"),) in terms)


def _term(words: str, language: Language) -> tuple[Term, list[str]]:
    """Its stems, and the words they are of."""
    written = spelt(words)
    telling = [word for word in written if plain(word) not in _SMALL[language]] or written
    return tuple(stem(plain(word), language) for word in telling), telling


def shipped() -> Lexicon:
    """The lexicon that comes with Causeway. Read once, which takes a second or two, whoever else waits for it."""
    with _READING:
        return _read()


@cache
def _read() -> Lexicon:
    return Lexicon.from_lines(
        line for path in sorted(DATA.glob("concepts/*.txt")) for line in path.read_text("utf-8").splitlines()
    )


@cache
def digest() -> str:
    """Of everything that decides what a text means."""
    paths = sorted([*DATA.glob("concepts/*.txt"), *DATA.glob("small_words.*.txt")])
    return sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def pairs() -> list[tuple[str, str]]:
    """Sentences on causes, French and English."""
    rows = (line.split("\t") for line in (DATA / "pairs.tsv").read_text("utf-8").splitlines())
    return [(french, english) for french, english in rows]
