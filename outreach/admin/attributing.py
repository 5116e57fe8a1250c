"""Every model that shares out a campaign's actions, side by side: where they differ, and how far one may trust any."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.admin.base import PageAdmin, who
from crm.tasks import ring
from outreach import words
from outreach.models import AttributionRun, Campaign, Comparison, Outreach
from outreach.services import attributions, comparisons
from outreach.tasks import compare_asked


class Attributing(PageAdmin):
    """These steps of the admin of campaigns."""

    steps = {"attribution": "outreach.view_attributionrun", "compare_models": "outreach.add_attributionrun"}

    def attribution(self, request: HttpRequest, obj: Campaign) -> HttpResponse:
        kept = attributions.latest(campaign=obj)
        return self.render(
            request,
            "outreach/attribution.html",
            title=_("Attribution"),
            obj=obj,
            run=kept,
            asked=Comparison.objects.filter(campaign=obj).first(),
            compared=_told(kept) if kept else None,
            crumbs=[(obj.name, self.page_url(obj))],
        )

    def compare_models(self, request: HttpRequest, obj: Campaign) -> HttpResponse:
        return self.act(
            request,
            lambda: ring(compare_asked, comparisons.ask(campaign=obj, by=who(request), at=timezone.now()).pk),
            done=_("The models are being compared."),
            back=self.url("attribution", obj.pk),
        )


def _told(run: AttributionRun) -> dict[str, Any]:
    """The run for people: with the partners' names as they are known today."""
    body: dict[str, Any] = json.loads(run.body)
    names = [each["name"] for each in body["models"]]
    partners = _partners(body)
    tables = [_table(partners, names, "", body["actions"])]
    tables += [_table(partners, names, code, total) for code, total in sorted(body["money"].items())]
    models = [
        {"name": words.MODELS[each["name"]][0], "gives": words.MODELS[each["name"]][1], "version": each["version"]}
        for each in body["models"]
    ]
    others = any(row["outreach"] is None for row in body["partners"])
    return body | {"models": models, "tables": tables, "by_default": words.MODELS[body["default"]][0], "others": others}


def _partners(body: dict[str, Any]) -> list[tuple[Outreach | None, dict[str, Any]]]:
    """Each row with its conversation; None: other campaigns."""
    ids = [row["outreach"] for row in body["partners"] if row["outreach"]]
    rows = Outreach.objects.filter(public_id__in=ids).select_related("influencer")
    known = {str(row.public_id): row for row in rows}
    return [(known.get(row["outreach"] or ""), row) for row in body["partners"]]


def _table(
    partners: list[tuple[Outreach | None, dict[str, Any]]], names: list[str], currency: str, total: float
) -> dict[str, Any]:
    """Of actions, where no currency is named; else of money in it."""

    def given(told: dict[str, Any]) -> float:
        found: float = told["money"][currency] if currency else told["actions"]
        return found

    rows = [
        {
            "outreach": outreach,
            "called": _called(outreach, row),
            "cells": [(words.MODELS[name][0], given(row["models"][name])) for name in names],
            "least": given(row["spread"])[0],  # type: ignore[index]
            "most": given(row["spread"])[1],  # type: ignore[index]
        }
        for outreach, row in partners
    ]
    shown = [row for row in rows if row["most"]]
    return {"currency": currency, "names": [words.MODELS[name][0] for name in names], "rows": shown, "total": total}


def _called(outreach: Outreach | None, row: dict[str, Any]) -> str:
    if row["outreach"] is None:
        return _("Other campaigns")
    return outreach.influencer.name if outreach and outreach.influencer else _("Erased person")
