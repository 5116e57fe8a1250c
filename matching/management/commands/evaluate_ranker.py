import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from matching.management import tables
from matching.words import evaluation


class Command(BaseCommand):
    help = "Say whether what is learned ranks better than plain rules, on outcomes it did not learn from."

    def add_arguments(self, parser: ArgumentParser) -> None:
        tables.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        with tables.in_words():
            table = tables.opened(options)
            report = tables.evaluated(table, compare=options["compare"], progress=self._progress)
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        self.stdout.write("\n".join([*evaluation.about_table(report), "", *evaluation.table(report, of=tables.OURS)]))

    def _progress(self, done: int, of: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done} / {of}", ending="" if done < of else "\n")
