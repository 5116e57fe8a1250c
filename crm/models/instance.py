from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import nobody


class Instance(models.Model):
    """This installation, in one row: whose it is, and which keys its hashes and links were made with."""

    keyring_fingerprint = models.CharField(max_length=32, editable=False)
    organisation = models.CharField(
        _("organisation"), max_length=200, blank=True, help_text=_("The name that signs messages.")
    )
    postal_address = models.CharField(
        _("postal address"),
        max_length=300,
        blank=True,
        help_text=_("Stands under every first message: who writes says where they are."),
    )

    person_plan = nobody("The organisation itself.")

    class Meta:
        constraints = [models.CheckConstraint(name="instance_is_one", condition=Q(pk=1))]

    def __str__(self) -> str:
        return "instance"
