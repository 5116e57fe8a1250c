"""Registers every class of this package."""

from crm.admin import causes, imports, influencers, tokens, users  # noqa: F401
