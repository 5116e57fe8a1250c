from uuid import uuid4

from django.db import models
from django.db.models import Q

from crm.models.base import nobody


class Change(models.Model):
    """Something that the ranker looks at changed about somebody, in this transaction. Written by triggers alone, read
    by matching/columns/changes.py, let go of after days. Whoever is erased has one, too: it takes them out of the
    snapshot.
    """

    pk = models.CompositePrimaryKey("xid", "influencer")
    xid = models.BigIntegerField()  # of the transaction
    influencer = models.BigIntegerField()  # no reference: who is gone is what is told

    person_plan = nobody("That something changed about a number; not what, and not when.")

    def __str__(self) -> str:
        return f"#{self.influencer} @ {self.xid}"


class ChangeLog(models.Model):
    """How far back the changes go, in one row. Without it nothing that was read before holds."""

    key = models.UUIDField(default=uuid4, editable=False)
    reaches_back = models.BigIntegerField()  # transactions before this one may not be in the log any more
    # Where it will reach back to when it is shortened next: every transaction before had ended by `shortened_at`.
    reaches_next = models.BigIntegerField(null=True)
    shortened_at = models.DateTimeField(null=True)

    person_plan = nobody("Numbers of transactions.")

    class Meta:
        constraints = [
            models.CheckConstraint(name="change_log_is_one", condition=Q(pk=1)),
            models.CheckConstraint(
                name="change_log_goes_on",
                condition=Q(reaches_next=None) | Q(reaches_next__gte=models.F("reaches_back")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}"
