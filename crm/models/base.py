"""What every model of the house shares."""

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
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


ERASING_AT = "erasing_at"  # what expressions of a plan call the instant of an erasure


class AtErasure(enum.Enum):
    """What becomes of a row when the person it speaks of is erased."""

    REMOVE = "remove"
    CLEAR = "clear"  # it stays as a statistic: `cleared` says what its columns are set to
    KEEP = "keep"  # nothing in it tells who


class AtMerge(enum.Enum):
    """What becomes of a row when the person it speaks of is merged into another."""

    MOVE = "move"  # its person is the other one now; set aside where the other has the like, by a unique constraint
    FOLLOW = "follow"  # what it hangs on is moved
    OWN = "own"  # a service of its model's app decides
    STAY = "stay"


@dataclass(frozen=True)
class PersonPlan:
    """How the rows of one model are exported, erased and merged. Every model has one, and it names every column.

    `path` leads from a row to the influencer it speaks of: "influencer", "account__influencer"; "" is the person; None:
    the model speaks of nobody, and `why` says so. `also` leads to somebody else of whom it tells something:
    it is erased with either, and told to the former only. `told` columns go into a person's bundle, `untold` ones do
    not: keys, marks of our own, members of the team, what is made from another column. `swept` columns are free of keys
    but may speak of anybody: they are searched for the addresses, handles and ids of somebody who is erased.
    """

    path: str | None
    also: str = ""
    told: str = ""  # columns, separated by spaces
    untold: str = ""
    at_erasure: AtErasure = AtErasure.REMOVE
    cleared: Mapping[str, Any] = field(default_factory=dict)  # {column: value or expression}
    busy: models.Q | None = None  # while a row of theirs is in this state, they cannot be erased: see ERASING_AT
    at_merge: AtMerge = AtMerge.FOLLOW
    merged_by: str = ""  # with OWN: the module whose `join` and `part` decide (crm.services.merging.Own)
    swept: str = ""
    why: str = ""


def nobody(why: str, *, swept: str = "", cleared: Mapping[str, Any] | None = None) -> PersonPlan:
    """The plan of a model that speaks of no influencer. A row in which somebody is found who is erased is set to
    `cleared`; without it, the row is removed.
    """
    at_erasure = AtErasure.CLEAR if cleared else AtErasure.REMOVE if swept else AtErasure.KEEP
    return PersonPlan(None, at_erasure=at_erasure, cleared=cleared or {}, at_merge=AtMerge.STAY, swept=swept, why=why)


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
