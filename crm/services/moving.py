"""Rows that change hands when profiles are merged, and what stands in their way."""

from typing import Any

from django.apps import apps
from django.db.models import Model, OuterRef, QuerySet, Subquery, UniqueConstraint

from crm.models import Influencer
from crm.services import shelf
from crm.services.shelf import Row


def rows(label: str) -> QuerySet[Any]:
    found: QuerySet[Any] = apps.get_model(label)._base_manager.all()
    return found


def in_the_way(model: type[Model], fk: Any, winner: Influencer, loser: Influencer) -> list[tuple[int, int]]:
    """Rows of the loser that a unique constraint keeps from moving, each with the winner's that is there already."""
    unique: list[tuple[str, ...]] = [(fk.name,)] if fk.unique else []
    conditions: dict[tuple[str, ...], Any] = {}
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and fk.name in constraint.fields:
            unique.append(tuple(constraint.fields))
            conditions[tuple(constraint.fields)] = constraint.condition
    found: dict[int, int] = {}
    for fields in unique:
        these = rows(model._meta.label_lower)
        if condition := conditions.get(fields):
            these = these.filter(condition)
        same = {name: OuterRef(name) for name in fields if name != fk.name}
        there = Subquery(these.filter(**{fk.name: winner}, **same).order_by("pk").values("pk")[:1])
        met = these.filter(**{fk.name: loser}).annotate(counterpart=there).exclude(counterpart=None)
        found |= dict(met.values_list("pk", "counterpart"))
    return sorted(found.items())


def remove(these: QuerySet[Any]) -> None:
    """Without anything that hangs on them: if something does, the database refuses."""
    these._raw_delete(these.db)


def many() -> list[str]:
    return [each.name for each in Influencer._meta.local_many_to_many]


def through(name: str) -> tuple[type[Model], str, str]:
    """The table that a field of the person leads through, its column of the person and that of the other end."""
    both: Any = Influencer._meta.get_field(name)
    return both.remote_field.through, both.m2m_column_name(), both.m2m_reverse_name()


def targets(name: str, person: Influencer) -> list[int]:
    table, ours, theirs = through(name)
    these = table._base_manager.filter(**{ours: person.pk}).order_by("pk")
    return list(these.values_list(theirs, flat=True))


def links(name: str, *people: Influencer) -> list[Row]:
    table, ours, _theirs = through(name)
    these = table._base_manager.filter(**{f"{ours}__in": [person.pk for person in people]})
    return shelf.take(table, these.values_list("pk", flat=True))
