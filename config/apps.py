from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class ConfigApp(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config import celery, checks, roles  # noqa: F401  (shared tasks bind to the Celery app that was imported)

        # The last app that has tables: when its signal comes, every app's permissions are there.
        post_migrate.connect(roles.sync, sender=apps.get_app_config("outreach"))
