"""What a reply can be read as, and what is told of how it was read."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Literal

# Goes up whenever a letter may be read otherwise: by rules, dates or numbers. Letters are kept as they came, so that
# the old ones can be read again.
VERSION: Final = 3


class ReplyClass(StrEnum):
    """By what has to be done first: "yes, if you pay" is `fee`."""

    INTERESTED = "interested"
    QUESTION = "question"
    FEE = "fee"
    LATER = "later"
    MANAGER = "manager"
    DECLINES = "declines"
    UNSUBSCRIBE = "unsubscribe"
    OUT_OF_OFFICE = "out_of_office"
    BOUNCE_HARD = "bounce_hard"
    BOUNCE_SOFT = "bounce_soft"
    COMPLAINT = "complaint"
    AUTOMATIC = "automatic"
    OTHER = "other"


@dataclass(frozen=True)
class Reading:
    """`confidence` is 0 to 1, and 1 where headers decide.

    `until`: of `out_of_office` the last day away; of `later` the first day on which they may be asked again. None where
    no date is told. `contact`: of `manager` the e-mail address told, or blank. Whoever abstains says `other`.
    """

    reply_class: ReplyClass
    confidence: float
    by: Literal["headers", "words", "numbers", "abstained"]
    until: date | None = None
    contact: str = ""
    version: int = VERSION

    @property
    def is_sure(self) -> bool:
        return self.by != "abstained"
