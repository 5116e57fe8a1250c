"""Registers every class of this package."""

from matching.admin import exclusions, match_lists, rankers  # noqa: F401
