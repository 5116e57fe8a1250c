"""What two people have in common, by its keys: subjects, topics, hashtags, and where whom they reach is much the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from math import isnan
from typing import Final

from matching.ranking import lexicon
from matching.ranking.candidates import Candidates, Shares
from matching.ranking.lexicon import DATA, Lexicon, languages_of
from matching.ranking.likeness import SPANS, spread
from matching.ranking.normalisation import normalise
from matching.ranking.schema import STANDING

MOST: Final = 6  # keys of a respect
_LEAST: Final = 0.1  # of both audiences, from which on a part is named
_MOSTLY: Final = 0.6  # for what every audience has: women and men
_TELLING: Final = 0.25  # of what the first of their subjects says, from which on another is named
_WORDS_OF_ALL: Final = "general"  # concepts that tell no subject
_SIZE: Final = STANDING.index("log_followers")


@dataclass(frozen=True)
class Common:
    """Keys of what both have, the first saying most. `subjects`: concepts of the lexicon ("#12"); `keys`: by column of
    `Candidates`, those of which either has any; `followers`: of the largest account of each, where both are known.
    """

    subjects: tuple[str, ...] = ()
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    followers: tuple[int, int] | None = None


def common(people: Candidates, one: int, other: int, *, weigh: Callable[[str], float]) -> Common:
    """Of the people of two rows. `weigh`: how much a concept says, the rarer the more."""
    sizes = [10 ** float(people.figures.values[row, _SIZE]) for row in (one, other)]
    keys = {
        name: _both(getattr(people, name), one, other, least=least)
        for name, least in (
            *((name, 0.0) for name in ("topics", "hashtags", "own_languages", "platforms")),
            *((name, _LEAST) for name in ("countries", "languages", "interests")),
            ("genders", _MOSTLY),
        )
    }
    keys["countries"] = keys["countries"] or _both(people.main_countries, one, other, least=0.0)
    keys["ages"] = _both(_in_spans(people.ages), one, other, least=_LEAST)
    return Common(
        subjects=_subjects(people.texts[one], people.texts[other], weigh),
        keys={name: told for name, told in keys.items() if told},
        followers=None if any(map(isnan, sizes)) else (round(sizes[0]), round(sizes[1])),
    )


def named(concept: str, language: str) -> str:
    """A concept in one word of a language: "#1204" is "océan"."""
    french, english = _names()[concept]
    return (french if language == "fr" else english).replace("'", "’")


def _both(shares: Shares, one: int, other: int, *, least: float) -> tuple[str, ...]:
    """Keys of which both have at least this much, the largest common part first."""
    first, second = (_told(shares, row) for row in (one, other))
    parts = {key: min(first[key], second[key]) for key in first.keys() & second.keys()}
    found = sorted((-part, key) for key, part in parts.items() if part >= least)
    return tuple(key for _part, key in found[:MOST])


def _told(shares: Shares, row: int) -> dict[str, float]:
    """How much of which keys the person of a row has."""
    span = slice(*shares.weights.indptr[row : row + 2].tolist())
    keys = [shares.keys[place] for place in shares.weights.indices[span].tolist()]
    return dict(zip(keys, shares.weights.data[span].tolist(), strict=True))


def _in_spans(ages: Shares) -> Shares:
    """The same people's ages in the spans that all are compared in."""
    rows: list[dict[str, float]] = []
    for row in range(len(ages)):
        told = dict.fromkeys(SPANS, 0.0)
        for age, share in _told(ages, row).items():
            for span, within in zip(SPANS, spread(age), strict=True):
                told[span] += share * within
        rows.append({span: min(share, 1.0) for span, share in told.items() if share})
    return Shares.from_rows(rows)


def _subjects(one: str, other: str, weigh: Callable[[str], float]) -> tuple[str, ...]:
    """What both name that tells a subject. A word that may mean several things counts where the other says which."""
    told = [_named(lexicon.shipped(), text) for text in (one, other)]
    (first, is_clear), (second, is_clear_too) = told
    both = {
        sense: weigh(sense) * min(first[sense], second[sense])
        for sense in first.keys() & second.keys() & _names().keys()
        if sense in is_clear or sense in is_clear_too
    }
    least = _TELLING * max(both.values(), default=0.0)
    found = sorted((-weight, int(sense[1:])) for sense, weight in both.items() if weight >= least > 0)
    return tuple(f"#{number}" for _weight, number in found[:MOST])


def _named(known: Lexicon, text: str) -> tuple[Counter[str], set[str]]:
    """How often a text names each concept; and which of them a word of it names that means nothing else."""
    words = normalise(text).split()
    said: Counter[str] = Counter()
    clear: set[str] = set()
    for language in languages_of(words):
        for places, senses in known.named(words, language):
            concepts = [sense for sense in senses if sense.startswith("#")]
            said.update(concepts)
            if len(places) > 1 or len(concepts) == 1:  # of several words, the first is what they mean together
                clear.update(concepts[:1])
    return said, clear


@cache
def _names() -> dict[str, tuple[str, str]]:
    """The first French and the first English word of each concept that tells a subject, as the lexicon numbers them."""
    files = [(path.stem, path.read_text("utf-8").splitlines()) for path in sorted(DATA.glob("concepts/*.txt"))]
    lines = [(stem, line) for stem, told in files for line in told]
    firsts = [(stem, tuple(words.split(",")[0].strip() for words in line.split(" = "))) for stem, line in lines]
    return {f"#{number}": (words[0], words[1]) for number, (stem, words) in enumerate(firsts) if stem != _WORDS_OF_ALL}
