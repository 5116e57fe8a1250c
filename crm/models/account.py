from __future__ import annotations

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from crm.models.base import AtMerge, PersonPlan, Stamped, batch_that_brought, is_http_url
from crm.models.checks import is_handle, is_part, is_trait, not_negative
from crm.models.influencer import Influencer


class Platform(models.TextChoices):
    FACEBOOK = "facebook", "Facebook"
    INSTAGRAM = "instagram", "Instagram"
    X = "x", "X"
    LINKEDIN = "linkedin", "LinkedIn"
    TWITCH = "twitch", "Twitch"
    YOUTUBE = "youtube", "YouTube"
    TIKTOK = "tiktok", "TikTok"
    BLUESKY = "bluesky", "Bluesky"
    MASTODON = "mastodon", "Mastodon"


class SocialAccountQuerySet(models.QuerySet["SocialAccount"]):
    def telling_estimates(self) -> SocialAccountQuerySet:
        """Each with `is_estimate`: whether the source of its newest figures models them and did not count."""
        newest = AccountSnapshot.objects.filter(
            account=OuterRef("pk"), observed_at=OuterRef("observed_at"), followers=OuterRef("followers")
        )
        return self.annotate(is_estimate=Exists(newest.filter(is_estimate=True)))

    def telling_credibility(self) -> SocialAccountQuerySet:
        """Each with `credible_share` and `credible_at`: the newest reading of it, maybe older than the figures."""
        told = AccountSnapshot.objects.filter(account=OuterRef("pk"), credible_share__isnull=False)
        newest = told.order_by("-observed_at", "-pk")
        return self.annotate(
            credible_share=Subquery(newest.values("credible_share")[:1]),
            credible_at=Subquery(newest.values("observed_at")[:1]),
        )


class SocialAccount(Stamped):
    """One presence on one platform, with its newest figures; the dated ones are its snapshots."""

    influencer = models.ForeignKey(Influencer, models.CASCADE, related_name="accounts")
    platform = models.CharField(_("platform"), max_length=10, choices=Platform)
    handle = models.CharField(_("handle"), max_length=200)
    handle_key = models.CharField(max_length=200, editable=False)
    platform_id = models.CharField(_("platform id"), max_length=100, null=True, blank=True)  # noqa: DJ001
    url = models.CharField(_("profile link"), max_length=500, blank=True)
    followers = models.BigIntegerField(_("followers"), null=True, blank=True)
    engagement_rate = models.FloatField(_("engagement rate"), null=True, blank=True)  # 0–1
    observed_at = models.DateTimeField(_("observed"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    batch = batch_that_brought()

    objects = SocialAccountQuerySet.as_manager()

    person_plan = PersonPlan(
        path="influencer",
        told="platform handle platform_id url followers engagement_rate observed_at source created_at updated_at",
        untold="id influencer handle_key batch",
        at_merge=AtMerge.MOVE,
    )

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.CheckConstraint(name="account_platform", condition=Q(platform__in=Platform.values)),
            models.CheckConstraint(name="account_handle", condition=is_handle("handle") & is_handle("handle_key")),
            models.CheckConstraint(name="account_url", condition=is_http_url("url", blank=True)),
            models.CheckConstraint(name="account_followers", condition=Q(followers__gte=0) | Q(followers=None)),
            models.CheckConstraint(
                name="account_engagement_rate",
                condition=Q(engagement_rate=None) | Q(engagement_rate__gte=0, engagement_rate__lte=1),
            ),
            models.CheckConstraint(
                name="account_platform_id_not_blank", condition=Q(platform_id=None) | ~Q(platform_id="")
            ),
            models.UniqueConstraint(name="account_platform_id_once", fields=["platform", "platform_id"]),
            models.UniqueConstraint(name="account_handle_once", fields=["platform", "handle_key"]),
        ]
        indexes = [  # for lists: whoever is rare on one of these is found by it
            models.Index("platform", "followers", name="account_by_platform"),
            models.Index("followers", name="account_by_followers"),
            models.Index("engagement_rate", "influencer", name="account_by_engagement"),
        ]

    def __str__(self) -> str:
        return f"{self.get_platform_display()} · {self.handle}"


class AccountHandle(models.Model):
    """A handle that an account had before: people know it by that, and another account may have it today."""

    account = models.ForeignKey(SocialAccount, models.CASCADE, related_name="former_handles")
    handle = models.CharField(max_length=200)
    until = models.DateTimeField()

    person_plan = PersonPlan(path="account__influencer", told="handle until", untold="id account")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="former_handle_once", fields=["account", "handle", "until"]),
            models.CheckConstraint(name="former_handle", condition=is_handle("handle")),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class AccountSnapshot(models.Model):
    """What one source said of an account at one instant. Never changed, only added to."""

    account = models.ForeignKey(SocialAccount, models.CASCADE, related_name="snapshots")
    observed_at = models.DateTimeField()
    source = models.CharField(max_length=200)
    is_estimate = models.BooleanField(default=False)
    followers = models.BigIntegerField(null=True)
    following = models.BigIntegerField(null=True)
    posts = models.BigIntegerField(null=True)
    avg_engagements = models.FloatField(null=True)
    avg_likes = models.FloatField(null=True)
    avg_comments = models.FloatField(null=True)
    avg_shares = models.FloatField(null=True)
    avg_views = models.FloatField(null=True)
    engagement_rate = models.FloatField(null=True)
    # The part of the followers that the source holds to be real people: an estimate whoever tells it, and whatever
    # `is_estimate` says of the other figures.
    credible_share = models.FloatField(null=True)
    batch = batch_that_brought()

    person_plan = PersonPlan(
        path="account__influencer",
        told="observed_at source is_estimate followers following posts avg_engagements avg_likes avg_comments"
        " avg_shares avg_views engagement_rate credible_share",
        untold="id account batch",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="snapshot_once", fields=["account", "observed_at", "source"]),
            models.CheckConstraint(
                name="snapshot_figures",
                condition=not_negative(
                    *("followers", "following", "posts"),
                    *("avg_engagements", "avg_likes", "avg_comments", "avg_shares", "avg_views"),
                ),
            ),
            models.CheckConstraint(name="snapshot_engagement_rate", condition=is_part("engagement_rate")),
            models.CheckConstraint(name="snapshot_credible_share", condition=is_part("credible_share")),
        ]

    def __str__(self) -> str:
        return f"{self.account} @ {self.observed_at:%Y-%m-%d}"


class AudienceShare(models.Model):
    """The part of an account's audience that has one trait, as one source saw it.

    No share: "the main one, size unknown".
    """

    class Dimension(models.TextChoices):
        COUNTRY = "country", _("country")
        LANGUAGE = "language", _("language")
        AGE = "age", _("age")
        GENDER = "gender", _("gender")
        INTEREST = "interest", _("interest")

    account = models.ForeignKey(SocialAccount, models.CASCADE, related_name="audience")
    dimension = models.CharField(max_length=10, choices=Dimension)
    key = models.CharField(max_length=100)
    share = models.FloatField(null=True)
    observed_at = models.DateTimeField()
    # Whether no later reading of this dimension of this account is known: what lists ask. Kept by services.
    is_newest = models.BooleanField(editable=False, default=True, db_default=True)
    source = models.CharField(max_length=200)
    batch = batch_that_brought()

    person_plan = PersonPlan(
        path="account__influencer", told="dimension key share observed_at source", untold="id account batch is_newest"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="audience_dimension",
                condition=Q(dimension__in=["country", "language", "age", "gender", "interest"]),
            ),
            models.CheckConstraint(name="audience_key", condition=is_trait(dimension="dimension", key="key")),
            models.CheckConstraint(name="audience_share", condition=Q(share=None) | Q(share__gte=0, share__lte=1)),
            models.UniqueConstraint(name="audience_share_once", fields=["account", "dimension", "key", "observed_at"]),
        ]
        indexes = [
            models.Index(F("account"), F("dimension"), name="audience_by_account"),
            models.Index("dimension", "key", "share", name="audience_by_trait", condition=Q(is_newest=True)),
        ]

    def __str__(self) -> str:
        return f"{self.dimension} {self.key}"


class AccountDay(models.Model):
    """What happened on an account on one day, as its owner's statistics count it."""

    account = models.ForeignKey(SocialAccount, models.CASCADE, related_name="days")
    day = models.DateField()
    views = models.BigIntegerField(null=True)
    engagements = models.BigIntegerField(null=True)
    likes = models.BigIntegerField(null=True)
    comments = models.BigIntegerField(null=True)
    shares = models.BigIntegerField(null=True)
    follows = models.BigIntegerField(null=True)
    unfollows = models.BigIntegerField(null=True)
    followers = models.BigIntegerField(null=True)
    source = models.CharField(max_length=200)
    batch = batch_that_brought()

    person_plan = PersonPlan(
        path="account__influencer",
        told="day views engagements likes comments shares follows unfollows followers source",
        untold="id account batch",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="account_day_once", fields=["account", "day"]),
            models.CheckConstraint(
                name="account_day_figures",
                condition=not_negative(
                    *("views", "engagements", "likes", "comments", "shares", "follows", "unfollows", "followers")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.day:%Y-%m-%d}"
