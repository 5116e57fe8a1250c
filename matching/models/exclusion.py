from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.models import Cause, Influencer
from crm.models.base import AtMerge, PersonPlan, Public


class ExclusionQuerySet(models.QuerySet["Exclusion"]):
    def open(self) -> ExclusionQuerySet:
        """Those that hold."""
        return self.filter(lifted_at=None)

    def holding(self, *, at: datetime) -> ExclusionQuerySet:
        """Those that held at an instant."""
        return self.filter(Q(lifted_at=None) | Q(lifted_at__gt=at), at__lte=at)

    def barring(self, cause: Cause) -> ExclusionQuerySet:
        """Those that keep somebody from being asked for this cause: for it, or for every one."""
        return self.filter(Q(cause=cause) | Q(cause=None))

    def people(self) -> models.QuerySet[Exclusion, Any]:
        """Their ids, to narrow another question by."""
        return self.order_by().values("influencer")


class Exclusion(Public):
    """Staff decided never to ask somebody: for one cause, or, without one, again. It holds until it is lifted."""

    influencer = models.ForeignKey(Influencer, models.CASCADE, related_name="exclusions", verbose_name=_("influencer"))
    # None: for every cause, those to come included.
    cause = models.ForeignKey(
        Cause, models.CASCADE, null=True, blank=True, related_name="exclusions", verbose_name=_("cause")
    )
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by whom")
    )
    at = models.DateTimeField(_("decided"))
    lifted_at = models.DateTimeField(_("lifted"), null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = ExclusionQuerySet.as_manager()

    person_plan = PersonPlan(
        path="influencer",
        told="public_id cause reason at lifted_at",
        untold="id influencer by lifted_by",
        at_merge=AtMerge.MOVE,
    )

    class Meta:
        verbose_name = _("exclusion")
        verbose_name_plural = _("exclusions")
        constraints = [
            # Two, because a merge looks for what stands in its way by equal columns, and no cause equals no cause.
            models.UniqueConstraint(
                name="exclusion_open_once",
                fields=["influencer", "cause"],
                condition=Q(lifted_at=None, cause__isnull=False),
            ),
            models.UniqueConstraint(
                name="exclusion_of_all_open_once", fields=["influencer"], condition=Q(lifted_at=None, cause=None)
            ),
            models.CheckConstraint(name="exclusion_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="exclusion_lifted",
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_at__gte=F("at")),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def code(self) -> str:
        """What it says wherever somebody is left out for it; words.py says the code."""
        return "never_again" if self.cause_id is None else "never_for_cause"
