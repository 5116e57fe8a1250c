"""Who is who: profiles that may be one person's, and those that became one."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import AtMerge, PersonPlan, Public, nobody
from crm.models.influencer import Influencer


class DuplicateCandidateQuerySet(models.QuerySet["DuplicateCandidate"]):
    def waiting(self) -> DuplicateCandidateQuerySet:
        """Pairs that nobody has decided about, of people who are still here."""
        return self.filter(
            state=DuplicateCandidate.State.OPEN, low__erased_at__isnull=True, high__erased_at__isnull=True
        )


class DuplicateCandidate(Public):
    """Two profiles that may be one person's, and what speaks for it. Once merged, the pair is told by its Merge."""

    class State(models.TextChoices):
        OPEN = "open", _("to be looked at")
        DISMISSED = "dismissed", _("different people")

    low = models.ForeignKey(Influencer, models.CASCADE, related_name="+", verbose_name=_("influencer"))
    high = models.ForeignKey(Influencer, models.CASCADE, related_name="+", verbose_name=_("influencer"))
    reasons = models.JSONField(_("what speaks for it"))  # [{"rule": email|handle|link|import, "value": evidence}]
    found_at = models.DateTimeField(_("since"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = DuplicateCandidateQuerySet.as_manager()

    person_plan = PersonPlan(
        path="low",
        also="high",
        untold="id public_id low high reasons found_at state decided_by decided_at",
        at_merge=AtMerge.OWN,
        merged_by="crm.services.duplicates",
        swept="reasons",
    )

    class Meta:
        verbose_name = _("duplicate")
        verbose_name_plural = _("duplicates")
        constraints = [
            models.UniqueConstraint(name="duplicate_once", fields=["low", "high"]),
            models.CheckConstraint(name="duplicate_ordered", condition=Q(low__lt=F("high"))),
            models.CheckConstraint(name="duplicate_state", condition=Q(state__in=["open", "dismissed"])),
            models.CheckConstraint(
                name="duplicate_decided", condition=Q(state="open", decided_at=None) | Q(decided_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class IdentityMark(models.Model):
    """An address or a link in somebody's texts, by which another profile may turn out to be theirs too.

    Derived: may be thrown away and found again.
    """

    class Rule(models.TextChoices):
        EMAIL = "email"
        LINK = "link"

    influencer = models.ForeignKey(Influencer, models.CASCADE, related_name="+")
    rule = models.CharField(max_length=5, choices=Rule)
    value = models.CharField(max_length=500)

    person_plan = PersonPlan(path="influencer", untold="id influencer rule value", at_merge=AtMerge.MOVE)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="mark_once", fields=["influencer", "rule", "value"]),
            models.CheckConstraint(name="mark_rule", condition=Q(rule__in=["email", "link"])),
        ]
        indexes = [models.Index("rule", "value", name="mark_by_value")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class DuplicateSearch(models.Model):
    """How far the search for duplicates has come, in one row: what older transactions wrote has been looked at."""

    horizon = models.BigIntegerField(default=0)  # a transaction id of the database

    person_plan = nobody("A number of the database.")

    class Meta:
        constraints = [models.CheckConstraint(name="duplicate_search_is_one", condition=Q(pk=1))]

    def __str__(self) -> str:
        return f"#{self.horizon}"


class InfluencerAlias(models.Model):
    """The ids of a profile that was merged into another: they go on leading to the person."""

    influencer = models.ForeignKey(Influencer, models.CASCADE, related_name="+")
    public_id = models.UUIDField(unique=True)
    external_id = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001  (blank never matches blank)
    number = models.BigIntegerField(unique=True)  # by which addresses of staff pages named it

    person_plan = PersonPlan(
        path="influencer", told="public_id external_id", untold="id influencer number", at_merge=AtMerge.MOVE
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="alias_external_id_not_blank", condition=Q(external_id=None) | ~Q(external_id="")
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class MergeQuerySet(models.QuerySet["Merge"]):
    def standing(self) -> MergeQuerySet:
        """Those that were not undone."""
        return self.filter(undone_at=None)

    def remembered(self) -> MergeQuerySet:
        """Those whose record is still kept whole."""
        return self.filter(record__isnull=False)

    def overdue(self, *, at: datetime, days: int) -> MergeQuerySet:
        """Those whose record is kept longer than these days, or for nothing."""
        return self.remembered().filter(Q(at__lte=at - timedelta(days=days)) | Q(undone_at__isnull=False))


class Merge(Public):
    """One profile became part of another, and how to take it apart again: the record lists every row it touched.

    The record is let go of once the merge can no longer be undone; that it happened stays.
    """

    winner = models.ForeignKey(Influencer, models.CASCADE, related_name="+", verbose_name=_("influencer"))
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    loser = models.UUIDField()  # the public id of the profile that is no more
    record = models.JSONField(null=True)  # crm.services.merging.Record

    objects = MergeQuerySet.as_manager()

    person_plan = PersonPlan(
        path="winner",
        told="public_id at undone_at loser record",
        untold="id winner by undone_by",
        at_merge=AtMerge.MOVE,
        swept="record",
    )

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        indexes = [models.Index("at", name="merge_remembered", condition=Q(record__isnull=False))]

    def __str__(self) -> str:
        return f"#{self.pk}"
