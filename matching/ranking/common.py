"""What two people have in common, by its keys: subjects, topics, hashtags, and what much of both audiences is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import isnan
from typing import Final, TypeAlias

from matching.ranking import lexicon
from matching.ranking.candidates import Candidates, Shares
from matching.ranking.lexicon import DATA, Language, Lexicon, languages_of
from matching.ranking.likeness import SPANS, spread
from matching.ranking.normalisation import normalise, plain, spelt
from matching.ranking.schema import STANDING

MOST: Final = 6  # keys of a respect
_ANY: Final = 0.0
_PART: Final = 0.1  # of both audiences
_MOST_OF_ALL: Final = 0.6  # for what every audience has: women and men
# How much of a key both must have for it to be named.
_LEAST: Final[Mapping[str, float]] = {
    **dict.fromkeys(("topics", "hashtags", "own_languages", "platforms"), _ANY),
    **dict.fromkeys(("countries", "ages", "languages", "interests"), _PART),
    "genders": _MOST_OF_ALL,
}
_TELLING: Final = 0.25  # of what the first of their subjects says, from which on another is named
_OF_ALL: Final = "general"  # the file of what every text says: what stands there alone tells no subject
_PLACE: Final[Mapping[Language, int]] = {"fr": 0, "en": 1}
_SIZE: Final = STANDING.index("log_followers")

Subject: TypeAlias = tuple[str, str]  # in French and in English
_Named: TypeAlias = tuple[Counter[Subject], set[Subject]]


@dataclass(frozen=True)
class Common:
    """Keys of what both have, the first saying most. `subjects`: what the lexicon knows by them; `keys`: by column of
    `Candidates`, those of which either has any; `followers`: of the largest account of each, where both are known.
    """

    subjects: tuple[Subject, ...] = ()
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    followers: tuple[int, int] | None = None


def common(people: Candidates, one: int, others: Sequence[int], *, weigh: Callable[[str], float]) -> list[Common]:
    """Of the person of a row with each of those of other rows. `weigh`: how much a concept says, the rarer the more."""
    ages = _in_spans(people.ages)
    own = _named(lexicon.shipped(), people.texts[one])
    return [
        Common(
            subjects=_subjects(own, _named(lexicon.shipped(), people.texts[other]), weigh),
            keys=_keys(people, ages, one, other),
            followers=_followers(people, one, other),
        )
        for other in others
    ]


def _keys(people: Candidates, ages: Shares, one: int, other: int) -> dict[str, tuple[str, ...]]:
    columns = {name: getattr(people, name) for name in _LEAST} | {"ages": ages}
    keys = {name: _both(columns[name], one, other, least=least) for name, least in _LEAST.items()}
    keys["countries"] = keys["countries"] or _both(people.main_countries, one, other, least=_ANY)
    return {name: told for name, told in keys.items() if told}


def _followers(people: Candidates, one: int, other: int) -> tuple[int, int] | None:
    sizes = [float(people.figures.values[row, _SIZE]) for row in (one, other)]
    return None if any(map(isnan, sizes)) else (round(10 ** sizes[0]), round(10 ** sizes[1]))


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


def _subjects(one: _Named, other: _Named, weigh: Callable[[str], float]) -> tuple[Subject, ...]:
    """What both name that tells a subject. A word that may mean several things counts where the other says which."""
    (first, is_clear), (second, is_clear_too) = one, other
    known = _subjects_known()
    both = {
        subject: weigh(known[subject]) * min(first[subject], second[subject])
        for subject in first.keys() & second.keys()
        if subject in is_clear or subject in is_clear_too
    }
    least = _TELLING * max(both.values(), default=0.0)
    found = sorted((-weight, subject) for subject, weight in both.items() if weight >= least > 0)
    return tuple(subject for _weight, subject in found[:MOST])


def _named(known: Lexicon, text: str) -> _Named:
    """How often a text names each subject; and which of them a word of it names that means nothing else."""
    words = spelt(text)
    said: Counter[Subject] = Counter()
    clear: set[Subject] = set()
    for language in languages_of(map(plain, words)):
        for places, senses in known.named(words, language):
            found = list(dict.fromkeys(_concepts()[sense] for sense in senses if sense.startswith("#")))
            if len(places) > 1:  # the first is what the words mean together
                meant, only = found, found[:1]
            else:
                same = [each for each in found if _bare(each[_PLACE[language]]) == _bare(words[places[0]])]
                meant = only = same or found
            said.update(meant)
            clear.update(only if len(only) == 1 else ())
    return Counter({subject: times for subject, times in said.items() if subject in _subjects_known()}), clear


def _bare(word: str) -> str:
    """Without what makes it plural."""
    return normalise(word).rstrip("sx")


@cache
def _concepts() -> dict[str, Subject]:
    """The first French and the first English word of each concept, as the lexicon numbers them: the same of several, as
    its files repeat each other.
    """
    return {f"#{number}": subject for number, (_file, subject) in enumerate(_lines())}


@cache
def _subjects_known() -> dict[Subject, str]:
    """Those that tell a subject, each with the first of its concepts."""
    numbered = list(enumerate(_lines()))
    telling = {subject for _number, (file, subject) in numbered if file != _OF_ALL}
    return {subject: f"#{number}" for number, (_file, subject) in reversed(numbered) if subject in telling}


@cache
def _lines() -> tuple[tuple[str, Subject], ...]:
    files = [(path.stem, path.read_text("utf-8").splitlines()) for path in sorted(DATA.glob("concepts/*.txt"))]
    sides = [(file, line.split(" = ")) for file, told in files for line in told]
    return tuple((file, (_first(french), _first(english))) for file, (french, english) in sides)


def _first(words: str) -> str:
    return words.partition(",")[0].strip().replace("'", "’")
