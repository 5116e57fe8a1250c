from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import AtMerge, PersonPlan, Stamped
from crm.models.influencer import Influencer


class RepresentationQuerySet(models.QuerySet["Representation"]):
    def current(self) -> RepresentationQuerySet:
        """Those that have not ended, by somebody who is still there."""
        return self.filter(until_date=None, agent__erased_at=None)


class Representation(Stamped):
    """Somebody, a person or an agency, speaks for an influencer. One agent may speak for many.

    The agent is a profile like any other, so that their addresses, their "no" and their rights are too. Mail for the
    influencer may go to an address of the agent; what the agent says no to holds for everybody they speak for.
    """

    influencer = models.ForeignKey(Influencer, models.CASCADE, related_name="representations")
    agent = models.ForeignKey(Influencer, models.CASCADE, related_name="represents", verbose_name=_("agent"))
    territory = models.CharField(_("territory"), max_length=200, blank=True)
    since_date = models.DateField(_("since"), null=True, blank=True)
    until_date = models.DateField(_("until"), null=True, blank=True)  # it has ended then; never a day to come
    notes = models.TextField(_("notes"), blank=True)

    objects = RepresentationQuerySet.as_manager()

    person_plan = PersonPlan(
        path="influencer",
        also="agent",
        told="territory since_date until_date notes created_at updated_at",
        untold="id influencer agent",
        at_merge=AtMerge.MOVE,
    )

    class Meta:
        verbose_name = _("representation")
        verbose_name_plural = _("representations")
        constraints = [
            models.CheckConstraint(name="representation_of_another", condition=~Q(influencer=F("agent"))),
            models.CheckConstraint(
                name="representation_dates",
                condition=Q(since_date=None) | Q(until_date=None) | Q(until_date__gte=F("since_date")),
            ),
            models.UniqueConstraint(
                name="representation_once",
                fields=["influencer", "agent", "territory"],
                condition=Q(until_date=None),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
