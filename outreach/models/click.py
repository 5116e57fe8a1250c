from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import nobody
from outreach.models.link import Link
from outreach.robots.clicks import ClickClass

PEOPLE = [ClickClass.HUMAN.value, ClickClass.REPEAT.value]


class ClickQuerySet(models.QuerySet["Click"]):
    def by_people(self) -> ClickQuerySet:
        """Requests that a person made: visits, and what belongs to a visit that had begun.

        Every click has a verdict from its first instant. One that came in by another way than the house's own has none:
        it counts, unless it is a HEAD.
        """
        return self.filter(Q(verdict__click_class__in=PEOPLE) | _UNJUDGED)

    def visits(self) -> ClickQuerySet:
        """Those with which a person's visit begins: docs/clicks.md says what one is."""
        return self.filter(Q(verdict__click_class=ClickClass.HUMAN) | _UNJUDGED)

    def unsettled(self) -> ClickQuerySet:
        """Those whose company may still come, or was not looked at yet."""
        return self.filter(verdict__is_settled=False)


_UNJUDGED = Q(verdict=None) & ~Q(method="HEAD")


class Click(models.Model):
    """One request for a tracked link, raw: never changed, no intent by itself.

    Of a network address nothing is kept but `network`: a hash of its first part (/24, /48) under a key that is thrown
    away when its day ends. It tells whether two requests of one day may be of the same visitor, and no more.
    """

    link = models.ForeignKey(Link, models.PROTECT, related_name="clicks")
    click_id = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField(_("when"))
    method = models.CharField(max_length=8)
    user_agent = models.CharField(max_length=300, blank=True)
    referrer_host = models.CharField(max_length=200, blank=True)
    network = models.CharField(max_length=32, blank=True, default="")
    # What else the request said of itself; of clicks from before these columns, nothing was kept.
    headers_kept = models.BooleanField(default=False)
    purpose = models.CharField(max_length=40, blank=True, default="")
    fetch_mode = models.CharField(max_length=20, blank=True, default="")
    fetch_dest = models.CharField(max_length=20, blank=True, default="")
    accept = models.CharField(max_length=200, blank=True, default="")
    has_language = models.BooleanField(default=False)
    has_range = models.BooleanField(default=False)

    objects = ClickQuerySet.as_manager()

    person_plan = nobody("A visit of somebody nobody knows.")

    class Meta:
        verbose_name = _("click")
        verbose_name_plural = _("clicks")
        constraints = [
            models.CheckConstraint(name="click_network", condition=Q(network__regex=r"^([0-9a-f]{32})?$")),
        ]
        indexes = [
            models.Index("link", "at", name="click_by_link"),
            models.Index("network", "at", name="click_by_network", condition=~Q(network="")),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ClickVerdict(models.Model):
    """What one version of the rules says of one click. Derived: may be thrown away and read again from the clicks.

    `is_settled`: its company was looked at when no more of it could come.
    """

    click = models.OneToOneField(Click, models.CASCADE, primary_key=True, related_name="verdict")
    click_class = models.CharField(max_length=10)
    rule = models.CharField(max_length=30)
    version = models.PositiveSmallIntegerField()
    is_settled = models.BooleanField(default=False)

    person_plan = nobody("What rules say of a visit of somebody nobody knows.")

    class Meta:
        verbose_name = _("verdict on a click")
        verbose_name_plural = _("verdicts on clicks")
        constraints = [
            models.CheckConstraint(
                name="click_verdict_class", condition=Q(click_class__in=[each.value for each in ClickClass])
            ),
        ]
        indexes = [models.Index("click", name="click_verdict_due", condition=Q(is_settled=False))]

    def __str__(self) -> str:
        return f"#{self.pk} {self.click_class}"


class ClickSpool(models.Model):
    """How far a file of clicks, which were kept on disk while the database was away, has been stored.

    Written in the transaction that stores the clicks: whoever reads the file again begins after them.
    """

    name = models.CharField(max_length=100, unique=True)
    offset = models.PositiveBigIntegerField(default=0)

    person_plan = nobody("How far a file was read.")

    class Meta:
        constraints = [models.CheckConstraint(name="click_spool_named", condition=~Q(name=""))]

    def __str__(self) -> str:
        return f"{self.name} {self.offset}"
