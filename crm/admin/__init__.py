"""Registers every class of this package."""

from crm.admin import causes, imports, influencers, privacy, tokens, users  # noqa: F401
