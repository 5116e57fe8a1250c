"""Reads that the pages and the API share."""

from matching.selectors.changes import Change, Changes, Move, changes, people_of
from matching.selectors.exposure import TIERS, Exposure, Part, exposure
from matching.selectors.rankers import Standing, outcomes_shown, standing

__all__ = [
    "TIERS",
    "Change",
    "Changes",
    "Exposure",
    "Move",
    "Part",
    "Standing",
    "changes",
    "exposure",
    "outcomes_shown",
    "people_of",
    "standing",
]
