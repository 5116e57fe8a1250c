import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.errors import DomainError
from crm.services import audit
from crm.words import say
from outreach import words
from outreach.services import conversions, sources
from outreach.sources.documents import BODY_LIMIT


class Command(BaseCommand):
    help = "Count concrete actions of a CSV table, as the page Actions from a table does; a bad line spoils no other."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a table in UTF-8, or - for the standard input")
        parser.add_argument("--label", required=True, help="where these actions were done, such as give.example.org")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with audit.said(why="import_actions"):
                lines = sources.read_table(file=_content(options["file"]), label=options["label"], at=timezone.now())
                conversions.attribute_due()
        except DomainError as error:
            raise CommandError(say(error), returncode=2) from None
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}", returncode=2) from None
        refused = [line for line in lines if line.error]
        if options["json"]:
            self.stdout.write(json.dumps([_as_json(line) for line in lines]))
        else:
            for line in lines:
                self.stdout.write(_as_text(line))
        if refused:
            raise CommandError(_("Lines that were not counted: %(number)s") % {"number": len(refused)}, returncode=1)


def _content(name: str) -> bytes:
    """No more of it than fits is read."""
    if name == "-":
        return sys.stdin.buffer.read(BODY_LIMIT + 1)
    with Path(name).open("rb") as file:
        return file.read(BODY_LIMIT + 1)


def _as_json(line: sources.Line) -> dict[str, Any]:
    event, error = line.event, line.error
    return {
        "line": line.line,
        "outcome": event.outcome if event else None,
        "external_id": event.external_id if event else None,
        "error": error.code if error else None,
    }


def _as_text(line: sources.Line) -> str:
    said = f"{words.said_of(line.event)}: {line.event.get_outcome_display()}" if line.event else ""
    return f"{line.line}  {say(line.error) if line.error else said}"
