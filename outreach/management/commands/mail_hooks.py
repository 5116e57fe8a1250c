import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from outreach import words
from outreach.sources.mail import DOORS


class Command(BaseCommand):
    help = "Say at which addresses mail services hand over letters and events. Whoever knows one may use it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        addresses = {source: words.hook_address(source) for source in DOORS}
        if options["json"]:
            self.stdout.write(json.dumps(addresses))
            return
        self.stdout.write("\n".join(f"{source:<16}{address}" for source, address in addresses.items()))
