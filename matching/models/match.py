from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from crm.models import Cause, Influencer, VettingCheck
from crm.models.base import AtMerge, PersonPlan, Public, nobody
from crm.models.checks import is_part
from matching.models.ranker import RankerVersion


class MatchListQuerySet(models.QuerySet["MatchList"]):
    def due(self, *, at: datetime) -> MatchListQuerySet:
        """Lists waiting to be built: nobody does, or whoever did stopped answering."""
        unleased = Q(lease_until=None) | Q(lease_until__lt=at)
        return self.filter(unleased, state=MatchList.State.REQUESTED).order_by("pk")

    def ready(self) -> MatchListQuerySet:
        return self.filter(state=MatchList.State.READY)

    def newest_of(self, cause: Cause) -> MatchList | None:
        """The one that holds for a cause now."""
        return self.ready().filter(cause=cause).order_by("-as_of", "-pk").first()


class MatchList(Public):
    """A dated fact: who was considered for a cause, in which order, by which ranker. Also the exposure log."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("being ranked")
        READY = "ready", _("ready")
        FAILED = "failed", _("could not be ranked")

    cause = models.ForeignKey(Cause, models.CASCADE, related_name="match_lists", verbose_name=_("cause"))
    ranker = models.ForeignKey(RankerVersion, models.PROTECT, null=True, related_name="match_lists")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.REQUESTED)
    lease_until = models.DateTimeField(null=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("requested by")
    )
    requested_at = models.DateTimeField(_("requested"))
    as_of = models.DateTimeField(_("as of"))
    limit = models.PositiveIntegerField(_("shown at most"), default=100)
    filters = models.JSONField(default=dict)
    considered = models.PositiveIntegerField(_("considered"), default=0)
    left_out = models.JSONField(default=dict)  # {reason code: how many}
    # How the scores of all who were considered spread: {"low": …, "high": …, "counts": [how many per equal step]}.
    spread = models.JSONField(default=dict)
    cause_missing = models.JSONField(default=list)  # feature codes the cause's brief says nothing about
    # How far each feature set apart all who were considered: {feature: variance of what it added, in squared log-odds}.
    weight = models.JSONField(default=dict)
    error = models.JSONField(null=True)  # {"code": …, "params": {…}}
    ready_at = models.DateTimeField(null=True)

    objects = MatchListQuerySet.as_manager()

    person_plan = nobody("Counts: who is in it stands in its matches.")

    class Meta:
        verbose_name = _("match list")
        verbose_name_plural = _("match lists")
        constraints = [
            models.CheckConstraint(
                name="match_list_ready_is_whole",
                condition=~Q(state="ready") | Q(ranker__isnull=False, ready_at__isnull=False),
            ),
            models.CheckConstraint(name="match_list_state", condition=Q(state__in=["requested", "ready", "failed"])),
        ]

    def __str__(self) -> str:
        return f"{self.cause} · {formats.date_format(timezone.localtime(self.as_of), 'SHORT_DATETIME_FORMAT')}"


class MatchQuerySet(models.QuerySet["Match"]):
    def ranked(self) -> MatchQuerySet:
        """Who stands there by rank: in order of the fit index."""
        return self.filter(propensity=1)

    def drawn(self) -> MatchQuerySet:
        """Who stands there by lot."""
        return self.filter(propensity__lt=1)

    def with_standing(self, *, at: datetime) -> MatchQuerySet:
        """Each with what an officer asks next: `verdict` of the newest vetting for this cause (None: nobody looked),
        `is_contactable` at this instant.
        """
        newest = VettingCheck.objects.filter(
            influencer=models.OuterRef("influencer"), cause=models.OuterRef("match_list__cause")
        ).order_by("-at", "-pk")
        contactable = Influencer.objects.contactable(at=at).filter(pk=models.OuterRef("influencer"))
        return self.annotate(
            verdict=models.Subquery(newest.values("verdict")[:1]), is_contactable=models.Exists(contactable)
        )


class Match(Public):
    """One ranked person of one list, with what every feature added."""

    match_list = models.ForeignKey(MatchList, models.CASCADE, related_name="matches")
    influencer = models.ForeignKey(Influencer, models.CASCADE, related_name="matches")
    rank = models.PositiveIntegerField(_("rank"))  # the place in the list
    # How probable it was that they would be drawn by lot; 1 for whoever stands there by rank. See ranking/lots.py.
    propensity = models.FloatField(_("propensity"), default=1)
    score = models.FloatField(_("fit index"))
    # In nine of ten samples of the outcomes that were learned from, the fit index lies between these; None where
    # nothing was learned.
    score_low = models.FloatField(_("fit index, low end"), null=True)
    score_high = models.FloatField(_("fit index, high end"), null=True)
    percentile = models.FloatField(_("percentile"))
    sides = models.JSONField()  # {side: {intercept, probability, contributions: {feature: log-odds}}}
    values = models.JSONField()  # {feature: {"value": number or null, "basis": measured|estimated|missing}}
    # What touches the cause's conflicts, too little to leave somebody out: as LeftOut.findings.
    warnings = models.JSONField(default=list)
    # The stored rows that all this rests on: {what for: keys}, see matching/columns/rows.py. Keys of rows that are gone
    # since stay here, so that the list can say so.
    rows = models.JSONField(default=dict)

    objects = MatchQuerySet.as_manager()

    person_plan = PersonPlan(
        path="influencer",
        told="public_id match_list rank propensity score score_low score_high percentile sides values warnings",
        untold="id influencer rows",
        at_merge=AtMerge.MOVE,
    )

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        constraints = [
            models.CheckConstraint(name="match_score", condition=Q(score__gte=0, score__lte=1)),
            models.CheckConstraint(
                name="match_interval",
                condition=Q(score_low=None, score_high=None)
                | Q(
                    score_low__isnull=False,
                    score_high__isnull=False,
                    score_low__gte=0,
                    score_high__lte=1,
                    score_high__gte=models.F("score_low"),
                ),
            ),
            models.CheckConstraint(name="match_percentile", condition=is_part("percentile", of=100)),
            models.CheckConstraint(name="match_rank", condition=Q(rank__gte=1)),
            models.CheckConstraint(name="match_propensity", condition=Q(propensity__gt=0, propensity__lte=1)),
            models.UniqueConstraint(name="match_rank_once", fields=["match_list", "rank"]),
            models.UniqueConstraint(name="match_influencer_once", fields=["match_list", "influencer"]),
        ]

    def __str__(self) -> str:
        return f"#{self.rank}"

    @property
    def is_drawn(self) -> bool:
        """Whether they stand there by lot."""
        return self.propensity < 1

    @property
    def interval(self) -> dict[str, float] | None:
        """ "low" and "high", between which the fit index lies in nine of ten samples of the outcomes learned from."""
        return (
            None
            if self.score_low is None or self.score_high is None
            else {"low": self.score_low, "high": self.score_high}
        )
