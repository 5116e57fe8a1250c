"""Rows exactly as the database has them: to hold what is there now against what was there before."""

from collections.abc import Collection, Iterable
from typing import Any

from django.apps import apps
from django.db.models import Model

from crm.services import shelf

APPS = ("crm", "matching", "outreach")


def rows(
    models: Iterable[type[Model]] | None = None, *, without: Collection[str] = (), blind_to: Collection[str] = ()
) -> dict[str, list[dict[str, Any]]]:
    """Every row of these models, else of every table of the product, by label ("crm.influencer") and in order of ids.

    `without`: labels left out; `blind_to`: columns that are not looked at.
    """
    told = {}
    for model in _every() if models is None else models:
        if (label := model._meta.label_lower) not in without:
            found = shelf.take(model, model._base_manager.values_list("pk", flat=True))
            told[label] = [{name: said for name, said in row.items() if name not in blind_to} for row in found]
    return told


def _every() -> list[type[Model]]:
    found = [model for app in APPS for model in apps.get_app_config(app).get_models(include_auto_created=True)]
    return [model for model in found if model._meta.pk.name == "id"]
