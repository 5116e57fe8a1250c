"""In which order replies are looked at: what waits for a word of ours first, what a machine wrote last."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from outreach.replies.classes import ReplyClass

FIRST: Final = 0  # what nobody is sure of: it may be anything

_ORDER: Final = (
    (ReplyClass.OTHER,),
    (ReplyClass.QUESTION, ReplyClass.INTERESTED),
    (ReplyClass.FEE,),
    (ReplyClass.MANAGER,),
    (ReplyClass.LATER,),
    (ReplyClass.COMPLAINT, ReplyClass.UNSUBSCRIBE, ReplyClass.DECLINES),
    (ReplyClass.BOUNCE_HARD,),
    (ReplyClass.OUT_OF_OFFICE,),
    (ReplyClass.BOUNCE_SOFT, ReplyClass.AUTOMATIC),
)

URGENCY: Final[Mapping[ReplyClass, int]] = MappingProxyType(
    {kind: rank for rank, kinds in enumerate(_ORDER) for kind in kinds}
)
