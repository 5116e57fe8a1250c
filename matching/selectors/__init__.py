"""Reads that the pages and the API share."""

from matching.selectors.changes import Change, Changes, Move, changes, people_of
from matching.selectors.rankers import Standing, outcomes_shown, standing

__all__ = ["Change", "Changes", "Move", "Standing", "changes", "outcomes_shown", "people_of", "standing"]
