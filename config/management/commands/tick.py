from argparse import ArgumentParser
from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from config.celery import TICK


class Command(BaseCommand):
    help = "Do everything that is due, once, here and now: what beat rings for."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", default="", metavar="ISO", help="as if it were this instant; captured mail only")

    def handle(self, *args: Any, **options: Any) -> None:
        at = self._instant(options["at"]) if options["at"] else ""
        for due in TICK:
            module, _dot, name = due.task.rpartition(".")
            getattr(import_module(module), name)(at)

    def _instant(self, text: str) -> str:
        if settings.EMAIL_URL:  # people would get mail at an hour that is not that of their clocks
            raise CommandError(_("--at is for trying things: it is refused while EMAIL_URL is set."), returncode=2)
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            raise CommandError(
                _("“%(text)s” is not an instant. Write it as 2026-11-24T09:00.") % {"text": text}, returncode=2
            ) from None
        return (found if found.tzinfo else timezone.make_aware(found)).isoformat()
