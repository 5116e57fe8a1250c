from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CrmApp(AppConfig):
    name = "crm"

    def ready(self) -> None:
        post_migrate.connect(_begin, sender=self)


def _begin(**_: Any) -> None:
    from crm.services import instance, topics

    topics.seed()
    instance.remember_keys()
