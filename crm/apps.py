from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CrmApp(AppConfig):
    name = "crm"
    verbose_name = _("People and causes")

    def ready(self) -> None:
        post_migrate.connect(_begin, sender=self)


def _begin(**kwargs: Any) -> None:
    from crm.services import instance, topics

    topics.seed()
    instance.remember_keys()
