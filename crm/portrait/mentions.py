"""What somebody said about what concerns us: the sentences of their posts in which words of a topic or cause stand."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from crm.handles import fold

_WORD = re.compile(r"[^\W_]+")
_END = re.compile(r"(?<=[.!?…])\s+(?!#)|\s*\n+\s*(?!#)")  # hashtags go with the sentence before them
_STEM_FROM = 4  # letters: shorter words keep their s
_LONGEST = 280  # characters of a quotation

Kind = Literal["cause", "topic", "conflict"]


@dataclass(frozen=True)
class Subject:
    """What posts may speak of: the words that tell it by language ("": in any), and hashtags, without "#"."""

    kind: Kind
    key: int
    words: Mapping[str, Sequence[str]]
    hashtags: Sequence[str] = ()


@dataclass(frozen=True)
class Said:
    """What a post speaks of, and the sentence that tells most of it: its parts in turn plain and telling."""

    parts: tuple[str, ...]  # plain, telling, plain, …; joined, the sentence
    subjects: tuple[tuple[Kind, int], ...]  # of the whole post

    @property
    def sentence(self) -> str:
        return "".join(self.parts)


class Ear:
    """Listens for a set of subjects: built once, asked about every post."""

    def __init__(self, subjects: Iterable[Subject]) -> None:
        self._terms: dict[str, dict[tuple[str, ...], list[tuple[Subject, str]]]] = {}
        self._tags: dict[str, list[Subject]] = {}
        for subject in subjects:
            for language, words in subject.words.items():
                for word in words:
                    self._learn(subject, language, word)
            for tag in subject.hashtags:
                if key := "".join(_stems(tag)):
                    self._tags.setdefault(key, []).append(subject)

    def _learn(self, subject: Subject, language: str, word: str) -> None:
        if term := _stems(word):
            self._terms.setdefault(term[0], {}).setdefault(term, []).append((subject, language))

    def hear(self, text: str, *, language: str = "", hashtags: Sequence[str] = ()) -> Said | None:
        """What a post speaks of, in the sentence that tells most, the earliest of equals; None where it is nothing.

        Words count in the language of the post, in every language where that is unknown.
        """
        sentences = [*(sentence.strip() for sentence in _END.split(text)), " ".join(f"#{tag}" for tag in hashtags)]
        heard = [said for sentence in sentences if (said := self._hear(sentence, language))]
        if not heard:
            return None
        most = max(heard, key=lambda said: len(said.subjects))
        return Said(most.parts, tuple(dict.fromkeys(subject for said in heard for subject in said.subjects)))

    def _hear(self, sentence: str, language: str) -> Said | None:
        words = [(match, _stem_of(match[0])) for match in _WORD.finditer(sentence)]
        found: dict[tuple[Kind, int], None] = {}
        telling: list[tuple[int, int]] = []
        for place, (match, _stemmed) in enumerate(words):
            for subject, length in self._at(sentence, words, place, language):
                found.setdefault((subject.kind, subject.key))
                telling.append((match.start(), words[place + length - 1][0].end()))
        return Said(_parts(sentence, telling), tuple(found)) if found else None

    def _at(
        self, sentence: str, words: Sequence[tuple[re.Match[str], str]], place: int, language: str
    ) -> Iterator[tuple[Subject, int]]:
        """What begins at this word, and how many words it takes."""
        match, stem = words[place]
        if sentence[: match.start()].endswith("#"):
            yield from ((subject, 1) for subject in self._tags.get(stem, ()))
        for term, subjects in self._terms.get(stem, {}).items():
            if tuple(stem for _match, stem in words[place : place + len(term)]) == term:
                yield from (
                    (one, len(term)) for one, theirs in subjects if not (theirs and language) or theirs == language
                )


@lru_cache(maxsize=1 << 15)  # the words of all topics: the same for everybody's page
def _stems(text: str) -> tuple[str, ...]:
    return tuple(_stem_of(match[0]) for match in _WORD.finditer(text))


@lru_cache(maxsize=1 << 15)  # most words of a post are those of the one before
def _stem_of(word: str) -> str:
    return _stem(fold(word))


def _stem(word: str) -> str:
    """Without the s or x of most plurals, English and French."""
    return word[:-1] if len(word) >= _STEM_FROM and word[-1] in "sx" else word


def _parts(sentence: str, telling: list[tuple[int, int]]) -> tuple[str, ...]:
    """Cut into plain and telling parts in turn; a long sentence is cut down to what stands around the first telling."""
    first = min(telling)[0]
    start = max(0, first - _LONGEST // 2) if len(sentence) > _LONGEST else 0
    end = min(len(sentence), start + _LONGEST)
    parts, at = [], start
    for begin, stop in sorted(telling, key=lambda span: (span[0], -span[1])):
        if begin >= at and stop <= end:
            parts += [sentence[at:begin], sentence[begin:stop]]
            at = stop
    parts.append(sentence[at:end])
    if start:
        parts[0] = "…" + parts[0]
    if end < len(sentence):
        parts[-1] += "…"
    return tuple(parts)
