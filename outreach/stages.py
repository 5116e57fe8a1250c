"""The stages an outreach goes through: which moves are allowed, and what each outcome says about the match."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from crm.errors import DomainError

_ASIDE = frozenset({"paused", "conflict", "merged"})  # open to every conversation that is not over

# From a stage, to where. A person who first refused or was silent may still write; a conflict may be cleared by a
# review; what was completed may go live again. Only `merged` is final.
ALLOWED: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "prospect": frozenset({"shortlisted", "approved", "contacted", "in_conversation", "declined"}) | _ASIDE,
        "shortlisted": frozenset({"prospect", "approved", "contacted", "in_conversation", "declined"}) | _ASIDE,
        "approved": frozenset({"shortlisted", "contacted", "in_conversation", "declined"}) | _ASIDE,
        "contacted": frozenset({"in_conversation", "agreed", "declined", "no_answer"}) | _ASIDE,
        "in_conversation": frozenset({"agreed", "declined", "no_answer"}) | _ASIDE,
        "agreed": frozenset({"in_conversation", "live", "declined"}) | _ASIDE,
        "live": frozenset({"agreed", "completed", "declined"}) | _ASIDE,
        "completed": frozenset({"live", "merged"}),
        "declined": frozenset({"in_conversation", "agreed", "conflict", "merged"}),
        "no_answer": frozenset({"contacted", "in_conversation", "agreed", "declined"}) | _ASIDE,
        "paused": frozenset(
            {"prospect", "shortlisted", "approved", "contacted", "in_conversation", "agreed", "live"}
            | {"declined", "no_answer", "conflict", "merged"}
        ),
        "conflict": frozenset({"shortlisted", "declined", "merged"}),
        "merged": frozenset(),
    }
)
STAGES: Final[tuple[str, ...]] = tuple(ALLOWED)
# The way through, from the first thought to what was done; and where a conversation stands aside of it. One that was
# merged stands nowhere: it goes on in another.
WAY: Final = (
    *("prospect", "shortlisted", "approved", "contacted", "in_conversation"),
    *("agreed", "live", "completed"),
)
SET_ASIDE: Final = ("declined", "no_answer", "paused", "conflict")
# How long a conversation usually stands somewhere at most. Where all is said, no time is long.
USUAL: Final[Mapping[str, timedelta]] = MappingProxyType(
    {
        "prospect": timedelta(days=14),
        "shortlisted": timedelta(days=7),
        "approved": timedelta(days=7),
        "contacted": timedelta(days=7),
        "in_conversation": timedelta(days=7),
        "agreed": timedelta(days=14),
        "live": timedelta(days=30),
        "paused": timedelta(days=30),
    }
)

# 0: the match came to nothing. 1: they wanted to talk. 2: they said yes. 3: they did it. None: no outcome yet, or one
# that says nothing about the match.
_GRADES: Final[Mapping[str, int | None]] = MappingProxyType(
    {
        "prospect": None,
        "shortlisted": None,
        "approved": None,
        "contacted": None,
        "in_conversation": 1,
        "agreed": 2,
        "live": 2,
        "completed": 3,
        "declined": 0,
        "no_answer": 0,
        "paused": None,
        "conflict": None,
        "merged": None,
    }
)

# What reaching a stage is known to mean, as the kind of the label it leaves. Being set aside says nothing.
_OUTCOMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "agreed": "accepted",
        "live": "accepted",
        "completed": "accepted",
        "declined": "declined",
        "no_answer": "no_answer",
    }
)
# Where all is open: an outcome that was known before holds no longer.
_OPEN: Final = frozenset({"prospect", "shortlisted", "approved", "contacted", "in_conversation"})

# How far a conversation has come, for two that meet. What waits or was refused stands above what would still be written
# to: a no of either holds. What was promised and done stands above all.
_FURTHER: Final = (
    *("merged", "prospect", "shortlisted", "approved", "contacted", "no_answer", "paused", "in_conversation"),
    *("conflict", "declined", "agreed", "live", "completed"),
)


def check_move(current: str, new: str) -> None:
    """Raises DomainError: stage_move_not_allowed (current, new). Staying where one is, is not a move."""
    if new not in ALLOWED.get(current, frozenset()):
        raise DomainError("stage_move_not_allowed", current=current, new=new)


def grade(stage: str) -> int | None:
    """The relevance label, 0 to 3, that reaching this stage implies; None where it implies none. KeyError: no stage."""
    return _GRADES[stage]


def outcome(stage: str) -> str:
    """What reaching this stage means for the match: "accepted", "declined" or "no_answer"; blank where nothing."""
    return _OUTCOMES.get(stage, "")


def is_open(stage: str) -> bool:
    """Whether nothing is decided there, one way or the other."""
    return stage in _OPEN


def is_long(stage: str, *, since: datetime, at: datetime) -> bool:
    """Whether it stands there for longer than is usual."""
    return stage in USUAL and at - since >= USUAL[stage]


def further(stage: str) -> int:
    """Its place on the way: of two conversations of one person the greater goes on. ValueError: no stage."""
    return _FURTHER.index(stage)
