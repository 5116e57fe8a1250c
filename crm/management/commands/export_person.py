from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.errors import DomainError
from crm.services import audit, persons
from crm.words import say


class Command(BaseCommand):
    help = "Print everything that is known of somebody, as JSON. Exit 2: nobody has this address or id."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", nargs="?", default="")
        parser.add_argument("--id", default="", help="the person's id, where no address is known")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with audit.said(why="export_person"):
                person = persons.find(email=options["email"], public_id=options["id"])
                for piece in persons.export(influencer=person, at=timezone.now()):
                    self.stdout.write(piece, ending="")
        except DomainError as error:
            raise CommandError(say(error), returncode=2) from None
