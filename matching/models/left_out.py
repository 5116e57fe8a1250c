from django.db import models

from crm.models import Influencer
from crm.models.base import AtMerge, PersonPlan
from matching.models.match import MatchList


class LeftOut(models.Model):
    """Somebody a list leaves out for a conflict with its cause, and what speaks for it: a person must be able to check.

    `findings`: [{"subject", "place", "word", "count", "of", "post", "day"}], the heaviest first; see
    crm/portrait/conflicts.py.
    """

    match_list = models.ForeignKey(MatchList, models.CASCADE, related_name="conflicting")
    influencer = models.ForeignKey(Influencer, models.CASCADE, related_name="+")
    findings = models.JSONField()

    person_plan = PersonPlan(
        path="influencer", told="match_list findings", untold="id influencer", at_merge=AtMerge.MOVE
    )

    class Meta:
        constraints = [models.UniqueConstraint(name="left_out_once", fields=["match_list", "influencer"])]

    def __str__(self) -> str:
        return f"#{self.pk}"
