import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.errors import DomainError
from crm.models import ErasureReceipt
from crm.services import audit, persons
from crm.words import receipt_lines, say


class Command(BaseCommand):
    help = "Erase somebody for good, and print the receipt. Exit 2: nobody has this address or id, or it cannot be now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", nargs="?", default="")
        parser.add_argument("--id", default="", help="the person's id, where no address is known")
        parser.add_argument("--reason", choices=ErasureReceipt.Reason.values, default=ErasureReceipt.Reason.ASKED.value)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with audit.said(why="erase_person"):
                person = persons.find(email=options["email"], public_id=options["id"])
                receipt = persons.erase(influencer=person, at=timezone.now(), reason=options["reason"])
        except DomainError as error:
            raise CommandError(say(error), returncode=2) from None
        if options["json"]:
            self.stdout.write(json.dumps(persons.receipt_body(receipt)))
            return
        for line in receipt_lines(receipt):
            self.stdout.write(line)
