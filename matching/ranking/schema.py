"""Every feature, defined once. Its words, English and French, are said by `matching/words.py`."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from crm.errors import DomainError

SideName: TypeAlias = Literal["accepts", "wants"]
Sign: TypeAlias = Literal[-1, 0, 1]

# "accepts": would this influencer say yes? "wants": would the cause want them?
SIDES: Final[tuple[SideName, ...]] = get_args(SideName)

# Raise it when a feature is added, removed or measured differently: a ranker of another schema is refused.
SCHEMA_VERSION: Final = 1


@dataclass(frozen=True)
class Feature:
    """One measured trait of a candidate for a cause.

    `sides` are the sums it may enter. `sign` is what every ranker must obey: +1 never falls as the value grows,
    -1 never rises, 0 is free. `low` and `high` bound the values that `features.compute` gives (NaN aside).
    """

    name: str
    sides: tuple[SideName, ...]
    sign: Sign
    low: float
    high: float


FEATURES: Final[tuple[Feature, ...]] = (
    Feature("topic_fit", sides=("accepts", "wants"), sign=1, low=0.0, high=1.0),
    Feature("language_reach", sides=("wants",), sign=1, low=0.0, high=1.0),
    Feature("audience_geo", sides=("wants",), sign=1, low=0.0, high=1.0),
)


def feature(name: str) -> Feature:
    """The feature of this name. Raises DomainError("feature_unknown")."""
    for known in FEATURES:
        if known.name == name:
            return known
    raise DomainError("feature_unknown", feature=name)
