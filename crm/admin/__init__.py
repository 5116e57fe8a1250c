"""Registers every class of this package."""

from crm.admin import causes, duplicates, imports, influencers, merges, tokens, users  # noqa: F401
