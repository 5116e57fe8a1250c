from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach.robots.clicks import VERSION
from outreach.services import clicks


class Command(BaseCommand):
    help = "Read clicks again by the rules of now: which were made by people (docs/clicks.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="also those that these rules have read")

    def handle(self, *args: Any, **options: Any) -> None:
        seen, changed = clicks.classify_again(all_of_them=options["all"], at=timezone.now())
        self.stdout.write(
            _("%(seen)s clicks were read by version %(version)s of the rules; %(changed)s verdicts changed.")
            % {"seen": seen, "version": VERSION, "changed": changed}
        )
