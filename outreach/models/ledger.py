"""What hangs on an action in the ledger: later marks, what a person said of it, and what is left of it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import nobody
from outreach.models.conversion import Conversion, Door
from outreach.models.link import Link


class ConversionMark(models.Model):
    """What a later report of the same action brought that the first had not. Append-only, as the ledger is."""

    conversion = models.ForeignKey(Conversion, models.CASCADE, related_name="marks")
    received_at = models.DateTimeField(_("received"))
    door = models.CharField(_("came by"), max_length=8, choices=Door)
    click_ids = ArrayField(models.CharField(max_length=100), default=list)
    code = models.CharField(max_length=100, blank=True)
    utm = models.JSONField(default=dict)
    referrer = models.CharField(_("page it came from"), max_length=253, blank=True)
    supporter = models.CharField(max_length=80, blank=True)  # keyed hash

    person_plan = nobody("What a supporter came with, known by a keyed hash; it leads to a link, never to a person.")

    class Meta:
        verbose_name = _("mark of an action")
        verbose_name_plural = _("marks of actions")
        constraints = [
            models.CheckConstraint(
                name="conversion_mark_door", condition=Q(door__in=["api", "hook", "pixel", "file", "hand"])
            ),
        ]
        indexes = [models.Index("supporter", name="conversion_mark_supporter", condition=~Q(supporter=""))]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Assignment(models.Model):
    """Whom one of us gave an action to, or that it is nobody's (no link), and why. The newest counts; none is changed.

    Of a taking back without its action it says that nobody looks for that any more.
    """

    conversion = models.ForeignKey(Conversion, models.CASCADE, related_name="assignments")
    link = models.ForeignKey(Link, models.PROTECT, null=True, related_name="assignments", verbose_name=_("link"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))
    why = models.CharField(_("why"), max_length=300, blank=True)  # free words: emptied where they name somebody erased

    person_plan = nobody("Whose an action is, as the team says: it leads to a link.", swept="why", cleared={"why": ""})

    class Meta:
        verbose_name = _("assignment of an action")
        verbose_name_plural = _("assignments of actions")

    def __str__(self) -> str:
        return f"#{self.pk}"


class Balance(models.Model):
    """What is left of an action of which something was taken back: derived, computed anew with each taking back.

    An action without a row is left as it is. `is_void`: nothing of it is left, it counts nowhere.
    """

    conversion = models.OneToOneField(Conversion, models.CASCADE, related_name="balance")
    returned_minor = models.BigIntegerField(_("given back"), default=0)
    kept_minor = models.BigIntegerField(_("left"), null=True)  # null: no money was in it
    is_void = models.BooleanField(_("taken back as a whole"), default=False)
    is_overdrawn = models.BooleanField(_("more given back than given"), default=False)

    person_plan = nobody("What is left of an action.")

    class Meta:
        verbose_name = _("what is left of an action")
        verbose_name_plural = _("what is left of actions")
        constraints = [
            models.CheckConstraint(name="balance_amounts", condition=Q(returned_minor__gte=0)),
            models.CheckConstraint(
                name="balance_kept",
                condition=Q(kept_minor=None) | Q(kept_minor=0, is_void=True) | Q(kept_minor__gt=0, is_void=False),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
