from datetime import time, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import nobody


def working_week() -> list[int]:
    return [1, 2, 3, 4, 5]


class Limits(models.Model):
    """How this installation behaves towards people: when one may write, how often, and how much at once. One row, or
    none while everything is as it is on day one.
    """

    weekdays = ArrayField(  # ISO: Monday is 1
        models.PositiveSmallIntegerField(), verbose_name=_("days of the week"), default=working_week
    )
    opens = models.TimeField(_("from"), default=time(9))  # on the recipient's clock
    closes = models.TimeField(_("until"), default=time(18))  # not included; midnight is the end of the day
    keeps_holidays = models.BooleanField(_("not on public holidays"), default=True)
    # To one person, or to one address: an agent reads for many.
    person_hours = models.PositiveSmallIntegerField(_("hours between two messages to one person"), default=24)
    sender_daily = models.PositiveSmallIntegerField(_("messages in any 24 hours"), default=50)
    # At least, between two that wait at once.
    gap_seconds = models.PositiveSmallIntegerField(_("seconds between two messages"), default=30)
    # None: a cause has no limit of its own.
    cause_daily = models.PositiveSmallIntegerField(_("messages for one cause in any 24 hours"), null=True, default=None)
    # A new sender's first day: few messages, then more.
    warming_since = models.DateField(_("warming up since"), null=True, default=None)
    steps = models.PositiveSmallIntegerField(_("messages in a sequence"), default=3)  # at most
    cooling_off_days = models.PositiveSmallIntegerField(_("days between two asks"), default=60)  # whatever the cause
    asks_a_year = models.PositiveSmallIntegerField(_("asks a year"), default=4)
    silence_days = models.PositiveSmallIntegerField(_("days after which a conversation closes"), default=30)
    # After these, what is due is not sent any more.
    lateness_hours = models.PositiveSmallIntegerField(_("hours a message may be late"), default=24)
    is_paused = models.BooleanField(_("everything paused"), default=False)  # nothing by which somebody is asked leaves

    person_plan = nobody("How the organisation behaves towards everybody.")

    class Meta:
        verbose_name = _("limits")
        verbose_name_plural = _("limits")
        constraints = [
            models.CheckConstraint(name="limits_one", condition=Q(pk=1)),
            models.CheckConstraint(
                name="limits_weekdays",
                condition=Q(weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7]) & Q(weekdays__len__gte=1),
            ),
            models.CheckConstraint(name="limits_hours", condition=Q(closes=time(0)) | Q(closes__gt=F("opens"))),
            models.CheckConstraint(name="limits_person_hours", condition=Q(person_hours__range=(1, 720))),
            models.CheckConstraint(name="limits_sender_daily", condition=Q(sender_daily__range=(1, 10_000))),
            models.CheckConstraint(name="limits_gap", condition=Q(gap_seconds__lte=3600)),
            models.CheckConstraint(
                name="limits_cause_daily", condition=Q(cause_daily=None) | Q(cause_daily__range=(1, 10_000))
            ),
            models.CheckConstraint(name="limits_steps", condition=Q(steps__range=(1, 6))),
            models.CheckConstraint(name="limits_cooling_off", condition=Q(cooling_off_days__range=(0, 365))),
            models.CheckConstraint(name="limits_asks", condition=Q(asks_a_year__range=(1, 12))),
            models.CheckConstraint(name="limits_silence", condition=Q(silence_days__range=(7, 180))),
            models.CheckConstraint(name="limits_lateness", condition=Q(lateness_hours__range=(1, 168))),
        ]

    def __str__(self) -> str:
        return "limits"

    @property
    def between(self) -> timedelta:
        """From one message to the next to the same person or address."""
        return timedelta(hours=self.person_hours)

    @property
    def cooling_off(self) -> timedelta:
        return timedelta(days=self.cooling_off_days)

    @property
    def silence(self) -> timedelta:
        return timedelta(days=self.silence_days)

    @property
    def lateness(self) -> timedelta:
        return timedelta(hours=self.lateness_hours)
