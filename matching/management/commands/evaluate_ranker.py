import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from matching.management import tables
from matching.services import training
from matching.words import evaluation


class Command(BaseCommand):
    help = "Say whether what is learned ranks better than plain rules, on outcomes it did not learn from."

    def add_arguments(self, parser: ArgumentParser) -> None:
        tables.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        with tables.in_words():
            report = self._of_table(options) if options["table"] else self._of_outcomes()
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        about = evaluation.about_table if options["table"] else evaluation.about_outcomes
        lines = [*about(report), "", *evaluation.table(report, of=tables.OURS)]
        if not options["table"]:
            lines += ["", *evaluation.ablations(report)]
        if found := report.get("off_policy"):
            lines += ["", *evaluation.off_policy(found)]
        self.stdout.write("\n".join(lines))

    def _of_table(self, options: dict[str, Any]) -> dict[str, Any]:
        return tables.evaluated(tables.opened(options), compare=options["compare"], progress=self._progress)

    def _of_outcomes(self) -> dict[str, Any]:
        return training.learn(at=timezone.now(), progress=self._progress).report

    def _progress(self, done: int, of: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done} / {of}", ending="" if done < of else "\n")
