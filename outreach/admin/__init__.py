"""Registers every class of this package."""

from outreach.admin import campaigns, messages, outreaches, templates  # noqa: F401
