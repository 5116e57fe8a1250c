"""Registers every class of this package."""

from outreach.admin import campaigns, mailboxes, messages, outreaches, templates  # noqa: F401
