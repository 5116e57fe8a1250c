import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.errors import DomainError
from crm.models import User
from crm.services import tokens
from crm.words import say


class Command(BaseCommand):
    help = "Make an API token and print it, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True)
        parser.add_argument("--user", required=True, help="user name of the member of staff it acts for")
        parser.add_argument(
            "--scope", action="append", required=True, help="such as influencers:read; `all` for every one"
        )
        parser.add_argument("--days", type=int, help="how long it is valid")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(_("There is no user “%(name)s”.") % {"name": options["user"]}, returncode=2)
        scopes = sorted(tokens.SCOPES) if options["scope"] == ["all"] else options["scope"]
        try:
            token, text = tokens.create(
                user=user, name=options["name"], scopes=scopes, days=options["days"], at=timezone.now()
            )
        except DomainError as error:
            raise CommandError(say(error), returncode=2) from None
        body = {"token": text, "prefix": token.prefix, "scopes": token.scopes}
        self.stdout.write(json.dumps(body) if options["json"] else text)
