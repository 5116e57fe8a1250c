"""Registers every class of this package."""

from outreach.admin import (  # noqa: F401
    campaigns,
    inbox,
    mailboxes,
    messages,
    outreaches,
    publications,
    rates,
    sequences,
    sources,
    templates,
    triage,
)
