from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.account import AudienceShare, Platform
from crm.models.base import AtMerge, PersonPlan, Public, Stamped, is_http_url, is_slug, nobody
from crm.models.checks import are_countries, are_hosts, are_languages, is_trait
from crm.models.influencer import Influencer
from crm.models.topic import Topic


class ActionKind(models.TextChoices):
    """What somebody concretely does for a cause."""

    DONATION = "donation", _("donation")
    SIGN_UP = "sign_up", _("sign-up")
    SIGNATURE = "signature", _("petition signature")
    ATTENDANCE = "attendance", _("attendance")
    VOLUNTEER_HOURS = "volunteer_hours", _("volunteer hours")
    OTHER = "other", _("other action")


class Cause(Public, Stamped):
    """What we ask, of whom, and who should hear it."""

    slug = models.SlugField(_("short name"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    topics = models.ManyToManyField(Topic, blank=True, related_name="causes", verbose_name=_("topics"))
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True, verbose_name=_("languages"))
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True, verbose_name=_("countries"))
    hashtags = ArrayField(models.CharField(max_length=100), default=list, blank=True, verbose_name=_("hashtags"))
    conflicts = ArrayField(models.CharField(max_length=100), default=list, blank=True, verbose_name=_("conflicts"))
    platforms = ArrayField(models.CharField(max_length=10), default=list, blank=True, verbose_name=_("platforms"))
    website = models.CharField(_("website"), max_length=500, blank=True)
    values = ArrayField(models.CharField(max_length=100), default=list, blank=True, verbose_name=_("values"))
    tone = models.TextField(_("tone"), blank=True)
    transparency = models.TextField(_("what becomes of the money"), blank=True)
    transparency_source = models.CharField(_("source of these facts"), max_length=500, blank=True)
    asks_approval = models.BooleanField(_("a manager approves every first message"), default=False)
    # Hosts that tracked links of this cause may lead to; none said: those of its campaigns' own pages.
    link_hosts = ArrayField(
        models.CharField(max_length=253), default=list, blank=True, verbose_name=_("where links may lead")
    )
    is_demo = models.BooleanField(default=False, editable=False)

    person_plan = nobody("What is asked, by the organisation.")

    class Meta:
        verbose_name = _("cause")
        verbose_name_plural = _("causes")
        constraints = [
            models.CheckConstraint(name="cause_has_name", condition=~Q(name="")),
            models.CheckConstraint(name="cause_slug", condition=is_slug("slug")),
            models.CheckConstraint(name="cause_languages", condition=are_languages("languages")),
            models.CheckConstraint(name="cause_countries", condition=are_countries("countries")),
            models.CheckConstraint(name="cause_platforms", condition=Q(platforms__contained_by=Platform.values)),
            models.CheckConstraint(name="cause_link_hosts", condition=are_hosts("link_hosts")),
            models.CheckConstraint(name="cause_website", condition=is_http_url("website", blank=True)),
            models.CheckConstraint(
                name="cause_transparency_has_source", condition=Q(transparency="") | ~Q(transparency_source="")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OwnProfile(models.Model):
    """A profile whose accounts are the cause's own: what a campaign did for them is told beside its partners'."""

    cause = models.ForeignKey(Cause, models.CASCADE, related_name="own_profiles")
    influencer = models.ForeignKey(Influencer, models.CASCADE, related_name="own_of", verbose_name=_("profile"))

    person_plan = PersonPlan(path="influencer", untold="id cause influencer", at_merge=AtMerge.MOVE)

    class Meta:
        verbose_name = _("profile of our own")
        verbose_name_plural = _("profiles of our own")
        constraints = [models.UniqueConstraint(name="own_profile_once", fields=["cause", "influencer"])]

    def __str__(self) -> str:
        return f"#{self.pk}"


class AudienceTarget(models.Model):
    """A trait of those who should hear about a cause, and how much of the audience it should be."""

    cause = models.ForeignKey(Cause, models.CASCADE, related_name="targets")
    dimension = models.CharField(max_length=10, choices=AudienceShare.Dimension)
    key = models.CharField(max_length=100)
    share = models.FloatField(null=True, blank=True)

    person_plan = nobody("Whom a cause wants to reach: shares, of nobody in particular.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="target_dimension", condition=Q(dimension__in=["country", "language", "age", "gender", "interest"])
            ),
            models.CheckConstraint(name="target_key", condition=is_trait(dimension="dimension", key="key")),
            models.CheckConstraint(name="target_share", condition=Q(share=None) | Q(share__gte=0, share__lte=1)),
            models.UniqueConstraint(name="target_once", fields=["cause", "dimension", "key"]),
        ]

    def __str__(self) -> str:
        return f"{self.dimension} {self.key}"


class Goal(models.Model):
    """A wanted number of actions, or a wanted sum, by a day."""

    cause = models.ForeignKey(Cause, models.CASCADE, related_name="goals")
    kind = models.CharField(_("action"), max_length=20, choices=ActionKind)
    quantity = models.BigIntegerField(_("number"), null=True, blank=True)
    amount_minor = models.BigIntegerField(_("amount"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    due_date = models.DateField(_("by"), null=True, blank=True)

    person_plan = nobody("What a cause wants to reach.")

    class Meta:
        constraints = [
            models.CheckConstraint(name="goal_kind", condition=Q(kind__in=ActionKind.values)),
            models.CheckConstraint(
                name="goal_is_number_or_sum",
                condition=Q(quantity__gt=0, amount_minor=None, currency="")
                | Q(quantity=None, amount_minor__gt=0, currency__regex=r"^[A-Z]{3}$"),
            ),
            models.UniqueConstraint(name="goal_once", fields=["cause", "kind", "currency"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity or self.amount_minor} {self.currency}".strip()


class HashtagPick(models.Model):
    """Who took a hashtag of a brief from what was proposed, and when. One that was typed into the brief has none."""

    cause = models.ForeignKey(Cause, models.CASCADE, related_name="picks")
    hashtag = models.CharField(max_length=100)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    person_plan = nobody("A word of a brief, and which member of the team took it.")

    class Meta:
        constraints = [models.UniqueConstraint(name="hashtag_pick_once", fields=["cause", "hashtag"])]

    def __str__(self) -> str:
        return f"#{self.hashtag}"
