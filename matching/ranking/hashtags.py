"""Which hashtags serve a cause: how much its own people they are (specific), whether they are used now (alive), and
whether one would be seen there at all (crowded). Counts in, bands and an order out; the words are matching/words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# As if so many more people had been looked at on either side, who use a hashtag as everybody does: what two people
# share says little, what twenty share says much.
PRIOR_PEOPLE: Final = 5.0
PRIOR_POSTS: Final = 3.0
SPECIFIC: Final = 2.5
LEANING: Final = 1.5
CROWDED: Final = 0.10
BUSY: Final = 0.02
RISING: Final = 1.25
FALLING: Final = 0.8
ALIVE: Final = 3  # posts in 90 days
FEWEST: Final = 3  # aligned people, below whom a hashtag says nothing


class Specific(StrEnum):
    SPECIFIC = "specific"
    LEANING = "leaning"
    GENERIC = "generic"


class Alive(StrEnum):
    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"
    DORMANT = "dormant"


class Crowded(StrEnum):
    OPEN = "open"
    BUSY = "busy"
    CROWDED = "crowded"


class Advice(StrEnum):
    """What it comes to, the best first."""

    USE = "use"
    JOIN = "join"  # theirs, and many others': good company, hard to be seen in
    TRY = "try"
    SLEEPING = "sleeping"
    AVOID = "avoid"  # everybody's


_ADVICE = list(Advice)


@dataclass(frozen=True)
class Usage:
    """Counts of one hashtag over the twelve months before a count.

    `aligned`: aligned people who use it; `people`, `posts`: everybody's, those included; `recent`: posts of the last 90
    days, `before` of the 90 before those; `engagement`: median per follower of recent posts, None = unknown.
    """

    key: str
    spelled: str
    aligned: int
    people: int
    posts: int
    recent: int
    before: int
    engagement: float | None = None


@dataclass(frozen=True)
class Proposal:
    """`lift`: how many times likelier aligned people are to use it, shrunk towards 1. `share`: of
    all other people, who are the crowd one would have to be seen in.
    """

    usage: Usage
    lift: float
    share: float
    trend: float
    specific: Specific
    alive: Alive
    crowded: Crowded
    advice: Advice
    score: float


def propose(usages: Iterable[Usage], *, aligned: int, people: int) -> list[Proposal]:
    """Every hashtag that at least `FEWEST` aligned people use, the most useful first; ties by key.

    `aligned`, `people`: how many there are of both, those without this hashtag included.
    """
    found = [_judge(usage, aligned, people) for usage in usages if usage.aligned >= FEWEST]
    return sorted(found, key=lambda one: (_ADVICE.index(one.advice), -one.score, one.usage.key))


def lift(usage: Usage, aligned: int, people: int) -> float:
    """Share among the aligned over share among all, with the prior's people added on both sides."""
    among_all = (usage.people + PRIOR_PEOPLE) / (people + PRIOR_PEOPLE)
    among_aligned = (usage.aligned + PRIOR_PEOPLE * among_all) / (aligned + PRIOR_PEOPLE)
    return among_aligned / among_all


def _judge(usage: Usage, aligned: int, people: int) -> Proposal:
    up, share = lift(usage, aligned, people), (usage.people - usage.aligned) / max(people - aligned, 1)
    trend = (usage.recent + PRIOR_POSTS) / (usage.before + PRIOR_POSTS)
    specific, alive, crowded = _specific(up), _alive(usage.recent, trend), _crowded(share)
    return Proposal(
        usage,
        lift=up,
        share=share,
        trend=trend,
        specific=specific,
        alive=alive,
        crowded=crowded,
        advice=_advice(specific, alive, crowded),
        score=math.log2(up) * min(math.log2(usage.recent + 1) / 5, 1.0) * min(max(trend, 0.5), 2.0) ** 0.5,
    )


def _specific(up: float) -> Specific:
    if up >= SPECIFIC:
        return Specific.SPECIFIC
    return Specific.LEANING if up >= LEANING else Specific.GENERIC


def _crowded(share: float) -> Crowded:
    if share >= CROWDED:
        return Crowded.CROWDED
    return Crowded.BUSY if share >= BUSY else Crowded.OPEN


def _alive(recent: int, trend: float) -> Alive:
    if recent < ALIVE:
        return Alive.DORMANT
    if trend >= RISING:
        return Alive.RISING
    return Alive.FALLING if trend < FALLING else Alive.STEADY


def _advice(specific: Specific, alive: Alive, crowded: Crowded) -> Advice:
    """What everybody uses and nobody is known by is avoided for that, not for standing on a list."""
    if specific is Specific.GENERIC:
        return Advice.AVOID
    if alive is Alive.DORMANT:
        return Advice.SLEEPING
    if specific is Specific.LEANING:
        return Advice.AVOID if crowded is Crowded.CROWDED else Advice.TRY
    return Advice.JOIN if crowded is Crowded.CROWDED else Advice.USE
