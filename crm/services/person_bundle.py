"""Everything known of somebody, as JSON for a program and in words for a person. Its shape is in docs/privacy.md."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import ForeignKey, ManyToManyField, Model, QuerySet
from django.utils.translation import get_language

from crm import words
from crm.models import Activity, Influencer, Suppression, User
from crm.services import erased, person_plans

FORMAT = "causeway-person/1"


def bundle(influencer: Influencer, *, at: datetime) -> Iterator[str]:
    """The text of one JSON document, piece by piece, table by table in a fixed order, never held as a whole."""
    head = {"format": FORMAT, "person": str(influencer.public_id), "made_at": at, "language": get_language()}
    yield _json(head).removesuffix("}") + ', "tables": ['
    roles: dict[int, str] = {}
    gap = "\n"
    for model, columns, rows in _tables(influencer):
        found = rows.iterator(chunk_size=500)
        if (first := next(found, None)) is None:
            continue
        yield gap + _json(_table(model, columns)).removesuffix("}") + ', "rows": [\n  '
        yield _json(_row(first, columns, roles))
        for row in found:
            yield ",\n  " + _json(_row(row, columns, roles))
        yield "\n]}"
        gap = ",\n"
    yield "\n]}\n"


def _tables(influencer: Influencer) -> Iterator[tuple[type[Model], list[str], QuerySet[Any]]]:
    for model, plan, rows in person_plans.about(influencer):
        to_one = [field.name for field in model._meta.fields if isinstance(field, ForeignKey)]
        yield model, plan.told.split(), rows.select_related(*to_one) if to_one else rows
    no = Suppression.objects.filter(subject__in=erased.subjects(influencer)).order_by("pk")
    yield Suppression, ["scope", "reason", "note", "created_at"], no.select_related("by")


def _table(model: type[Model], columns: list[str]) -> dict[str, Any]:
    return {
        "table": model._meta.label_lower,
        "title": str(model._meta.verbose_name),
        "columns": {name: str(getattr(model._meta.get_field(name), "verbose_name", name)) for name in columns},
    }


def _row(row: Model, columns: list[str], roles: dict[int, str]) -> dict[str, Any]:
    told: dict[str, Any] = {"id": _id(row)}
    for name in columns:
        field = row._meta.get_field(name)
        told[name] = _value(row, field)
        if getattr(field, "choices", None) and told[name] not in (None, ""):
            told[f"{name}_words"] = str(getattr(row, f"get_{name}_display")())
    if isinstance(row, Activity):
        told["words"] = words.happened(row, with_addresses=True)
    return told | dict(_staff(row, roles))


def _value(row: Model, field: Any) -> Any:
    if isinstance(field, ManyToManyField):
        return [_named(other) for other in getattr(row, field.name).order_by("pk")]
    if isinstance(field, ForeignKey):
        other = getattr(row, field.name)
        return None if other is None else _named(other)
    return field.value_from_object(row)


def _named(other: Model) -> dict[str, str]:
    """Another row: by its id, and by its name unless it speaks of a person, who may be another one."""
    speaks_of_somebody = "person_plan" in vars(type(other)) and person_plans.plan_of(type(other)).path is not None
    return {"id": _id(other)} | ({} if speaks_of_somebody else {"words": str(other)})


def _staff(row: Model, roles: dict[int, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Members of the team are persons too: they are told by what they do here."""
    for field in row._meta.fields:
        if isinstance(field, ForeignKey) and field.related_model is User:
            user = getattr(row, field.name)
            if user is not None:
                if user.pk not in roles:
                    roles[user.pk] = user.role or "staff"
                yield field.name, {"role": roles[user.pk]}


def _id(row: Model) -> str:
    return str(getattr(row, "public_id", row.pk))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)
