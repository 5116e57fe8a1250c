"""Registers every class of this package."""

from crm.admin import causes, duplicates, imports, influencers, merges, privacy, tokens, users  # noqa: F401
