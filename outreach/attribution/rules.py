"""Rules that share one conversion among the touches before it.

A rule returns shares by channel that sum to exactly 1, or nothing when no touch lies in the window. Its version goes
up whenever the same path may get other shares, so that stored credits tell what they were computed by.

Touches of one instant have an order too (see `Path.within`): the later one is the one whose channel sorts first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Context, Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Final, Protocol

from outreach.attribution.paths import Path, Touch

ENDS: Final = Fraction(2, 5)  # what the first and the last touch get each, where there are others between them
HALF_LIFE: Final = timedelta(days=7)
FORGOTTEN: Final = 30  # half-lives after which a touch gets nothing: less than a billionth, which no ledger can store
_DIGITS = Context(prec=28)  # decimal, as no machine computes a power of two differently


class Share(Protocol):
    def __call__(self, path: Path, *, window: timedelta) -> dict[str, Fraction]: ...


@dataclass(frozen=True)
class Rule:
    name: str
    version: int
    share: Share


def first_touch(path: Path, *, window: timedelta) -> dict[str, Fraction]:
    """All to the first touch in the window."""
    return by_weight((touch.channel, Fraction(1)) for touch in path.within(window)[:1])


def last_touch(path: Path, *, window: timedelta) -> dict[str, Fraction]:
    """All to the last touch before the conversion; of several at one instant, to the channel that sorts first."""
    touches = path.within(window)
    return {touches[-1].channel: Fraction(1)} if touches else {}


def last_non_direct(path: Path, *, window: timedelta) -> dict[str, Fraction]:
    """All to the last touch that led here from somewhere; where none did, to the last touch."""
    touches = path.within(window)
    led_here = [touch for touch in touches if not touch.is_direct]
    return {(led_here or touches)[-1].channel: Fraction(1)} if touches else {}


def linear_touch(path: Path, *, window: timedelta) -> dict[str, Fraction]:
    """To every touch the same; a channel that was met twice counts twice."""
    return by_weight((touch.channel, Fraction(1)) for touch in path.within(window))


def position(path: Path, *, window: timedelta) -> dict[str, Fraction]:
    """40 % to the first touch, 40 % to the last, the rest evenly to those between; of two touches, half to each."""
    touches = path.within(window)
    if not touches:
        return {}
    inner = touches[1:-1]
    ends = [(touches[0].channel, ENDS), (touches[-1].channel, ENDS)]
    return by_weight([*ends, *((touch.channel, (1 - 2 * ENDS) / len(inner)) for touch in inner)])


def shapley(path: Path, *, window: timedelta) -> dict[str, Fraction]:
    """To every channel the same, however often it was met: one conversion's part of the Shapley value.

    The worth of some channels is the number of conversions that met no other channel. That is a sum of games, one for
    each conversion, in which the channels it met are worth 1 together and less than all of them nothing: these are
    equals. So the sum over conversions is the Shapley value, exactly, of any number of channels.
    """
    return by_weight((channel, Fraction(1)) for channel in {touch.channel for touch in path.within(window)})


def time_decay(half_life: timedelta) -> Share:
    """A touch weighs half as much as one that is a half-life younger. Only the time between touches matters."""
    if half_life <= timedelta(0):
        raise ValueError("a half-life must be longer than no time")

    def share(path: Path, *, window: timedelta) -> dict[str, Fraction]:
        touches = path.within(window)
        return by_weight((touch.channel, _decayed(touch, touches[-1], half_life)) for touch in touches)

    return share


def _decayed(touch: Touch, newest: Touch, half_life: timedelta) -> Fraction:
    age = newest.moment - touch.moment
    if age >= FORGOTTEN * half_life:
        return Fraction(0)
    microsecond = timedelta(microseconds=1)
    halvings = _DIGITS.divide(Decimal(age // microsecond), Decimal(half_life // microsecond))
    return Fraction(_DIGITS.power(Decimal("0.5"), halvings))


def by_weight(weights: Iterable[tuple[str, Fraction]]) -> dict[str, Fraction]:
    """Shares in proportion to the weights, summed by channel; what weighs nothing is left out."""
    summed: dict[str, Fraction] = {}
    for channel, weight in weights:
        summed[channel] = summed.get(channel, Fraction(0)) + weight
    total = sum(summed.values())
    return {channel: weight / total for channel, weight in summed.items() if weight}


RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            Rule(name="first_touch", version=1, share=first_touch),
            Rule(name="last_touch", version=1, share=last_touch),
            Rule(name="last_non_direct", version=1, share=last_non_direct),
            Rule(name="linear_touch", version=1, share=linear_touch),
            Rule(name="position", version=1, share=position),
            Rule(name="time_decay", version=1, share=time_decay(HALF_LIFE)),
            Rule(name="shapley", version=1, share=shapley),
        )
    }
)
