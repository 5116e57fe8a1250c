from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from crm.models import Platform, Post
from crm.models.base import AtErasure, PersonPlan, Public, Stamped, is_http_url
from outreach.models.outreach import Outreach

FIGURES: Final = ("reach", "views", "likes", "comments", "shares", "saves", "link_clicks")


class PublicationQuerySet(models.QuerySet["Publication"]):
    def with_reach(self) -> PublicationQuerySet:
        """Each with `newest_reach`, `reach_is_estimate`, `reach_at` of the last reading that tells it; else None."""
        told = PublicationMetric.objects.filter(publication=OuterRef("pk"), reach__isnull=False)
        newest = told.order_by("-observed_at", "-pk")
        return self.annotate(
            newest_reach=Subquery(newest.values("reach")[:1]),
            reach_is_estimate=Subquery(newest.values("is_estimate")[:1]),
            reach_at=Subquery(newest.values("observed_at")[:1]),
        )


class Publication(Public, Stamped):
    """What a partner published for the campaign. Nobody knows how far it reached until a reading says so."""

    class Format(models.TextChoices):
        VISUAL = "visual", _("visual")
        SHORT_VIDEO = "short_video", _("short video")
        INFOGRAPHIC = "infographic", _("infographic")
        QUESTION = "question", _("question")
        POLL = "poll", _("poll")
        STORY = "story", _("story")
        LIVE = "live", _("live stream")
        SERIES = "series", _("series")
        TESTIMONIAL = "testimonial", _("testimonial")
        BEFORE_AFTER = "before_after", _("before and after")
        AR_VR = "ar_vr", _("augmented or virtual reality")
        OTHER = "other", _("other")

    class Source(models.TextChoices):
        HAND = "hand", _("by hand")
        POST = "post", _("from an imported post")
        API = "api", _("by a tool")

    outreach = models.ForeignKey(Outreach, models.PROTECT, related_name="publications", verbose_name=_("conversation"))
    platform = models.CharField(_("platform"), max_length=10, choices=Platform)
    platform_id = models.CharField(_("id on the platform"), max_length=100, blank=True)
    url = models.CharField(_("link"), max_length=500, blank=True)
    # What names the post in links, whichever host they were copied from: by it, the same post is noted once.
    post_code = models.CharField(_("code in links"), max_length=100, blank=True, editable=False)
    post = models.ForeignKey(
        Post, models.SET_NULL, null=True, blank=True, related_name="publications", verbose_name=_("post")
    )
    format = models.CharField(_("format"), max_length=12, choices=Format, default=Format.OTHER)
    published_at = models.DateTimeField(_("published"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=4, choices=Source, default=Source.HAND)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    objects = PublicationQuerySet.as_manager()

    person_plan = PersonPlan(
        path="outreach__influencer",
        told="public_id platform platform_id url post_code format published_at note source created_at updated_at",
        untold="id outreach post entered_by",
        at_erasure=AtErasure.CLEAR,  # that something was published, and how far it reached, stays as a figure
        cleared={"platform_id": "", "url": "", "post_code": "", "note": "", "post": None},
    )

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        constraints = [
            models.UniqueConstraint(
                name="publication_id_once", fields=["platform", "platform_id"], condition=~Q(platform_id="")
            ),
            models.UniqueConstraint(
                name="publication_post_once", fields=["platform", "post_code"], condition=~Q(post_code="")
            ),
            models.UniqueConstraint(name="publication_link_once", fields=["outreach", "url"], condition=~Q(url="")),
            models.CheckConstraint(name="publication_platform", condition=Q(platform__in=Platform.values)),
            models.CheckConstraint(name="publication_url", condition=is_http_url("url", blank=True)),
            models.CheckConstraint(
                name="publication_format",
                condition=Q(
                    format__in=[
                        *("visual", "short_video", "infographic", "question", "poll", "story", "live", "series"),
                        *("testimonial", "before_after", "ar_vr", "other"),
                    ]
                ),
            ),
            models.CheckConstraint(name="publication_source", condition=Q(source__in=["hand", "post", "api"])),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class PublicationMetricQuerySet(models.QuerySet["PublicationMetric"]):
    def newest(self) -> PublicationMetricQuerySet:
        """Of each publication the reading that counts: the last observed, and of equally old ones the last noted."""
        return self.order_by("publication", "-observed_at", "-pk").distinct("publication")


class PublicationMetric(models.Model):
    """The figures of a publication as one source gave them at one instant. What it did not say is null, never 0."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="metrics")
    observed_at = models.DateTimeField(_("observed"))
    reach = models.BigIntegerField(_("people reached"), null=True, blank=True)
    views = models.BigIntegerField(_("views"), null=True, blank=True)
    likes = models.BigIntegerField(_("likes"), null=True, blank=True)
    comments = models.BigIntegerField(_("comments"), null=True, blank=True)
    shares = models.BigIntegerField(_("shares"), null=True, blank=True)
    saves = models.BigIntegerField(_("saves"), null=True, blank=True)
    link_clicks = models.BigIntegerField(_("clicks on the link"), null=True, blank=True)
    is_estimate = models.BooleanField(_("estimated"), default=False)
    source = models.CharField(_("source"), max_length=200)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    noted_at = models.DateTimeField(_("noted"))

    objects = PublicationMetricQuerySet.as_manager()

    person_plan = PersonPlan(
        path="publication__outreach__influencer",
        told="observed_at reach views likes comments shares saves link_clicks is_estimate source noted_at",
        untold="id publication entered_by",
        at_erasure=AtErasure.CLEAR,
        cleared={"source": Cast(F("pk"), models.CharField())},  # a file's name may name them; still one of a kind
    )

    class Meta:
        verbose_name = _("reading of a publication")
        verbose_name_plural = _("readings of publications")
        constraints = [
            models.UniqueConstraint(name="metric_once", fields=["publication", "observed_at", "source"]),
            models.CheckConstraint(name="metric_source", condition=~Q(source="")),
            models.CheckConstraint(
                name="metric_figures",
                condition=(Q(reach=None) | Q(reach__gte=0))
                & (Q(views=None) | Q(views__gte=0))
                & (Q(likes=None) | Q(likes__gte=0))
                & (Q(comments=None) | Q(comments__gte=0))
                & (Q(shares=None) | Q(shares__gte=0))
                & (Q(saves=None) | Q(saves__gte=0))
                & (Q(link_clicks=None) | Q(link_clicks__gte=0)),
            ),
            models.CheckConstraint(
                name="metric_says_something",
                condition=~Q(
                    reach=None, views=None, likes=None, comments=None, shares=None, saves=None, link_clicks=None
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
