"""Rules that share one conversion among the touches before it.

A rule returns shares by channel that sum to exactly 1, or nothing when no touch lies in the window. Its version goes
up whenever the same path may get other shares, so that stored credits tell what they were computed by.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import Final, Protocol

from outreach.attribution.paths import Path


class Share(Protocol):
    def __call__(self, path: Path, *, window: timedelta) -> dict[str, Fraction]: ...


@dataclass(frozen=True)
class Rule:
    name: str
    version: int
    share: Share


def last_touch(path: Path, *, window: timedelta) -> dict[str, Fraction]:
    """All to the last touch before the conversion; of several at one instant, to the channel that sorts first."""
    touches = path.within(window)
    return {touches[-1].channel: Fraction(1)} if touches else {}


RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {rule.name: rule for rule in (Rule(name="last_touch", version=1, share=last_touch),)}
)
