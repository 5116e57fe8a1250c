from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import Public, nobody


class ErasureReceipt(Public):
    """Proof that somebody was erased: what went, what stays, and by which keyed hashes they are kept out.

    It says nothing about who it was: whoever asks to see it knows its number, or is found by what they tell.
    """

    class Reason(models.TextChoices):
        ASKED = "asked", _("they asked for it")
        UNNEEDED = "unneeded", _("their data is not needed any more")
        UNLAWFUL = "unlawful", _("there was no ground to hold it")

    reason = models.CharField(_("why"), max_length=10, choices=Reason, default=Reason.ASKED)
    at = models.DateTimeField(_("erased"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by whom")
    )
    counts = models.JSONField(default=dict)  # {label of a model: {"removed" | "cleared" | "searched": how many rows}}
    digests = ArrayField(models.CharField(max_length=80), default=list)  # what Suppression keeps of them
    lifted_at = models.DateTimeField(_("may be stored again since"), null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("allowed by")
    )

    person_plan = nobody("Counts and keyed hashes: what is left of somebody who is gone.")

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [
            models.CheckConstraint(name="erasure_reason", condition=Q(reason__in=["asked", "unneeded", "unlawful"])),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
