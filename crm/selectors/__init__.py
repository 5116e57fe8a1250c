"""What pages and services read of a person across several tables.

One door for callers (as `crm.models` is): what is imported here is the contract, the modules behind it are not.
"""

from crm.selectors.conflicts import conflict_subjects, conflicts_of
from crm.selectors.figures import (
    MOST_SERIES,
    AccountFigures,
    Credible,
    Growth,
    GrowthRow,
    Peers,
    Point,
    Reach,
    Series,
    account_figures,
    followers,
    growth,
    snapshots,
)
from crm.selectors.history import Fact, Happening, Timeline, facts, timeline
from crm.selectors.people import (
    AddressStanding,
    Audience,
    Standing,
    audience,
    audience_countries,
    by_size,
    countries,
    ids_elsewhere,
    next_step,
    representation,
    standings,
    subjects,
    vettings,
)
from crm.selectors.published import Hours, Mention, Spoken, hours, posts, reading, spoken
from crm.selectors.refusals import Preference, preference

__all__ = [
    "MOST_SERIES",
    "AccountFigures",
    "AddressStanding",
    "Audience",
    "Credible",
    "Fact",
    "Growth",
    "GrowthRow",
    "Happening",
    "Hours",
    "Mention",
    "Peers",
    "Point",
    "Preference",
    "Reach",
    "Series",
    "Spoken",
    "Standing",
    "Timeline",
    "account_figures",
    "audience",
    "audience_countries",
    "by_size",
    "conflict_subjects",
    "conflicts_of",
    "countries",
    "facts",
    "followers",
    "growth",
    "hours",
    "ids_elsewhere",
    "next_step",
    "posts",
    "preference",
    "reading",
    "representation",
    "snapshots",
    "spoken",
    "standings",
    "subjects",
    "timeline",
    "vettings",
]
