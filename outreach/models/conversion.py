from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models import ActionKind
from crm.models.base import Public, nobody
from outreach.models.link import Link


class ConversionQuerySet(models.QuerySet["Conversion"]):
    def unattributed(self) -> ConversionQuerySet:
        """Conversions that no rule has looked at yet. (One that belongs to nobody has a credit without a link.)"""
        return self.filter(~models.Exists(AttributionCredit.objects.filter(conversion=models.OuterRef("pk"))))

    def unverifiable(self) -> ConversionQuerySet:
        """Those that their source has no number for: nobody can look them up there, and a replay looks like another."""
        return self.filter(external_id__startswith=Conversion.UNNUMBERED)


class Conversion(Public):
    """A concrete action, as the outside told us: an append-only ledger. A trigger refuses every change and removal.

    It names no influencer: it carries the click ids and code it came with, and the links lead on.
    """

    UNNUMBERED = "content:"  # how the id begins of what came without one: the hash of what it says

    source = models.CharField(_("source"), max_length=50)
    external_id = models.CharField(_("id at the source"), max_length=200)
    kind = models.CharField(_("action"), max_length=20, choices=ActionKind)
    quantity = models.PositiveIntegerField(_("number"), default=1)
    amount_minor = models.BigIntegerField(_("amount"), null=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    occurred_at = models.DateTimeField(_("when"))
    received_at = models.DateTimeField(_("received"))
    click_ids = ArrayField(models.CharField(max_length=100), default=list)
    code = models.CharField(max_length=100, blank=True)
    utm = models.JSONField(default=dict)
    supporter = models.CharField(max_length=80, blank=True)  # keyed hash, made at the door
    content_hash = models.CharField(max_length=64)  # the same id with other content is a conflict, not a retry

    objects = ConversionQuerySet.as_manager()

    person_plan = nobody("What a supporter did, known by a keyed hash; it leads to a link, never to a person.")

    class Meta:
        verbose_name = _("conversion")
        verbose_name_plural = _("conversions")
        constraints = [
            models.UniqueConstraint(name="conversion_once", fields=["source", "external_id"]),
            models.CheckConstraint(name="conversion_kind", condition=Q(kind__in=ActionKind.values)),
            models.CheckConstraint(name="conversion_has_id", condition=~Q(external_id="") & ~Q(source="")),
            models.CheckConstraint(
                name="conversion_money",
                condition=Q(amount_minor=None, currency="") | Q(amount_minor__gt=0, currency__regex=r"^[A-Z]{3}$"),
            ),
        ]
        indexes = [models.Index("occurred_at", name="conversion_by_day")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"


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
    amount_minor = models.BigIntegerField(null=True)

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
