from __future__ import annotations

from django.db import models
from django.db.models import Q
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

    person_plan = nobody("Shares by the ids of conversations, which name nobody.")

    class Meta:
        verbose_name = _("comparison of models")
        verbose_name_plural = _("comparisons of models")
        constraints = [
            models.CheckConstraint(name="attribution_run_digest", condition=Q(digest__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="attribution_run_known", condition=Q(known_at__lte=models.F("at"))),
        ]
        indexes = [models.Index(fields=["campaign", "-known_at"], name="attribution_run_newest")]

    def __str__(self) -> str:
        return f"#{self.pk}"
