from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import Public, nobody
from outreach.models.campaign import Campaign


class AttributionRun(Public):
    """What every model gave each partner of a campaign, by what was known at an instant. Never changed.

    `body` is JSON, kept letter for letter, and `digest` its SHA-256: whoever computes the same again can hold it to it.
    It names conversations by their ids, and nobody.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="attribution_runs", verbose_name=_("campaign"))
    at = models.DateTimeField(_("computed"))
    known_at = models.DateTimeField(_("by what was known"))
    window_days = models.PositiveSmallIntegerField(_("days before an action"))
    body = models.TextField()
    digest = models.CharField(max_length=64)
    is_asked = models.BooleanField(_("asked for by a person"), default=False)  # kept for good; others for a time

    person_plan = nobody("Shares by the ids of conversations, which name nobody.")

    class Meta:
        verbose_name = _("comparison of models")
        verbose_name_plural = _("comparisons of models")
        constraints = [
            models.CheckConstraint(name="attribution_run_digest", condition=Q(digest__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="attribution_run_known", condition=Q(known_at__lte=F("at"))),
        ]
        indexes = [models.Index(fields=["campaign", "-known_at"], name="attribution_run_newest")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ComparisonQuerySet(models.QuerySet["Comparison"]):
    def due(self, *, at: datetime) -> ComparisonQuerySet:
        """Nobody works on it, or whoever did stopped answering."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lt=at)).order_by("pk")


class Comparison(models.Model):
    """A comparison of models that a person asked for, until it is there: done in the background."""

    campaign = models.OneToOneField(Campaign, models.CASCADE, related_name="comparison")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    # So many actions of so many are read.
    done = models.PositiveIntegerField(default=0)
    of = models.PositiveIntegerField(default=0)

    objects = ComparisonQuerySet.as_manager()

    person_plan = nobody("That a colleague asked for shares.")

    class Meta:
        verbose_name = _("comparison that was asked for")
        verbose_name_plural = _("comparisons that were asked for")
        constraints = [models.CheckConstraint(name="comparison_progress", condition=Q(done__lte=F("of")))]

    def __str__(self) -> str:
        return f"#{self.pk}"
