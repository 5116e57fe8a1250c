import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from outreach import signing
from outreach.sources.mail import DOORS


class Command(BaseCommand):
    help = "Say at which addresses mail services hand over letters and events. Whoever knows one may use it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        paths = {source: reverse("mail_hook", args=[source, signing.hook_key(source)]) for source in DOORS}
        addresses = {source: f"{settings.BASE_URL}{path}" for source, path in paths.items()}
        if options["json"]:
            self.stdout.write(json.dumps(addresses))
            return
        self.stdout.write("\n".join(f"{source:<16}{address}" for source, address in addresses.items()))
