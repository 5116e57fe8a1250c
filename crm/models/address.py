from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import AtMerge, PersonPlan, Public, Stamped, batch_that_brought, is_http_url, nobody
from crm.models.checks import is_email
from crm.models.influencer import Influencer


def _no(at: datetime | None, **which: Collection[str]) -> models.Exists:
    said = Suppression.objects.filter(subject=models.OuterRef("digest"), **which)
    return models.Exists(said.filter(created_at__lte=at) if at else said)


class AddressQuerySet(models.QuerySet["Address"]):
    def usable(self, *, at: datetime | None = None) -> AddressQuerySet:
        """Addresses that partnership mail may go to: a stated basis and source, and nobody said no before `at`, or
        ever.
        """
        lawful = Q(basis=Address.Basis.CONSENT) | Q(
            basis__in=[Address.Basis.LEGITIMATE_INTEREST, Address.Basis.CONTRACT], kind=Address.Kind.PROFESSIONAL
        )
        return self.filter(lawful).exclude(source="").exclude(_no(at))

    def refused(self, *, at: datetime | None = None) -> AddressQuerySet:
        """Those at which somebody said no, before `at` or ever. That nobody is there is no word of theirs."""
        return self.filter(_no(at, reason__in=Suppression.SAID))

    def reaching(self, person: Influencer) -> AddressQuerySet:
        """Where one may reach somebody: at their own addresses, and at those of whoever speaks for them."""
        agents = Influencer.objects.filter(represents__in=person.representations.current())
        return self.filter(Q(influencer=person) | Q(influencer__in=agents))


class Address(Public, Stamped):
    """Where one may write to somebody, of what kind it is, on which ground, and where we have it from.

    It is the unit that sending and saying no are locked on.
    """

    class Kind(models.TextChoices):
        PROFESSIONAL = "professional", _("professional")
        PERSONAL = "personal", _("personal")

    class Basis(models.TextChoices):
        UNKNOWN = "", _("not recorded")
        CONSENT = "consent", _("consent")
        LEGITIMATE_INTEREST = "legitimate_interest", _("legitimate interest")
        CONTRACT = "contract", _("contract")

    influencer = models.ForeignKey(Influencer, models.CASCADE, related_name="addresses")
    email = models.EmailField(_("e-mail address"))
    email_key = models.CharField(max_length=254, unique=True, editable=False)
    # Keyed hash of email_key (crm.keyring): what suppressions, which outlive the address, are compared with.
    digest = models.CharField(max_length=80, db_index=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PERSONAL)
    basis = models.CharField(_("legal basis"), max_length=20, choices=Basis, default=Basis.UNKNOWN, blank=True)
    source = models.CharField(_("where we have it from"), max_length=500, blank=True)
    source_url = models.CharField(_("link to the source"), max_length=500, blank=True)
    batch = batch_that_brought()
    noticed_at = models.DateTimeField(_("told where we have it from"), null=True, blank=True, editable=False)

    objects = AddressQuerySet.as_manager()

    person_plan = PersonPlan(
        path="influencer",
        told="public_id email kind basis source source_url noticed_at created_at updated_at",
        untold="id influencer email_key digest batch",
        at_merge=AtMerge.MOVE,
    )

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.CheckConstraint(name="address_kind", condition=Q(kind__in=["professional", "personal"])),
            models.CheckConstraint(
                name="address_basis", condition=Q(basis__in=["", "consent", "legitimate_interest", "contract"])
            ),
            models.CheckConstraint(name="address_source_url", condition=is_http_url("source_url", blank=True)),
            models.CheckConstraint(name="address_email", condition=is_email("email")),
            models.CheckConstraint(name="address_email_key", condition=is_email("email_key")),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"  # never the address itself: this string ends in logs


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def own(self, subject: str) -> SuppressionQuerySet:
        """What somebody said themself, by the link in a message to this address, and may take back."""
        return self.filter(subject=subject, reason=Suppression.Reason.UNSUBSCRIBED, by=None)


class Suppression(Public):
    """A no. Kept as a keyed hash, so that it outlives the address and the person's erasure.

    One row for each reason: what is taken back, or lifted, never takes another no with it.
    """

    class Scope(models.TextChoices):
        PARTNERSHIP = "partnership", _("partnership messages")
        ALL = "all", _("every message")

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
        DECLINED = "declined", _("asked not to be written to")
        COMPLAINT = "complaint", _("complaint")
        BOUNCED = "bounced", _("address does not exist")
        ERASED = "erased", _("erased at their request")

    SAID = ("unsubscribed", "declined", "complaint", "erased")  # by somebody: of them, not of one address alone

    subject = models.CharField(max_length=80)
    scope = models.CharField(_("scope"), max_length=12, choices=Scope, default=Scope.PARTNERSHIP)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    # A no may be written by any hand: the database makes what it does not say.
    public_id = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
    note = models.CharField(_("note"), max_length=200, blank=True, db_default="")
    created_at = models.DateTimeField(_("since"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("noted by")
    )

    objects = SuppressionQuerySet.as_manager()

    person_plan = nobody(
        "A keyed hash, which outlives the person: whoever holds no key cannot say whose.",
        swept="note",
        cleared={"note": ""},
    )

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        constraints = [
            models.CheckConstraint(name="suppression_scope", condition=Q(scope__in=["partnership", "all"])),
            models.CheckConstraint(
                name="suppression_reason",
                condition=Q(reason__in=["unsubscribed", "declined", "complaint", "bounced", "erased"]),
            ),
            models.UniqueConstraint(name="suppression_once", fields=["subject", "scope", "reason"]),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
