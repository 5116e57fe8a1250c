"""Registers every class of this package."""

from outreach.admin import campaigns, inbox, mailboxes, messages, outreaches, sequences, templates  # noqa: F401
