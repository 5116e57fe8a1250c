"""What a cause will not be seen with, held against what a person shows: who is left out, and who is only warned of.

Left out is who presents themselves with it: in a topic, an interest or a hashtag of the profile, in the name of an
account, in the bio, in a declared advert, or time and again in posts. A mention now and then, or one that says
"without", only warns: somebody who warns of drink driving speaks of drink.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from crm.handles import fold

# From how many posts on, and from which part of all that were read, a subject is what somebody speaks of.
OFTEN: Final = 3
OFTEN_SHARE: Final = 0.15
_BEFORE = re.compile(
    r"(?:\b(?:sans|without|no|zero|0\s?%|contre|against|stop|non|sin|contra|sem|senza|contro|ohne|gegen|kein\w*|anti)"
    r"(?:\s+(?:de|d'|of|any|l'|la|le|les|the))?|[a-z]\b-free)[\s\-'’]*$"
)
_AFTER = re.compile(r"^[\s\-]*(?:free\b|frei\b|interdit\b|libre\b)")
_NEAR = 24  # characters around a word in which it may be negated


class Place(StrEnum):
    """Where somebody shows it, the weightiest first."""

    TOPIC = "topic"
    INTEREST = "interest"
    HASHTAG = "hashtag"
    ACCOUNT = "account"
    BIO = "bio"
    ADVERT = "advert"
    POSTS = "posts"


_PLACES = list(Place)


@dataclass(frozen=True)
class Subject:
    """One entry of a brief's conflicts. `name` as it was written; the rest folded.

    `words` anywhere, `hashtags` as such, `handles` as the account itself or a mention of it.
    """

    name: str
    topics: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    hashtags: frozenset[str] = frozenset()
    handles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Spoken:
    """One post."""

    post: int
    day: date
    text: str
    hashtags: tuple[str, ...] = ()
    is_advert: bool = False


@dataclass(frozen=True)
class Shown:
    """What one person shows of themselves. `posts`: the newest first."""

    name: str = ""
    bio: str = ""
    topics: Collection[str] = ()
    interests: Collection[str] = ()
    hashtags: Collection[str] = ()
    handles: Collection[str] = ()
    posts: tuple[Spoken, ...] = ()


@dataclass(frozen=True)
class Finding:
    """A subject met in one place. `count` of `of` posts say `word`; `post` is the newest of them, of `day`."""

    subject: str
    place: Place
    word: str
    is_hard: bool
    count: int = 0
    of: int = 0
    post: int | None = None
    day: date | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for storing."""
        return asdict(self) | {"place": self.place.value, "day": self.day.isoformat() if self.day else None}


def read(entry: str, topics: Mapping[str, tuple[str, Collection[str]]]) -> Subject:
    """A subject from what somebody wrote: "#tag", "@brand", or words, which count wherever they stand.

    `topics`: folded name or word -> (slug, all words) of the topic it names: such an entry counts in every language.
    """
    bare = fold(entry)
    if bare.startswith("#"):
        return Subject(entry, hashtags=frozenset({_joined(bare)}))
    if bare.startswith("@"):
        return Subject(entry, words=(bare,), handles=frozenset({_joined(bare)}))
    slug, more = topics.get(bare, ("", ()))
    words = tuple(sorted({bare, *map(fold, more)} - {""}, key=lambda word: (-len(word), word)))
    return Subject(
        entry,
        topics=frozenset({slug} - {""}),
        words=words,
        hashtags=frozenset(map(_joined, words)),
        handles=frozenset({_joined(bare)}),
    )


class Conflicts:
    """The conflicts of one cause, made ready to be looked for in many people.

    `shields`: phrases that speak of a concern and hold such a word ("drink driving"): they are read over.
    """

    def __init__(self, subjects: Iterable[Subject], shields: Iterable[str] = ()) -> None:
        self.subjects = tuple(subjects)
        self._named = {word: subject for subject in reversed(self.subjects) for word in subject.words}
        self._words = _pattern(self._named)
        self._shields = _pattern(
            {bare for phrase in shields if (bare := fold(phrase)) not in self._named and self._words.search(bare)}
        )

    def find(self, person: Shown) -> list[Finding]:
        """Everything that speaks of a subject, one finding for each subject and place, the weightiest first."""
        found = [finding for subject in self.subjects for finding in _presented(subject, person)]
        found += self._in_bio(person.bio)
        found += self._in_posts(person.posts)
        return sorted(found, key=lambda one: (not one.is_hard, _PLACES.index(one.place), one.subject))

    def are_in(self, text: str, hashtags: Iterable[str] = ()) -> bool:
        """Whether a post speaks of one of the subjects outright."""
        return any(is_outright for _word, is_outright in self._said(text, hashtags).values())

    def _mentions(self, text: str) -> dict[Subject, tuple[str, bool]]:
        """Each subject of a text: the word that says it, and whether it says it outright, not only to deny it."""
        folded = fold(text)
        if not self._words.search(folded):
            return {}
        folded = self._shields.sub(" ", folded)
        said: dict[Subject, tuple[str, bool]] = {}
        for match in self._words.finditer(folded):
            subject = self._named[match[0]]
            before, after = folded[max(match.start() - _NEAR, 0) : match.start()], folded[match.end() :][:_NEAR]
            is_outright = not _BEFORE.search(before) and not _AFTER.search(after)
            if subject not in said or (is_outright and not said[subject][1]):
                said[subject] = match[0], is_outright
        return said

    def _in_bio(self, bio: str) -> list[Finding]:
        return [Finding(s.name, Place.BIO, word, is_hard) for s, (word, is_hard) in self._mentions(bio).items()]

    def _in_posts(self, posts: tuple[Spoken, ...]) -> list[Finding]:
        """Adverts apart; of the other posts, those that speak of it outright make it a habit."""
        adverts: dict[Subject, list[tuple[str, Spoken]]] = {}
        others: dict[Subject, list[tuple[str, bool, Spoken]]] = {}
        for post in posts:
            for subject, (word, is_outright) in self._said(post.text, post.hashtags).items():
                if post.is_advert and is_outright:
                    adverts.setdefault(subject, []).append((word, post))
                else:
                    others.setdefault(subject, []).append((word, is_outright, post))
        found = [_in(subject, Place.ADVERT, said, len(posts), is_hard=True) for subject, said in adverts.items()]
        for subject, said in others.items():
            outright = sum(is_outright for _word, is_outright, _post in said)
            is_habit = outright >= OFTEN and outright >= OFTEN_SHARE * len(posts)
            mentions = [(word, post) for word, _is_outright, post in said]
            found.append(_in(subject, Place.POSTS, mentions, len(posts), is_hard=is_habit))
        return found

    def _said(self, text: str, hashtags: Iterable[str]) -> dict[Subject, tuple[str, bool]]:
        """Each subject of a post, as of a text; a hashtag says it outright."""
        said = self._mentions(text)
        tags = {_joined(fold(tag)): tag for tag in hashtags}
        for subject in self.subjects:
            if shared := sorted(tags.keys() & subject.hashtags):
                said[subject] = (f"#{tags[shared[0]]}", True)
        return said


def _in(subject: Subject, place: Place, said: list[tuple[str, Spoken]], of: int, *, is_hard: bool) -> Finding:
    word, newest = said[0]
    return Finding(subject.name, place, word, is_hard, len(said), of, newest.post, newest.day)


def _presented(subject: Subject, person: Shown) -> Iterable[Finding]:
    """What the profile itself says."""
    if shared := sorted(subject.topics & set(person.topics)):
        yield Finding(subject.name, Place.TOPIC, shared[0], is_hard=True)
    for place, words, wanted in (
        (Place.INTEREST, person.interests, frozenset(map(_joined, subject.words))),
        (Place.HASHTAG, person.hashtags, subject.hashtags),
        (Place.ACCOUNT, (*person.handles, person.name), subject.handles),
    ):
        if same := next((word for word in words if _joined(fold(word)) in wanted), ""):
            yield Finding(subject.name, place, same, is_hard=True)


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Any of these as whole words, the longest first; without any, nothing."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?!\w)" if ordered else r"(?!)")


def _joined(folded: str) -> str:
    """As a hashtag would be written: no sign in front, nothing between the words."""
    return re.sub(r"[\W_]+", "", folded)
