from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from matching.management import tables
from matching.services import rankers


class Command(BaseCommand):
    help = "Let the ranker that served before serve again."

    def handle(self, *args: Any, **options: Any) -> None:
        with tables.in_words():
            version = rankers.roll_back(at=timezone.now())
        self.stdout.write(_("%(digest)s serves.") % {"digest": version.digest[:12]})
