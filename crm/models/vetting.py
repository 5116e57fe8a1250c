from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import AtMerge, PersonPlan, Public
from crm.models.cause import Cause
from crm.models.influencer import Influencer


class VettingCheck(Public):
    """Somebody looked at a person with one cause in mind and decided. The newest verdict holds."""

    class Verdict(models.TextChoices):
        CLEARED = "cleared", _("cleared")
        REFUSED = "refused", _("refused")

    influencer = models.ForeignKey(Influencer, models.CASCADE, related_name="vettings")
    cause = models.ForeignKey(Cause, models.CASCADE, related_name="vettings")
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict)
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    person_plan = PersonPlan(
        path="influencer",
        told="public_id cause verdict reason at",
        untold="id influencer by",
        at_merge=AtMerge.MOVE,
    )

    class Meta:
        verbose_name = _("vetting")
        verbose_name_plural = _("vettings")
        constraints = [
            models.CheckConstraint(name="vetting_verdict", condition=Q(verdict__in=["cleared", "refused"])),
            models.CheckConstraint(name="vetting_has_reason", condition=~Q(reason="")),
        ]
        indexes = [models.Index("influencer", "cause", models.F("at").desc(), name="vetting_newest")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.verdict}"
