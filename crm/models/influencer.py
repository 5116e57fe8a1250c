from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.base import AtMerge, PersonPlan, Public, Stamped, batch_that_brought
from crm.models.checks import are_languages, is_timezone
from crm.models.searching import UNKNOWN_SIZE, SearchableQuerySet, last_contact, search_column
from crm.models.topic import Topic

if TYPE_CHECKING:
    from crm.models.cause import Cause


class InfluencerQuerySet(SearchableQuerySet["Influencer"]):
    def with_clearance(self, *, cause: Cause) -> InfluencerQuerySet:
        """Those whose newest vetting verdict for this cause is "cleared"."""
        from crm.models.vetting import VettingCheck

        newest = VettingCheck.objects.filter(influencer=models.OuterRef("pk"), cause=cause).order_by("-at", "-pk")
        return self.annotate(newest_verdict=models.Subquery(newest.values("verdict")[:1])).filter(
            newest_verdict=VettingCheck.Verdict.CLEARED
        )

    def contactable(self, *, at: datetime | None = None) -> InfluencerQuerySet:
        """Those who have, or whose agent has, an address that one may write to: known basis, no suppression before
        this instant. Whoever said no at any address of their own is not among them, whatever others they or their agent
        have. Lists ask `is_contactable`, which says the same of today.

        A no that stands for an account alone is not seen here: its keyed hash is not kept with the account. It is seen
        wherever somebody is looked at or written to (crm.selectors.standings, crm.services.addresses.has_said_no).
        """
        from crm.models.address import Address
        from crm.models.representation import Representation

        agents = Representation.objects.current().filter(influencer=models.OuterRef(models.OuterRef("pk")))
        theirs = models.Q(influencer=models.OuterRef("pk")) | models.Q(influencer__in=agents.values("agent"))
        refused = Address.objects.refused(at=at).filter(influencer=models.OuterRef("pk"))
        reachable = models.Exists(Address.objects.usable(at=at).filter(theirs))
        return self.filter(reachable).exclude(models.Exists(refused))


class Influencer(Public, Stamped):
    """A person, a brand or an agency that speaks to an audience."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        BRAND = "brand", _("brand")
        AGENCY = "agency", _("agency")

    class Register(models.TextChoices):
        """How one says "you" to them, in languages that tell it apart."""

        UNKNOWN = "", _("not known")
        FORMAL = "formal", _("formal")
        INFORMAL = "informal", _("informal")

    external_id = models.CharField(_("external id"), max_length=200, null=True, blank=True, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PERSON)
    # The languages this person posts in, lower-case primary tags; the first is the one to write to them in.
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True, verbose_name=_("languages"))
    register = models.CharField(
        _("form of address"), max_length=8, choices=Register, default=Register.UNKNOWN, blank=True, db_default=""
    )
    country = models.CharField(_("country"), max_length=2, blank=True)
    city = models.CharField(_("city"), max_length=200, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)
    bio = models.TextField(_("bio"), blank=True)
    topics = models.ManyToManyField(Topic, blank=True, related_name="influencers", verbose_name=_("topics"))
    interests = ArrayField(models.CharField(max_length=100), default=list, blank=True, verbose_name=_("interests"))
    hashtags = ArrayField(models.CharField(max_length=100), default=list, blank=True, verbose_name=_("hashtags"))
    notes = models.TextField(_("notes"), blank=True)
    # Kept by services (crm.services.bulk.lists) for lists of a million, which nothing else can sort, search or narrow
    # in time. Plain Postgres has no French collation and no unaccent, so texts are folded before they come here.
    sort_name = models.CharField(max_length=200, editable=False)
    search_text = models.TextField(editable=False, blank=True)
    search = search_column()
    # Followers of the largest account.
    size = models.BigIntegerField(editable=False, default=UNKNOWN_SIZE, db_default=UNKNOWN_SIZE)
    is_contactable = models.BooleanField(editable=False, default=False, db_default=False)
    last_contacted_at = models.DateTimeField(_("last contact"), null=True, blank=True, editable=False)
    batch = batch_that_brought()  # that made them
    is_demo = models.BooleanField(default=False, editable=False)

    objects = InfluencerQuerySet.as_manager()

    person_plan = PersonPlan(
        path="",
        told="public_id external_id name kind languages register country city timezone bio topics interests hashtags"
        " notes created_at updated_at last_contacted_at",
        untold="id sort_name search search_text size is_contactable batch is_demo",
        at_merge=AtMerge.OWN,
    )

    class Meta:
        verbose_name = _("influencer")
        verbose_name_plural = _("influencers")
        permissions = [("export_influencer", "Can export everything about a person")]
        constraints = [
            models.CheckConstraint(name="influencer_kind", condition=models.Q(kind__in=["person", "brand", "agency"])),
            models.CheckConstraint(name="influencer_country", condition=models.Q(country__regex=r"^([A-Z]{2})?$")),
            models.CheckConstraint(name="influencer_languages", condition=are_languages("languages")),
            models.CheckConstraint(
                name="influencer_register", condition=models.Q(register__in=["", "formal", "informal"])
            ),
            models.CheckConstraint(name="influencer_timezone", condition=is_timezone("timezone")),
            models.CheckConstraint(name="influencer_has_name", condition=~models.Q(name="")),
            models.CheckConstraint(
                name="influencer_external_id_not_blank",  # blank never matches blank: unknown is NULL
                condition=models.Q(external_id__isnull=True) | ~models.Q(external_id=""),
            ),
        ]
        indexes = [
            GinIndex("search", name="influencer_search"),
            GinIndex("languages", name="influencer_languages"),
            models.Index("sort_name", "id", name="influencer_by_name"),
            models.Index("country", "sort_name", "id", name="influencer_by_country"),
            models.Index("kind", "sort_name", "id", name="influencer_by_kind"),
            models.Index("is_contactable", "sort_name", "id", name="influencer_by_contactable"),
            models.Index("size", "id", name="influencer_by_size"),
            models.Index(last_contact(), "id", name="influencer_by_contact"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def language(self) -> str:
        return self.languages[0] if self.languages else ""
