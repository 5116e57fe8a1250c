"""What is kept of a request for a tracked link, and what may be said of it. Nothing here leads to a person."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

VERSION: Final = 2  # goes up whenever an answer may differ, so that old clicks can be read again


class ClickClass(StrEnum):
    HUMAN = "human"  # a visit begins
    REPEAT = "repeat"  # the same visitor again, in the same visit: a person, counted once
    ROBOT = "robot"  # names itself: search engines, collectors of texts
    PREVIEW = "preview"  # a chat or a network shows what is behind the link
    SCANNER = "scanner"  # looks whether the link is safe or there at all, often disguised as a browser
    PREFETCH = "prefetch"  # a browser or an office program fetches it in case somebody wants it
    TOOL = "tool"  # a script or a library
    MONITOR = "monitor"  # asks by the clock

    @property
    def is_person(self) -> bool:
        return self in {ClickClass.HUMAN, ClickClass.REPEAT}


@dataclass(frozen=True)
class Headers:
    """What a request said of itself beside its name."""

    purpose: str = ""  # Sec-Purpose, Purpose, X-Purpose or X-Moz: the first that was told
    fetch_mode: str = ""  # Sec-Fetch-Mode
    fetch_dest: str = ""  # Sec-Fetch-Dest
    accept: str = ""
    has_language: bool = False
    has_range: bool = False


@dataclass(frozen=True)
class RawClick:
    """One request, as it was kept.

    `headers` is None where they were not kept. `network` is a hash of a part of the address, under a key of the day;
    blank where it was not kept, and then nobody is taken for somebody seen before. `message` carried the link, and was
    taken over by the other side's server at `delivered_at`; both None where no message did.
    """

    id: str
    at: datetime
    link: int
    method: str
    user_agent: str
    headers: Headers | None = None
    network: str = ""
    referrer_host: str = ""
    message: int | None = None
    delivered_at: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    click_class: ClickClass
    rule: str  # which one decided; the names stand in docs/clicks.md
    version: int = VERSION
