"""What every model of the house shares."""

import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Public(models.Model):
    """A row that is named outside: by an opaque random id that nobody can count up from."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class Stamped(models.Model):
    created_at = models.DateTimeField(_("made"), auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True, editable=False)

    class Meta:
        abstract = True


def batch_that_brought() -> models.ForeignKey[Any, Any]:
    """The import a row came with, so that the import can be undone. No index: only that asks for it, and rarely."""
    return models.ForeignKey(
        "crm.ImportBatch", models.SET_NULL, null=True, blank=True, editable=False, db_index=False, related_name="+"
    )


def is_slug(field: str) -> models.Q:
    """The condition of a CHECK constraint: small letters and digits, in words joined by hyphens or underscores."""
    return models.Q(**{f"{field}__regex": r"^[a-z0-9]+([_-][a-z0-9]+)*$"})


def is_http_url(field: str, *, blank: bool = False) -> models.Q:
    """The condition of a CHECK constraint: an address a browser may follow, never `javascript:` and the like."""
    safe = models.Q(**{f"{field}__regex": r"^https?://[^\s<>\"]+$"})
    return safe | models.Q(**{field: ""}) if blank else safe
