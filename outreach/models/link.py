from __future__ import annotations

from django.db import models
from django.db.models import Case, CharField, Q, Value, When
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from crm.models import Platform
from crm.models.base import AtErasure, PersonPlan, Public, is_http_url
from outreach.models.outreach import Outreach

# What it was for may name them. Two links of one conversation stay two.
_NAMELESS = Case(When(deliverable="", then=Value("")), default=Cast("pk", CharField()))


class LinkQuerySet(models.QuerySet["Link"]):
    def main(self) -> LinkQuerySet:
        """The conversations' own: at most one of each."""
        return self.filter(deliverable="")


class Link(Public):
    """A tracked link of one outreach: a short code that leads to the campaign's page.

    One is the conversation's own, and its deliverable is blank. Whoever wants to know what each post brought makes one
    more for a deliverable; what comes through any of them came by this person.
    """

    outreach = models.ForeignKey(Outreach, models.PROTECT, related_name="links")
    deliverable = models.CharField(_("for"), max_length=100, blank=True, default="")
    code = models.CharField(_("code"), max_length=32, unique=True)
    destination_url = models.CharField(_("leads to"), max_length=500)
    platform = models.CharField(_("platform"), max_length=10, blank=True)  # utm_source
    created_at = models.DateTimeField(_("made"))

    objects = LinkQuerySet.as_manager()

    person_plan = PersonPlan(
        path="outreach__influencer",
        told="public_id deliverable code destination_url platform created_at",
        untold="id outreach",
        at_erasure=AtErasure.CLEAR,
        cleared={"deliverable": _NAMELESS},
    )

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        constraints = [
            models.UniqueConstraint(name="link_once", fields=["outreach", "deliverable"]),
            models.CheckConstraint(name="link_destination", condition=is_http_url("destination_url")),
            models.CheckConstraint(name="link_platform", condition=Q(platform__in=["", *Platform.values])),
            # One spelling of a code is kept, small letters and digits: whatever is asked for is brought to it first.
            models.CheckConstraint(name="link_code", condition=Q(code__regex=r"^[a-z0-9]{8,32}$")),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_main(self) -> bool:
        return self.deliverable == ""
