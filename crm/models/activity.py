from django.conf import settings
from django.db import models

from crm.models.base import AtMerge, PersonPlan
from crm.models.cause import Cause
from crm.models.influencer import Influencer


class Activity(models.Model):
    """One line of a person's timeline: what happened, when, by whom. `kind` is a code that words.py says."""

    influencer = models.ForeignKey(Influencer, models.CASCADE, related_name="activities")
    cause = models.ForeignKey(Cause, models.SET_NULL, null=True, blank=True, related_name="activities")
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    params = models.JSONField(default=dict, blank=True)

    person_plan = PersonPlan(
        path="influencer", told="kind at cause params", untold="id influencer by", at_merge=AtMerge.MOVE
    )

    class Meta:
        indexes = [models.Index("influencer", models.F("at").desc(), name="activity_newest")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"
