from datetime import time

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

    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=working_week)  # ISO: Monday is 1
    opens = models.TimeField(default=time(9))  # on the recipient's clock
    closes = models.TimeField(default=time(18))  # not included; midnight is the end of the day
    keeps_holidays = models.BooleanField(default=True)
    person_hours = models.PositiveSmallIntegerField(default=24)  # between two messages to one person or address
    sender_daily = models.PositiveSmallIntegerField(default=50)  # messages in any 24 hours
    gap_seconds = models.PositiveSmallIntegerField(default=30)  # at least, between two messages that wait at once
    cause_daily = models.PositiveSmallIntegerField(null=True, default=None)  # of one cause; None: no limit of its own
    warming_since = models.DateField(null=True, default=None)  # a new sender's first day: few messages, then more
    steps = models.PositiveSmallIntegerField(default=3)  # messages in a sequence, at most
    cooling_off_days = models.PositiveSmallIntegerField(default=60)  # between two asks, whatever the cause
    asks_a_year = models.PositiveSmallIntegerField(default=4)
    silence_days = models.PositiveSmallIntegerField(default=30)  # after which no answer is one
    lateness_hours = models.PositiveSmallIntegerField(default=24)  # after which what is due is not sent any more
    is_paused = models.BooleanField(default=False)  # nothing by which somebody is asked leaves

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
