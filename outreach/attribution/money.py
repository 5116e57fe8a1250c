"""Money is shared in its smallest unit, to the last cent."""

from collections.abc import Mapping
from fractions import Fraction


def split_minor(amount_minor: int, shares: Mapping[str, Fraction]) -> dict[str, int]:
    """The amount (in minor units: cents) by channel, summing to exactly the amount, each within one unit of its share.

    Largest remainder; of equal remainders the channel that sorts first. A negative amount is the mirror of the positive
    one, so that a full refund takes back what each was given. No shares, no parts. ValueError: shares that are negative
    or do not sum to 1.
    """
    if not shares:
        return {}
    if sum(shares.values()) != 1 or min(shares.values()) < 0:
        raise ValueError("shares must be positive and sum to 1")
    exact = {channel: abs(amount_minor) * share for channel, share in sorted(shares.items())}
    parts = {channel: int(value) for channel, value in exact.items()}
    left = abs(amount_minor) - sum(parts.values())
    for channel in sorted(exact, key=lambda name: parts[name] - exact[name])[:left]:  # stable: ties stay by name
        parts[channel] += 1
    sign = -1 if amount_minor < 0 else 1
    return {channel: sign * part for channel, part in parts.items()}
