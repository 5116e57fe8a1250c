from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.base import AtMerge, PersonPlan
from crm.models.influencer import Influencer


class AuditEvent(models.Model):
    """One row that was made, changed or removed: by whom, why, when. Written by triggers (migration 0013) alone.

    So it tells of every way to write: a service, `update()`, COPY, a hand on the database. `changes` says which columns
    had which value. That a row about a person was removed is told without any; what was changed in it before stays told
    until the person is erased.
    """

    class Operation(models.TextChoices):
        INSERT = "INSERT", _("creation")
        UPDATE = "UPDATE", _("modification")
        DELETE = "DELETE", _("removal")

    at = models.DateTimeField(_("when"))
    table = models.CharField(_("what"), max_length=63)
    row_id = models.BigIntegerField()
    operation = models.CharField(_("how"), max_length=6, choices=Operation)
    changes = models.JSONField(_("from what to what"), default=dict)  # {column: [old, new]}
    # Who and why, as was said when it happened. No constraint: a row is never refused for the sake of its trail.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("by whom"),
    )
    why = models.CharField(_("on which occasion"), max_length=100, blank=True)  # a code; words say it
    influencer = models.ForeignKey(
        Influencer, models.CASCADE, null=True, db_constraint=False, related_name="audit_events"
    )

    person_plan = PersonPlan(
        path="influencer",
        told="at table operation changes why",
        untold="id row_id by influencer",
        at_merge=AtMerge.MOVE,
    )

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [models.Index("table", "row_id", name="audit_by_row")]
        constraints = [
            models.CheckConstraint(
                name="audit_operation", condition=models.Q(operation__in=["INSERT", "UPDATE", "DELETE"])
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.operation} {self.table}"
