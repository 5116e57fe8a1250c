"""The trail of who changed what, when and on which occasion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model
from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import AuditEvent
from crm.words.errors import plain, table_of
from crm.words.figures import labelled, number, unknown
from crm.words.privacy import TABLES
from crm.words.tools import RESOURCES

# On which occasion something was changed, as pages and tasks call themselves. Every app has such a table.
OCCASIONS: Mapping[str, Promise] = {
    "admin:crm_influencer_address": gettext_lazy("corrected on the profile"),
    "admin:crm_influencer_suppress": gettext_lazy("noted on the profile that they said no"),
    "admin:crm_influencer_vet": gettext_lazy("vetted on the profile"),
    "admin:crm_influencer_edit": gettext_lazy("edited on the profile"),
    "admin:crm_influencer_add": gettext_lazy("added by hand"),
    "admin:crm_influencer_erase": gettext_lazy("erased on the profile"),
    "admin:crm_suppression_add": gettext_lazy("a refusal was noted by its address"),
    "admin:crm_erasurereceipt_lift": gettext_lazy("allowed to be stored again"),
    "admin:crm_duplicatecandidate_compare": gettext_lazy("two profiles were merged"),
    "admin:crm_merge_undo": gettext_lazy("two profiles were taken apart"),
    "admin:crm_importbatch_undo": gettext_lazy("an import was taken back"),
    "demo": gettext_lazy("invented for the demo"),
    "erase_person": gettext_lazy("erased on the command line"),
    "import_influencers": gettext_lazy("an import"),
    "admin:crm_cause_add": gettext_lazy("a cause was written"),
    "admin:crm_cause_reading": gettext_lazy("a number of followers was noted"),
    "admin:crm_cause_edit": gettext_lazy("a cause was edited"),
    "crm.tasks.work_on_import": gettext_lazy("an import"),
    "crm.tasks.sweep_imports": gettext_lazy("an import"),
}


def audit_what(event: AuditEvent) -> str:
    """Which kind of row, and what was done with it: "address: changed"."""
    model = _model_of(event.table)
    name = str(TABLES.get(model._meta.label_lower, model._meta.verbose_name)) if model else event.table
    return labelled(name, event.get_operation_display())


def audit_changes(event: AuditEvent) -> list[str]:
    """Column by column, from what to what."""
    model = _model_of(event.table)
    return [_change(_field_of(model, name), name, *change) for name, change in sorted(event.changes.items())]


def audit_why(event: AuditEvent) -> str:
    kind, _colon, rest = event.why.partition(":")
    if kind == "api":
        resource = rest.rpartition("-")[0]
        return _("a tool (%(what)s)") % {"what": RESOURCES.get(resource, resource)}
    tables = (table_of(app.name, "OCCASIONS") for app in apps.get_app_configs())
    return str(next((table[event.why] for table in tables if event.why in table), event.why))


def _change(field: Field[Any, Any] | None, name: str, old: Any, new: Any) -> str:
    label = str(getattr(field, "verbose_name", name))
    return _("%(field)s: %(old)s → %(new)s") % {"field": label, "old": _value(field, old), "new": _value(field, new)}


def _value(field: Field[Any, Any] | None, value: Any) -> str:
    if value in (None, ""):
        return str(dict(field.choices or {}).get("", unknown()) if field else unknown())
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, str) and field is not None and field.get_internal_type() == "DateTimeField":
        when = parse_datetime(value)
        return formats.date_format(timezone.localtime(when), "SHORT_DATETIME_FORMAT") if when else value
    if isinstance(value, float):
        return number(value)
    if isinstance(value, Mapping):
        return ", ".join(labelled(_part(name), _value(None, part)) for name, part in sorted(value.items())) or "—"
    return plain(value)


def _part(name: str) -> str:
    """What a part of a value is called. Every app may have a table of such names."""
    tables = (table_of(app.name, "PARTS") for app in apps.get_app_configs())
    return str(next((table[name] for table in tables if name in table), name))


def _model_of(table: str) -> type[Model] | None:
    return next((model for model in apps.get_models() if model._meta.db_table == table), None)


def _field_of(model: type[Model] | None, column: str) -> Field[Any, Any] | None:
    try:
        return model._meta.get_field(column.removesuffix("_id")) if model else None  # type: ignore[return-value]
    except FieldDoesNotExist:
        return None
