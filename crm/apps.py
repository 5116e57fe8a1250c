from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CrmApp(AppConfig):
    name = "crm"

    def ready(self) -> None:
        post_migrate.connect(_seed_topics, sender=self)


def _seed_topics(**_: Any) -> None:
    from crm.services import topics

    topics.seed()
