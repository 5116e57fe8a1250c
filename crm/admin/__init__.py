"""Registers every class of this package."""

from crm.admin import causes, duplicates, imports, influencers, merges, privacy, suppressions, tokens, users  # noqa: F401
