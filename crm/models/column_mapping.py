from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.base import nobody


class ColumnMapping(models.Model):
    """What somebody said of a set of columns: the next file that has the same is read the same way."""

    header_set = models.CharField(max_length=64, unique=True)  # crm.formats.field_maps.header_set
    mapping = models.JSONField()  # crm.formats.field_maps.FieldMap.as_json
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(_("made"))
    used_at = models.DateTimeField(_("last used"))

    person_plan = nobody("How a file calls its columns.")

    class Meta:
        verbose_name = _("mapping of columns")
        verbose_name_plural = _("mappings of columns")

    def __str__(self) -> str:
        return self.header_set[:8]
