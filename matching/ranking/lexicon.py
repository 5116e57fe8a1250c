"""What the words of a text mean, in French and English alike: both "océan" and "the sea" name concept 1204.

The lexicon is ours: data/concepts/*.txt, a concept a line, `French words = English words`. data/pairs.tsv holds
sentences in both languages, to try it on. Plain Python and a stemmer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final, Literal, TypeAlias, get_args

import snowballstemmer

from matching.ranking.normalisation import normalise

Language: TypeAlias = Literal["fr", "en"]
Term: TypeAlias = tuple[str, ...]  # stems

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
    begins with a stem.
    """

    terms: Mapping[Language, Mapping[Term, tuple[int, ...]]]
    longest: Mapping[Language, Mapping[str, int]]

    @classmethod
    def from_lines(cls, lines: Iterable[str]) -> Lexicon:
        """Each line `French, words = English, words`: one concept, numbered from 0."""
        named: dict[Language, dict[Term, list[int]]] = {"fr": defaultdict(list), "en": defaultdict(list)}
        for concept, line in enumerate(lines):
            for language, words in zip(named, line.split(" = "), strict=True):
                for term in dict.fromkeys(_term(word, language) for word in words.split(",")):
                    named[language][term].append(concept)
        terms = {language: {t: tuple(c) for t, c in found.items()} for language, found in named.items()}
        longest: dict[Language, dict[str, int]] = {"fr": {}, "en": {}}
        for language, found in terms.items():
            for term in found:
                longest[language][term[0]] = max(len(term), longest[language].get(term[0], 0))
        return cls(terms, longest)

    def senses(self, text: str) -> list[str]:
        """What a text names, in its order: "#12" for concept 12, and the stem of a word that the lexicon has not."""
        words = normalise(text).split()
        return [
            sense
            for language in languages_of(words)
            for _places, found in self.named(words, language)
            for sense in found
        ]

    def named(self, words: Sequence[str], language: Language) -> Iterator[tuple[Sequence[int], Sequence[str]]]:
        """The same of normalised words, with the places of those that name it."""
        told = [(place, stem) for place, word in enumerate(words) for stem in _telling(self, word, language)]
        places, stems = [place for place, _stem in told], [stem for _place, stem in told]
        terms, longest = self.terms[language], self.longest[language]
        at = 0
        while at < len(stems):
            for length in range(min(longest.get(stems[at], 0), len(stems) - at), 0, -1):
                if (term := tuple(stems[at : at + length])) in terms:
                    parts = [term, *((part,) for part in term if length > 1)]  # drinking water is water, too
                    yield places[at : at + length], [f"#{n}" for part in parts for n in terms.get(part, ())]
                    at += length
                    break
            else:
                yield places[at : at + 1], stems[at : at + 1]
                at += 1


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


def _term(words: str, language: Language) -> Term:
    spelt = normalise(words).split()
    telling = [word for word in spelt if word not in _SMALL[language]]
    return tuple(stem(word, language) for word in telling or spelt)


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
