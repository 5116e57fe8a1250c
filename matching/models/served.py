from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import Public, nobody
from matching.models.ranker import RankerVersion


class Served(Public):
    """From when on a ranker served, and why: the newest row is the one in use."""

    class Why(models.TextChoices):
        STARTED = "started", _("to start with")
        PROMOTED = "promoted", _("promoted")
        ROLLED_BACK = "rolled_back", _("rolled back")
        REFUSED = "refused", _("the one before was altered")
        OUTDATED = "outdated", _("the one before measures otherwise")
        DRIFTED = "drifted", _("the one before no longer knows these people")

    ranker = models.ForeignKey(RankerVersion, models.PROTECT, related_name="served", verbose_name=_("ranker"))
    why = models.CharField(_("why"), max_length=12, choices=Why)
    at = models.DateTimeField(_("since"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by whom")
    )

    person_plan = nobody("Which tables of numbers were in use.")

    class Meta:
        verbose_name = _("ranker in use")
        verbose_name_plural = _("rankers in use")
        constraints = [
            models.CheckConstraint(
                name="served_why",
                condition=Q(why__in=["started", "promoted", "rolled_back", "refused", "outdated", "drifted"]),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
