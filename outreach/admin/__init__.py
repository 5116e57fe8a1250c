"""Registers every class of this package."""

from outreach.admin import campaigns, inbox, mailboxes, messages, outreaches, rates, sequences, templates  # noqa: F401
