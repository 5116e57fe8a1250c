import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm.errors import DomainError
from crm.words import say
from outreach.replies import scoring
from outreach.words import reading


class Command(BaseCommand):
    help = "Say how well replies are understood, per language: as they were written, and as they are read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--table", type=Path, metavar="FILE.csv", help="labelled replies of your own")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        own = options["table"]
        try:
            replies = scoring.read(own or scoring.TEST_SET)
            report = {"synthetic": own is None} | scoring.evaluate(replies)
        except DomainError as error:
            raise CommandError(say(error), returncode=2) from None
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        self.stdout.write("\n".join(reading.evaluation(report)))
