import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from crm.services import audit
from outreach.attribution.rules import RULES
from outreach.models import AttributionRun, Campaign, Conversion
from outreach.services import attributions, credits


class Command(BaseCommand):
    help = "Compute credits again from the ledger; of a campaign, compare every model too."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--campaign", metavar="SLUG")
        parser.add_argument("--model", default="", choices=sorted(attributions.MODELS))
        parser.add_argument("--at", metavar="ISO", help="of a campaign, by what was known then; no credit is changed")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        slug, model, known_at = options["campaign"], options["model"], _instant(options["at"])
        campaign = Campaign.objects.filter(slug=slug).first()
        if slug and campaign is None:
            raise CommandError(_("There is no campaign “%(slug)s”.") % {"slug": slug}, returncode=2)
        if campaign is None and (known_at or (model and model not in RULES)):
            raise CommandError(_("Say of which campaign: --campaign SLUG."), returncode=2)
        body: dict[str, Any] = {}
        if known_at is None and (not model or model in RULES):
            rule = model or credits.DEFAULT_RULE
            with audit.said(why="attribute"):
                body = {"model": rule, "conversions": _credited(campaign, rule)}
        lines = [_("%(conversions)s conversions, by %(model)s") % body] if body else []
        if campaign is not None:
            run = attributions.run(campaign=campaign, at=timezone.now(), known_at=known_at, is_asked=True)
            compared = _compared(run, model)
            body |= {"run": str(run.public_id), "digest": run.digest, "comparison": compared}
            lines += _written(run, compared)
        self.stdout.write(json.dumps(body) if options["json"] else "\n".join(lines))


def _instant(said: str | None) -> datetime | None:
    if not said:
        return None
    try:
        found = parse_datetime(said)
    except ValueError:
        found = None
    if found is None:
        raise CommandError(_("“%(said)s” is no time. Write it as 2026-11-24T10:00Z.") % {"said": said}, returncode=2)
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _credited(campaign: Campaign | None, rule: str) -> int:
    """Compute the credits of actions under one rule again: of a campaign, of those that it is credited for."""
    rows = Conversion.objects.actions()
    if campaign is not None:
        rows = rows.filter(credits__link__outreach__campaign=campaign).distinct()
    waiting = list(rows.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(waiting), credits.AT_ONCE):
        credits.give(actions=waiting[start : start + credits.AT_ONCE], rule=rule)
    return len(waiting)


def _compared(run: AttributionRun, model: str) -> dict[str, Any]:
    """What the run says; with a model, of the partners what that one says alone."""
    body: dict[str, Any] = json.loads(run.body)
    if model:
        body["models"] = [each for each in body["models"] if each["name"] == model]
        body["partners"] = [
            {"outreach": row["outreach"], "models": {model: row["models"][model]}} for row in body["partners"]
        ]
    return body


def _written(run: AttributionRun, body: dict[str, Any]) -> Iterator[str]:
    names = [each["name"] for each in body["models"]]
    yield "  ".join([f"{run.known_at.isoformat():36}", *(f"{name:>15}" for name in names)])
    others = _("other campaigns")
    for row in body["partners"]:
        given = (f"{row['models'][name]['actions']:15,.2f}" for name in names)
        yield "  ".join([f"{row['outreach'] or others:36}", *given])
    yield f"sha256 {run.digest}"
