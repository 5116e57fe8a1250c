from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from config.demo import loading
from crm.errors import DomainError
from crm.words import say


class Command(BaseCommand):
    help = "Load the demo: fictional people, causes and campaigns. Refuses on a database that holds anything else."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true", help="remove the demo first and build it anew")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._load(reset=options["reset"])
        except DomainError as error:
            raise CommandError(say(error)) from None
        self.stdout.write(self._login())
        if settings.EMAIL_URL:
            self.stdout.write(
                _("A mail server is set, but nobody in the demo exists: their messages never leave and are held back.")
            )

    def _load(self, *, reset: bool) -> None:
        if reset:
            loading.reload(at=timezone.now())
        elif loading.is_loaded():
            self.stdout.write(_("The demo is loaded already."))
        else:
            loading.load(at=timezone.now())

    def _login(self) -> str:
        if not settings.IS_LOOPBACK:
            return _(
                "Demo accounts open on this machine only, and BASE_URL or ALLOWED_HOSTS says that others can reach it."
            )
        return _(
            "Demo: sign in as lea (partnership officer), sam (manager) or ada (administrator); password: %(password)s."
        ) % {"password": loading.PASSWORD}
