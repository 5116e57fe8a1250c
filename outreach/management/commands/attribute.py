import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from crm.services import audit
from outreach.attribution.rules import RULES
from outreach.models import AttributionCredit, Campaign, Conversion
from outreach.services import conversions


class Command(BaseCommand):
    help = "Compute credits again from the ledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--campaign", metavar="SLUG")
        parser.add_argument("--model", default=conversions.DEFAULT_RULE, choices=sorted(RULES))
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Conversion.objects.order_by("pk")
        if slug := options["campaign"]:
            if not Campaign.objects.filter(slug=slug).exists():
                raise CommandError(_("There is no campaign “%(slug)s”.") % {"slug": slug}, returncode=2)
            credited = AttributionCredit.objects.filter(link__outreach__campaign__slug=slug)
            rows = rows.filter(pk__in=credited.values("conversion"))
        done = 0
        with audit.said(why="attribute"):
            for conversion in rows.iterator():
                conversions.attribute(conversion=conversion, rule=options["model"])
                done += 1
        body = {"model": options["model"], "conversions": done}
        self.stdout.write(
            json.dumps(body) if options["json"] else _("%(conversions)s conversions, by %(model)s") % body
        )
