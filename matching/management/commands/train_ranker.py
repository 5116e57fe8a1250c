import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.words import say_code
from matching.management import tables
from matching.services import rankers, training
from matching.words import evaluation


class Command(BaseCommand):
    help = "Learn from outcomes. What is learned serves once somebody promotes it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        tables.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["table"]:
            self._learn(as_json=options["json"])
            return
        with tables.in_words():
            found = tables.trained(tables.opened(options))
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        self.stdout.write("\n".join([*evaluation.about_table(found), "", *evaluation.trials(found)]))

    def _learn(self, *, as_json: bool) -> None:
        asked = rankers.request_training(at=timezone.now())
        training.build(training=asked, at=timezone.now())
        asked.refresh_from_db()
        if asked.error:
            raise CommandError(say_code(asked.error["code"], asked.error["params"]), returncode=2)
        if asked.ranker is None:
            raise CommandError(
                _("Somebody is learning from the outcomes already. Wait until that is done."), returncode=2
            )
        report = asked.ranker.report | {"ranker": asked.ranker.digest}
        if as_json:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        told = [*evaluation.about_outcomes(report), "", *evaluation.table(report, of=tables.OURS)]
        self.stdout.write("\n".join([*told, "", _("Learned: %(digest)s.") % {"digest": asked.ranker.digest[:12]}]))
