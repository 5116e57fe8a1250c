from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from matching.management import tables
from matching.models import RankerVersion
from matching.services import rankers


class Command(BaseCommand):
    help = "Let a learned ranker serve, if it was shown to be better than the scorecard and the one in use."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("version", metavar="VERSION", help="the digest that train_ranker printed, or its beginning")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(RankerVersion.objects.filter(digest__startswith=options["version"].lower())[:2])
        if len(found) != 1:
            raise CommandError(
                _("No single ranker begins with “%(version)s”.") % {"version": options["version"]}, returncode=2
            )
        with tables.in_words():
            version = rankers.promote(version=found[0], at=timezone.now())
        self.stdout.write(_("%(digest)s serves.") % {"digest": version.digest[:12]})
