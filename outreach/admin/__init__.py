"""Registers every class of this package."""

from outreach.admin import campaigns, inbox, mailboxes, messages, outreaches, publications, sequences, templates  # noqa: F401
