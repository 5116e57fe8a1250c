"""Registers every class of this package."""

from matching.admin import match_lists  # noqa: F401
