import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.services import audit
from outreach.models import InboundMessage
from outreach.services import replies
from outreach.services.reply_replay import Change


class Command(BaseCommand):
    help = "Read all stored letters again by the present rules, and say what they would be read as otherwise."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--apply", action="store_true", help="note it, where nobody has said what it is")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with audit.said(why="replay_replies"):
            changes = replies.replay(at=timezone.now(), apply=options["apply"])
        if options["json"]:
            self.stdout.write(json.dumps([asdict(change) for change in changes], default=str))
            return
        for change in changes:
            self.stdout.write(_line(change))
        number = len(changes)
        self.stdout.write(
            ngettext("%(number)s letter is read otherwise.", "%(number)s letters are read otherwise.", number)
            % {"number": number}
        )


def _line(change: Change) -> str:
    kinds = dict(InboundMessage.Kind.choices)
    line = f"{change.reply}: {kinds.get(change.before, change.before)} → {kinds[change.after]}"
    kept = _("stays as it is")
    return f"{line} ({kept})" if change.is_kept else line
