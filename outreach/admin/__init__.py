"""Registers every class of this package."""

from outreach.admin import campaigns, messages  # noqa: F401
