from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import Public, nobody
from matching.models.weights import are_weights


class RankerVersion(Public):
    """One ranker as it was: its tables as numbers, found again by their digest. Never changed once stored."""

    class Kind(models.TextChoices):
        SCORECARD = "scorecard", _("starting scorecard")
        LEARNED = "learned", _("learned from outcomes")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    digest = models.CharField(max_length=64, unique=True)
    manifest = models.JSONField()
    # What was found out about a learned one before it served: whether it is better, and at what. See docs/ranker.md.
    report = models.JSONField(default=dict)
    # Manifests of what samples of the same outcomes teach: how far a score would have been another.
    resamples = models.JSONField(default=list)
    signature = models.CharField(max_length=200, default="")  # of all of this, by the instance's own key
    # {feature: weight}: those that are one cause's own, of a scorecard made for it, which never serves.
    weights = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("made"))
    is_serving = models.BooleanField(_("in use"), default=False)

    person_plan = nobody("Tables of numbers.")

    class Meta:
        verbose_name = _("ranker")
        verbose_name_plural = _("rankers")
        constraints = [
            models.CheckConstraint(name="ranker_kind", condition=Q(kind__in=["scorecard", "learned"])),
            models.UniqueConstraint(name="one_ranker_serves", fields=["is_serving"], condition=Q(is_serving=True)),
            models.CheckConstraint(name="ranker_weights", condition=are_weights("weights")),
            models.CheckConstraint(
                name="ranker_of_a_cause", condition=Q(weights={}) | Q(kind="scorecard", is_serving=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:8]}"
