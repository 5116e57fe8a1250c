"""Registers every class of this package."""

from crm.admin import causes, imports, influencers, users  # noqa: F401
