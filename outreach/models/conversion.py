from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models import ActionKind
from crm.models.base import Public, nobody
from outreach.models.link import Link
from outreach.sources.events import UNNUMBERED


class Door(models.TextChoices):
    """The way by which something was told."""

    API = "api", _("API")
    HOOK = "hook", _("webhook")
    PIXEL = "pixel", _("pixel")
    FILE = "file", _("file")
    HAND = "hand", _("by hand")


class ConversionQuerySet(models.QuerySet["Conversion"]):
    def standing(self) -> ConversionQuerySet:
        """Without those that turned out to be another report of an action that is here: no id leads to them."""
        return self.filter(models.Exists(ConversionId.objects.filter(conversion=models.OuterRef("pk"))))

    def actions(self) -> ConversionQuerySet:
        """What somebody did, each once: no takings back."""
        return self.standing().filter(refund_of="")

    def takings_back(self) -> ConversionQuerySet:
        return self.standing().exclude(refund_of="")

    def counting(self) -> ConversionQuerySet:
        """Actions of which something is left, and that more than a pixel told of."""
        return self.actions().filter(is_verified=True).exclude(balance__is_void=True)

    def unattributed(self) -> ConversionQuerySet:
        """Actions that no rule has looked at yet. (One that belongs to nobody has a credit without a link.)"""
        credited = AttributionCredit.objects.filter(conversion=models.OuterRef("pk"))
        return self.actions().filter(~models.Exists(credited))

    def unverifiable(self) -> ConversionQuerySet:
        """Those that their source has no number for: nobody can look them up there, and a replay looks like another."""
        return self.filter(external_id__startswith=Conversion.UNNUMBERED)


class Conversion(Public):
    """A concrete action, as the outside told us, or with `refund_of` the taking back of the one with that id there.

    An append-only ledger: a trigger refuses every change and removal.

    It names no influencer: it carries the click ids and code it came with, and the links lead on. What later reports of
    the same action bring stands in rows of their own (ConversionMark); what is left of it in Balance.
    """

    UNNUMBERED = UNNUMBERED

    source = models.CharField(_("source"), max_length=50)
    external_id = models.CharField(_("id at the source"), max_length=200)
    kind = models.CharField(_("action"), max_length=20, choices=ActionKind)
    quantity = models.DecimalField(_("number"), max_digits=12, decimal_places=2, default=1)
    amount_minor = models.BigIntegerField(_("amount"), null=True)  # with refund_of: what was given back; null: all
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    refund_of = models.CharField(_("takes back"), max_length=200, blank=True)
    is_total = models.BooleanField(default=False)  # the amount is all that was given back up to then
    # With refund_of: no taking back, but that it stood at that moment, whatever took it back as a whole before.
    is_restoration = models.BooleanField(default=False)

    # What was given in a crypto asset: all of it or nothing. What it was worth on receipt is the amount above.
    crypto_asset = models.CharField(_("crypto asset"), max_length=150, blank=True)
    crypto_network = models.CharField(_("network"), max_length=150, blank=True)
    crypto_hash = models.CharField(_("transaction hash"), max_length=150, blank=True)
    crypto_quantity = models.DecimalField(_("quantity given"), max_digits=41, decimal_places=20, null=True)
    rate_source = models.CharField(_("who said what it was worth"), max_length=150, blank=True)

    occurred_at = models.DateTimeField(_("when"))
    received_at = models.DateTimeField(_("received"))
    door = models.CharField(_("came by"), max_length=8, choices=Door, default=Door.API)
    is_verified = models.BooleanField(_("verified"), default=True)  # not so what a page's pixel says
    click_ids = ArrayField(models.CharField(max_length=100), default=list)
    code = models.CharField(max_length=100, blank=True)
    utm = models.JSONField(default=dict)
    referrer = models.CharField(_("page it came from"), max_length=253, blank=True)  # the host alone
    supporter = models.CharField(max_length=80, blank=True)  # keyed hash, made at the door

    objects = ConversionQuerySet.as_manager()

    person_plan = nobody("What a supporter did, known by a keyed hash; it leads to a link, never to a person.")

    class Meta:
        verbose_name = _("conversion")
        verbose_name_plural = _("conversions")
        constraints = [
            # What a pixel said of an action before its source did stays, and counts no more.
            models.UniqueConstraint(name="conversion_once", fields=["source", "external_id", "is_verified"]),
            models.CheckConstraint(name="conversion_kind", condition=Q(kind__in=ActionKind.values)),
            models.CheckConstraint(name="conversion_has_id", condition=~Q(external_id="") & ~Q(source="")),
            models.CheckConstraint(
                name="conversion_money",
                condition=Q(amount_minor=None, currency="") | Q(amount_minor__gt=0, currency__regex=r"^[A-Z]{3}$"),
            ),
            models.CheckConstraint(name="conversion_number", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="conversion_total",
                condition=Q(is_total=False) | (~Q(refund_of="") & Q(amount_minor__isnull=False)),
            ),
            models.CheckConstraint(
                name="conversion_restoration",
                condition=Q(is_restoration=False) | (~Q(refund_of="") & Q(amount_minor=None)),
            ),
            models.CheckConstraint(name="conversion_not_of_itself", condition=~Q(refund_of=models.F("external_id"))),
            models.CheckConstraint(
                name="conversion_crypto",
                condition=Q(crypto_asset="", crypto_network="", crypto_hash="", crypto_quantity=None, rate_source="")
                | (
                    Q(crypto_quantity__gt=0, amount_minor__isnull=False)
                    & ~(Q(crypto_asset="") | Q(crypto_network="") | Q(crypto_hash="") | Q(rate_source=""))
                ),
            ),
            models.CheckConstraint(
                name="conversion_unverified",
                condition=Q(is_verified=True) | Q(is_verified=False, amount_minor=None, refund_of="", door="pixel"),
            ),
            models.CheckConstraint(
                name="conversion_door", condition=Q(door__in=["api", "hook", "pixel", "file", "hand"])
            ),
        ]
        indexes = [
            models.Index("occurred_at", name="conversion_by_day"),
            models.Index("source", "refund_of", name="conversion_taken_back", condition=~Q(refund_of="")),
            GinIndex("click_ids", name="conversion_by_click"),
            models.Index("supporter", "occurred_at", name="conversion_by_supporter", condition=~Q(supporter="")),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"


class ConversionId(models.Model):
    """An id by which a source speaks of an action, or of a taking back: for ever of one.

    Where a later report shows that two rows are one action, the ids of one lead to the other from then on.
    """

    conversion = models.ForeignKey(Conversion, models.CASCADE, related_name="ids")
    source = models.CharField(_("source"), max_length=50)
    external_id = models.CharField(_("id at the source"), max_length=200)

    person_plan = nobody("The number of an action at its source.")

    class Meta:
        verbose_name = _("id of an action")
        verbose_name_plural = _("ids of actions")
        constraints = [
            models.UniqueConstraint(name="conversion_id_once", fields=["source", "external_id"]),
            models.CheckConstraint(name="conversion_id_said", condition=~Q(external_id="") & ~Q(source="")),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class CreditQuerySet(models.QuerySet["AttributionCredit"]):
    def counting(self) -> CreditQuerySet:
        """Of actions of which something is left, and that more than a pixel told of: what reports and goals add up."""
        return self.filter(conversion__is_verified=True).exclude(conversion__balance__is_void=True)

    def unverified(self) -> CreditQuerySet:
        """Of what only a page's pixel told of."""
        return self.filter(conversion__is_verified=False)


class AttributionCredit(models.Model):
    """A share of one conversion, given by one rule to one link. Derived: may be thrown away and computed again.

    The shares of one conversion under one rule sum to exactly 1; the part that belongs to nobody has no link.
    """

    conversion = models.ForeignKey(Conversion, models.CASCADE, related_name="credits")
    link = models.ForeignKey(Link, models.PROTECT, null=True, related_name="credits")
    rule = models.CharField(max_length=30)
    rule_version = models.PositiveSmallIntegerField()
    window_days = models.PositiveSmallIntegerField()
    share = models.DecimalField(max_digits=13, decimal_places=12)
    amount_minor = models.BigIntegerField(null=True)  # of what is left

    objects = CreditQuerySet.as_manager()

    person_plan = nobody("A share of a conversion, given to a link.")

    class Meta:
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        constraints = [
            models.UniqueConstraint(name="credit_once", fields=["conversion", "rule", "link"], nulls_distinct=False),
            models.CheckConstraint(name="credit_share", condition=Q(share__gt=0, share__lte=1)),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
