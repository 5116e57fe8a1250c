from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KT
from django.utils.translation import gettext_lazy as _

from crm.models import Activity, Influencer
from crm.models.base import AtErasure, AtMerge, PersonPlan, Public, Stamped
from matching.models import Match
from outreach.models.campaign import Campaign

if TYPE_CHECKING:
    from outreach.models.link import Link


class OutreachQuerySet(models.QuerySet["Outreach"]):
    def silent(self, *, at: datetime, after: timedelta) -> OutreachQuerySet:
        """Those whose last message reached them so long ago that no answer is to be awaited any more.

        What was captured reached nobody; what was perhaps sent, nobody knows. Where the house wrote nothing itself,
        they were reached another way, when the stage was noted. Whoever answered once is not silent.
        """
        from outreach.models.message import Message

        told = Activity.objects.filter(
            Q(kind="answered") | Q(kind="stage_moved", params__after__in=["in_conversation", "agreed"]),
            influencer=models.OuterRef("influencer"),
            cause=models.OuterRef("campaign__cause"),
        )
        answers = told.annotate(told_of=KT("params__campaign")).filter(told_of=models.OuterRef("campaign__name"))

        written = Message.objects.asking().filter(outreach=models.OuterRef("pk"))
        reached = written.filter(state=Message.State.SENT, is_captured=False)
        unsettled = [state for state in Message.State if state not in {*Message.NEVER_SENT, Message.State.SENT}]
        otherwise = ~models.Exists(written) & Q(stage_at__lte=at - after)
        return self.filter(models.Exists(reached) | otherwise).exclude(
            models.Exists(reached.filter(dispatched_at__gt=at - after))
            | models.Exists(written.filter(state__in=unsettled))
            | models.Exists(answers)
        )


class Outreach(Public, Stamped):
    """One influencer in one campaign: where the conversation stands and whose turn it is."""

    class Stage(models.TextChoices):
        PROSPECT = "prospect", _("prospect")
        SHORTLISTED = "shortlisted", _("shortlisted")
        APPROVED = "approved", _("approved")
        CONTACTED = "contacted", _("contacted")
        IN_CONVERSATION = "in_conversation", _("in conversation")
        AGREED = "agreed", _("agreed")
        LIVE = "live", _("live")
        COMPLETED = "completed", _("completed")
        DECLINED = "declined", _("declined")
        NO_ANSWER = "no_answer", _("no answer")
        PAUSED = "paused", _("paused")
        CONFLICT = "conflict", _("conflict")
        MERGED = "merged", _("merged")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="outreaches", verbose_name=_("campaign"))
    # Null once the person was erased: what came of it stays, who it was does not.
    influencer = models.ForeignKey(
        Influencer, models.SET_NULL, null=True, related_name="outreaches", verbose_name=_("influencer")
    )
    match = models.ForeignKey(Match, models.SET_NULL, null=True, blank=True, related_name="outreaches")
    stage = models.CharField(_("stage"), max_length=20, choices=Stage, default=Stage.PROSPECT)
    stage_at = models.DateTimeField(_("in this stage since"))
    live_at = models.DateTimeField(_("live since"), null=True, blank=True, editable=False)
    # Why no first message could be drafted for them: {"code", "params" and "text", its name}; {} where none failed.
    unwritten = models.JSONField(_("why nothing was drafted"), default=dict, blank=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )

    # A manager's word that they may be asked although they should be left in peace, and why.
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    waived_at = models.DateTimeField(_("allowed in spite of the cooling-off time"), null=True, editable=False)
    waived_reason = models.CharField(_("why"), max_length=300, blank=True, default="", editable=False)

    objects = OutreachQuerySet.as_manager()

    person_plan = PersonPlan(
        path="influencer",
        told="public_id campaign stage stage_at live_at unwritten waived_at waived_reason created_at updated_at",
        untold="id influencer match owner waived_by",
        at_erasure=AtErasure.CLEAR,
        cleared={"influencer": None, "match": None, "unwritten": {}, "waived_reason": ""},
        at_merge=AtMerge.OWN,
        merged_by="outreach.services.merging",
    )

    class Meta:
        verbose_name = _("outreach")
        verbose_name_plural = _("outreaches")
        permissions = [("waive_cooling_off", "Can allow somebody to be asked within the cooling-off time")]
        constraints = [
            models.CheckConstraint(
                name="outreach_waived", condition=Q(waived_at=None, waived_reason="") | Q(waived_at__isnull=False)
            ),
            # Two that met when profiles were merged: one goes on, the other is closed and stays with the person.
            models.UniqueConstraint(
                name="outreach_once", fields=["campaign", "influencer"], condition=~Q(stage="merged")
            ),
            models.CheckConstraint(
                name="outreach_stage",
                condition=Q(
                    stage__in=[
                        "prospect",
                        "shortlisted",
                        "approved",
                        "contacted",
                        "in_conversation",
                        "agreed",
                        "live",
                        "completed",
                        "declined",
                        "no_answer",
                        "paused",
                        "conflict",
                        "merged",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.stage}"

    @property
    def link(self) -> Link | None:
        """The conversation's own; None where nobody made one. Of many conversations, prefetch `links`."""
        return next((link for link in self.links.all() if link.is_main), None)
