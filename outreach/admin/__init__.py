"""Registers every class of this package."""

from outreach.admin import campaigns, inbox, messages, outreaches, templates  # noqa: F401
