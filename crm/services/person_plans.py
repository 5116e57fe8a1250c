"""Every model of every app that says what it knows of somebody (PersonPlan), found through Django's app registry."""

from typing import Any

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from crm.models import Influencer
from crm.models.base import PersonPlan


def planned() -> list[type[Model]]:
    """The nearest to the person first: in this order rows are held, and in the other one they go."""
    models = [model for model in apps.get_models() if "person_plan" in vars(model)]
    return sorted(models, key=lambda model: (_depth(plan_of(model)), model._meta.label_lower))


def plan_of(model: type[Model]) -> PersonPlan:
    plan: PersonPlan = model.person_plan  # type: ignore[attr-defined]
    return plan


def about(influencer: Influencer) -> list[tuple[type[Model], PersonPlan, QuerySet[Any]]]:
    """The rows that speak of this person, model by model, the nearest first."""
    return [
        (model, plan_of(model), rows_of(model, influencer)) for model in planned() if plan_of(model).path is not None
    ]


def erased_with(influencer: Influencer) -> list[tuple[type[Model], PersonPlan, QuerySet[Any]]]:
    """The same, with the rows that speak of somebody else and tell something of this person too."""
    found = []
    for model, plan, rows in about(influencer):
        also = model._base_manager.filter(**{plan.also: influencer.pk}).order_by("pk") if plan.also else None
        either = Q(pk__in=rows.values("pk")) | Q(pk__in=also.values("pk")) if also is not None else None
        found.append((model, plan, model._base_manager.filter(either).order_by("pk") if either else rows))
    return found


def rows_of(model: type[Model], influencer: Influencer) -> QuerySet[Any]:
    return model._base_manager.filter(**{plan_of(model).path or "pk": influencer.pk}).order_by("pk")


def _depth(plan: PersonPlan) -> int:
    return 99 if plan.path is None else len(plan.path.split("__")) if plan.path else 0
