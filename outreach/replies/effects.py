"""What each class does to a conversation, as data: every effect holds something back, none sends anything.

Silence holds nothing back. So no reading can cause more mail than silence would; and whatever a person wrote, or
perhaps wrote, holds everything back until a person has looked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from outreach.replies.classes import Reading, ReplyClass


@dataclass(frozen=True)
class Effect:
    """`pauses_everything`: nothing planned in the conversation goes out. `ends_sequence`: what was planned is dropped.

    `resumes_after_until`: what was paused goes on by itself on the day after `Reading.until`, if one is known.
    `suppresses`: the address is not written to any more, by any campaign. `needs_person`: it waits in the inbox.
    """

    pauses_everything: bool = False
    ends_sequence: bool = False
    resumes_after_until: bool = False
    suppresses: bool = False
    needs_person: bool = False


_AS_SILENCE: Final = Effect()
_PERSON: Final = Effect(pauses_everything=True, needs_person=True)
_NO: Final = Effect(pauses_everything=True, ends_sequence=True, needs_person=True)
_NEVER_AGAIN: Final = Effect(pauses_everything=True, ends_sequence=True, suppresses=True)

EFFECTS: Final[Mapping[ReplyClass, Effect]] = MappingProxyType(
    {
        ReplyClass.INTERESTED: _PERSON,
        ReplyClass.QUESTION: _PERSON,
        ReplyClass.FEE: _PERSON,
        ReplyClass.LATER: _PERSON,  # on the day they named somebody is reminded: nothing is sent
        ReplyClass.MANAGER: _PERSON,
        ReplyClass.DECLINES: _NO,
        ReplyClass.UNSUBSCRIBE: _NEVER_AGAIN,
        ReplyClass.OUT_OF_OFFICE: Effect(pauses_everything=True, resumes_after_until=True),
        ReplyClass.BOUNCE_HARD: Effect(pauses_everything=True, ends_sequence=True, suppresses=True, needs_person=True),
        ReplyClass.BOUNCE_SOFT: _AS_SILENCE,
        ReplyClass.COMPLAINT: _NEVER_AGAIN,
        ReplyClass.AUTOMATIC: _AS_SILENCE,
        ReplyClass.OTHER: _PERSON,
    }
)


def effect_of(reading: Reading) -> Effect:
    """What one reading does: whoever is away until nobody knows when waits for a person."""
    effect = EFFECTS[reading.reply_class]
    return _PERSON if effect.resumes_after_until and reading.until is None else effect


def holds(reading: Reading, *, on: date) -> bool:
    """Whether what was planned for that day is held back, as long as no person has looked."""
    effect = effect_of(reading)
    if effect.resumes_after_until and reading.until is not None:
        return on <= reading.until
    return effect.pauses_everything
