from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand

from config.celery import TICK


class Command(BaseCommand):
    help = "Do everything that is due, once, here and now: what beat rings for."

    def handle(self, *args: Any, **options: Any) -> None:
        for due in TICK:
            module, _, name = due.task.rpartition(".")
            getattr(import_module(module), name)()
