from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models import Cause, Influencer
from crm.models.base import AtMerge, PersonPlan, Public
from matching.models.match import Match


class RelevanceLabelQuerySet(models.QuerySet["RelevanceLabel"]):
    def verdicts(self) -> RelevanceLabelQuerySet:
        """What staff judged, and what they took back."""
        return self.filter(side=RelevanceLabel.Side.WANTS, about="")

    def outcomes(self) -> RelevanceLabelQuerySet:
        """What whoever was asked did: yes, no, nothing."""
        return self.filter(side=RelevanceLabel.Side.ACCEPTS)

    def actions(self) -> RelevanceLabelQuerySet:
        """What came of conversations, in concrete actions."""
        return self.filter(side=RelevanceLabel.Side.WANTS).exclude(about="")

    def known(self, *, at: datetime) -> RelevanceLabelQuerySet:
        """What held at an instant: of each matter (`about`) of a person for a cause the newest, unless it was taken
        back. Whatever became known later is not looked at.
        """
        same = {name: models.OuterRef(name) for name in ("influencer", "cause", "side", "about")}
        is_later = Q(at__gt=models.OuterRef("at")) | Q(at=models.OuterRef("at"), pk__gt=models.OuterRef("pk"))
        later = RelevanceLabel.objects.filter(is_later, at__lte=at, **same)
        return self.filter(~models.Exists(later), at__lte=at).exclude(kind=RelevanceLabel.Kind.WITHDRAWN)


class RelevanceLabel(Public):
    """A fact the ranker learns from: who suits which cause, or would say yes to it, once that is known.

    Facts are added, never changed (a trigger refuses it): of several the newest holds, see `known`.

    What is not ripe yet is no fact: nothing is written before it is known, so a missing row is never a "no".
    """

    class Side(models.TextChoices):
        ACCEPTS = "accepts", _("whether they say yes")
        WANTS = "wants", _("whether the cause wants them")

    class Kind(models.TextChoices):
        FIT = "fit", _("fits")
        NOT_FIT = "not_fit", _("does not fit")
        CONFLICT = "conflict", pgettext_lazy("verdict", "conflict")
        WITHDRAWN = "withdrawn", _("taken back")
        ACCEPTED = "accepted", _("said yes")
        DECLINED = "declined", _("said no")
        NO_ANSWER = "no_answer", _("never answered")
        ACTIONS = "actions", _("concrete actions")

    class Reason(models.TextChoices):
        """Why somebody does not fit. Short enough to be chosen at a glance, in the order of the keys on the page."""

        OFF_TOPIC = "off_topic", _("off topic")
        OTHER_AUDIENCE = "other_audience", _("audience elsewhere")
        TONE = "tone", _("tone or values")
        TOO_COMMERCIAL = "too_commercial", _("too commercial")
        INACTIVE = "inactive", _("not active")
        WITH_US = "with_us", _("works with us already")
        FAKE_AUDIENCE = "fake_audience", _("fake audience")
        OTHER = "other", _("another reason")

    VERDICTS = (Kind.FIT, Kind.NOT_FIT, Kind.CONFLICT)
    AGAINST = (Kind.NOT_FIT, Kind.CONFLICT)  # verdicts that may have a reason

    cause = models.ForeignKey(Cause, models.CASCADE, related_name="labels", verbose_name=_("cause"))
    influencer = models.ForeignKey(Influencer, models.CASCADE, related_name="labels", verbose_name=_("influencer"))
    side = models.CharField(_("side"), max_length=10, choices=Side)
    kind = models.CharField(_("verdict or outcome"), max_length=10, choices=Kind)
    reason = models.CharField(_("why"), max_length=20, choices=Reason, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    # What may go back on itself: one conversation ("outreach:<id>"); blank for what staff judge.
    about = models.CharField(max_length=60, blank=True)
    # Names the event, so that telling it twice is telling it once.
    origin = models.CharField(max_length=100, unique=True)
    at = models.DateTimeField(_("known since"))
    grade = models.PositiveSmallIntegerField(_("grade"), null=True)  # 0–3
    actions = models.FloatField(_("concrete actions"), null=True)
    reached = models.PositiveBigIntegerField(_("people reached"), null=True)
    value = models.GeneratedField(
        expression=F("actions") * 1000.0 / Cast("reached", models.FloatField()),
        output_field=models.FloatField(),
        db_persist=True,
        verbose_name=_("actions per 1,000 people reached"),
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # Where they were shown when it was judged, or chosen from.
    match = models.ForeignKey(Match, models.SET_NULL, null=True, related_name="labels")

    objects = RelevanceLabelQuerySet.as_manager()

    person_plan = PersonPlan(
        path="influencer",
        told="public_id cause side kind reason note at grade actions reached value",
        untold="id influencer about origin by match",
        at_merge=AtMerge.MOVE,
    )

    class Meta:
        verbose_name = _("verdict or outcome")
        verbose_name_plural = _("verdicts and outcomes")
        constraints = [
            models.CheckConstraint(
                name="label_kind",
                condition=Q(
                    kind__in=[
                        *("fit", "not_fit", "conflict", "withdrawn"),
                        *("accepted", "declined", "no_answer", "actions"),
                    ]
                ),
            ),
            models.CheckConstraint(name="label_side", condition=Q(side__in=["accepts", "wants"])),
            models.CheckConstraint(
                name="label_side_of_kind",
                condition=Q(kind="withdrawn")
                | Q(side="wants", kind__in=["fit", "not_fit", "conflict", "actions"])
                | Q(side="accepts", kind__in=["accepted", "declined", "no_answer"]),
            ),
            models.CheckConstraint(
                name="label_reason",
                condition=Q(
                    reason__in=[
                        *("", "off_topic", "other_audience", "tone", "too_commercial"),
                        *("inactive", "with_us", "fake_audience", "other"),
                    ]
                ),
            ),
            models.CheckConstraint(
                name="label_reason_of_kind", condition=Q(reason="") | Q(kind__in=["not_fit", "conflict"])
            ),
            models.CheckConstraint(
                name="label_note_of_kind", condition=Q(note="") | Q(kind__in=["fit", "not_fit", "conflict"])
            ),
            # A verdict is about the person; an outcome is of one conversation.
            models.CheckConstraint(
                name="label_about",
                condition=Q(kind="withdrawn")
                | Q(about="", kind__in=["fit", "not_fit", "conflict"])
                | (~Q(about="") & Q(kind__in=["accepted", "declined", "no_answer", "actions"])),
            ),
            models.CheckConstraint(name="label_has_origin", condition=~Q(origin="")),
            models.CheckConstraint(
                name="label_grade",
                condition=Q(grade=None, kind__in=["withdrawn", "actions"])
                | Q(
                    grade__isnull=False,
                    grade__lte=3,
                    kind__in=["fit", "not_fit", "conflict", "accepted", "declined", "no_answer"],
                ),
            ),
            models.CheckConstraint(
                name="label_actions",
                # Below a limit: neither "infinitely many" nor "no number" is any.
                condition=Q(kind="actions", actions__gte=0, actions__lte=1e12, reached__gte=1)
                & Q(actions__isnull=False, reached__isnull=False)
                | (~Q(kind="actions") & Q(actions=None, reached=None)),
            ),
        ]
        indexes = [models.Index("influencer", "cause", F("at").desc(), name="label_newest")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"
