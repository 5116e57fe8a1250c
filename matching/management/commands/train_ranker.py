import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from matching.management import tables
from matching.words import evaluation


class Command(BaseCommand):
    help = "Learn from outcomes. What is learned serves once somebody promotes it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        tables.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        with tables.in_words():
            found = tables.trained(tables.opened(options))
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        self.stdout.write("\n".join([*evaluation.about_table(found), "", *evaluation.trials(found)]))
