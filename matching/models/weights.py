from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from crm.models import Cause
from crm.models.base import nobody

HIGHEST = 5  # the widest bounds that ranking/scorecard.py gives any weight; each feature's own are the service's to ask
_BOUNDED = f'strict $.type() == "object" && !exists($.* ? (@.type() != "number" || @ < 0 || @ > {HIGHEST}))'


def are_weights(field: str) -> Q:
    """The condition of a CHECK constraint: {feature: weight}, each a number within the widest bounds."""
    template = f"jsonb_path_match(%(expressions)s, '{_BOUNDED}')"
    return Q(Func(F(field), template=template, output_field=models.BooleanField()))


class CauseWeights(models.Model):
    """What weighs in the ranking for one cause, where somebody moved the starting scorecard's weights.

    `weights`: {feature: weight}, those alone that differ from the default; none: all were put back. Whoever moved them
    before, and from what to what, is told by the audit trail.
    """

    cause = models.OneToOneField(Cause, models.CASCADE, related_name="+", verbose_name=_("cause"))
    weights = models.JSONField(_("weights"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("moved"))

    person_plan = nobody("How much each criterion counts for a cause.")

    class Meta:
        verbose_name = _("weights of a cause")
        verbose_name_plural = _("weights of causes")
        constraints = [models.CheckConstraint(name="cause_weights_bounded", condition=are_weights("weights"))]

    def __str__(self) -> str:
        return f"#{self.pk}"
