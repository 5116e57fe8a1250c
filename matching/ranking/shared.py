"""Which words of a text say what a cause says, too, in French or English: where a nearness of two texts comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from matching.ranking.lexicon import Lexicon, languages_of
from matching.ranking.normalisation import plain, spelt

_PIECE = re.compile(r"[^\s'’]+")
_AHEAD, _BEHIND = re.compile(r"^[^\w#]+"), re.compile(r"\W+$")
_LONGEST: Final = 280  # characters of a quotation
_SUBJECT, _ASIDE = 3.0, 1.0  # what a word of the subject weighs, and one that a brief only says in passing
_SHORT: Final = 4  # letters: shorter stems that the lexicon has not are "sans" and its like


@dataclass(frozen=True)
class Quotation:
    """What of a text to read: its parts in turn plain and telling; joined, the text, cut around the first telling word.
    `weight`: how much it has in common, 0 for nothing.
    """

    parts: tuple[str, ...]
    weight: float

    @property
    def text(self) -> str:
        return "".join(self.parts)


def wanted(lexicon: Lexicon, *, subject: str, name: str, brief: str) -> dict[str, float]:
    """What to look for, as senses with their weights: the words of a subject (its topics and hashtags), and what the
    lexicon knows of a name and a brief, which also say "what" and "whoever".
    """
    aside, called = (filter(_is_concept, lexicon.senses(text)) for text in (brief, name))
    own = (sense for sense in lexicon.senses(subject) if _is_concept(sense) or len(sense) >= _SHORT)
    return dict.fromkeys(aside, _ASIDE) | dict.fromkeys([*called, *own], _SUBJECT)


def _is_concept(sense: str) -> bool:
    return sense.startswith("#")


def quote(lexicon: Lexicon, text: str, wanted: Mapping[str, float]) -> Quotation:
    """The text with the words marked that say what is wanted."""
    pieces = list(_PIECE.finditer(text))
    written = [(place, word) for place, piece in enumerate(pieces) for word in spelt(piece[0])]
    words = [word for _place, word in written]
    worth: dict[str, float] = {}  # by word, whatever it may mean
    marked: set[int] = set()
    for language in languages_of(map(plain, words)):
        for places, senses in lexicon.named(words, language):
            if common := [wanted[sense] for sense in senses if sense in wanted]:
                worth[" ".join(words[place] for place in places)] = max(common)
                marked |= {written[place][0] for place in places}
    return Quotation(cut(text, [_bare(pieces[place]) for place in sorted(marked)]), sum(worth.values()))


def cut(text: str, spans: Sequence[tuple[int, int]] = ()) -> tuple[str, ...]:
    """The parts of a quotation in which what stands at these places is telling."""
    first = spans[0][0] if spans else 0
    start = first - _LONGEST // 2 if len(text) > _LONGEST and first > _LONGEST // 2 else 0
    end = min(len(text), start + _LONGEST)
    parts, at = [], start
    for begin, stop in spans:
        if stop <= end:
            parts += [text[at:begin], text[begin:stop]]
            at = stop
    parts.append(text[at:end])
    parts[0] = f"…{parts[0]}" if start else parts[0]
    parts[-1] = f"{parts[-1]}…" if end < len(text) else parts[-1]
    return tuple(parts)


def _bare(piece: re.Match[str]) -> tuple[int, int]:
    """Where a word stands, without the marks around it."""
    ahead, behind = _AHEAD.search(piece[0]), _BEHIND.search(piece[0])
    return piece.start() + (ahead.end() if ahead else 0), piece.end() - (len(behind[0]) if behind else 0)
