from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import Stamped, nobody
from crm.models.user import User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def open_to(self, user: User) -> SavedViewQuerySet:
        """Their own, and those that others share."""
        return self.filter(Q(owner=user) | Q(is_shared=True))


class SavedView(Stamped):
    """A search, filters and an order of a list, kept under a name. `query` is what stands in the list's address."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000)
    is_shared = models.BooleanField(_("shared with the team"), default=False)

    objects = SavedViewQuerySet.as_manager()

    person_plan = nobody("What a member of the team asks a list.", swept="name query")

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(name="saved_view_name_once", fields=["owner", "name"]),
            models.CheckConstraint(name="saved_view_has_name", condition=~Q(name="")),
            models.CheckConstraint(name="saved_view_asks", condition=~Q(query="")),
        ]

    def __str__(self) -> str:
        return self.name
