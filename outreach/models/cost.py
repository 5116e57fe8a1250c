from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import AtErasure, PersonPlan, Public, Stamped, nobody
from outreach.models.outreach import Outreach

_CURRENCY = r"^[A-Z]{3}$"


class Cost(Public, Stamped):
    """What one partnership cost: a fee that was agreed, a ticket, a parcel."""

    class Kind(models.TextChoices):
        FEE = "fee", _("fee")
        EXPENSES = "expenses", _("expenses")
        GOODS = "goods", _("goods given")
        OTHER = "other", _("other cost")

    outreach = models.ForeignKey(Outreach, models.PROTECT, related_name="costs", verbose_name=_("outreach"))
    kind = models.CharField(_("what for"), max_length=10, choices=Kind, default=Kind.FEE)
    note = models.CharField(_("note"), max_length=200, blank=True)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    on_date = models.DateField(_("day"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("written down by")
    )

    person_plan = PersonPlan(
        path="outreach__influencer",
        told="public_id kind note amount_minor currency on_date created_at updated_at",
        untold="id outreach by",
        at_erasure=AtErasure.CLEAR,
        cleared={"note": ""},  # what was spent stays spent
    )

    class Meta:
        verbose_name = _("cost")
        verbose_name_plural = _("costs")
        constraints = [
            models.CheckConstraint(name="cost_kind", condition=Q(kind__in=["fee", "expenses", "goods", "other"])),
            models.CheckConstraint(name="cost_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(name="cost_currency", condition=Q(currency__regex=_CURRENCY)),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"


class ExchangeRate(Public):
    """How much of one currency another one was worth on a day, and who said so. Added to, never changed."""

    base = models.CharField(_("one unit of"), max_length=3)
    quote = models.CharField(_("is worth units of"), max_length=3)
    rate = models.DecimalField(_("rate"), max_digits=20, decimal_places=10)
    on_date = models.DateField(_("day"))
    source = models.CharField(_("according to"), max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("written down by")
    )
    created_at = models.DateTimeField(_("written down"))

    person_plan = nobody("What a currency was worth.")

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [
            models.CheckConstraint(name="rate_positive", condition=Q(rate__gt=0)),
            models.CheckConstraint(
                name="rate_currencies",
                condition=Q(base__regex=_CURRENCY, quote__regex=_CURRENCY) & ~Q(base=F("quote")),
            ),
            models.CheckConstraint(name="rate_source", condition=~Q(source="")),
            models.UniqueConstraint(name="rate_once", fields=["base", "quote", "on_date"]),
        ]

    def __str__(self) -> str:
        return f"{self.base}/{self.quote} {self.on_date:%Y-%m-%d}"
