"""Every feature, defined once. Its words, English and French, are said by `matching/words`."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, TypeAlias, get_args

import numpy as np

from crm.errors import DomainError
from matching.ranking.arrays import Floats

SideName: TypeAlias = Literal["accepts", "wants"]
Sign: TypeAlias = Literal[-1, 0, 1]

# "accepts": would this influencer say yes? "wants": would the cause want them?
SIDES: Final[tuple[SideName, ...]] = get_args(SideName)

# Raise it when a feature is added, removed or measured differently: a ranker of another schema is refused.
SCHEMA_VERSION: Final = 3

BINS: Final = 50  # parts that a feature's range is cut into


@dataclass(frozen=True)
class Feature:
    """One measured trait of a candidate for a cause.

    `sides` are the sums it may enter. `sign` is what every ranker must obey: +1 never falls as the value grows,
    -1 never rises, 0 is free. `low` and `high` bound the values that `features.compute` gives (NaN aside): what lies
    beyond is taken as the bound. `is_standing`: it depends on the person alone, the same for every cause.
    `is_fine_below`: its grid narrows towards low values, where most candidates are.
    """

    name: str
    sides: tuple[SideName, ...]
    sign: Sign
    low: float
    high: float
    is_standing: bool = False
    is_fine_below: bool = False

    @cached_property
    def bounds(self) -> Floats:
        """Where the `BINS` parts of its range begin and end (BINS + 1, ascending)."""
        steps = np.arange(BINS + 1) / BINS
        bounds = self.low + (self.high - self.low) * (steps**2 if self.is_fine_below else steps)
        bounds.setflags(write=False)
        return np.asarray(bounds, dtype=np.float64)

    @property
    def edges(self) -> Floats:
        """The grid (BINS - 1, ascending). Every table of the feature is cut at some of these and nowhere else, so that
        whoever knows in which part a value lies knows its cell, whatever the ranker.
        """
        return self.bounds[1:-1]


_BOTH: Final[tuple[SideName, ...]] = SIDES
_ACCEPTS: Final[tuple[SideName, ...]] = ("accepts",)
_WANTS: Final[tuple[SideName, ...]] = ("wants",)

# Signs only where they are beyond dispute: a wrong one costs more than a right one brings.
FEATURES: Final[tuple[Feature, ...]] = (
    Feature("topic_fit", _BOTH, sign=1, low=0.0, high=1.0, is_fine_below=True),
    # Share of the cause's hashtags the person uses, each by its rarity.
    Feature("hashtag_overlap", _WANTS, sign=1, low=0.0, high=1.0, is_fine_below=True),
    Feature("language_reach", _WANTS, sign=1, low=0.0, high=1.0),
    Feature("audience_geo", _WANTS, sign=1, low=0.0, high=1.0),
    Feature("audience_age", _WANTS, sign=1, low=0.0, high=1.0),
    Feature("audience_gender", _WANTS, sign=1, low=0.0, high=1.0),
    Feature("audience_interest", _WANTS, sign=1, low=0.0, high=1.0),
    # Share of the person's followers who are on the cause's platforms.
    Feature("platform_fit", _WANTS, sign=0, low=0.0, high=1.0),
    # log10 of the followers of the largest account. It enters no sum: of two who fit alike, the larger is not the
    # better. It is shown, and the evaluation says what weighing it would bring.
    Feature("log_followers", (), sign=0, low=0.0, high=9.0, is_standing=True),
    # log2 of the median engagement rate of twelve months over the median of accounts of that platform and size.
    Feature("engagement_rate", _WANTS, sign=0, low=-4.0, high=4.0, is_standing=True),
    # Share of the posts of twelve months that speak of a cause, whichever.
    Feature("cause_share", _BOTH, sign=1, low=0.0, high=1.0, is_standing=True),
    # Concrete actions per message of earlier campaigns, shrunk towards nothing.
    Feature("action_rate", _WANTS, sign=1, low=0.0, high=50.0, is_standing=True, is_fine_below=True),
    # Answers per message of earlier campaigns, shrunk towards what is usual.
    Feature("reply_rate", _ACCEPTS, sign=1, low=0.0, high=1.0, is_standing=True),
    # Messages of the 90 days before: whoever is asked often is tired of it.
    Feature("contacts_last_90d", _ACCEPTS, sign=-1, low=0.0, high=10.0, is_standing=True),
    # Days; a year stands for anything longer.
    Feature("days_since_last_post", _WANTS, sign=0, low=0.0, high=365.0, is_standing=True, is_fine_below=True),
    # By what part the followers grew, per 90 days.
    Feature("growth_rate", _WANTS, sign=0, low=-0.5, high=1.0, is_standing=True),
    # Share of the followers that a source holds to be real people.
    Feature("authenticity", _WANTS, sign=1, low=0.0, high=1.0, is_standing=True),
    # Share of the posts of twelve months that are declared adverts.
    Feature("sponsorship_load", _BOTH, sign=0, low=0.0, high=1.0, is_standing=True),
)
STANDING: Final[tuple[str, ...]] = tuple(one.name for one in FEATURES if one.is_standing)


def feature(name: str) -> Feature:
    """The feature of this name. Raises DomainError("feature_unknown")."""
    for known in FEATURES:
        if known.name == name:
            return known
    raise DomainError("feature_unknown", feature=name)
