from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from crm.models import Platform
from crm.models.base import AtErasure, PersonPlan, Public, Stamped, nobody
from outreach.models.outreach import Outreach


class Sequence(Public, Stamped):
    """A first message and what follows while nobody answers. Its texts are templates, in the version each one reads."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    is_paused = models.BooleanField(_("paused"), default=False)

    person_plan = nobody("An order of texts: whom it is under way with stands in the enrolment.")

    class Meta:
        verbose_name = _("sequence")
        verbose_name_plural = _("sequences")
        constraints = [models.CheckConstraint(name="sequence_has_name", condition=~Q(name=""))]

    def __str__(self) -> str:
        return self.name


class Step(models.Model):
    """One message of a sequence: so many working days of the reader after the one before, and by which way."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        MANUAL = "manual", _("by hand")

    sequence = models.ForeignKey(Sequence, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()  # from 1
    days = models.PositiveSmallIntegerField(_("working days later"), default=0)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.EMAIL)
    # By hand: on which platform; blank for the account with the most followers.
    platform = models.CharField(_("platform"), max_length=10, choices=Platform, blank=True)
    template_name = models.CharField(_("text"), max_length=100)  # of MessageTemplate: its versions share the name

    person_plan = nobody("A line of a sequence.")

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [
            models.UniqueConstraint(
                name="step_once", fields=["sequence", "position"], deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(name="step_position", condition=Q(position__range=(1, 6))),
            models.CheckConstraint(
                name="step_days", condition=Q(position=1, days=0) | Q(position__gt=1, days__range=(1, 60))
            ),
            models.CheckConstraint(name="step_channel", condition=Q(channel__in=["email", "manual"])),
            models.CheckConstraint(
                name="step_platform",
                condition=Q(platform="") | Q(channel="manual", platform__in=Platform.values),
            ),
            models.CheckConstraint(name="step_has_text", condition=~Q(template_name="")),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.position}"


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def running(self) -> EnrolmentQuerySet:
        return self.filter(state=Enrolment.State.RUNNING)


class Enrolment(Public, Stamped):
    """A sequence under way in one conversation. When its next message goes out stands in that message."""

    class State(models.TextChoices):
        RUNNING = "running", _("under way")
        PAUSED = "paused", _("paused")
        FINISHED = "finished", _("finished")
        STOPPED = "stopped", _("stopped")

    outreach = models.OneToOneField(Outreach, models.PROTECT, related_name="enrolment")
    sequence = models.ForeignKey(Sequence, models.PROTECT, related_name="enrolments")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RUNNING)
    reason = models.CharField(_("why"), max_length=60, blank=True)  # a code; words.py says it
    position = models.PositiveSmallIntegerField(default=0)  # of the step that was planned last
    resumes_date = models.DateField(_("goes on"), null=True)  # of a pause that ends by itself, and on which day
    since_at = models.DateTimeField(_("in this state since"))
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = EnrolmentQuerySet.as_manager()

    person_plan = PersonPlan(
        path="outreach__influencer",
        told="public_id sequence state reason position resumes_date since_at created_at updated_at",
        untold="id outreach started_by",
        at_erasure=AtErasure.CLEAR,
        cleared={
            "state": Case(When(state__in=["running", "paused"], then=Value("stopped")), default=F("state")),
            "reason": Case(When(state__in=["running", "paused"], then=Value("person_erased")), default=F("reason")),
            "resumes_date": None,
        },
    )

    class Meta:
        verbose_name = _("sequence under way")
        verbose_name_plural = _("sequences under way")
        constraints = [
            models.CheckConstraint(
                name="enrolment_state", condition=Q(state__in=["running", "paused", "finished", "stopped"])
            ),
            models.CheckConstraint(name="enrolment_position", condition=Q(position__lte=6)),
            models.CheckConstraint(name="enrolment_resumes", condition=Q(resumes_date=None) | Q(state="paused")),
            models.CheckConstraint(
                name="enrolment_says_why", condition=Q(state__in=["running", "finished"]) | ~Q(reason="")
            ),
        ]
        indexes = [models.Index("state", name="enrolment_open", condition=Q(state__in=["running", "paused"]))]

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"
