from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.models import Cause
from crm.models.base import Public, Stamped, is_http_url, is_slug, nobody
from crm.models.checks import is_language
from outreach import versions


class Campaign(Public, Stamped):
    """One push for one cause: from a day, to a day, towards one page where people act."""

    MOST_DAYS = 365  # of credit

    slug = models.SlugField(_("short name"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=200)
    cause = models.ForeignKey(Cause, models.PROTECT, related_name="campaigns", verbose_name=_("cause"))
    starts_date = models.DateField(_("from"))
    ends_date = models.DateField(_("to"), null=True, blank=True)
    destination_url = models.CharField(
        _("page where people act"),
        max_length=500,
        help_text=_("The page of the donation form, the petition or the sign-up. Tracked links lead there."),
    )
    organisation = models.CharField(_("organisation"), max_length=200, help_text=_("The name that signs messages."))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    is_paused = models.BooleanField(_("paused"), default=False, editable=False)  # nothing of it is sent
    attribution_days = models.PositiveSmallIntegerField(
        _("days of credit"),
        default=30,
        help_text=_("A click or a code counts for an action that follows it within so many days."),
    )
    is_demo = models.BooleanField(default=False, editable=False)

    person_plan = nobody("A push for a cause, by the organisation.")

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            models.CheckConstraint(name="campaign_destination", condition=is_http_url("destination_url")),
            models.CheckConstraint(
                name="campaign_dates", condition=Q(ends_date=None) | Q(ends_date__gte=F("starts_date"))
            ),
            models.CheckConstraint(
                name="campaign_attribution_days", condition=Q(attribution_days__gte=1, attribution_days__lte=365)
            ),
            models.CheckConstraint(name="campaign_has_name", condition=~Q(name="")),
            models.CheckConstraint(name="campaign_slug", condition=is_slug("slug")),  # it stands in links
        ]

    def __str__(self) -> str:
        return self.name


class MessageTemplate(Public, Stamped):
    """A text with holes from a closed list (outreach/rendering.py). No logic, no attributes."""

    class Register(models.TextChoices):
        FORMAL = versions.FORMAL, _("formal")
        INFORMAL = versions.INFORMAL, _("informal")
        NEUTRAL = versions.NEUTRAL, _("one form for everybody")

    name = models.CharField(_("name"), max_length=100)
    language = models.CharField(_("language"), max_length=8)
    register = models.CharField(_("form of address"), max_length=8, choices=Register, default=Register.NEUTRAL)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))

    person_plan = nobody("A text with holes: who it is sent to stands in the message.")

    class Meta:
        verbose_name = _("template")
        verbose_name_plural = _("templates")
        constraints = [
            models.UniqueConstraint(name="template_once", fields=["name", "language", "register"]),
            models.CheckConstraint(
                name="template_register", condition=Q(register__in=["formal", "informal", "neutral"])
            ),
            models.CheckConstraint(name="template_language", condition=is_language("language")),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"

    @property
    def version(self) -> versions.Version:
        return versions.Version(self.language, self.register)
