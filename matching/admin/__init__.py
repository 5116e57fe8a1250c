"""Registers every class of this package."""

from matching.admin import match_lists, rankers  # noqa: F401
