from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import nobody
from outreach.models.campaign import Campaign
from outreach.models.message import Message


class WeeklyChoice(models.Model):
    """A member of staff who asked to hear every week what a campaign did."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="+")

    person_plan = nobody("A colleague's own choice.")

    class Meta:
        verbose_name = _("weekly choice")
        verbose_name_plural = _("weekly choices")
        constraints = [models.UniqueConstraint(name="weekly_choice_once", fields=["user", "campaign"])]

    def __str__(self) -> str:
        return f"#{self.pk}"


class WeeklyMail(models.Model):
    """That a colleague was written to about a week. The row is what keeps a second mail from being planned."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    monday_date = models.DateField()  # of the week in which it was sent: it tells of the seven days before
    message = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+")

    person_plan = nobody("A mail to a colleague.")

    class Meta:
        verbose_name = _("weekly mail")
        verbose_name_plural = _("weekly mails")
        constraints = [
            models.UniqueConstraint(name="weekly_mail_once", fields=["user", "monday_date"]),
            models.CheckConstraint(name="weekly_mail_monday", condition=Q(monday_date__iso_week_day=1)),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.monday_date:%Y-%m-%d}"
