from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.models.account import SocialAccount
from crm.models.base import PersonPlan, batch_that_brought, is_http_url
from crm.models.checks import is_language

RECENT = timedelta(days=365)


class PostQuerySet(models.QuerySet["Post"]):
    def recent(self, *, at: datetime) -> PostQuerySet:
        """What was published in the twelve months before this instant."""
        return self.filter(published_at__lte=at, published_at__gt=at - RECENT)


class Post(models.Model):
    """What an account published, with the newest figures a source gave of it."""

    class Format(models.TextChoices):
        TEXT = "text", _("text")
        IMAGE = "image", _("image")
        CAROUSEL = "carousel", _("series of images")
        SHORT_VIDEO = "short_video", _("short video")
        VIDEO = "video", _("video")
        STORY = "story", _("story")
        LIVE = "live", _("live stream")
        ARTICLE = "article", _("article")
        OTHER = "other", _("other")

    account = models.ForeignKey(SocialAccount, models.CASCADE, related_name="posts")
    platform_id = models.CharField(_("platform id"), max_length=100)
    published_at = models.DateTimeField(_("published"))
    format = models.CharField(_("format"), max_length=12, choices=Format, default=Format.OTHER)
    text = models.TextField(_("text"), blank=True)
    hashtags = ArrayField(models.CharField(max_length=100), default=list, blank=True, verbose_name=_("hashtags"))
    language = models.CharField(_("language"), max_length=8, blank=True)
    url = models.CharField(_("link"), max_length=500, blank=True)
    is_advert = models.BooleanField(_("declared as an advert"), null=True)
    likes = models.BigIntegerField(_("likes"), null=True)
    comments = models.BigIntegerField(_("comments"), null=True)
    shares = models.BigIntegerField(_("shares"), null=True)
    views = models.BigIntegerField(_("views"), null=True)
    saves = models.BigIntegerField(_("saves"), null=True)
    reach = models.BigIntegerField(_("people reached"), null=True)
    duration_seconds = models.IntegerField(_("length in seconds"), null=True)
    observed_at = models.DateTimeField(_("observed"))
    source = models.CharField(_("source"), max_length=200)
    batch = batch_that_brought()

    objects = PostQuerySet.as_manager()

    person_plan = PersonPlan(
        path="account__influencer",
        told="platform_id published_at format text hashtags language url is_advert likes comments shares views saves"
        " reach duration_seconds observed_at source",
        untold="id account batch",
    )

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.UniqueConstraint(name="post_once", fields=["account", "platform_id"]),
            models.CheckConstraint(name="post_platform_id_not_blank", condition=~Q(platform_id="")),
            models.CheckConstraint(name="post_language", condition=is_language("language", blank=True)),
            models.CheckConstraint(name="post_url", condition=is_http_url("url", blank=True)),
            models.CheckConstraint(
                name="post_format",
                condition=Q(
                    format__in=[
                        *("text", "image", "carousel", "short_video", "video"),
                        *("story", "live", "article", "other"),
                    ]
                ),
            ),
            models.CheckConstraint(
                name="post_figures",
                condition=(Q(likes=None) | Q(likes__gte=0))
                & (Q(comments=None) | Q(comments__gte=0))
                & (Q(shares=None) | Q(shares__gte=0))
                & (Q(views=None) | Q(views__gte=0))
                & (Q(saves=None) | Q(saves__gte=0))
                & (Q(reach=None) | Q(reach__gte=0))
                & (Q(duration_seconds=None) | Q(duration_seconds__gte=0)),
            ),
        ]
        indexes = [models.Index("account", F("published_at").desc(), name="post_newest")]

    def __str__(self) -> str:
        return f"#{self.pk}"
