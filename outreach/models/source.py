from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models import ActionKind
from crm.models.base import Public, Stamped, nobody
from outreach.models.campaign import Campaign
from outreach.models.conversion import Conversion, Door


class Source(Public, Stamped):
    """A system that tells us of concrete actions: how it is recognised, and what was last heard of it."""

    class Kind(models.TextChoices):
        GENERIC = "generic", _("Any page or tool (JSON)")
        CSV = "csv", _("Any tool (CSV)")
        STRIPE = "stripe", _("Stripe")
        HELLOASSO = "helloasso", _("HelloAsso")
        DONORBOX = "donorbox", _("Donorbox")
        GIVEWP = "givewp", _("GiveWP")
        ACTION_NETWORK = "action_network", _("Action Network")
        OSDI = "osdi", _("OSDI")
        MOBILIZE = "mobilize", _("Mobilize")

    name = models.CharField(_("name"), max_length=100, unique=True)
    kind = models.CharField(_("kind of source"), max_length=20, choices=Kind)
    label = models.CharField(_("name in the ledger"), max_length=50)  # source of what comes without one, and by pixel
    campaign = models.ForeignKey(
        Campaign, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("campaign")
    )
    is_on = models.BooleanField(_("is listened to"), default=True)
    has_pixel = models.BooleanField(_("has a pixel"), default=False)
    pixel_minute = models.DateTimeField(null=True, editable=False)  # in which it was last asked for
    pixel_number = models.PositiveIntegerField(default=0, editable=False)  # how often in that minute
    key_number = models.PositiveSmallIntegerField(_("number of its address"), default=1)  # another: older ones are shut
    secret = models.TextField(editable=False, blank=True)  # sealed with the keyring
    secret_at = models.DateTimeField(_("signing secret set"), null=True, editable=False)
    last_at = models.DateTimeField(_("last heard of"), null=True, editable=False)
    error = models.CharField(max_length=50, blank=True, editable=False)  # a code; words say it
    error_at = models.DateTimeField(_("last refused"), null=True, editable=False)

    person_plan = nobody("A system of the organisation's own.")

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [
            models.CheckConstraint(
                name="source_kind",
                condition=Q(
                    kind__in=[
                        *("generic", "csv", "stripe", "helloasso", "donorbox", "givewp", "action_network", "osdi"),
                        "mobilize",
                    ]
                ),
            ),
            models.CheckConstraint(name="source_label", condition=~Q(label="")),
            models.CheckConstraint(
                name="source_secret_sealed",
                condition=Q(secret="", secret_at=None)
                | Q(secret__regex=r"^v[1-9][0-9]*:[A-Za-z0-9_=-]+$", secret_at__isnull=False),  # noqa: S106
            ),
            models.CheckConstraint(
                name="source_error", condition=Q(error="", error_at=None) | (~Q(error="") & Q(error_at__isnull=False))
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SourceEvent(models.Model):
    """What came and what became of it, each once with how often. Numbers, kinds and amounts; nobody's name or address.

    A conflict waits until somebody says what is right (`settled_*`).
    """

    class Outcome(models.TextChoices):
        COUNTED = "counted", _("counted")
        REPEATED = "repeated", _("known already")
        WAITING = "waiting", _("waits for what it takes back")
        CONFLICT = "conflict", _("contradicts what is known")
        IGNORED = "ignored", _("nothing to count")
        REFUSED = "refused", _("refused")

    channel = models.ForeignKey(
        Source, models.CASCADE, null=True, related_name="events", verbose_name=_("source")
    )  # null: told by the API, by a file or by hand
    door = models.CharField(_("came by"), max_length=8, choices=Door)
    source = models.CharField(max_length=50, blank=True)
    external_id = models.CharField(_("id at the source"), max_length=200, blank=True)
    kind = models.CharField(_("action"), max_length=20, choices=ActionKind, blank=True)
    quantity = models.DecimalField(_("number"), max_digits=12, decimal_places=2, null=True)
    amount_minor = models.BigIntegerField(_("amount"), null=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    refund_of = models.CharField(_("takes back"), max_length=200, blank=True)
    outcome = models.CharField(_("what became of it"), max_length=10, choices=Outcome)
    code = models.CharField(max_length=50, blank=True)  # why it was refused; words say it
    conversion = models.ForeignKey(Conversion, models.CASCADE, null=True, related_name="reports")
    digest = models.CharField(max_length=64)  # of all of the above that was told: what is told again is counted here
    times = models.PositiveIntegerField(_("how often"), default=1)
    first_at = models.DateTimeField(_("first"))
    at = models.DateTimeField(_("last"))

    settled_at = models.DateTimeField(_("settled"), null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    settled_why = models.CharField(_("why"), max_length=300, blank=True)

    person_plan = nobody("Numbers and amounts.", swept="settled_why", cleared={"settled_why": ""})

    class Meta:
        verbose_name = _("event of a source")
        verbose_name_plural = _("events of sources")
        constraints = [
            models.UniqueConstraint(
                name="source_event_once", fields=["channel", "door", "outcome", "digest"], nulls_distinct=False
            ),
            models.CheckConstraint(
                name="source_event_outcome",
                condition=Q(outcome__in=["counted", "repeated", "waiting", "conflict", "ignored", "refused"]),
            ),
            models.CheckConstraint(name="source_event_door", condition=Q(door__in=Door.values)),
            models.CheckConstraint(name="source_event_kind", condition=Q(kind__in=["", *ActionKind.values])),
            models.CheckConstraint(name="source_event_quantity", condition=Q(quantity=None) | Q(quantity__gt=0)),
            models.CheckConstraint(
                name="source_event_currency", condition=Q(currency="") | Q(currency__regex=r"^[A-Z]{3}$")
            ),
            models.CheckConstraint(name="source_event_refused", condition=~Q(outcome="refused", code="")),
            models.CheckConstraint(name="source_event_digest", condition=Q(digest__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(
                name="source_event_settled", condition=Q(settled_at=None, settled_why="") | Q(settled_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["channel", "-at"], name="source_event_newest"),
            models.Index("at", name="source_event_conflicts", condition=Q(outcome="conflict", settled_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.outcome}"
