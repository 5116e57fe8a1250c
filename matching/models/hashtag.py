from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import nobody
from crm.models.checks import is_language


class HashtagCount(models.Model):
    """One count of the hashtags in the posts of the twelve months before `at`. Only the newest is kept."""

    at = models.DateTimeField(_("counted"))
    people = models.JSONField()  # {language: how many posted at all in that time}
    posts = models.JSONField()  # {language: how many posts they made}

    person_plan = nobody("When hashtags were counted.")

    def __str__(self) -> str:
        return f"#{self.pk}"


class HashtagFigure(models.Model):
    """How much one hashtag is used by people of one language, their first: a hashtag is rare or common among those who
    could use it. None that only one person uses, which would be about them.

    `language`: blank where it is unknown. `key` is the hashtag without case and accents, `spelled` as most write it.
    `recent`: posts of the last 90 days, `before`: of the 90 days before those. `engagement`: the middle of recent
    posts' likes, comments and shares per follower; None where nobody knows.
    """

    count = models.ForeignKey(HashtagCount, models.CASCADE, related_name="figures")
    language = models.CharField(max_length=8, blank=True)
    key = models.CharField(max_length=200)
    spelled = models.CharField(max_length=100)
    people = models.PositiveIntegerField()
    posts = models.PositiveIntegerField()
    recent = models.PositiveIntegerField()
    before = models.PositiveIntegerField()
    engagement = models.FloatField(null=True)

    person_plan = nobody("A word that at least two people use, and how much.")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="hashtag_figure_once", fields=["count", "key", "language"]),
            models.CheckConstraint(name="hashtag_figure_of_several", condition=Q(people__gte=2)),
            models.CheckConstraint(name="hashtag_figure_language", condition=is_language("language", blank=True)),
        ]

    def __str__(self) -> str:
        return f"#{self.spelled}"
