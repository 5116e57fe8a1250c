from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import Public, nobody
from matching.models.ranker import RankerVersion


class TrainingQuerySet(models.QuerySet["Training"]):
    def due(self, *, at: datetime) -> TrainingQuerySet:
        """Waiting to be done: nobody does, or whoever did stopped answering."""
        unleased = Q(lease_until=None) | Q(lease_until__lt=at)
        return self.filter(unleased, state=Training.State.REQUESTED).order_by("pk")


class Training(Public):
    """One try to learn from outcomes: asked for, done in the background, with what came of it."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("being learned")
        READY = "ready", _("done")
        FAILED = "failed", _("nothing could be learned")

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.REQUESTED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("requested by")
    )
    requested_at = models.DateTimeField(_("requested"))
    lease_until = models.DateTimeField(null=True)
    # So many trainings of so many are done.
    done = models.PositiveIntegerField(default=0)
    of = models.PositiveIntegerField(default=0)
    ranker = models.ForeignKey(RankerVersion, models.PROTECT, null=True, related_name="trainings")
    error = models.JSONField(null=True)  # {"code": …, "params": {…}}
    ready_at = models.DateTimeField(null=True)

    objects = TrainingQuerySet.as_manager()

    person_plan = nobody("Counts of outcomes.")

    class Meta:
        verbose_name = _("training")
        verbose_name_plural = _("trainings")
        constraints = [
            models.CheckConstraint(name="training_state", condition=Q(state__in=["requested", "ready", "failed"])),
            models.CheckConstraint(
                name="training_ready_is_whole",
                condition=~Q(state="ready") | Q(ranker__isnull=False, ready_at__isnull=False),
            ),
            models.CheckConstraint(name="training_failed_says_why", condition=~Q(state="failed") | ~Q(error=None)),
            models.CheckConstraint(name="training_progress", condition=Q(done__lte=F("of"))),
            models.UniqueConstraint(name="one_training_at_a_time", fields=["state"], condition=Q(state="requested")),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
